"""The mailings of the try-out: four weeks sent, this week approved, next week a draft, an urgent one before the cabinet.

As with requests, the rows are written at the times they tell of, along the table TRANSITIONS of `mailings.permissions`.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from config.seed.clock import Clock, as_of, at_hour, office_day
from config.seed.editions import CLOSING, URGENT, URGENT_MEASURE, WEEKLY, Edition
from config.seed.ledger import ImpossibleStory, write_decided
from config.seed.people import Cast
from config.seed.stories import NAMESPACE
from mailings.audience import chosen_for
from mailings.models import Approval, Delivery, Mailing, Measure, Run, RunContent
from mailings.permissions import TRANSITIONS, Action, can
from mailings.rendering import content_of
from mailings.services import item_from_measure
from municipalities.languages import CONTENT_LANGUAGES
from municipalities.models import Mandate, User
from partnerships.models import Event

WEEKS_SENT = 4
BETWEEN_MAILS = dt.timedelta(milliseconds=120)


def make_mailings(measures: list[list[Measure]], cast: Cast, clock: Clock) -> int:
    """Make the mailings that are missing; return how many those were."""
    maker = _Maker(cast, clock)
    for number in range(WEEKS_SENT):
        maker.sent(number, measures[number])
    maker.approved(WEEKS_SENT, measures[WEEKS_SENT])
    maker.draft(WEEKS_SENT + 1, measures[WEEKS_SENT + 1])
    maker.urgent(Measure.objects.filter(slug=URGENT_MEASURE))
    return maker.made


class _Maker:
    def __init__(self, cast: Cast, clock: Clock) -> None:
        self.editor = cast.staff["editor"]
        self.reviewer = cast.staff["cabinet"]
        self.clock = clock
        self.made = 0

    def sent(self, number: int, measures: list[Measure]) -> None:
        """A weekly mailing that took its usual way: drafted on Monday, approved on Wednesday, sent on Thursday."""
        monday = self._monday(number)
        mailing = self._weekly(number, measures, made_at=at_hour(monday, "07:00"), by=None)
        if mailing is None:
            return
        tuesday, wednesday = (office_day(monday + dt.timedelta(days=n)) for n in (1, 2))
        thursday = monday + dt.timedelta(days=3)
        diary = _Diary(mailing)
        diary.drafted(None, at_hour(monday, "07:00"))
        diary.edited(self.editor, at_hour(tuesday, "09:30"))
        diary.ask_approval(self.editor, at_hour(tuesday, "11:05"))
        diary.approve(self.reviewer, at_hour(wednesday, "15:10"))
        diary.schedule(self.editor, at_hour(wednesday, "15:40"), hour=at_hour(thursday, "10:00"))
        diary.send(at_hour(thursday, "10:00"))
        diary.close()

    def approved(self, number: int, measures: list[Measure]) -> None:
        """This week's: approved, and waiting for the editor to set its hour."""
        monday = self._monday(number)
        hours = ("07:00", "09:30", "10:30", "11:30")
        drafted, edited, asked, agreed = (
            self.clock.not_later(at_hour(monday, hour), minutes_ago=240 - 60 * n) for n, hour in enumerate(hours)
        )
        mailing = self._weekly(number, measures, made_at=drafted, by=None)
        if mailing is None:
            return
        diary = _Diary(mailing)
        diary.drafted(None, drafted)
        diary.edited(self.editor, edited)
        diary.ask_approval(self.editor, asked)
        diary.approve(self.reviewer, agreed)
        diary.close()

    def draft(self, number: int, measures: list[Measure]) -> None:
        """Next week's: begun by the editor just now."""
        begun = self.clock.now - dt.timedelta(minutes=45)
        mailing = self._weekly(number, measures, made_at=begun, by=self.editor)
        if mailing is None:
            return
        diary = _Diary(mailing)
        diary.drafted(self.editor, begun)
        diary.edited(self.editor, begun + dt.timedelta(minutes=20))
        diary.close()

    def urgent(self, measures: Iterable[Measure]) -> None:
        """An urgent one, before the cabinet since the last working day."""
        made_at = self.clock.ago(1, "16:00")
        mailing = self._mailing("urgent", URGENT, measures, made_at=made_at, by=self.editor, kind=Mailing.Kind.URGENT)
        if mailing is None:
            return
        diary = _Diary(mailing)
        diary.drafted(self.editor, made_at)
        diary.edited(self.editor, self.clock.ago(1, "16:25"))
        diary.ask_approval(self.editor, self.clock.ago(1, "16:40"))
        diary.close()

    def _monday(self, number: int) -> dt.date:
        return self.clock.monday + dt.timedelta(weeks=number - WEEKS_SENT)

    def _weekly(self, number: int, measures: Iterable[Measure], *, made_at: dt.datetime, by: User | None) -> Mailing | None:
        year, week, _day = self._monday(number).isocalendar()
        if Mailing.objects.filter(kind=Mailing.Kind.WEEKLY, iso_year=year, iso_week=week).exists():
            return None
        edition = Edition(*(text.replace("{week}", str(week)) for text in WEEKLY[number]))
        return self._mailing(f"weekly-{number}", edition, measures, made_at=made_at, by=by, iso_year=year, iso_week=week)

    def _mailing(
        self, name: str, edition: Edition, measures: Iterable[Measure], *, made_at: dt.datetime, by: User | None, **fields: Any
    ) -> Mailing | None:
        """A draft with one item per measure, for every role; None when an earlier seeding made it."""
        key = uuid.uuid5(NAMESPACE, f"mailing:{name}")
        if Mailing.objects.filter(key=key).exists():
            return None
        mailing = Mailing(key=key, created_at=made_at, audience_roles=list(Mandate.Role.values), **fields, **edition._asdict(), **CLOSING)
        _save_as_of(mailing, made_at, by)
        for position, measure in enumerate(measures):
            _save_as_of(item_from_measure(measure, mailing=mailing, position=position), made_at, by)
        self.made += 1
        return mailing


