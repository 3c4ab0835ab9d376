"""What the clock does for consultations: it calls them to mind, each distance once, by the day in Brussels."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from partnerships.models import Consultation, ConsultationReminder, Event
from partnerships.services.events import record_event


def remind_of_consultations(now: dt.datetime) -> int:
    """Call to mind what is near (CONSULTATION_REMINDER_DAYS), to who has not said no; return how many.

    Asked as often as one likes. A moment that moved is a new one. After days without anybody asking, only the nearest distance
    goes; nothing goes for a distance that had already passed when the invitation or its last change went out.
    """
    last_day = timezone.localdate(now) + dt.timedelta(days=max(settings.CONSULTATION_REMINDER_DAYS, default=0) + 1)
    near = Consultation.objects.coming(now).filter(starts_at__gt=now, starts_at__date__lte=last_day).order_by("pk")
    return sum(_remind(consultation, now) for consultation in near)


def distance_reached(consultation: Consultation, now: dt.datetime) -> int | None:
    """The nearest distance in days that is reached by now and was not yet when it was last told of."""
    days_left = (consultation.starts_on - timezone.localdate(now)).days
    reached = min((days for days in settings.CONSULTATION_REMINDER_DAYS if days_left <= days), default=None)
    if reached is None or consultation.starts_on - dt.timedelta(days=reached) <= timezone.localdate(consultation.changed_at):
        return None
    return reached


@transaction.atomic
def _remind(consultation: Consultation, now: dt.datetime) -> bool:
    """Look again under lock; who comes second finds the reminder there."""
    consultation = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
    reached = distance_reached(consultation, now)
    if consultation.state != Consultation.State.INVITED or reached is None:
        return False
    _row, is_new = ConsultationReminder.objects.get_or_create(
        consultation=consultation, starts_at=consultation.starts_at, days_before=reached, defaults={"made_at": now}
    )
    if is_new:
        people = list(consultation.invitations.not_declined().values_list("person", flat=True))
        days_left = (consultation.starts_on - timezone.localdate(now)).days
        record_event(Event.Verb.CONSULTATION_REMINDED, consultation, by=None, data={"people": people, "days_left": days_left})
    return is_new
