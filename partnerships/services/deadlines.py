"""Deadlines told of: another expected date with its reason, a warning before a due day, and the lead's turn once it has passed."""

import datetime as dt
import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.models import User
from partnerships.models import DeadlineNotice, DeadlineTarget, Event, ServiceRequest
from partnerships.models.deadlines import LONGEST, moment_of, targets
from partnerships.permissions import Action
from partnerships.services.events import record_event
from partnerships.services.requests import take_action
from partnerships.working_days import add_working_days, is_working_day

Moment = DeadlineNotice.Moment
VERBS = {Moment.NEAR: Event.Verb.DEADLINE_NEAR, Moment.PASSED: Event.Verb.DEADLINE_PASSED}


@transaction.atomic
def move_deadline(
    request: ServiceRequest, *, by: User, due_on: dt.date, reason: str, language: str, token: uuid.UUID | None = None
) -> ServiceRequest:
    """Promise another day, with a reason that whoever asked reads. Raises ValidationError for a day that cannot be meant."""
    today = timezone.localdate()
    if due_on <= today:
        raise ValidationError({"due_on": _("Please choose a day that is still to come.")})
    if due_on > add_working_days(today, LONGEST):
        raise ValidationError({"due_on": _("Please choose a day within a year of working days.")})
    if not is_working_day(due_on):
        raise ValidationError({"due_on": _("Nobody works on that day: please choose a working day.")})
    data = {"due_on": str(due_on), "was": str(request.due_on or "")}
    return take_action(request, Action.MOVE_DEADLINE, by=by, words=("reason", reason, language), token=token, data=data, due_on=due_on)


# --- Told by the calendar -----------------------------------------------------------------------


def tell_of_deadlines(now: dt.datetime) -> int:
    """Tell of each deadline that is near, and of each that has passed, once; return how many were told of.

    Asked as often as one likes. A day that moved is a new day. While it is not the turn of whoever handles it nothing is said; after days
    without anybody asking, a deadline that passed meanwhile is told of as passed, not as near.
    """
    today = timezone.localdate(now)
    return sum(_tell(request, today, now) for request in _to_tell_of(today))


def _to_tell_of(today: dt.date) -> list[ServiceRequest]:
    """The turn of whoever handles it, due within its own warning, and not told of yet; answered by the index of what is worked on."""
    warned_until = {what: add_working_days(today, warning) for what, (_days, warning) in targets().items()}
    running = ServiceRequest.objects.filter(state__in=ServiceRequest.TURN_OF_HANDLER, due_on__lte=max(warned_until.values()))
    told = DeadlineNotice.objects.filter(request=OuterRef("pk"), due_on=OuterRef("due_on"))
    passed, near = Q(due_on__lt=today), Q(due_on__gte=today)
    untold = running.filter(
        (passed & ~Exists(told.filter(moment=Moment.PASSED))) | (near & ~Exists(told.filter(moment=Moment.NEAR)))
    ).order_by("due_on", "pk")
    return [request for request in untold if request.due_on and request.due_on <= warned_until[_target_of(request)]]


def _target_of(request: ServiceRequest) -> str:
    return DeadlineTarget.What.ACKNOWLEDGE if request.state == ServiceRequest.State.SUBMITTED else request.kind


@transaction.atomic
def _tell(request: ServiceRequest, today: dt.date, now: dt.datetime) -> bool:
    """Look again under lock, then write the notice and the event together; who comes second finds the notice there."""
    request = ServiceRequest.objects.select_for_update(of=("self",)).select_related("municipality").get(pk=request.pk)
    if request.state not in ServiceRequest.TURN_OF_HANDLER or request.due_on is None:
        return False
    moment = moment_of(request.due_on, today)
    _notice, is_new = DeadlineNotice.objects.get_or_create(request=request, due_on=request.due_on, moment=moment, defaults={"made_at": now})
    if is_new:
        record_event(VERBS[moment], request, by=None, municipality=request.municipality, data={"due_on": str(request.due_on)})
    return is_new
