"""Every act on a question to the Region but its answer and its forwarding: lock, check the table, change, record the event."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.models import Municipality, User
from partnerships.models import Event, Forwarding, Question, QuestionRemark, SpocAssignment, Theme
from partnerships.question_permissions import HANDLE, TRANSITIONS, Action, behalf_of, can, standing_to_ask
from partnerships.services.events import record_event
from partnerships.working_days import add_working_days

State = Question.State


class QuestionActionNotAllowed(Exception):
    """The table does not let this person take this action on the question as it stands now."""

    def __init__(self, action: Action, question: Question) -> None:
        super().__init__(f"{action} on a question that is {question.state}")
        self.action = action
        self.question = question


# --- The one way to change a state --------------------------------------------------------------


def locked(question: Question) -> Question:
    return Question.objects.select_for_update(of=("self",)).select_related("municipality").get(pk=question.pk)


def check(question: Question, action: Action, by: User) -> None:
    if not can(by, action, question):
        raise QuestionActionNotAllowed(action, question)


def move(question: Question, action: Action, *, by: User | None, data: dict[str, Any] | None = None, **changes: Any) -> Question:
    """Take one row of TRANSITIONS on a locked question: check, set state and fields, save, record. `by=None` is a body by its link."""
    rule = TRANSITIONS[action]
    if by is None and question.state not in rule.sources:
        raise QuestionActionNotAllowed(action, question)
    if by is not None:
        check(question, action, by)
    before = question.state
    for name, value in changes.items():
        setattr(question, name, value)
    question.state = rule.target or before
    if question.state in Question.ENDED:
        question.ended_at = timezone.now()
    question.revision += 1
    question.save()
    record(rule.verb, question, by=by, data={"from": before, "to": question.state} | (data or {}))
    return question


def record(verb: str, question: Question, *, by: User | None, data: dict[str, Any] | None = None) -> Event:
    return record_event(
        verb, question, by=by, behalf_of=behalf_of(by, question) if by else None, municipality=question.municipality, data=data
    )


def worded(text: str, field: str) -> str:
    """The words of an act; raises ValidationError for none."""
    if not text.strip():
        raise ValidationError({field: _("Please write a few words.")})
    return text.strip()


def remark_on(question: Question, *, by: User, words: str) -> dict[str, int]:
    """Keep the words of an act beside the question; the event names them by number, for an event never changes."""
    return {"remark": QuestionRemark.objects.create(question=question, author=by, body=worded(words, "reason")).pk}


def close_forwardings(question: Question) -> dict[str, list[int]]:
    """What ends a question ends its links too: no body replies to it any more. The event names them, so that each body is told."""
    still_open = Forwarding.objects.open().filter(question=question)
    ended = list(still_open.order_by("pk").values_list("pk", flat=True))
    still_open.update(ended_at=timezone.now())
    return {"forwardings": ended} if ended else {}


# --- Asking -------------------------------------------------------------------------------------


@transaction.atomic
def ask_question(
    *, by: User, municipality: Municipality, themes: Iterable[Theme], token: uuid.UUID, asked_for: User | None = None, **words: Any
) -> Question:
    """Put a question for a municipality. The same token twice returns the question asked first.

    A delegate asks in the name of whoever delegated; staff ask for an official of that municipality, who is then the asker.
    Raises ValidationError for somebody who may not ask there.
    """
    if asked := Question.objects.filter(token=token).first():
        return asked
    now = timezone.now()
    today = timezone.localdate(now)
    asker = _asker(by, municipality, asked_for, today)
    spoc = SpocAssignment.objects.for_municipalities([municipality.pk], today).first()
    question = Question(
        municipality=municipality,
        token=token,
        asked_at=now,
        due_on=_due_on(today, is_urgent=words.get("is_urgent", False)),
        **asker,
        **words,
    )
    question.assignee = by if by.is_staff else _able(spoc.officer if spoc else None)
    question.full_clean(exclude=["municipality", *asker])
    question.save(force_insert=True)
    question.themes.set(themes)
    record(Event.Verb.QUESTION_ASKED, question, by=by)
    return question


def _asker(by: User, municipality: Municipality, asked_for: User | None, on: dt.date) -> dict[str, User | None]:
    """Who asks, in whose name, and which colleague entered it."""
    if by.is_staff:
        if not by.has_perm(HANDLE) or asked_for is None or municipality.pk not in asked_for.municipality_ids_on(on):
            raise ValidationError({"asked_for": _("Please choose an official of this municipality.")})
        return {"asked_by": asked_for, "entered_by": by}
    standing = standing_to_ask(by, municipality.pk, on=on)
    if standing is None:
        raise ValidationError({"municipality": _("You cannot ask for this municipality.")})
    return {"asked_by": by, "asked_for": None if standing.is_own else standing.mandate.user}


def _able(person: User | None) -> User | None:
    """The person, if they may handle questions: nothing lies on the desk of who cannot open it."""
    return person if person and person.is_active and person.has_perm(HANDLE) else None


def _due_on(today: dt.date, *, is_urgent: bool) -> dt.date:
    return add_working_days(today, settings.QUESTION_DAYS["urgent" if is_urgent else "usual"])


# --- On the desk --------------------------------------------------------------------------------


@transaction.atomic
def assign_question(question: Question, *, by: User, to: User) -> Question:
    """Give it to a colleague who handles questions; one that was just asked is taken up with it."""
    require_colleague(to)
    question = locked(question)
    action = Action.TAKE_UP if question.state == State.ASKED else Action.ASSIGN
    return move(question, action, by=by, assignee=to, data={"assignee": to.pk})


def require_colleague(person: User, field: str = "to") -> None:
    if not (person.is_staff and _able(person)):
        raise ValidationError({field: _("This person does not handle questions.")})


@transaction.atomic
def decline_question(question: Question, *, by: User, reason: str) -> Question:
    """Say that the Region is not asked, and why; the asker reads the reason."""
    return move(locked(question), Action.DECLINE, by=by, reason=worded(reason, "reason"))


@transaction.atomic
def withdraw_question(question: Question, *, by: User, reason: str = "") -> Question:
    """End it at the wish of whoever asked, before an answer is reviewed; where it lay, nothing more is expected."""
    question = locked(question)
    check(question, Action.WITHDRAW, by)
    return move(question, Action.WITHDRAW, by=by, reason=reason.strip(), data=close_forwardings(question))


@transaction.atomic
def merge_question(question: Question, *, by: User, into: Question) -> Question:
    """Let a question go on in a similar one: both askers hear, and both get the answer. Raises ValidationError for one that has ended.

    Where the other is answered already, whoever asked this one hears the answer at once.
    """
    if question.pk == into.pk:
        raise ValidationError({"other": _("A question is not merged with itself.")})
    first, second = Question.objects.select_for_update(of=("self",)).filter(pk__in=[question.pk, into.pk]).order_by("pk")
    question, into = (first, second) if first.pk == question.pk else (second, first)
    if into.state in Question.ENDED:
        raise ValidationError({"other": _("That question has ended: choose one that goes on or is answered.")})
    check(question, Action.MERGE, by)
    move(question, Action.MERGE, by=by, merged_into=into, data={"into": into.pk} | close_forwardings(question))
    Question.objects.filter(merged_into=question).update(merged_into=into)
    record(Event.Verb.QUESTION_MERGED, into, by=by, data={"merged": question.pk})
    if into.has_answer:
        record(Event.Verb.QUESTION_ANSWERED, question, by=by, data={"with": into.pk})
    return question
