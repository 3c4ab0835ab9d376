"""What lies on the desks of the try-out: referrals under way and ended, a twin that was merged, a link, an officer's own filters."""

import datetime as dt
import uuid
from typing import NamedTuple

from config.seed.clock import Clock, as_of
from config.seed.ledger import write_decided
from config.seed.people import Cast
from config.seed.stories import NAMESPACE, Story
from config.seed.stories_ixelles import BAILLI_EVENTS, COCQ_AUDIT, COCQ_TWIN, FLAGEY_WORKS_OVERDUE, TOISON_LIGHTS
from config.seed.stories_region import UCCLE
from municipalities.models import User
from partnerships.models import Event, Message, PartnerOrganisation, Referral, RequestTie, SavedFilter, ServiceRequest

State, Verb = ServiceRequest.State, Event.Verb


class Words(NamedTuple):
    """What was written, how many working days ago, at what hour."""

    ago: int
    hour: str
    body: str


class Reference(NamedTuple):
    """A request in the hands of a partner organisation as well: since which words, and what came of it."""

    story: Story
    partner: str
    note: Words
    outcome: Words | None = None


REFERRALS = (
    Reference(
        UCCLE,
        "Guichet des locaux vides",
        Words(9, "11:15", "Le guichet a déjà accompagné trois occupations temporaires. Il vous envoie son modèle de convention."),
    ),
    Reference(
        FLAGEY_WORKS_OVERDUE,
        "Médiation de chantier",
        Words(4, "10:20", "La médiation réunit l'entrepreneur et les sept exploitants cette semaine, au sujet des terrasses."),
    ),
    Reference(
        COCQ_AUDIT,
        "Guichet des locaux vides",
        Words(13, "15:10", "Le guichet connaît les propriétaires de quatre des neuf cellules : il les appelle pour nous."),
        Words(
            5,
            "14:30",
            "Quatre propriétaires ont répondu. Deux baisseraient le loyer pour un bail de trois ans.",
        ),
    ),
)
MERGED = Words(18, "16:20", "")
LINKED = Words(1, "16:05", "")
FILTERS = (("spoc1@example.org", "À relancer", "list=waiting"), ("spoc1@example.org", "Chantiers en cours", "list=open&kind=works"))


def make_desk(cast: Cast, clock: Clock) -> None:
    """Make what is missing; a request whose desk somebody touched since is left alone."""
    stories = (UCCLE, FLAGEY_WORKS_OVERDUE, COCQ_AUDIT, COCQ_TWIN, BAILLI_EVENTS, TOISON_LIGHTS)
    told = {request.key: request for request in ServiceRequest.objects.filter(key__in=[story.uuid for story in stories])}
    for reference in REFERRALS:
        _refer(told[reference.story.uuid], reference, clock)
    _merge(told[COCQ_TWIN.uuid], told[COCQ_AUDIT.uuid], clock)
    _link(told[BAILLI_EVENTS.uuid], told[TOISON_LIGHTS.uuid], clock)
    for email, name, query in FILTERS:
        owner = next(person for person in cast.spocs if person.email == email)
        SavedFilter.objects.get_or_create(owner=owner, name=name, defaults={"query": query})


# --- Referrals ----------------------------------------------------------------------------------


def _refer(request: ServiceRequest, reference: Reference, clock: Clock) -> None:
    partner = PartnerOrganisation.objects.filter(name_fr=reference.partner).first()
    by = request.assignee
    if by is None or partner is None or request.referrals.exists() or not request.is_open:
        return
    note = _message(request, by, reference.note, clock)
    referral = Referral.objects.create(request=request, partner=partner, by=by, message=note, made_at=note.sent_at)
    events = [_event(Verb.REQUEST_REFERRED, request, by, note.sent_at, message=note.pk, referral=referral.pk)]
    if reference.outcome:
        outcome = _message(request, by, reference.outcome, clock)
        referral.ended_at, referral.ended_message = outcome.sent_at, outcome
        referral.save(update_fields=["ended_at", "ended_message"])
        events.append(_event(Verb.REFERRAL_ENDED, request, by, outcome.sent_at, message=outcome.pk, referral=referral.pk))
    write_decided(events)


def _message(request: ServiceRequest, author: User, words: Words, clock: Clock) -> Message:
    at = clock.ago(words.ago, words.hour)
    token = uuid.uuid5(NAMESPACE, f"message:{request.key}:{at.isoformat()}")
    return Message.objects.create(
        request=request, token=token, author=author, side=Message.Side.AGENCY, body=words.body, language=request.language, sent_at=at
    )


def _event(verb: str, request: ServiceRequest, by: User, at: dt.datetime, **data: int) -> Event:
    moved = {"from": request.state, "to": request.state} | data
    return Event(verb=verb, subject=request, actor=by, at=at, municipality_id=request.municipality_id, data=moved)


# --- Ties ---------------------------------------------------------------------------------------


def _merge(twin: ServiceRequest, into: ServiceRequest, clock: Clock) -> None:
    """The twin is closed by the tie, as the database wants it; both histories say so."""
    if twin.state != State.ACKNOWLEDGED or into.assignee is None or RequestTie.objects.of(twin).exists():
        return
    at, by = clock.ago(MERGED.ago, MERGED.hour), into.assignee
    RequestTie.objects.create(kind=RequestTie.Kind.MERGE, first=into, second=twin, by=by, made_at=at)
    closing = _event(Verb.REQUEST_MERGED, twin, by, at, into=into.pk)
    closing.data["to"] = State.CLOSED
    twin.state, twin.ended_at, twin.clock_stopped_on = State.CLOSED, at, at.date()
    as_of(twin, at, by)
    twin.save(update_fields=["state", "ended_at", "clock_stopped_on"])
    kept = Event(verb=Verb.REQUEST_MERGED, subject=into, actor=by, at=at, municipality_id=into.municipality_id, data={"twin": twin.pk})
    write_decided([closing, kept])


def _link(one: ServiceRequest, other: ServiceRequest, clock: Clock) -> None:
    if one.assignee is None or RequestTie.objects.of(one).exists():
        return
    first, second = sorted((one, other), key=lambda request: request.pk)
    at = clock.ago(LINKED.ago, LINKED.hour)
    RequestTie.objects.create(kind=RequestTie.Kind.LINK, first=first, second=second, by=one.assignee, made_at=at)
    write_decided([_event(Verb.REQUEST_LINKED, one, one.assignee, at, other=other.pk)])
