"""The steps of a request's work: laid ready when it starts, ticked and opened again by an officer, announced when a follow-up falls due."""

import calendar
import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.associations import enterprise_digits
from municipalities.models import User
from partnerships.models import DevelopmentDetails, Event, Kind, RequestStep, ServiceRequest, StepRule, StepTemplate
from partnerships.permissions import Party, party_of
from partnerships.services.events import record_event

State = ServiceRequest.State
UNDER_WAY = frozenset({State.ACKNOWLEDGED, State.IN_PROGRESS, State.WAITING, State.COMPLETED})
LAID_READY_IN = frozenset({State.IN_PROGRESS, State.WAITING, State.COMPLETED})
COPIED = ("name_fr", "name_nl", "rule", "months")


class StepNotAllowed(Exception):
    """This person does not work on the request, or the request is not worked on."""


class StepAlreadyDone(Exception):
    """Somebody ticked the step before; `step` says who and when."""

    def __init__(self, step: RequestStep) -> None:
        super().__init__(f"step {step.pk} was ticked on {step.done_on}")
        self.step = step


class StepStillOpen(Exception):
    """There is no tick to take away."""


# --- Who may what -------------------------------------------------------------------------------


def may_tick(user: User, step: RequestStep) -> bool:
    """The agency's side: while the request is worked on; a planned follow-up also after it was closed."""
    if party_of(user, step.request) != Party.AGENCY:
        return False
    return step.request.state in UNDER_WAY or (step.due_on is not None and step.request.state == State.CLOSED)


def may_lay_steps(user: User, request: ServiceRequest) -> bool:
    """For a request that is worked on and has no list yet: one that started before there was a list for its type."""
    return party_of(user, request) == Party.AGENCY and request.state in LAID_READY_IN and not request.is_from_agency


# --- The list -----------------------------------------------------------------------------------


def wants_steps(request: ServiceRequest) -> bool:
    """Whether the list of its type is certainly meant for this request: every audit and works; of development, a founding."""
    if request.is_from_agency:
        return False
    return request.kind != Kind.DEVELOPMENT or DevelopmentDetails.objects.founding().filter(request=request).exists()


def lay_steps(request: ServiceRequest) -> list[RequestStep]:
    """Copy the list of the request's type, once: later changes of the list do not touch it. Called in the transaction of the start.

    What the agency asks of a municipality is the municipality's work: it has no list.
    """
    if request.is_from_agency or request.steps.exists():
        return []
    templates = StepTemplate.objects.for_kind(request.kind)
    steps = [
        RequestStep(request=request, position=place, **{name: getattr(template, name) for name in COPIED})
        for place, template in enumerate(templates, start=1)
    ]
    return RequestStep.objects.bulk_create(steps)


@transaction.atomic
def lay_missing_steps(request: ServiceRequest, *, by: User) -> list[RequestStep]:
    """Lay the list ready for a request that has none. Raises StepNotAllowed."""
    request = ServiceRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if not may_lay_steps(by, request):
        raise StepNotAllowed
    return lay_steps(request)


@transaction.atomic
def do_step(step: RequestStep, *, by: User, done_on: dt.date, note: str = "", enterprise_number: str = "") -> RequestStep:
    """Tick a step, with the day and a word both sides read.

    A registration needs the enterprise number, with the right control digits; a follow-up needs the word. Raises
    ValidationError by field, StepAlreadyDone, StepNotAllowed.
    """
    step = _locked(step)
    if not may_tick(by, step):
        raise StepNotAllowed
    if step.is_done:
        raise StepAlreadyDone(step)
    step.done_on, step.done_by, step.note = done_on, by, note.strip()
    step.enterprise_number = enterprise_digits(enterprise_number) if step.rule == StepRule.REGISTRATION else ""
    _check(step)
    step.save(update_fields=["done_on", "done_by", "note", "enterprise_number"])
    _record(Event.Verb.STEP_DONE, step, by)
    return step


@transaction.atomic
def undo_step(step: RequestStep, *, by: User) -> RequestStep:
    """Take the tick away; the note and the number stay for who ticks again. Raises StepStillOpen, StepNotAllowed."""
    step = _locked(step)
    if not may_tick(by, step):
        raise StepNotAllowed
    if not step.is_done:
        raise StepStillOpen
    step.done_on = step.done_by = None
    step.save(update_fields=["done_on", "done_by"])
    _record(Event.Verb.STEP_UNDONE, step, by)
    return step


def _check(step: RequestStep) -> None:
    missing = {}
    if step.done_on and step.done_on > timezone.localdate():
        missing["done_on"] = _("A step is ticked on the day it was done, not before.")
    if step.rule == StepRule.REGISTRATION and not step.enterprise_number:
        missing["enterprise_number"] = _("Please give the enterprise number of the association.")
    if step.is_follow_up and not step.note:
        missing["note"] = _("Please write a word on how it goes.")
    if missing:
        raise ValidationError(missing)
    step.full_clean(exclude=["request", "done_by"])


def _locked(step: RequestStep) -> RequestStep:
    """With its request locked too: a step and the end of its request never pass each other."""
    ServiceRequest.objects.select_for_update(of=("self",)).get(pk=step.request_id)
    related = RequestStep.objects.select_for_update(of=("self",)).select_related("request__municipality", "done_by")
    return related.get(pk=step.pk)


def _record(verb: str, step: RequestStep, by: User) -> None:
    record_event(verb, step.request, by=by, municipality=step.request.municipality, data={"step": step.pk, "place": step.position})


# --- Follow-ups ---------------------------------------------------------------------------------


def plan_follow_ups(request: ServiceRequest, founded_on: dt.date) -> list[RequestStep]:
    """Give the follow-ups of a request their days, counted in months from the founding. Called in the transaction of the founding."""
    steps = list(request.steps.filter(rule=StepRule.FOLLOW_UP).order_by("months"))
    for step in steps:
        step.due_on = months_after(founded_on, step.months or 0)
        step.save(update_fields=["due_on"])
    return steps


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day of a later month; the last one of it where that month is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def announce_follow_ups(now: dt.datetime) -> int:
    """Announce the follow-ups whose day has come, each once, however often this is asked; return how many."""
    due = RequestStep.objects.due(timezone.localdate(now)).filter(announced_at__isnull=True)
    return sum(_announce(step, now) for step in due.select_related("request__municipality"))


@transaction.atomic
def _announce(step: RequestStep, now: dt.datetime) -> bool:
    """Whoever changes the row first announces; a step ticked or announced meanwhile is left alone."""
    still = RequestStep.objects.to_do().filter(pk=step.pk, announced_at__isnull=True)
    if still.update(announced_at=now) != 1:
        return False
    data = {"step": step.pk, "months": step.months, "due_on": str(step.due_on)}
    record_event(Event.Verb.FOLLOW_UP_DUE, step.request, by=None, municipality=step.request.municipality, data=data)
    return True