def _save_as_of(row: Any, at: dt.datetime, by: User | None) -> None:
    """Save with a history row of that time."""
    as_of(row, at, by)
    row.save()


class _Diary:
    """What happened to one mailing, step by step along the table; written when it is closed."""

    def __init__(self, mailing: Mailing) -> None:
        self.mailing = mailing
        self.events: list[Event] = []

    def drafted(self, by: User | None, at: dt.datetime) -> None:
        self._record(Event.Verb.MAILING_DRAFTED, by, at, {"week": self.mailing.week_label, "items": self.mailing.items.count()})

    def edited(self, by: User, at: dt.datetime) -> None:
        self.mailing.revision += 1
        self._move(Action.EDIT, by, at, {"changed": ["intro_fr", "intro_nl"], "revision": self.mailing.revision})

    def ask_approval(self, by: User, at: dt.datetime) -> None:
        self._move(Action.ASK_APPROVAL, by, at, {"content_hash": self.mailing.content_hash()})

    def approve(self, by: User, at: dt.datetime) -> None:
        approval = Approval.objects.create(
            mailing=self.mailing, by=by, at=at, verdict=Approval.Verdict.APPROVED, content_hash=self.mailing.content_hash()
        )
        self._move(Action.APPROVE, by, at, {"approval": approval.pk})

    def schedule(self, by: User, at: dt.datetime, *, hour: dt.datetime) -> None:
        self._move(Action.SCHEDULE, by, at, {"at": hour.isoformat()})

    def send(self, at: dt.datetime) -> None:
        """Plan as `plan_run` does, and let every mail be taken by the server at once."""
        run = Run.objects.create(mailing=self.mailing, state=Run.State.DONE, content_hash=self.mailing.content_hash(), planned_at=at)
        RunContent.objects.bulk_create(
            RunContent(run=run, language=language, content=content_of(self.mailing, language)) for language in CONTENT_LANGUAGES
        )
        deliveries = Delivery.objects.bulk_create(
            _sent_delivery(run, person, at + BETWEEN_MAILS * number)
            for number, person in enumerate(chosen_for(self.mailing, timezone.localdate(at)), start=1)
        )
        self._move(Action.SEND, None, at, {"run": run.pk, "deliveries": len(deliveries)})
        self.mailing.sent_at = at
        run.finished_at = at + BETWEEN_MAILS * (len(deliveries) + 1)
        run.save(update_fields=["finished_at"])
        self.mailing.state = Mailing.State.SENT  # the engine's own step, no action of a person
        self._record(Event.Verb.MAILING_SENT, None, run.finished_at, {"run": run.pk, "deliveries": {Delivery.State.SENT: len(deliveries)}})

    def close(self) -> None:
        """Write the mailing as it stands now, and its events with their true times."""
        last = self.events[-1]
        _save_as_of(self.mailing, last.at, last.actor)
        write_decided(self.events)

    def _move(self, action: Action, by: User | None, at: dt.datetime, data: dict[str, Any]) -> None:
        if not can(by, action, self.mailing):
            raise ImpossibleStory(f"{action} on a mailing that is {self.mailing.state}")
        rule, before = TRANSITIONS[action], self.mailing.state
        self.mailing.state = rule.target or before
        self._record(rule.verb, by, at, {"from": before, "to": self.mailing.state} | data)

    def _record(self, verb: str, by: User | None, at: dt.datetime, data: dict[str, Any]) -> None:
        content_type = ContentType.objects.get_for_model(Mailing)
        self.events.append(Event(verb=verb, actor=by, at=at, content_type=content_type, object_id=self.mailing.pk, data=data))


def _sent_delivery(run: Run, person: User, at: dt.datetime) -> Delivery:
    return Delivery(
        kind=Delivery.Kind.MAILING,
        priority=Delivery.PRIORITY[Delivery.Kind.MAILING],
        run=run,
        recipient=person,
        email=person.email,
        language=person.correspondence_language,
        state=Delivery.State.SENT,
        attempts=1,
        handed_over_at=at,
        next_attempt_at=run.planned_at,
        planned_at=run.planned_at,
        sent_at=at,
        response="250 2.0.0 Ok",
    )
