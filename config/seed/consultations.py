"""Consultations of the try-out: one with minutes and actions, one called off, two to come, one being drawn up; invented, true to life."""

import datetime as dt
import json
import uuid
from itertools import cycle
from pathlib import Path
from typing import Any

from config.seed.clock import Clock, as_of, at_hour, office_day
from config.seed.ledger import write_decided
from config.seed.people import DOMAIN, Cast
from config.seed.stories import NAMESPACE
from municipalities.models import Municipality, User
from partnerships.models import Consultation, ConsultationAction, Event, Invitation, Theme
from partnerships.services.consultations import circle_of
from partnerships.working_days import add_working_days

State, Answer, Verb = Consultation.State, Invitation.Answer, Event.Verb
STORED = Path(__file__).parent / "data/consultations.json"
HOST = ("Le cabinet de la Transition économique", "Het kabinet Economische Transitie")
LINK = "https://meet.example.org/concertation"
UNANSWERED = f"alderman.ixl@{DOMAIN}"  # whoever tries the portal finds an invitation to answer
ANSWERS = (Answer.YES, Answer.YES, Answer.MAYBE, Answer.NONE, Answer.YES, Answer.NO, Answer.SUBSTITUTE)
LASTS = dt.timedelta(hours=1, minutes=30)
SUBSTITUTE = "Camille Vandersande"


def make_consultations(municipalities: dict[str, Municipality], cast: Cast, clock: Clock) -> int:
    """Enter the consultations that are missing, with who was invited and what they answered; returns how many were new."""
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    known = set(Consultation.objects.filter(key__in=[key_of(one["key"]) for one in stored]).values_list("key", flat=True))
    missing = [one for one in stored if key_of(one["key"]) not in known]
    themes = {theme.slug: theme for theme in Theme.objects.all()} if missing else {}
    for one in missing:
        _write(one, municipalities, cast.staff["lead"], themes, clock)
    return len(missing)


def key_of(key: str) -> uuid.UUID:
    return uuid.uuid5(NAMESPACE, f"consultation-{key}")


def _day(days: int, clock: Clock) -> dt.date:
    """So many days from today, on a day on which offices are open; what lies behind stays behind."""
    day = clock.today + dt.timedelta(days=days)
    return office_day(day) if days < 0 else add_working_days(day - dt.timedelta(days=1), 1)


def _write(one: dict[str, Any], places: dict[str, Municipality], lead: User, themes: dict[str, Theme], clock: Clock) -> None:
    starts = at_hour(_day(one["days"], clock), one["hour"])
    drawn_up = min(starts - dt.timedelta(days=16), clock.ago(6, "10:20"))
    meeting = Consultation(
        key=key_of(one["key"]), state=one["state"], starts_at=starts, ends_at=starts + LASTS, roles=list(Consultation.ROLES),
        portfolios=["trade"], link="" if one.get("place") else LINK, place=one.get("place", ""), seats=one.get("seats"),
        created_by=lead, created_at=drawn_up, minutes_for_all=one.get("for_all", False),
    )  # fmt: skip
    words = {"host": HOST} | {name: one[name] for name in ("title", "agenda", "minutes", "reason") if name in one}
    for name, (french, dutch) in words.items():
        setattr(meeting, f"{name}_fr", french)
        setattr(meeting, f"{name}_nl", dutch)
    told = drawn_up + dt.timedelta(days=1, hours=1)
    _date(meeting, told)
    as_of(meeting, drawn_up, lead)
    meeting.save(force_insert=True)
    meeting.themes.add(themes[one["theme"]])
    people = _invite(meeting, told) if meeting.invited_at else []
    actions = [_action(meeting, row, places, lead, clock) for row in one.get("actions", ())]
    write_decided(_events(meeting, people, actions, lead, drawn_up, told))


def _date(meeting: Consultation, told: dt.datetime) -> None:
    """The moments that its state asks for."""
    meeting.changed_at = told
    meeting.invited_at = None if meeting.state == State.DRAFT else told
    if meeting.state == State.CANCELLED:
        meeting.sequence, meeting.cancelled_at = 1, meeting.starts_at - dt.timedelta(days=2)
        meeting.changed_at = meeting.cancelled_at
    if meeting.state == State.PUBLISHED:
        meeting.published_at = meeting.starts_at + dt.timedelta(days=5)


def _invite(meeting: Consultation, told: dt.datetime) -> list[int]:
    """The circle of that day, each with an answer; with few places, those who come last wait."""
    taken = waiting = 0
    invitations = []
    for mandate, answer in zip(circle_of(meeting, told.date()), cycle(ANSWERS), strict=False):
        said = Answer.NONE if mandate.user.email == UNANSWERED and meeting.state == State.INVITED else answer
        invitation = Invitation(consultation=meeting, person=mandate.user, municipality=mandate.municipality, invited_at=told, answer=said)
        if said != Answer.NONE:
            invitation.answered_at, invitation.answered_by = told + dt.timedelta(hours=20), Invitation.Way.MAIL
        if said == Answer.SUBSTITUTE:
            invitation.substitute_name = SUBSTITUTE
        if said in Invitation.COMING and meeting.seats:
            taken += 1
            waiting += taken > meeting.seats
            invitation.waiting = waiting if taken > meeting.seats else None
        if meeting.state == State.PUBLISHED:
            invitation.attended = said in Invitation.COMING
        invitations.append(invitation)
    Invitation.objects.bulk_create(invitations)
    return [invitation.person_id for invitation in invitations]


def _action(meeting: Consultation, row: list[Any], places: dict[str, Municipality], lead: User, clock: Clock) -> ConsultationAction:
    holder, code, body, french, dutch, days, is_done = row
    done_on = clock.working_day(6) if is_done else None
    return ConsultationAction.objects.create(
        key=uuid.uuid5(meeting.key, french), consultation=meeting, holder=holder, municipality=places.get(code), body=body, what_fr=french,
        what_nl=dutch, due_on=_day(days, clock), done_on=done_on, done_by=lead if is_done else None,
    )  # fmt: skip


def _events(
    meeting: Consultation, people: list[int], actions: list[ConsultationAction], lead: User, drawn_up: dt.datetime, told: dt.datetime
) -> list[Event]:
    """What happened to it, each at its hour."""
    steps: list[tuple[Event.Verb, Any, dt.datetime | None, dict[str, Any]]] = [
        (Verb.CONSULTATION_DRAFTED, meeting, drawn_up, {}),
        (Verb.CONSULTATION_INVITED, meeting, told if people else None, {"people": people}),
        (Verb.CONSULTATION_CANCELLED, meeting, meeting.cancelled_at, {"people": people}),
        (Verb.CONSULTATION_HELD, meeting, meeting.ends_at if meeting.published_at else None, {}),
        (Verb.MINUTES_PUBLISHED, meeting, meeting.published_at, {"people": people}),
        *((Verb.ACTION_AGREED, action, meeting.published_at, {}) for action in actions),
    ]
    return [
        Event(verb=verb, subject=subject, actor=lead, municipality=getattr(subject, "municipality", None), at=at, data=data)
        for verb, subject, at, data in steps
        if at
    ]
