"""Minutes of a consultation and what was agreed there: published in both languages, followed up until it is done."""

import datetime as dt

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.models import User
from partnerships.consultation_table import Step, check_step, may_keep
from partnerships.models import Consultation, ConsultationAction, Event
from partnerships.services.events import record_event

State = Consultation.State


class ActionNotYours(Exception):
    """Neither of the municipality that is to do it, nor of the agency."""


@transaction.atomic
def write_minutes(consultation: Consultation, *, by: User, minutes_fr: str, minutes_nl: str, for_all: bool) -> Consultation:
    """Keep the minutes of what was held, as they are so far; nobody of a municipality reads them before they are published."""
    consultation = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
    check_step(by, Step.PUBLISH, consultation)
    consultation.minutes_fr, consultation.minutes_nl, consultation.minutes_for_all = minutes_fr.strip(), minutes_nl.strip(), for_all
    consultation.full_clean(exclude=["created_by"])
    consultation.save(update_fields=["minutes_fr", "minutes_nl", "minutes_for_all"])
    return consultation


@transaction.atomic
def add_action(consultation: Consultation, action: ConsultationAction, *, by: User) -> ConsultationAction:
    """Note who does what until when, while the minutes are written. Raises StepNotAllowed, ValidationError by field."""
    consultation = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
    check_step(by, Step.PUBLISH, consultation)
    action.consultation = consultation
    action.full_clean(exclude=["consultation", "done_by"])
    action.save(force_insert=True)
    return action


@transaction.atomic
def drop_action(action: ConsultationAction, *, by: User) -> None:
    """Take back what was noted by mistake; once the minutes are out, what was agreed stays."""
    check_step(by, Step.PUBLISH, action.consultation)
    action.delete()


@transaction.atomic
def publish_minutes(consultation: Consultation, *, by: User) -> Consultation:
    """Give the minutes to their readers; each municipality that is to do something hears of it. Raises ValidationError by field."""
    consultation = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
    check_step(by, Step.PUBLISH, consultation)
    missing = {
        name: _("Please write the minutes in this language too.")
        for name in ("minutes_fr", "minutes_nl")
        if not getattr(consultation, name)
    }
    if missing:
        raise ValidationError(missing)
    consultation.state, consultation.published_at = State.PUBLISHED, timezone.now()
    consultation.save(update_fields=["state", "published_at"])
    people = list(consultation.invitations.standing().values_list("person", flat=True))
    record_event(Event.Verb.MINUTES_PUBLISHED, consultation, by=by, data={"people": people})
    for action in consultation.actions.select_related("municipality"):
        record_event(Event.Verb.ACTION_AGREED, action, by=by, municipality=action.municipality)
    return consultation


# --- Following up -------------------------------------------------------------------------------


def may_finish(user: User, action: ConsultationAction, on: dt.date | None = None) -> bool:
    """Whoever may write in the municipality that is to do it; the agency for all of them."""
    if action.done_on is not None or action.consultation.state != State.PUBLISHED:
        return False
    own = ConsultationAction.objects.held_by(user, on or timezone.localdate())
    return may_keep(user) or (not user.is_staff and own.filter(pk=action.pk).exists())


@transaction.atomic
def finish_action(action: ConsultationAction, *, by: User) -> ConsultationAction:
    """Tick that it is done; a second tick changes nothing. Raises ActionNotYours."""
    action = ConsultationAction.objects.select_for_update(of=("self",)).select_related("consultation", "municipality").get(pk=action.pk)
    if action.done_on is not None:
        return action
    if not may_finish(by, action):
        raise ActionNotYours
    action.done_on, action.done_by = timezone.localdate(), by
    action.save(update_fields=["done_on", "done_by"])
    record_event(Event.Verb.ACTION_DONE, action, by=by, municipality=action.municipality)
    return action


def remind_of_actions(now: dt.datetime) -> int:
    """Call to mind what falls due within CONSULTATION_ACTION_DAYS, once for each day it was to be done by; return how many."""
    today = timezone.localdate(now)
    near = ConsultationAction.objects.open().filter(due_on__lte=today + dt.timedelta(days=settings.CONSULTATION_ACTION_DAYS))
    untold = near.filter(Q(told_of=None) | ~Q(told_of=F("due_on"))).order_by("pk").values_list("pk", flat=True)
    return sum(_remind(pk) for pk in untold)


@transaction.atomic
def _remind(pk: int) -> bool:
    """Look again under lock: who comes second finds it told."""
    action = ConsultationAction.objects.select_for_update(of=("self",)).select_related("municipality").get(pk=pk)
    if action.done_on is not None or action.told_of == action.due_on:
        return False
    action.told_of = action.due_on
    action.save(update_fields=["told_of"])
    record_event(Event.Verb.ACTION_DUE, action, by=None, municipality=action.municipality, data={"due_on": str(action.due_on)})
    return True
