"""From events to notices: decided once per event, and the mails written into their rows in the same transaction."""

import datetime as dt
import textwrap
import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mailings.doorbell import ring
from mailings.models import Addressee, Approval, CoverageNote, Delivery, Mailing, Notice, StandIn, Telling
from mailings.rendering import portal_link, render_mail, role_of
from mailings.services.consultations import about_consultation, calendar_of
from mailings.services.coverage import about_coverage
from mailings.services.endings import about_agreement
from mailings.services.files import files_told
from mailings.services.gathering import grouped, ripe, standing_for
from mailings.services.hearers import hearers_of
from mailings.services.introductions import about_handover
from mailings.services.letters import ready_delivery
from mailings.services.library import delivered_document
from mailings.services.people import about_complaint, about_delegation, about_person
from mailings.services.proofs import about_unreached
from mailings.services.questions import about_question, mails_to_bodies, told_of_question, words_of_question
from mailings.services.ratings import asked_rating
from mailings.services.referrals import about_referral
from mailings.services.sites import way_to_site
from municipalities.delegations import Delegation
from municipalities.models import User
from partnerships.models import (
    Agreement,
    Consultation,
    ConsultationAction,
    Event,
    Invitation,
    Message,
    Note,
    Question,
    ServiceRequest,
    SpocHandover,
)

BATCH = 100
OF_REQUEST = ("request__municipality", "request__asked_by", "request__assignee")
# Far longer than any transaction of the portal lives: an event can be committed after one with a higher number, but not this late.
LATEST_COMMIT = dt.timedelta(days=1)


def decide_notices(now: dt.datetime) -> int:
    """Give every event that is ripe its notice, and queue the mails it leads to; return how many were decided.

    Events about one request are gathered (see `gathering`). Many may ask at once: each takes events nobody else holds. An
    event is found by having no notice, so none is lost to a crash, a pause of the workers or an order of commits that
    differs from the order of numbers.
    """
    decided = 0
    while batch := _decide_batch(now):
        decided += batch
    return decided


@transaction.atomic
def _decide_batch(now: dt.datetime) -> int:
    events = _take_undecided(now)
    notices = {event.pk: Notice(event=event, decided_at=now) for event in events}
    Notice.objects.bulk_create(notices.values())
    words, on = _words_of(events), timezone.localdate(now)
    told = [pair for group in grouped(events) for pair in _mails(group, notices, words, on)]
    to_bodies = [mail for event in events for mail in mails_to_bodies(event, notices[event.pk])]
    if told or to_bodies:
        Delivery.objects.bulk_create([*(delivery for delivery, _events in told), *to_bodies])
        Telling.objects.bulk_create(
            Telling(notice=notices[event.pk], recipient=delivery.recipient, delivery=delivery)
            for delivery, about in told
            for event in about
        )
        ring()
    return len(events)


def undecided() -> Any:
    """Events without a notice, oldest first, looked for among the numbers that can still appear."""
    open_events = Event.objects.filter(~Exists(Notice.objects.filter(event=OuterRef("pk")))).order_by("pk")
    floor = _floor()
    return open_events.filter(pk__gt=floor) if floor else open_events


def _floor() -> int | None:
    """The number below which every event was decided: that of a notice a day older than the last one."""
    last = Notice.objects.order_by("-pk").first()
    if last is None:
        return None
    settled = Notice.objects.filter(decided_at__lt=last.decided_at - LATEST_COMMIT).order_by("-pk").first()
    return settled.event_id if settled else None


