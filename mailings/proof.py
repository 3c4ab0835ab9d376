"""Proof of information: what became of a mailing in each municipality, with mayor, alderman for trade and the others; in numbers."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, F, IntegerField, Min, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from mailings.models import Addressee, Delivery, Run
from municipalities.models import Mandate, Municipality, Portfolio
from partnerships.models import Event

Outcome = Delivery.Outcome
ARRIVED = frozenset({Outcome.DELIVERED, Outcome.SENT})
NOT_ARRIVED = frozenset({Outcome.BOUNCED, Outcome.COMPLAINED, Outcome.FAILED})
MAYOR, TRADE, OTHERS = range(3)
GROUPS = (_("Mayor"), _("Alderman for trade"), _("Others"))
ALARMING = dt.timedelta(days=28)
LOOKED_BACK = 26  # mailings: half a year of weekly ones
WAYS = {"phone": _("by telephone"), "in_person": _("in person"), "letter": _("by letter")}


@dataclass
class Cell:
    """One group of one municipality: how many mails came to what, and why some were not sent."""

    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return self.outcomes.total()

    @property
    def arrived(self) -> int:
        return sum(self.outcomes[one] for one in ARRIVED)

    @property
    def bounced(self) -> int:
        return sum(self.outcomes[one] for one in NOT_ARRIVED)

    @property
    def tone(self) -> str:
        """`none` nobody was written to, `all`, `some`, `no` of them reached."""
        if not self.total:
            return "none"
        return "all" if self.arrived == self.total else "some" if self.arrived else "no"

    @property
    def short(self) -> str:
        return f"{self.arrived}/{self.total}" if self.total else "–"

    @property
    def words(self) -> list[str]:
        """Each number that is not nought, and why mails were skipped."""
        on_the_way = self.outcomes[Outcome.PENDING]
        said = [
            (self.arrived, ngettext("%(number)d reached", "%(number)d reached", self.arrived)),
            (self.bounced, ngettext("%(number)d bounced", "%(number)d bounced", self.bounced)),
            (self.outcomes[Outcome.IN_DOUBT], ngettext("%(number)d in doubt", "%(number)d in doubt", self.outcomes[Outcome.IN_DOUBT])),
            (on_the_way, ngettext("%(number)d on its way", "%(number)d on their way", on_the_way)),
        ]
        words = [sentence % {"number": number} for number, sentence in said if number]
        return words + [f"{number} × {Delivery.Skip(reason).label}" for reason, number in sorted(self.reasons.items())]


@dataclass(frozen=True)
class Done:
    """What was done about it: told otherwise, or sent again; by whom is for the team alone."""

    event: Event

    @property
    def words(self) -> Any:
        if self.event.verb == Event.Verb.TOLD_OTHERWISE:
            return _("Informed %(way)s") % {"way": WAYS[self.event.data["way"]]}
        return _("Sent again to one person")

    @property
    def whom(self) -> str:
        return str(self.event.data.get("whom", ""))

    @property
    def note(self) -> str:
        return str(self.event.data.get("note", ""))

    @property
    def on(self) -> dt.date:
        told_on = self.event.data.get("on")
        return dt.date.fromisoformat(told_on) if told_on else timezone.localdate(self.event.at)


@dataclass
class Row:
    """One municipality."""

    municipality: Municipality
    cells: list[Cell] = field(default_factory=lambda: [Cell() for _group in GROUPS])
    done: list[Done] = field(default_factory=list)

    @property
    def labelled(self) -> list[tuple[Any, Cell]]:
        return list(zip(GROUPS, self.cells, strict=True))

    @property
    def is_reached(self) -> bool:
        return any(cell.arrived for cell in self.cells)

    @property
    def is_alarming(self) -> bool:
        """Nobody was reached, and nobody has informed the municipality otherwise."""
        return not self.is_reached and not any(done.event.verb == Event.Verb.TOLD_OTHERWISE for done in self.done)


@dataclass(frozen=True)
class Proof:
    """One mailing in all municipalities it was meant for, in the reader's order."""

    run: Run
    rows: list[Row]

    @property
    def is_over(self) -> bool:
        return self.run.state == Run.State.DONE

    @property
    def alarms(self) -> list[Row]:
        """Only once the sending is over: before that, mails are on their way."""
        return [row for row in self.rows if row.is_alarming] if self.is_over else []

    @property
    def reached(self) -> int:
        return sum(row.is_reached for row in self.rows)


def proof_of(run: Run) -> Proof:
    """Five queries, whatever the number of mails."""
    places = Municipality.objects.defer("outline").sorted_for_reader()
    if run.mailing.audience_municipalities:
        places = places.filter(pk__in=run.mailing.audience_municipalities)
    rows = {place.pk: Row(place) for place in places}
    for place, _run, group, outcome, reason in _facts([run]):
        if place in rows:
            _count(rows[place].cells[group], outcome, reason)
    for place, event in _done_about(run):
        if place in rows:
            rows[place].done.append(Done(event))
    return Proof(run, list(rows.values()))


