"""What the clock tells of questions: days that are near or passed, to whoever holds them, and answers that should be checked again."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from partnerships.models import Event, Forwarding, Question, QuestionNotice
from partnerships.models.bodies import moment_of
from partnerships.services.events import record_event
from partnerships.services.forwardings import OPEN_TO_REPLIES
from partnerships.working_days import add_working_days

Moment = QuestionNotice.Moment


def tell_of_questions(now: dt.datetime) -> int:
    """Remind of each day once before and once after it, and ask of each old answer once; return how many were told of.

    Asked as often as one likes. While a question lies with a body, the body's own day counts; else the day promised to the asker.
    """
    today = timezone.localdate(now)
    until = add_working_days(today, settings.QUESTION_WARNING)
    held = Question.objects.filter(state__in=Question.HELD_BY_STAFF, due_on__lte=until).order_by("due_on", "pk")
    away = Forwarding.objects.open().filter(question__state__in=OPEN_TO_REPLIES, reply_by__lte=until).order_by("reply_by", "pk")
    told = [_remind(question, question.due_on, today, now) for question in held]
    told += [_remind(forwarding.question, forwarding.reply_by, today, now, forwarding) for forwarding in away.select_related("question")]
    told += [_ask_again(question, now) for question in Question.objects.to_be_checked(today).order_by("check_on", "pk")]
    return sum(told)


@transaction.atomic
def _remind(question: Question, day: dt.date, today: dt.date, now: dt.datetime, forwarding: Forwarding | None = None) -> bool:
    """Look again under lock, then write notice and event together; who comes second finds the notice there."""
    question = _locked(question)
    is_held = question.state in Question.HELD_BY_STAFF and question.due_on == day
    is_away = forwarding is not None and question.state in OPEN_TO_REPLIES and _is_open(forwarding)
    if not (is_away if forwarding else is_held):
        return False
    moment = moment_of(day, today)
    data: dict[str, Any] = {"moment": moment.value, "day": str(day)} | ({"forwarding": forwarding.pk} if forwarding else {})
    return _told(question, forwarding, moment, day, now, Event.Verb.QUESTION_REMINDED, data)


@transaction.atomic
def _ask_again(question: Question, now: dt.datetime) -> bool:
    question = _locked(question)
    if not question.check_on or not question.is_to_be_checked(timezone.localdate(now)):
        return False
    data: dict[str, Any] = {"day": str(question.check_on)}
    return _told(question, None, Moment.CHECK, question.check_on, now, Event.Verb.QUESTION_OUTDATED, data)


def _locked(question: Question) -> Question:
    return Question.objects.select_for_update(of=("self",)).select_related("municipality").get(pk=question.pk)


def _is_open(forwarding: Forwarding) -> bool:
    return Forwarding.objects.open().filter(pk=forwarding.pk).exists()


def _told(
    question: Question, forwarding: Forwarding | None, moment: Moment, day: dt.date, now: dt.datetime, verb: str, data: dict[str, Any]
) -> bool:
    _notice, is_new = QuestionNotice.objects.get_or_create(
        question=question, forwarding=forwarding, moment=moment, day=day, defaults={"made_at": now}
    )
    if is_new:
        record_event(verb, question, by=None, municipality=question.municipality, data=data)
    return is_new