def _take_undecided(now: dt.datetime) -> list[Event]:
    """Lock ripe events, passing by those another worker holds; then look again, for one it just decided, and for what belongs with them."""
    held = ripe(undecided(), now).select_for_update(skip_locked=True, of=("self",), no_key=True).values_list("pk", flat=True)
    locked = list(held[:BATCH])
    subjects = GenericPrefetch(
        "subject",
        [
            ServiceRequest.objects.select_related("municipality", "asked_by", "assignee"),
            Note.objects.select_related(*OF_REQUEST),
            Message.objects.select_related(*OF_REQUEST),
            Delegation.objects.select_related("mandate__user", "mandate__municipality", "delegate"),
            Mailing.objects.all(),
            Agreement.objects.select_related("municipality", "successor"),
            Question.objects.select_related("municipality", "asked_by", "assignee", "merged_into"),
            SpocHandover.objects.select_related("to", "deputy", "by"),
            Invitation.objects.select_related("consultation", "person"),
            ConsultationAction.objects.select_related("consultation", "municipality"),
        ],
    )
    untold = Event.objects.filter(~Exists(Notice.objects.filter(event=OuterRef("pk"))))
    leaders = untold.filter(pk__in=locked)
    events = untold.filter(standing_for(leaders)).select_related("actor", "behalf_of")
    return list(events.prefetch_related(subjects).order_by("pk"))


def pass_over_undecided() -> int:
    """Decide that nobody hears of what has happened so far (history that was imported or seeded)."""
    events = list(undecided().values_list("pk", flat=True))
    Notice.objects.bulk_create((Notice(event_id=event) for event in events), ignore_conflicts=True, batch_size=1000)
    return len(events)


# --- The words ----------------------------------------------------------------------------------


def _words_of(events: Sequence[Event]) -> dict[int, tuple[str, str]]:
    """What a person wrote in the act, and its language, per event: the message, or the reviewer's comment."""
    messages = Message.objects.in_bulk([event.data["message"] for event in events if "message" in event.data])
    approvals = Approval.objects.in_bulk([event.data["approval"] for event in events if "approval" in event.data])
    notes = Note.objects.in_bulk([event.data["note"] for event in events if "note" in event.data])
    words = {}
    for event in events:
        if message := messages.get(event.data.get("message")):
            words[event.pk] = (message.body, message.language)
        elif approval := approvals.get(event.data.get("approval")):
            words[event.pk] = (approval.comment, "")
        elif said := words_of_question(event):
            words[event.pk] = said
        elif isinstance(event.subject, Note | Message):
            words[event.pk] = (event.subject.body, getattr(event.subject, "language", ""))
        elif note := notes.get(event.data.get("note")):
            words[event.pk] = (note.body, "")
        elif isinstance(event.subject, SpocHandover):
            words[event.pk] = (event.subject.note, "")
        elif event.verb == Event.Verb.REQUEST_SUBMITTED and event.subject and event.subject.is_from_agency:
            words[event.pk] = (event.subject.description, event.subject.language)
        elif event.verb == Event.Verb.REQUEST_WITHDRAWN and event.subject:
            words[event.pk] = (event.subject.reason, event.subject.language)
    return words


def quoted(words: str) -> str:
    """Words behind `>`, as people quote in plain text."""
    wrap = textwrap.TextWrapper(width=72, break_long_words=False, break_on_hyphens=False).wrap
    lines = [piece for line in words.strip().splitlines() for piece in wrap(line) or [""]]
    return "\n".join(f"> {line}".rstrip() for line in lines)


# --- The mails ----------------------------------------------------------------------------------


Words = dict[int, tuple[str, str]]


def _mails(group: list[Event], notices: dict[int, Notice], words: Words, on: dt.date) -> list[tuple[Delivery, list[Event]]]:
    """One mail per person of the events of a group that concern them, and which those are."""
    concerned: dict[int, tuple[User, list[Event]]] = {}
    for event in group:
        for person in hearers_of(event, on):
            concerned.setdefault(person.pk, (person, []))[1].append(event)
    return [(_delivery(notices[events[-1].pk], events, person, words, on), events) for person, events in concerned.values()]