def _count(cell: Cell, outcome: str, reason: str) -> None:
    cell.outcomes[outcome] += 1
    if outcome == Outcome.SKIPPED:
        cell.reasons[reason] += 1


def _facts(runs: Sequence[Run], municipality: Municipality | None = None) -> Iterable[tuple[int, int, int, str, str]]:
    """Per mail: municipality, sending, group, outcome, why skipped; of several mandates in one municipality the first group counts."""
    mails: Any = Delivery.objects.with_outcome().filter(run__in=[run.pk for run in runs]).order_by()
    held = Q(recipient__mandates__period__contains=F("run__planned_at__date"))
    place = "recipient__mandates__municipality"
    here = Q(**{place: municipality.pk}) if municipality else Q()
    role = "recipient__mandates__role"
    is_trade = Q(**{role: Mandate.Role.ALDERMAN}, recipient__mandates__portfolios__contains=[Portfolio.TRADE])
    group = Case(When(**{role: Mandate.Role.MAYOR}, then=Value(MAYOR)), When(is_trade, then=Value(TRADE)), default=Value(OTHERS))
    officials = (
        mails.filter(held, here)
        .values(place, "run", "pk", "outcome", "skip_reason")
        .annotate(group=Min(group, output_field=IntegerField()))
    )
    yield from officials.values_list(place, "run", "group", "outcome", "skip_reason")
    of_place = Q(addressee__municipality=municipality) if municipality else Q()
    institutions = mails.filter(of_place, addressee__circle=Addressee.Circle.INSTITUTION)
    for where, run, outcome, reason in institutions.values_list("addressee__municipality", "run", "outcome", "skip_reason"):
        yield where, run, OTHERS, outcome, reason


def _done_about(run: Run) -> list[tuple[int, Event]]:
    """What was done after the sending, with the municipality it was done in."""
    verbs = [Event.Verb.TOLD_OTHERWISE, Event.Verb.DELIVERY_RESENT]
    events = list(Event.objects.about(run.mailing).filter(verb__in=verbs).select_related("actor").order_by("pk"))
    resent = {event.data["delivery"] for event in events if event.verb == Event.Verb.DELIVERY_RESENT}
    where: dict[int, list[int]] = defaultdict(list)
    held = Mandate.objects.filter(user__deliveries__in=resent).order_by() if resent else Mandate.objects.none()
    for delivery, place in held.values_list("user__deliveries", "municipality").distinct():
        where[delivery].append(place)
    found = []
    for event in events:
        places = [event.municipality_id] if event.municipality_id else where[event.data.get("delivery", 0)]
        found += [(place, event) for place in places]
    return found


# --- Over time ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Past:
    """One sending as it reached one municipality."""

    run: Run
    row: Row


def history_of(municipality: Municipality) -> list[Past]:
    """The last sendings meant for a municipality, newest first; a fixed number of queries."""
    meant = Q(mailing__audience_municipalities=[]) | Q(mailing__audience_municipalities__contains=[municipality.pk])
    runs = list(Run.objects.filter(meant, state=Run.State.DONE).select_related("mailing").order_by("-planned_at", "-pk")[:LOOKED_BACK])
    rows = {run.pk: Row(municipality) for run in runs}
    for _place, run, group, outcome, reason in _facts(runs, municipality):
        _count(rows[run].cells[group], outcome, reason)
    told = Event.objects.filter(verb=Event.Verb.TOLD_OTHERWISE, municipality=municipality, data__run__in=list(rows))
    for event in told.select_related("actor").order_by("pk"):
        rows[event.data["run"]].done.append(Done(event))
    return [Past(run, rows[run.pk]) for run in runs]


def alarms_open(now: dt.datetime) -> list[tuple[Run, Row]]:
    """Municipalities that nobody reached with a sending of the last weeks, until they were informed otherwise; five queries."""
    recent = Run.objects.filter(state=Run.State.DONE, planned_at__gte=now - ALARMING)
    runs = list(recent.select_related("mailing").order_by("-planned_at", "-pk")[:LOOKED_BACK])
    if not runs:
        return []
    places = list(Municipality.objects.defer("outline").sorted_for_reader())
    rows = {(run.pk, place.pk): Row(place) for run in runs for place in places if _is_meant(run, place)}
    for where, of_run, group, outcome, reason in _facts(runs):
        if (of_run, where) in rows:
            _count(rows[of_run, where].cells[group], outcome, reason)
    for event in Event.objects.filter(verb=Event.Verb.TOLD_OTHERWISE, data__run__in=[run.pk for run in runs]):
        key = (event.data["run"], event.municipality_id or 0)
        if key in rows:
            rows[key].done.append(Done(event))
    by_key = {run.pk: run for run in runs}
    return [(by_key[of_run], row) for (of_run, _place), row in rows.items() if row.is_alarming]


def _is_meant(run: Run, place: Municipality) -> bool:
    chosen = run.mailing.audience_municipalities
    return not chosen or place.pk in chosen
