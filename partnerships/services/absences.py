"""Absences of the team: entered, moved, and cancelled while they are still to come; each with its event."""

from django.db import transaction
from django.utils import timezone

from municipalities.models import User
from partnerships.models import Absence, Event
from partnerships.permissions import may_enter_absence
from partnerships.services.events import record_event


class AbsenceNotAllowed(Exception):
    """This person may not enter or cancel the absence of that colleague."""


class AbsenceBegun(Exception):
    """An absence that has begun happened: its last day may be brought forward, but it is not cancelled."""


@transaction.atomic
def enter_absence(absence: Absence, *, by: User) -> Absence:
    """Keep an absence, new or with other days; the database refuses two on one day. Raises AbsenceNotAllowed."""
    if not may_enter_absence(by, absence.officer):
        raise AbsenceNotAllowed
    absence.save()
    record_event(Event.Verb.ABSENCE_ENTERED, absence, by=by, data=_days(absence))
    return absence


@transaction.atomic
def cancel_absence(absence: Absence, *, by: User) -> None:
    """Take back an absence that is still to come. Raises AbsenceNotAllowed, or AbsenceBegun from its first day on."""
    kept = Absence.objects.select_for_update(of=("self",)).select_related("officer").get(pk=absence.pk)
    if not may_enter_absence(by, kept.officer):
        raise AbsenceNotAllowed
    if kept.has_begun(timezone.localdate()):
        raise AbsenceBegun
    record_event(Event.Verb.ABSENCE_CANCELLED, kept, by=by, data=_days(kept))
    kept.delete()


def _days(absence: Absence) -> dict[str, object]:
    return {"officer": absence.officer_id, "from": str(absence.starts_on), "until": str(absence.ends_on)}
