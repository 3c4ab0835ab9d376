"""Questions to the Region of the try-out, in every state and both languages, with bodies that reply; invented, true to life."""

import datetime as dt
import json
import uuid
from pathlib import Path
from typing import Any, NamedTuple

from config.seed.clock import Clock, as_of
from config.seed.ledger import write_decided
from config.seed.stories import NAMESPACE
from municipalities.models import Municipality, User
from partnerships.models import Body, Event, Forwarding, Question, SpocAssignment, Theme
from partnerships.question_permissions import TRANSITIONS, Action
from partnerships.working_days import add_working_days

State = Question.State
BODIES = (
    ("cabinet", "Cabinet de la Transition économique", "Kabinet Economische Transitie", "kabinet@example.org", "both"),
    ("administration", "Administration régionale de l'Économie", "Gewestelijk Bestuur Economie", "economie@example.org", "fr"),
    ("administration", "Administration régionale de la Mobilité", "Gewestelijk Bestuur Mobiliteit", "mobiliteit@example.org", "nl"),
    ("taskforce", "Taskforce régionale Commerce", "Gewestelijke taskforce Handel", "taskforce@example.org", "both"),
)
SOURCE = "https://example.org/"
STORED = Path(__file__).parent / "data/questions.json"
PATHS: dict[str, tuple[Action, ...]] = {
    "asked": (),
    "in_progress": (Action.TAKE_UP,),
    "forwarded": (Action.TAKE_UP, Action.FORWARD),
    "replied": (Action.TAKE_UP, Action.FORWARD, Action.REPLY),
    "drafted": (Action.TAKE_UP, Action.FORWARD, Action.REPLY, Action.DRAFT),
    "in_review": (Action.TAKE_UP, Action.DRAFT, Action.ASK_REVIEW),
    "answered": (Action.TAKE_UP, Action.FORWARD, Action.REPLY, Action.DRAFT, Action.ASK_REVIEW, Action.ANSWER),
    "published": (Action.TAKE_UP, Action.FORWARD, Action.REPLY, Action.DRAFT, Action.ASK_REVIEW, Action.ANSWER, Action.PUBLISH),
    "declined": (Action.DECLINE,),
    "withdrawn": (Action.WITHDRAW,),
    "merged": (Action.MERGE,),
}


class Asked(NamedTuple):
    """One question: whose, asked so many working days ago, how far it came, its words, theme and answer."""

    key: str
    code: str
    ago: int
    state: str
    language: str
    title: str
    words: str
    theme: str
    body: int = 0
    answer: dict[str, tuple[str, str]] | None = None
    urgent: str = ""
    reason: str = ""
    may_be_named: bool = False
    twin: str = ""
    is_old: bool = False


class Room(NamedTuple):
    """What the questions are written with, fetched once."""

    places: dict[str, Municipality]
    themes: dict[str, Theme]
    team: list[User]
    aldermen: dict[str, User]
    holders: dict[int, User]
    known: dict[uuid.UUID, Question]
    untold: list[Asked]


def make_questions(municipalities: dict[str, Municipality], clock: Clock) -> int:
    """Enter the bodies and questions that are missing; what people changed stays. Returns how many questions were new."""
    asked = [Asked(**row) for row in json.loads(STORED.read_text(encoding="utf-8"))]
    known = {question.key: question for question in Question.objects.filter(key__in=[key_of(one.key) for one in asked])}
    if len(known) == len(asked):
        return 0
    bodies = [_body(*row) for row in BODIES]
    room = Room(
        places=municipalities,
        themes={theme.slug: theme for theme in Theme.objects.all()},
        team=list(User.objects.staff().able_to("partnerships.handle_question").order_by("pk")),
        aldermen={person.email: person for person in User.objects.filter(email__startswith="alderman.")},
        holders=_holders(municipalities, clock.today),
        known=known,
        untold=[],
    )
    events: list[Event] = []
    made = sum(_write(one, room, bodies, events, clock) for one in asked)
    labels = Question.themes.through
    labels.objects.bulk_create(labels(question=room.known[key_of(one.key)], theme=room.themes[one.theme]) for one in room.untold)
    write_decided(events)
    return made


def _holders(places: dict[str, Municipality], on: dt.date) -> dict[int, User]:
    """Who stands in front of each municipality; the first of each is its SPOC."""
    spocs = SpocAssignment.objects.for_municipalities([place.pk for place in places.values()], on)
    return {spoc.municipality_id: spoc.officer for spoc in reversed(list(spocs))}


def _body(kind: str, name_fr: str, name_nl: str, email: str, language: str) -> Body:
    fields = {"kind": kind, "name_nl": name_nl, "email": email, "language": language}
    return Body.objects.get_or_create(name_fr=name_fr, defaults=fields)[0]


