"""Writes the stories of requests with all their traces, at the times they tell of.

Services act now; a try-out needs a past. The ledger therefore writes rows itself, but takes every step by the same table
TRANSITIONS as the services, refuses what the table refuses, and leaves the same events with the same details. Events never
change once written, so they are written once, with their true time, in the order in which things happened; each gets its
notice at once, because nobody is to be told today of what happened last year.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from config.seed.attachments import new_attachment
from config.seed.clock import Clock, as_of, office_day
from config.seed.details import audit_fields, development_fields, in_rows
from config.seed.people import Cast
from config.seed.stories import IN_THE_NAME_OF, MUNICIPAL_PARTS, NAMESPACE, Step, StepFile, Story, player
from mailings.models import Notice
from municipalities.models import Municipality, User
from municipalities.places import Street
from partnerships.models import (
    Agreement,
    Attachment,
    AuditDetails,
    DataRequestDetails,
    DevelopmentDetails,
    Event,
    Kind,
    Message,
    ReferenceCounter,
    ServiceRequest,
    SpocAssignment,
)
from partnerships.models.deadlines import targets
from partnerships.permissions import TRANSITIONS, Action, Party
from partnerships.services.clocks import acknowledgement_due, completion_due, keep_clock
from partnerships.uploads import check_content
from partnerships.working_days import add_working_days

STORIES_AT_ONCE = 2000  # bounds memory when history is multiplied
ROWS_AT_ONCE = 5000
WITH_MESSAGE = frozenset({Action.ASK, Action.ANSWER, Action.COMPLETE, Action.DECLINE, Action.MESSAGE, Action.MOVE_DEADLINE, Action.REOPEN})
FROM_EITHER_SIDE = frozenset({Action.ANSWER, Action.MESSAGE})


class ImpossibleStory(Exception):
    """A story takes a step that the table refuses."""


@dataclass
class Entry:
    """An event still to be written, with the message or the file it tells of."""

    event: Event
    message: Message | None = None
    attachment: Attachment | None = None


@dataclass
class Told:
    """A request and everything that goes with it, still to be written."""

    request: ServiceRequest
    audit: AuditDetails | None
    development: DevelopmentDetails | None
    data_request: DataRequestDetails | None
    streets: list[Street]
    entries: list[Entry] = field(default_factory=list)


class Ledger:
    """Tells stories against the agreements and SPOCs as they are in the database."""

    def __init__(self, municipalities: dict[str, Municipality], cast: Cast, clock: Clock) -> None:
        self.municipalities = municipalities
        self.cast = cast
        self.clock = clock
        self.spocs = list(SpocAssignment.objects.primary().select_related("officer").order_by("pk"))
        self.agreements = list(Agreement.objects.signed().order_by("pk"))
        self.targets = targets()
        self.streets = list(Street.objects.order_by("pk"))

    # --- Telling: in memory only ----------------------------------------------------------------

    def tell(self, story: Story) -> Told:
        """Follow a story from draft to its last step. Raises ImpossibleStory where the table would refuse."""
        municipality = self.municipalities[story.code]
        made_at = self.clock.ago(story.ago, story.hour)
        request = ServiceRequest(
            key=story.uuid,
            token=uuid.uuid5(NAMESPACE, f"token:{story.key}"),
            municipality=municipality,
            kind=story.kind,
            direction=story.direction,
            language=story.language,
            asked_by=self._player(story.part, municipality, made_at),
            asked_for=self._principal(story.part, story.code),
            title=story.title,
            description=story.description,
            area=story.area,
            created_at=made_at,
            **self._contact(story, made_at) | story.fields,
        )
        told = Told(
            request,
            self._audit(story, request, made_at),
            self._development(story, request, made_at),
            DataRequestDetails(request=request, **story.data_request) if story.data_request else None,
            self._streets(story),
        )
        self._record(told, Event.Verb.REQUEST_DRAFTED, request.asked_by, made_at, data={}, behalf_of=request.asked_for)
        for step in story.steps:
            self._take(told, step)
        return told

    def _contact(self, story: Story, made_at: dt.datetime) -> dict[str, Any]:
        if story.data_request:
            asker = self._player(story.part, self.municipalities[story.code], made_at)
            wished_by = timezone.localdate(made_at) + dt.timedelta(days=story.answer_within)
            return {"technical_contact": ", ".join(filter(None, (asker.full_name, asker.phone))), "wished_by": office_day(wished_by)}
        officials = self.cast.officials[story.code]
        known = {"technical_person": officials["officer"], "technical_phone": officials["officer"].phone}
        return known | ({"political_lead": officials[story.part]} if story.part in {"mayor", "alderman"} else {})

    def _streets(self, story: Story) -> list[Street]:
        """The streets of the municipality that the story names, in either language."""
        here = self.municipalities[story.code].pk
        return [s for s in self.streets if s.municipality_id == here and (s.name_fr in story.area or s.name_nl in story.area)]

    def _audit(self, story: Story, request: ServiceRequest, made_at: dt.datetime) -> AuditDetails | None:
        if story.kind != Kind.AUDIT or story.data_request:
            return None
        if not story.steps:
            return AuditDetails(request=request, **in_rows(story.audit))
        return AuditDetails(request=request, **audit_fields(story.language, timezone.localdate(made_at), **story.audit))

    def _development(self, story: Story, request: ServiceRequest, made_at: dt.datetime) -> DevelopmentDetails | None:
        if story.kind != Kind.DEVELOPMENT:
            return None
        fields = development_fields(story.language, timezone.localdate(made_at), **story.development) if story.steps else story.development
        return DevelopmentDetails(request=request, **fields)

    def _player(self, part: str, municipality: Municipality, at: dt.datetime) -> User:
        return player(part, municipality, self.cast, self._spoc_on(municipality, timezone.localdate(at)))

    def _principal(self, part: str, code: str) -> User | None:
        """In whose name a part acts; the database asks for the delegation in force at that time."""
        return self.cast.officials[code][IN_THE_NAME_OF[part]] if part in IN_THE_NAME_OF else None

    def _spoc_on(self, municipality: Municipality, on: dt.date) -> User:
        for assignment in self.spocs:
            if assignment.municipality_id == municipality.pk and _covers(assignment.period, on):
                return assignment.officer
        raise ImpossibleStory(f"no SPOC for {municipality.code} on {on}")

    def _take(self, told: Told, step: Step) -> None:
        """Take one row of TRANSITIONS, as `partnerships.services.requests` does."""
        request, rule = told.request, TRANSITIONS[step.action]
        party = Party.MUNICIPALITY if step.part in MUNICIPAL_PARTS else Party.AGENCY
        if request.state not in rule.sources or party not in rule.parties_in(request.direction):
            raise ImpossibleStory(f"{step.action} by {step.part} on “{request.title}”, which is {request.state}")
        at = self.clock.ago(step.ago, step.hour)
        actor = self._player(step.part, request.municipality, at)
        before = request.state
        request.state = rule.target or before
        keep_clock(request, before, timezone.localdate(at))
        if request.state in ServiceRequest.ENDED:
            request.ended_at = at
        message = self._message(request, step, actor, party, at) if step.action in WITH_MESSAGE else None
        behalf_of = self._principal(step.part, request.municipality.code)
        data: dict[str, Any] = {"from": before, "to": request.state} | self._effects(request, step, actor, at)
        if step.action == Action.EDIT:
            data = {}
        if request.is_from_agency:
            data["direction"] = request.direction
        if step.action in FROM_EITHER_SIDE:
            data["side"] = party
        if message:
            message.behalf_of = behalf_of
        self._record(told, rule.verb, actor, at, data=data, behalf_of=behalf_of, message=message)
        if step.file and message:
            told.entries.append(self._with_file(told, step.file, message, behalf_of))

    def _with_file(self, told: Told, file: StepFile, message: Message, behalf_of: User | None) -> Entry:
        """A file that came with the words of a step, and its event."""
        key = uuid.uuid5(NAMESPACE, f"file:{told.request.key}:{message.sent_at.isoformat()}")
        kept = new_attachment(key, told.request, message, check_content(file.name, file.content))
        event = Event(verb=Event.Verb.ATTACHMENT_ADDED, actor=message.author, behalf_of=behalf_of, at=message.sent_at, data={})
        event.municipality = told.request.municipality
        return Entry(event, attachment=kept)

    def _effects(self, request: ServiceRequest, step: Step, actor: User, at: dt.datetime) -> dict[str, Any]:
        """Set what the action sets beside the state; return what it adds to the event."""
        today = timezone.localdate(at)
        if step.action == Action.SUBMIT:
            request.submitted_at = at
            request.due_on = acknowledgement_due(today, self.targets)
            request.assignee = actor if request.is_from_agency else self._spoc_on(request.municipality, today)
            request.outside_agreement = not self._is_covered(request, today)
        elif step.action == Action.ACKNOWLEDGE:
            request.acknowledged_at = at
            request.due_on = completion_due(request, today, self.targets)
        elif step.action == Action.COMPLETE:
            request.completed_at = at
            request.result = step.words
        elif step.action == Action.MOVE_DEADLINE:
            was, request.due_on = request.due_on, add_working_days(today, step.until)
            return {"due_on": str(request.due_on), "was": str(was or "")}
        elif step.action == Action.REOPEN:
            request.completed_at = request.ended_at = None
        elif step.action in {Action.DECLINE, Action.WITHDRAW}:
            request.reason = step.words
        elif step.action == Action.ASSIGN:
            request.assignee = self.cast.spocs[int(step.words) - 1]
            return {"assignee": request.assignee.pk}
        return {}

    def _is_covered(self, request: ServiceRequest, on: dt.date) -> bool:
        return any(
            agreement.municipality_id == request.municipality_id and _covers(agreement.period, on) and request.kind in agreement.services
            for agreement in self.agreements
        )

    def _message(self, request: ServiceRequest, step: Step, author: User, party: Party, at: dt.datetime) -> Message:
        token = uuid.uuid5(NAMESPACE, f"message:{request.key}:{at.isoformat()}")
        return Message(request=request, token=token, author=author, side=party, body=step.words, language=request.language, sent_at=at)

    def _record(
        self,
        told: Told,
        verb: str,
        actor: User,
        at: dt.datetime,
        *,
        data: dict[str, Any],
        behalf_of: User | None = None,
        message: Message | None = None,
    ) -> None:
        event = Event(verb=verb, actor=actor, behalf_of=behalf_of, municipality=told.request.municipality, at=at, data=data)
        told.entries.append(Entry(event, message))

    # --- Writing --------------------------------------------------------------------------------

    def write(self, stories: Sequence[Story]) -> int:
        """Write the stories that are not in the database yet, oldest first; return how many those were."""
        known = set(ServiceRequest.objects.values_list("key", flat=True))
        new = sorted((story for story in stories if story.uuid not in known), key=lambda story: (-story.ago, story.hour, story.key))
        for start in range(0, len(new), STORIES_AT_ONCE):
            self._write_told([self.tell(story) for story in new[start : start + STORIES_AT_ONCE]])
        return len(new)

    def _write_told(self, all_told: list[Told]) -> None:
        requests = [told.request for told in all_told]
        _give_references(requests)
        for request in requests:
            as_of(request, request.created_at, request.asked_by)
        bulk_create_with_history(requests, ServiceRequest, batch_size=ROWS_AT_ONCE)
        AuditDetails.objects.bulk_create([told.audit for told in all_told if told.audit], batch_size=ROWS_AT_ONCE)
        DevelopmentDetails.objects.bulk_create([told.development for told in all_told if told.development], batch_size=ROWS_AT_ONCE)
        DataRequestDetails.objects.bulk_create([told.data_request for told in all_told if told.data_request], batch_size=ROWS_AT_ONCE)
        named = ServiceRequest.streets.through
        pairs = [named(servicerequest=told.request, street=street) for told in all_told for street in told.streets]
        named.objects.bulk_create(pairs, batch_size=ROWS_AT_ONCE)
        entries = [(told.request, entry) for told in all_told for entry in told.entries]
        entries.sort(key=lambda pair: (pair[1].event.at, pair[0].pk))
        Message.objects.bulk_create([entry.message for _request, entry in entries if entry.message], batch_size=ROWS_AT_ONCE)
        Attachment.objects.bulk_create([entry.attachment for _request, entry in entries if entry.attachment], batch_size=ROWS_AT_ONCE)
        _write_events(entries)


def _covers(period: Any, on: dt.date) -> bool:
    return bool(period.lower <= on and (period.upper is None or on < period.upper))


def _give_references(requests: list[ServiceRequest]) -> None:
    """Number what was submitted in the order of submission, from the counter the service goes on with."""
    series = defaultdict(list)
    for request in requests:
        if request.submitted_at:
            series[request.municipality, timezone.localdate(request.submitted_at).year].append(request)
    for (municipality, year), submitted in series.items():
        ReferenceCounter.objects.bulk_create([ReferenceCounter(municipality=municipality, year=year)], ignore_conflicts=True)
        counter = ReferenceCounter.objects.select_for_update().get(municipality=municipality, year=year)
        for request in sorted(submitted, key=lambda each: (each.submitted_at, each.key)):
            counter.last += 1
            request.reference = f"{municipality.code}-{year}-{counter.last:04d}"
        counter.save(update_fields=["last"])


def _write_events(entries: list[tuple[ServiceRequest, Entry]]) -> None:
    content_type = ContentType.objects.get_for_model(ServiceRequest)
    for request, entry in entries:
        entry.event.content_type, entry.event.object_id = content_type, request.pk
        if entry.message:
            entry.event.data["message"] = entry.message.pk
        if entry.attachment:
            entry.event.data["attachment"] = entry.attachment.pk
    write_decided([entry.event for _request, entry in entries])


def write_decided(events: list[Event]) -> None:
    """Write events together with the notice that says nobody need hear of them."""
    made = Event.objects.bulk_create(events, batch_size=ROWS_AT_ONCE)
    Notice.objects.bulk_create([Notice(event=event, decided_at=event.at) for event in made], batch_size=ROWS_AT_ONCE)
