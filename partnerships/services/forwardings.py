"""A question lies with a body of the Region: sent with a signed link, replied to by it, or taken back."""

import datetime as dt
import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.models import User
from partnerships.models import Body, Forwarding, Question
from partnerships.question_permissions import TRANSITIONS, Action
from partnerships.services.questions import QuestionActionNotAllowed, locked, move, remark_on
from partnerships.working_days import add_working_days, is_working_day

OPEN_TO_REPLIES = TRANSITIONS[Action.REPLY].sources  # a second body replies after the first
LONGEST = 260  # a year of working days


class ReplyNotPossible(Exception):
    """The link leads to something that was replied to, taken back, or asked for too long ago."""


def _signer() -> Signer:
    return Signer(salt="partnerships.forwardings", sep=".")


def reply_token(forwarding: Forwarding) -> str:
    """Lets whoever reads the mail of a body reply to this one question, without logging in."""
    return _signer().sign(forwarding.key.hex)


def forwarding_of(token: str) -> Forwarding | None:
    """What a signed link points at; None for anything this portal did not sign."""
    try:
        key = uuid.UUID(hex=_signer().unsign(token))
    except (BadSignature, ValueError):
        return None
    return Forwarding.objects.select_related("body", "question__municipality").filter(key=key).first()


def closes_on(forwarding: Forwarding) -> dt.date:
    """The last day on which the link still opens."""
    return forwarding.reply_by + settings.QUESTION_LINK_LASTS


def may_reply(forwarding: Forwarding, on: dt.date) -> bool:
    """While it is neither replied to nor taken back, and its time is not over."""
    return forwarding.is_open and forwarding.question.state in OPEN_TO_REPLIES and on <= closes_on(forwarding)


@transaction.atomic
def forward_question(question: Question, *, by: User, body: Body, reply_by: dt.date, note: str = "") -> Forwarding:
    """Send a question on. Raises ValidationError for a body that has it already, and for a day on which nobody can reply."""
    today = timezone.localdate()
    if reply_by <= today or not is_working_day(reply_by) or reply_by > add_working_days(today, LONGEST):
        raise ValidationError({"reply_by": _("Please choose a working day that is still to come, within a year.")})
    if not body.is_active:
        raise ValidationError({"body": _("Nothing is forwarded to this body any more.")})
    question = locked(question)
    if Forwarding.objects.open().filter(question=question, body=body).exists():
        raise ValidationError({"body": _("The question lies with this body already.")})
    forwarding = Forwarding.objects.create(question=question, body=body, by=by, reply_by=reply_by, note=note.strip())
    assignee = question.assignee or by
    move(question, Action.FORWARD, by=by, assignee=assignee, data={"forwarding": forwarding.pk, "body": body.pk})
    return forwarding


@transaction.atomic
def take_back(question: Question, *, by: User, reason: str) -> Question:
    """End every link that is still open; each body is told that nothing more is expected of it."""
    question = locked(question)
    kept = list(Forwarding.objects.open().filter(question=question).values_list("pk", flat=True))
    move(question, Action.TAKE_BACK, by=by, data={"forwardings": kept} | remark_on(question, by=by, words=reason))
    Forwarding.objects.filter(pk__in=kept).update(ended_at=timezone.now())
    return question


@transaction.atomic
def reply_to(forwarding: Forwarding, *, reply_fr: str, reply_nl: str, source: str = "") -> Forwarding:
    """Keep what a body says, in French, in Dutch, or in both; the link is used up with it.

    Raises ValidationError without words, ReplyNotPossible when it was taken back or replied to meanwhile.
    """
    if not (reply_fr.strip() or reply_nl.strip()):
        raise ValidationError({"reply_fr": _("Please write your reply in French, in Dutch, or in both.")})
    question = locked(forwarding.question)
    forwarding = Forwarding.objects.select_for_update(of=("self",)).select_related("body").get(pk=forwarding.pk)
    forwarding.question = question
    if not may_reply(forwarding, timezone.localdate()):
        raise ReplyNotPossible
    now = timezone.now()
    forwarding.reply_fr, forwarding.reply_nl, forwarding.reply_source = reply_fr.strip(), reply_nl.strip(), source.strip()
    forwarding.replied_at = forwarding.ended_at = now
    forwarding.save(update_fields=["reply_fr", "reply_nl", "reply_source", "replied_at", "ended_at"])
    try:
        move(question, Action.REPLY, by=None, data={"forwarding": forwarding.pk, "body": forwarding.body_id})
    except QuestionActionNotAllowed as moved:
        raise ReplyNotPossible from moved
    return forwarding
