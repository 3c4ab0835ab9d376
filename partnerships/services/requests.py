"""Every act on a request: lock, check the table, change, record the event. Nothing else writes a request."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.models import Municipality, User
from partnerships.models import Agreement, Message, ReferenceCounter, ServiceRequest, SpocAssignment
from partnerships.permissions import TRANSITIONS, Action, Party, behalf_of, can, party_of
from partnerships.services.clocks import acknowledgement_due, completion_due, keep_clock
from partnerships.services.endings import end_referrals
from partnerships.services.events import record_event
from partnerships.services.needed import missing_to_submit
from partnerships.services.steps import lay_steps, wants_steps

State = ServiceRequest.State


class ActionNotAllowed(Exception):
    """The table does not let this person take this action on the request as it stands now."""

    def __init__(self, action: Action, request: ServiceRequest) -> None:
        super().__init__(f"{action} on a request that is {request.state}")
        self.action = action
        self.request = request


# --- The one way to change a state --------------------------------------------------------------


def _locked(request: ServiceRequest) -> ServiceRequest:
    return ServiceRequest.objects.select_for_update(of=("self",)).select_related("municipality").get(pk=request.pk)


def _check(request: ServiceRequest, action: Action, by: User) -> None:
    if not can(by, action, request):
        raise ActionNotAllowed(action, request)


def _move(request: ServiceRequest, action: Action, *, by: User, data: dict[str, Any] | None = None, **changes: Any) -> ServiceRequest:
    """Take one row of TRANSITIONS: lock, check, set state and fields, save, record. Raises ActionNotAllowed."""
    request = _locked(request)
    _check(request, action, by)
    rule = TRANSITIONS[action]
    before = request.state
    for name, value in changes.items():
        setattr(request, name, value)
    if rule.target:
        request.state = rule.target
    has_ended = request.state in ServiceRequest.ENDED and not request.ended_at
    if has_ended:
        request.ended_at = timezone.now()
    keep_clock(request, before, timezone.localdate())
    request.save()
    record_event(
        rule.verb,
        request,
        by=by,
        behalf_of=behalf_of(by, request),
        municipality=request.municipality,
        data={"from": before, "to": request.state} | _turned(request) | (data or {}),
    )
    if has_ended and request.ended_at:
        end_referrals(request, by=by, at=request.ended_at)
    return request


def _turned(request: ServiceRequest) -> dict[str, str]:
    """What an event says beside when the agency is the one who asks."""
    return {"direction": request.direction} if request.is_from_agency else {}


@transaction.atomic
def take_action(
    request: ServiceRequest,
    action: Action,
    *,
    by: User,
    words: tuple[str, str, str] | None = None,
    token: uuid.UUID | None = None,
    data: dict[str, Any] | None = None,
    **changes: Any,
) -> ServiceRequest:
    """Take an action whose service lives in a module of its own: by the table, with its event.

    `words` (the field they were typed in, the words, their language) become a message that both sides read.
    """
    if words:
        data = {"message": send_words(request, by=by, words=words, token=token).pk} | (data or {})
    return _move(request, action, by=by, data=data, **changes)


def send_words(request: ServiceRequest, *, by: User, words: tuple[str, str, str], token: uuid.UUID | None = None) -> Message:
    """Write the words of an act that follows in the same transaction, and which checks whether the person may."""
    field, text, language = words
    return _write_message(request, by=by, body=_words(text, field), language=language, token=token)


# --- Submission ---------------------------------------------------------------------------------


def _next_reference(municipality: Municipality, year: int) -> str:
    """Give the next number of the municipality's year; its locked counter row keeps the numbers unbroken."""
    ReferenceCounter.objects.bulk_create([ReferenceCounter(municipality=municipality, year=year)], ignore_conflicts=True)
    counter = ReferenceCounter.objects.select_for_update().get(municipality=municipality, year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"{municipality.code}-{year}-{counter.last:04d}"


def _is_outside_agreement(municipality: Municipality, kind: str, on: dt.date) -> bool:
    return not Agreement.objects.in_force(on).filter(municipality=municipality, services__contains=[kind]).exists()


def _spoc_on(municipality: Municipality, on: dt.date) -> User | None:
    assignment = SpocAssignment.objects.for_municipalities([municipality.pk], on).first()
    return assignment.officer if assignment else None


@transaction.atomic
def submit_request(request: ServiceRequest, *, by: User) -> ServiceRequest:
    """Submit a complete draft: give it its reference, its due day, and as assignee the SPOC of the day, or who asks for the agency.

    Raises ValidationError with a message per field that is still missing, ActionNotAllowed when it is no draft any more.
    A request outside the agreement's services or period is taken, and marked.
    """
    request = _locked(request)
    _check(request, Action.SUBMIT, by)
    missing = missing_to_submit(request)
    if missing:
        raise ValidationError(missing)
    now = timezone.now()
    today = timezone.localdate(now)
    return _move(
        request,
        Action.SUBMIT,
        by=by,
        reference=_next_reference(request.municipality, today.year),
        submitted_at=now,
        due_on=acknowledgement_due(today),
        assignee=by if request.is_from_agency else _spoc_on(request.municipality, today),
        outside_agreement=_is_outside_agreement(request.municipality, request.kind, today),
    )


def hold_submissions(municipalities: Iterable[Municipality], on: dt.date) -> None:
    """Let submissions of these municipalities wait until the caller's transaction ends: what is under way is seen, or sees it."""
    counters = [ReferenceCounter(municipality=municipality, year=on.year) for municipality in municipalities]
    ReferenceCounter.objects.bulk_create(counters, ignore_conflicts=True)
    held = ReferenceCounter.objects.filter(municipality__in=[counter.municipality_id for counter in counters], year=on.year)
    list(held.select_for_update().order_by("municipality_id"))


# --- Whoever was asked --------------------------------------------------------------------------


@transaction.atomic
def acknowledge_request(request: ServiceRequest, *, by: User) -> ServiceRequest:
    """Tell whoever asked that the request was read; from here the target for completion counts."""
    request = _locked(request)
    assignee = request.assignee or (by if by.is_staff else None)
    return _move(
        request,
        Action.ACKNOWLEDGE,
        by=by,
        acknowledged_at=timezone.now(),
        assignee=assignee,
        due_on=completion_due(request, timezone.localdate()),
    )


@transaction.atomic
def start_request(request: ServiceRequest, *, by: User) -> ServiceRequest:
    """Take the work up; the team's list of steps is copied to the request, and later changes of the list do not touch it.

    That of a development project tells how an association is founded: where none is wished for, an officer lays it ready or not.
    """
    request = _move(request, Action.START, by=by)
    if wants_steps(request):
        lay_steps(request)
    return request


@transaction.atomic
def ask_municipality(request: ServiceRequest, *, by: User, question: str, language: str, token: uuid.UUID | None = None) -> ServiceRequest:
    """Ask whoever made the request something, and wait; the question is a message both sides see. Raises ValidationError when empty."""
    question = _words(question, "question")
    message = _write_message(request, by=by, body=question, language=language, token=token)
    return _move(request, Action.ASK, by=by, data={"message": message.pk})


@transaction.atomic
def complete_request(request: ServiceRequest, *, by: User, result: str, language: str, token: uuid.UUID | None = None) -> ServiceRequest:
    """Declare the work done, with a word on the result; the municipality may still answer before it is closed."""
    result = _words(result, "result")
    message = _write_message(request, by=by, body=result, language=language, token=token)
    return _move(request, Action.COMPLETE, by=by, result=result, completed_at=timezone.now(), data={"message": message.pk})


@transaction.atomic
def decline_request(request: ServiceRequest, *, by: User, reason: str, language: str, token: uuid.UUID | None = None) -> ServiceRequest:
    """Decline, with a reason the other side reads."""
    reason = _words(reason, "reason")
    message = _write_message(request, by=by, body=reason, language=language, token=token)
    return _move(request, Action.DECLINE, by=by, reason=reason, data={"message": message.pk})


@transaction.atomic
def assign_request(request: ServiceRequest, *, by: User, to: User) -> ServiceRequest:
    """Give the request to a member of staff who may handle requests; raises ValidationError for anybody else."""
    require_handler(to)
    return _move(request, Action.ASSIGN, by=by, assignee=to, data={"assignee": to.pk})


def require_handler(person: User) -> None:
    """Raise ValidationError for anybody but active staff with the right to handle requests."""
    if not (person.is_staff and person.is_active and person.has_perm("partnerships.handle_servicerequest")):
        raise ValidationError({"to": _("This person does not handle requests.")})


def move_requests(municipality: Municipality, *, by: User | None, old: User, to: User, handover: int) -> int:
    """Give what is open in a municipality and on one person's name to another, as part of a hand-over; return how many."""
    requests = ServiceRequest.objects.open().filter(municipality=municipality).assigned_to(old)
    moved = list(requests.select_for_update(of=("self",)).order_by("pk"))
    for request in moved:
        request.assignee = to
        request.save(update_fields=["assignee"])
        data = {"from": request.state, "to": request.state, "assignee": to.pk, "handover": handover}
        record_event(TRANSITIONS[Action.ASSIGN].verb, request, by=by, municipality=municipality, data=data)
    return len(moved)


# --- Either side --------------------------------------------------------------------------------


@transaction.atomic
def close_request(request: ServiceRequest, *, by: User) -> ServiceRequest:
    """End a completed request."""
    return _move(request, Action.CLOSE, by=by)


@transaction.atomic
def reopen_request(request: ServiceRequest, *, by: User, reason: str, language: str, token: uuid.UUID | None = None) -> ServiceRequest:
    """Take up again what is completed, or closed not too long ago, because something is missing; its clock goes on.

    Only whoever asked may, with a reason the other side reads.
    """
    reason = _words(reason, "reason")
    message = _write_message(request, by=by, body=reason, language=language, token=token)
    return _move(request, Action.REOPEN, by=by, data={"message": message.pk}, ended_at=None, completed_at=None)


@transaction.atomic
def withdraw_request(request: ServiceRequest, *, by: User, reason: str = "") -> ServiceRequest:
    """End a request at the wish of whoever asked, before it is completed; the reason is optional."""
    return _move(request, Action.WITHDRAW, by=by, reason=reason.strip())


@transaction.atomic
def send_message(request: ServiceRequest, *, by: User, body: str, language: str, token: uuid.UUID | None = None) -> Message:
    """Write to the other party. While whoever asked is waited for, their message is the answer and work goes on.

    The same `token` twice returns the message already sent. Raises ValidationError when empty, ActionNotAllowed when ended.
    """
    body = _words(body, "body")
    request = _locked(request)
    sent = Message.objects.filter(token=token, request=request, author=by).first() if token else None
    if sent:
        return sent
    _check(request, Action.MESSAGE, by)
    message = _write_message(request, by=by, body=body, language=language, token=token)
    action = Action.ANSWER if can(by, Action.ANSWER, request) else Action.MESSAGE
    _move(request, action, by=by, data={"message": message.pk, "side": message.side})
    return message


def _words(text: str, field: str) -> str:
    text = text.strip()
    if not text:
        raise ValidationError({field: _("Please write a few words.")})
    return text


def _write_message(request: ServiceRequest, *, by: User, body: str, language: str, token: uuid.UUID | None) -> Message:
    """Put the words of a person into the conversation, on the side on which they act; an act checks afterwards whether they may."""
    message = Message(
        request=request,
        author=by,
        behalf_of=behalf_of(by, request),
        side=party_of(by, request) or Party.MUNICIPALITY,
        body=body,
        language=language,
        token=token or uuid.uuid4(),
    )
    message.full_clean(exclude=["request", "author", "behalf_of", "token"])
    message.save(force_insert=True)
    return message