def key_of(key: str) -> uuid.UUID:
    return uuid.uuid5(NAMESPACE, f"question-{key}")


def _write(asked: Asked, room: Room, bodies: list[Body], events: list[Event], clock: Clock) -> bool:
    if key_of(asked.key) in room.known:
        return False
    place, at = room.places[asked.code], clock.ago(asked.ago, "09:40")
    alderman = room.aldermen[f"alderman.{place.code.lower()}@example.org"]
    holder = room.holders.get(place.pk) or room.team[0]
    question = Question(
        key=key_of(asked.key), token=key_of(f"{asked.key}-form"), municipality=place, asked_by=alderman, asked_at=at,
        language=asked.language, title=asked.title, words=asked.words, is_urgent=bool(asked.urgent), urgent_reason=asked.urgent,
        may_be_named=asked.may_be_named, due_on=add_working_days(at.date(), 3 if asked.urgent else 10), reason=asked.reason,
        assignee=None if asked.state == "asked" and not asked.urgent else holder, state=asked.state,
    )  # fmt: skip
    _answer(question, asked, at, [holder, *(person for person in room.team if person != holder)], room.known, clock)
    as_of(question, at, alderman)
    question.save(force_insert=True)
    room.untold.append(asked)
    room.known[question.key] = question
    events += _events_of(question, asked, bodies[asked.body], holder, at, clock)
    return True


def _answer(question: Question, asked: Asked, at: dt.datetime, people: list[User], known: dict[uuid.UUID, Question], clock: Clock) -> None:
    """What the state of the question asks of its other columns."""
    if asked.answer:
        question.title_fr, question.title_nl = asked.answer["title"]
        question.answer_fr, question.answer_nl = asked.answer["answer"]
        question.source_fr, question.source_nl = asked.answer["source"]
        question.source_url, question.drafted_by = SOURCE, people[0]
    if asked.state == "in_review":
        question.reviewer = people[1]
    if asked.state in ("answered", "published"):
        question.answered_at, question.reviewed_by = at + dt.timedelta(days=6), people[1]
        question.check_on = clock.working_day(3) if asked.is_old else clock.today + dt.timedelta(days=150)
    if asked.state == "published":
        question.published_at = at + dt.timedelta(days=7)
    if asked.state in Question.ENDED:
        question.ended_at = at + dt.timedelta(days=1)
    if asked.twin:
        question.merged_into = known[key_of(asked.twin)]


def _events_of(question: Question, asked: Asked, body: Body, holder: User, at: dt.datetime, clock: Clock) -> list[Event]:
    """Its forwarding and its events, each at the hour it tells of, by the table."""
    path = PATHS[asked.state]
    forwarding = _forward(question, asked, body, holder, at) if Action.FORWARD in path else None
    events = [
        Event(verb=Event.Verb.QUESTION_ASKED, subject=question, actor=question.asked_by, municipality=question.municipality, at=at, data={})
    ]
    before = State.ASKED.value
    for number, action in enumerate(path, start=1):
        rule = TRANSITIONS[action]
        after = rule.target or before
        actor = _actor(action, question, holder)
        data = {"from": before, "to": after} | _details(action, question, forwarding)
        moment = min(at + dt.timedelta(days=number), clock.now - dt.timedelta(minutes=90 - number))
        events.append(Event(verb=rule.verb, subject=question, actor=actor, municipality=question.municipality, at=moment, data=data))
        before = after
    return events


def _actor(action: Action, question: Question, holder: User) -> User | None:
    if action == Action.REPLY:
        return None
    if action == Action.WITHDRAW:
        return question.asked_by
    return question.reviewed_by if action == Action.ANSWER else holder


def _details(action: Action, question: Question, forwarding: Forwarding | None) -> dict[str, Any]:
    if action == Action.TAKE_UP:
        return {"assignee": question.assignee_id}
    if action in (Action.FORWARD, Action.REPLY) and forwarding:
        return {"forwarding": forwarding.pk, "body": forwarding.body_id}
    return {"into": question.merged_into_id} if action == Action.MERGE else {}


def _forward(question: Question, asked: Asked, body: Body, holder: User, at: dt.datetime) -> Forwarding:
    sent = at + dt.timedelta(days=2)
    forwarding = Forwarding(question=question, body=body, by=holder, sent_at=sent, reply_by=add_working_days(sent.date(), 5))
    if asked.state != "forwarded":
        forwarding.replied_at = forwarding.ended_at = sent + dt.timedelta(days=1)
        reply = asked.answer["answer"] if asked.answer else ("Oui, une dérogation existe pour les jours de marché.", "")
        forwarding.reply_fr, forwarding.reply_nl = reply[0], reply[1] if body.language != "fr" else ""
    forwarding.save(force_insert=True)
    return forwarding
