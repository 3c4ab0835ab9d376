"""The answer to a question: written in both languages, reviewed by a second person, told to the asker, published, kept true."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.models import User
from partnerships.models import Event, Question
from partnerships.question_permissions import Action
from partnerships.services.questions import check, close_forwardings, locked, move, record, remark_on, require_colleague

ANSWER = ("title_fr", "title_nl", "answer_fr", "answer_nl", "source_fr", "source_nl", "source_url")
NEEDED = ("title_fr", "title_nl", "answer_fr", "answer_nl", "source_fr", "source_nl")


class AnswerChanged(Exception):
    """Somebody else saved the answer since it was read; nothing was written."""


def _unchanged(question: Question, revision: int) -> Question:
    question = locked(question)
    if question.revision != revision:
        raise AnswerChanged
    return question


@transaction.atomic
def draft_answer(question: Question, *, by: User, revision: int, **words: str) -> Question:
    """Keep the answer as far as it is written. Raises AnswerChanged when somebody else saved it since `revision`."""
    question = _unchanged(question, revision)
    kept = {name: words.get(name, "").strip() for name in ANSWER}
    for name, value in kept.items():
        setattr(question, name, value)
    question.clean_fields(exclude=[field.name for field in Question._meta.fields if field.name not in ANSWER])
    return move(question, Action.DRAFT, by=by, drafted_by=by, reviewed_by=None)


@transaction.atomic
def ask_review(question: Question, *, by: User, reviewer: User) -> Question:
    """Lay the answer before a second person. Raises ValidationError with a message per field that is missing in one language."""
    question = locked(question)
    require_colleague(reviewer, "reviewer")
    if missing := {name: _("Needed in both languages.") for name in NEEDED if not getattr(question, name)}:
        raise ValidationError(missing)
    if reviewer.pk == question.drafted_by_id:
        raise ValidationError({"reviewer": _("Somebody else than who wrote the answer reviews it.")})
    return move(question, Action.ASK_REVIEW, by=by, reviewer=reviewer, data={"reviewer": reviewer.pk})


@transaction.atomic
def send_back_answer(question: Question, *, by: User, reason: str) -> Question:
    """Give it back to whoever wrote it, with what should be different."""
    question = locked(question)
    return move(question, Action.SEND_BACK, by=by, reviewer=None, data=remark_on(question, by=by, words=reason))


@transaction.atomic
def answer_question(question: Question, *, by: User, revision: int) -> Question:
    """Approve exactly what was read, as a second person; the asker hears first, and everybody whose question was merged with it."""
    question = _unchanged(question, revision)
    now = timezone.now()
    check_on = timezone.localdate(now) + settings.QUESTION_VALID_FOR
    check(question, Action.ANSWER, by)
    told = {"answered_at": question.answered_at or now, "check_on": check_on}
    move(question, Action.ANSWER, by=by, reviewed_by=by, reviewer=None, data=close_forwardings(question), **told)
    for merged in question.merged.select_related("municipality").order_by("pk"):
        record(Event.Verb.QUESTION_ANSWERED, merged, by=by, data={"with": question.pk})
    return question


@transaction.atomic
def publish_answer(question: Question, *, by: User) -> Question:
    """Show question and answer to all 19; who asked stays unsaid unless they agreed to be named."""
    return move(locked(question), Action.PUBLISH, by=by, published_at=timezone.now())


@transaction.atomic
def unpublish_answer(question: Question, *, by: User, reason: str) -> Question:
    """Show it to whom it belongs alone again; the team reads why."""
    question = locked(question)
    return move(question, Action.UNPUBLISH, by=by, published_at=None, data=remark_on(question, by=by, words=reason))


@transaction.atomic
def confirm_answer(question: Question, *, by: User) -> Question:
    """Say that the answer still holds: it is asked again after the same time."""
    return move(locked(question), Action.CONFIRM, by=by, check_on=timezone.localdate() + settings.QUESTION_VALID_FOR)


@transaction.atomic
def supersede_answer(question: Question, *, by: User, newer: Question) -> Question:
    """Point on to a newer published answer. Raises ValidationError for one that is not published, or that itself points here."""
    if newer.pk == question.pk or newer.state != Question.State.PUBLISHED or newer.superseded_by_id is not None:
        raise ValidationError({"other": _("Choose another answer that is published and not replaced itself.")})
    return move(locked(question), Action.SUPERSEDE, by=by, superseded_by=newer, data={"by": newer.pk})


def names_of_answer(question: Question) -> dict[str, Any]:
    """What the form of the answer starts with; the title for all 19 is first the one that was asked, in its language."""
    kept = {name: getattr(question, name) for name in ANSWER}
    if not kept[f"title_{question.language}"]:
        kept[f"title_{question.language}"] = question.title
    return kept