def _delivery(notice: Notice, events: list[Event], person: User, words: Words, on: dt.date) -> Delivery:
    """The mail of one event, or of several about one request as its pieces."""
    key, last = uuid.uuid4(), events[-1]
    context = _about(last, person, on) | {"recipient": person, "role": role_of(person, person.mandates_on(on))}
    if len(events) == 1:
        name, said = str(last.verb), _said(last, person, words, on)
    else:
        name, said = (
            "request_news",
            {"event": last, "files": [], "words": "", "pieces": [_piece(event, person, words, on) for event in events]},
        )
    language = person.correspondence_language
    mail = render_mail(name, language=language, key=key, context=context | said)
    reply_to = context.get("reply_to", "")
    origin = {"notice": notice, "reply_to": reply_to, "calendar": calendar_of(last, person)}
    return ready_delivery(Delivery.Kind.NOTICE, to=person, language=language, key=key, mail=mail, **origin)


def _said(event: Event, person: User, words: Words, on: dt.date) -> dict[str, Any]:
    """What the mail of an event says beside its subject."""
    text, language = words.get(event.pk, ("", ""))
    told = {
        "event": event,
        "actor": event.actor,
        "files": files_told(event),
        "words": text,
        "words_language": language,
        "words_quoted": quoted(text),
    }
    if event.verb == Event.Verb.MAILING_SENT:
        return told | about_unreached(event)
    return (
        asked_rating(event, person, on)
        | about_referral(event)
        | way_to_site(event, person)
        | delivered_document(event, person)
        | told_of_question(event)
        | told
    )


def _piece(event: Event, person: User, words: Words, on: dt.date) -> dict[str, Any]:
    """An event among several: the templates of its own mail, read without greeting and address."""
    folder = f"email/{event.verb}"
    return (
        {"answers": [], "item": None, "item_url": ""}
        | _said(event, person, words, on)
        | {"html": f"{folder}/body.html", "text": f"{folder}/body.txt"}
    )


def _about(event: Event, person: User, on: dt.date) -> dict[str, Any]:
    subject: Any = event.subject
    if isinstance(subject, ServiceRequest):
        return _about_request(subject, person, on)
    if isinstance(subject, Note | Message):
        return _about_request(subject.request, person, on)
    if isinstance(subject, Question):
        return about_question(subject, person)
    if isinstance(subject, Agreement):
        return about_agreement(subject, on)
    if isinstance(subject, Delegation):
        return about_delegation(subject, person)
    if isinstance(subject, User | Addressee):
        return about_complaint(subject) if event.verb == Event.Verb.ADDRESS_COMPLAINED else about_person(person, on)
    if isinstance(subject, CoverageNote):
        return about_coverage(subject)
    if isinstance(subject, StandIn):
        return {"stand_in": subject, "link": portal_link("reviews"), "link_label": _("Approval of mailings")}
    if isinstance(subject, Consultation | Invitation | ConsultationAction):
        return about_consultation(event, subject, person)
    return about_handover(subject, person, on) if isinstance(subject, SpocHandover) else _about_mailing(subject, person)


def _about_request(request: ServiceRequest, person: User, on: dt.date) -> dict[str, Any]:
    """The page of the request where this person works: the administration for staff, the portal for officials."""
    if person.is_staff:
        link = portal_link("admin:partnerships_servicerequest_change", request.pk)
        return {"request": request, "link": link, "link_label": _("Open the request in the administration"), "contact": None}
    contact = request.contact_on(on)
    about = {"link": portal_link("request", request.key), "link_label": _("Open the request"), "contact": contact}
    return about | {"request": request, "reply_to": contact.email if contact else ""}


def _about_mailing(mailing: Mailing, person: User) -> dict[str, Any]:
    if person.is_cabinet_reviewer:
        return {"mailing": mailing, "link": portal_link("review", mailing.key), "link_label": _("Read and decide")}
    link = portal_link("admin:mailings_mailing_change", mailing.pk)
    return {"mailing": mailing, "link": link, "link_label": _("Open the mailing in the administration")}
