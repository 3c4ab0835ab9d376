"""Who hears of a question to the Region: whoever asked, holds or reviews it, the lead when it is late; and what the mail says."""

import datetime as dt
import uuid
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from mailings.audience import staff_with
from mailings.models import Delivery, Notice
from mailings.rendering import portal_link
from mailings.rendering.mails import lay_out, render_version
from municipalities.delegations import Delegation
from municipalities.languages import CorrespondenceLanguage
from municipalities.models import Mandate, User
from partnerships.models import Event, Forwarding, Question, QuestionRemark
from partnerships.question_permissions import HANDLE
from partnerships.services.forwardings import reply_token

Verb = Event.Verb
TO_ASKER = frozenset(
    {
        Verb.QUESTION_FORWARDED,
        Verb.QUESTION_ANSWERED,
        Verb.QUESTION_PUBLISHED,
        Verb.QUESTION_UNPUBLISHED,
        Verb.QUESTION_SUPERSEDED,
        Verb.QUESTION_MERGED,
        Verb.QUESTION_DECLINED,
    }
)
TO_HOLDER = frozenset({Verb.QUESTION_ASSIGNED, Verb.QUESTION_REPLIED, Verb.QUESTION_OUTDATED, Verb.QUESTION_WITHDRAWN})
LEADS = "partnerships.lead_team"


def hearers_of_question(event: Event, question: Question, on: dt.date) -> list[User]:
    """The people to whom a mail goes because of this event; what goes to a body goes beside, to its address."""
    if event.verb == Verb.QUESTION_ASKED:
        return [*_holder(question), *(askers_of(question, on) if question.entered_by_id else [])]
    if event.verb in TO_ASKER:
        return askers_of(question, on)
    if event.verb in TO_HOLDER:
        return _holder(question)
    if event.verb == Verb.QUESTION_REVIEW_ASKED:
        return _able(event.data["reviewer"])
    if event.verb == Verb.QUESTION_SENT_BACK:
        return _able(question.drafted_by_id) or _holder(question)
    return _reminded(event, question) if event.verb == Verb.QUESTION_REMINDED else []


def _reminded(event: Event, question: Question) -> list[User]:
    """Before a day whoever holds it (of a body's day the body alone); once it has passed the lead as well."""
    is_near = event.data["moment"] == "near"
    if is_near:
        return [] if "forwarding" in event.data else _holder(question)
    return list({person.pk: person for person in [*_holder(question), *staff_with(LEADS)]}.values())


def _holder(question: Question) -> list[User]:
    """On whose desk it lies; without anybody, or with somebody who may not any more, everybody who may take it up."""
    return _able(question.assignee_id) or list(staff_with(HANDLE))


def _able(person: int | None) -> list[User]:
    return list(staff_with(HANDLE).filter(pk=person)) if person else []


def askers_of(question: Question, on: dt.date) -> list[User]:
    """Who asked, while they stand in that municipality; then in whose name; then whoever else there had a hand in it."""
    for concerned in (question.asked_by_id, question.asked_for_id):
        if found := _standing(User.objects.filter(pk=concerned), question, on):
            return found
    actors = Event.objects.about(question).order_by().exclude(actor=None).values("actor")
    return _standing(User.objects.filter(pk__in=actors), question, on)


def _standing(people: QuerySet[User], question: Question, on: dt.date) -> list[User]:
    """Those with a mandate there that day, or one delegated to them for requests; a limited delegate only as the asker."""
    mandate = Mandate.objects.in_force(on).filter(user=OuterRef("pk"), municipality=question.municipality_id)
    covered = Q(scope=Delegation.Scope.REQUESTS) | Q(scope=Delegation.Scope.OWN, delegate=question.asked_by_id)
    delegated = Delegation.objects.in_force(on).filter(covered, delegate=OuterRef("pk"), mandate__municipality=question.municipality_id)
    return list(people.filter(Exists(mandate) | Exists(delegated), is_active=True, is_staff=False).order_by("pk"))


# --- To a body, at its address ------------------------------------------------------------------

RELEASING = frozenset({Verb.QUESTION_TAKEN_BACK, Verb.QUESTION_WITHDRAWN, Verb.QUESTION_MERGED, Verb.QUESTION_ANSWERED})
TO_BODY = RELEASING | {Verb.QUESTION_FORWARDED, Verb.QUESTION_REMINDED}


def forwardings_told(event: Event) -> list[Forwarding]:
    """The bodies to be written to: of what is forwarded, of a day that is near or passed, and of what is no longer expected of them."""
    if event.verb not in TO_BODY or not isinstance(event.subject, Question):
        return []
    named = [event.data["forwarding"]] if "forwarding" in event.data else event.data.get("forwardings", [])
    return list(Forwarding.objects.select_related("body", "question__municipality", "by").filter(pk__in=named).order_by("pk"))


def mails_to_bodies(event: Event, notice: Notice) -> list[Delivery]:
    """One mail per body, wholly in its language or in both; the link lets it reply without an account."""
    return [_mail_to(forwarding, event, notice) for forwarding in forwardings_told(event)]


def _mail_to(forwarding: Forwarding, event: Event, notice: Notice) -> Delivery:
    key, body = uuid.uuid4(), forwarding.body
    name = {Verb.QUESTION_FORWARDED: "body_asked", Verb.QUESTION_REMINDED: "body_reminded"}.get(Verb(event.verb), "body_released")
    context = {
        "forwarding": forwarding,
        "question": forwarding.question,
        "body": body,
        "is_late": event.data.get("moment") == "passed",
        "link": portal_link("question_reply", reply_token(forwarding)),
        "link_label": _("Read and reply"),
        "reply_to": forwarding.by.email,
    }
    versions = [render_version(name, one, context) for one in CorrespondenceLanguage(body.language).contents]
    mail = lay_out(versions, choose={})
    return Delivery(
        key=key,
        kind=Delivery.Kind.NOTICE,
        priority=Delivery.PRIORITY[Delivery.Kind.NOTICE],
        forwarding=forwarding,
        notice=notice,
        email=body.email,
        language=body.language,
        reply_to=forwarding.by.email,
        subject=mail.subject,
        body_text=mail.text,
        body_html=mail.html,
        next_attempt_at=Now(),
    )


# --- What the mail says -------------------------------------------------------------------------


def about_question(question: Question, person: User) -> dict[str, Any]:
    """The page where this person works; the answer is that of the question it went on in, where it was merged."""
    answered = question.merged_into if question.merged_into_id else question
    told = {"question": question, "answered": answered, "shows_answer": False, "body": None, "moment": "", "day": None}
    if person.is_staff:
        link = portal_link("admin:partnerships_question_change", question.pk)
        return told | {"link": link, "link_label": _("Open the question in the administration")}
    return told | {"link": portal_link("question", question.key), "link_label": _("Open the question")}


def told_of_question(event: Event) -> dict[str, Any]:
    """What the mail of an event says beside its question."""
    if not isinstance(event.subject, Question):
        return {}
    forwarding = Forwarding.objects.select_related("body").filter(pk=event.data.get("forwarding")).first()
    return {
        "shows_answer": event.verb == Verb.QUESTION_ANSWERED,
        "body": forwarding.body if forwarding else None,
        "moment": event.data.get("moment", ""),
        "day": dt.date.fromisoformat(event.data["day"]) if "day" in event.data else None,
    }


def words_of_question(event: Event) -> tuple[str, str] | None:
    """What somebody wrote in the act, and its language: the question itself, a reason, a remark of the team."""
    question = event.subject
    if not isinstance(question, Question):
        return None
    if event.verb == Verb.QUESTION_ASKED:
        return question.words, question.language
    if event.verb in (Verb.QUESTION_DECLINED, Verb.QUESTION_WITHDRAWN):
        return question.reason, ""
    if event.verb == Verb.QUESTION_SENT_BACK and (remark := QuestionRemark.objects.filter(pk=event.data.get("remark")).first()):
        return remark.body, ""
    return None
