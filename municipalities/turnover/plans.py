"""What an import would do, municipality by municipality: who comes, stays, changes and goes, with days. Nothing is written here.

A mandate of a college ends on the day before the new college begins. Whoever stays in the same role with the same portfolios
keeps their mandate untouched, so that access, delegations and 'in office since' run on; whoever changes role or portfolios
gets a new mandate from that day, so that the past still says who was competent then. Roles outside the college (secretary,
officer, adviser) are added or changed when the file names them, and never ended by it.
"""

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.models import Mandate, Municipality, Portfolio, User
from municipalities.turnover.columns import COLUMNS, Column
from municipalities.turnover.faults import Fault
from municipalities.turnover.files import RawFile
from municipalities.turnover.matching import Question, match_people, same_name
from municipalities.turnover.rows import Entry, Reader

ONE_DAY = dt.timedelta(days=1)


class Kind(models.TextChoices):
    COMES = "comes", gettext_lazy("Comes")
    CHANGES = "changes", gettext_lazy("Changes")
    STAYS = "stays", gettext_lazy("Stays")
    GOES = "goes", gettext_lazy("Goes")


@dataclass(frozen=True)
class Move:
    """What happens to one person in one municipality; `person` is None for somebody new."""

    kind: Kind
    municipality: Municipality
    first_day: dt.date
    person: User | None
    entry: Entry | None
    before: list[Mandate]
    makes_mandate: bool

    @property
    def name(self) -> str:
        return str(self.person or (self.entry.full_name if self.entry else ""))

    @property
    def ends(self) -> list[Mandate]:
        """The mandates whose last day this move sets: the day before the new college begins."""
        if self.kind == Kind.STAYS and not self.makes_mandate:
            return []
        return [mandate for mandate in self.before if mandate.period.upper is None or mandate.period.upper > self.first_day]

    @property
    def last_day(self) -> dt.date:
        return self.first_day - ONE_DAY

    @property
    def old_words(self) -> str:
        return "; ".join(described(mandate.role, mandate.portfolios) for mandate in self.before)

    @property
    def new_words(self) -> str:
        return described(str(self.entry.role), self.entry.portfolios) if self.entry and self.entry.role else ""

    @property
    def person_changes(self) -> dict[str, str]:
        """The fields of a known person the file changes; an empty cell changes nothing, except a title the new mandate makes wrong."""
        if self.person is None or self.entry is None:
            return {}
        given = {name: getattr(self.entry, name) for name in ("email", "phone", "job_title_fr", "job_title_nl")}
        if self.kind in {Kind.CHANGES, Kind.COMES}:
            wanted = {name: value for name, value in given.items() if value or name.startswith("job_title")}
        else:
            wanted = {name: value for name, value in given.items() if value}
        if self.is_renamed:
            wanted |= {"first_name": self.entry.first_name, "last_name": self.entry.last_name}
        return {name: value for name, value in wanted.items() if getattr(self.person, name) != value}

    @property
    def is_renamed(self) -> bool:
        """The file spells the name otherwise, and a human said it is the same person."""
        return bool(self.person and self.entry and not same_name(self.person.full_name, self.entry.full_name))

    @property
    def shown_changes(self) -> list[tuple[str, str, str]]:
        """Field, old and new value, for a reader."""
        return [
            (str(getattr(User._meta.get_field(name), "verbose_name", name)), getattr(self.person, name), value)
            for name, value in self.person_changes.items()
        ]


@dataclass
class CollegePlan:
    """What happens in one municipality."""

    municipality: Municipality
    first_day: dt.date
    moves: list[Move]

    @property
    def counts(self) -> dict[str, int]:
        return {kind.value: sum(move.kind == kind for move in self.moves) for kind in Kind}


@dataclass
class Plan:
    """Everything a file would do. With faults or questions nothing may be done."""

    colleges: list[CollegePlan] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    rows: int = 0
    ignored: list[str] = field(default_factory=list)

    @property
    def is_ready(self) -> bool:
        return not self.faults and not self.questions

    @property
    def moves(self) -> list[Move]:
        return [move for college in self.colleges for move in college.moves]

    @property
    def counts(self) -> dict[str, int]:
        return {kind.value: sum(college.counts[kind.value] for college in self.colleges) for kind in Kind}

    @property
    def fingerprint(self) -> str:
        """One word for exactly what was shown; another word means that the register changed meanwhile."""
        told = [_told(move) for move in self.moves]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def make_plan(raw: RawFile, *, decisions: Mapping[str, str], today: dt.date, first_day: dt.date | None = None) -> Plan:
    """Read, match and compare with the register as it stands, in a fixed number of queries."""
    reader = Reader(Municipality.objects.sorted_for_reader(), today=today, first_day=first_day)
    entries = reader.read(raw.rows)
    matches = match_people(entries, decisions)
    plan = Plan(faults=reader.faults + matches.faults, questions=matches.questions, rows=len(entries), ignored=raw.ignored)
    if plan.is_ready:
        plan.colleges = _colleges(entries, matches.people)
        plan.faults += [fault for college in plan.colleges for fault in _begun_already(college)]
    plan.faults.sort(key=lambda fault: (fault.row or 0, COLUMNS.index(fault.column) if fault.column else -1))
    return plan


def described(role: str, portfolios: Iterable[str]) -> str:
    """A mandate in words: the role, and what the person is competent for."""
    labels = [str(Portfolio(value).label) for value in portfolios]
    words = str(Mandate.Role(role).label)
    return f"{words} ({', '.join(labels)})" if labels else words


# --- Comparing ----------------------------------------------------------------------------------


def _colleges(entries: list[Entry], people: Mapping[int, User | None]) -> list[CollegePlan]:
    by_municipality: dict[Municipality, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.municipality:
            by_municipality[entry.municipality].append(entry)
    held = _held_in(by_municipality)
    plans = [_college(municipality, of_it, people, held[municipality.pk]) for municipality, of_it in by_municipality.items()]
    return sorted(plans, key=lambda plan: str(plan.municipality))


def _held_in(municipalities: Iterable[Municipality]) -> dict[int, list[Mandate]]:
    held: dict[int, list[Mandate]] = defaultdict(list)
    for mandate in Mandate.objects.filter(municipality__in=list(municipalities)).select_related("user", "municipality").order_by("pk"):
        held[mandate.municipality_id].append(mandate)
    return held


def _college(municipality: Municipality, entries: list[Entry], people: Mapping[int, User | None], held: list[Mandate]) -> CollegePlan:
    days = [entry.first_day for entry in entries if entry.is_of_college] or [entry.first_day for entry in entries]
    first_day = next(day for day in days if day)
    standing = [mandate for mandate in held if mandate.period.upper is None or mandate.period.upper >= first_day]
    moves = [_move(municipality, entry, people[entry.row], standing) for entry in entries]
    met = {mandate.pk for move in moves for mandate in move.before}
    if any(entry.is_of_college for entry in entries):
        moves += _leavers(municipality, first_day, [mandate for mandate in standing if mandate.pk not in met])
    order = list(Kind)
    moves.sort(key=lambda move: (move.new_words == "", order.index(move.kind), move.entry.row if move.entry else 0, move.name))
    return CollegePlan(municipality, first_day, moves)


def _move(municipality: Municipality, entry: Entry, person: User | None, standing: list[Mandate]) -> Move:
    first_day = entry.first_day or dt.date.max
    before = [mandate for mandate in standing if person and mandate.user_id == person.pk and _is_replaced(mandate, entry)]
    same = [mandate for mandate in before if mandate.role == entry.role and set(mandate.portfolios) == set(entry.portfolios)]
    kept = [mandate for mandate in same if mandate.period.upper is None and mandate.period.lower <= first_day]
    if kept:  # what ended when this one began is past: the college was entered before
        before = [mandate for mandate in before if mandate.period.upper is None or mandate.period.upper > first_day]
    alone = len(before) == 1
    kind = Kind.COMES if not before else Kind.STAYS if same and alone else Kind.CHANGES
    return Move(kind, municipality, first_day, person, entry, before, makes_mandate=not (kept and alone))


def _is_replaced(mandate: Mandate, entry: Entry) -> bool:
    """A mandate in the college gives way to another one in the college; any other only to one of the same role."""
    return mandate.role in Mandate.POLITICAL if entry.is_of_college else mandate.role == entry.role


def _leavers(municipality: Municipality, first_day: dt.date, unmet: list[Mandate]) -> list[Move]:
    by_person: dict[User, list[Mandate]] = defaultdict(list)
    for mandate in unmet:
        if mandate.role in Mandate.POLITICAL:
            by_person[mandate.user].append(mandate)
    return [Move(Kind.GOES, municipality, first_day, person, None, held, makes_mandate=False) for person, held in by_person.items()]


def _begun_already(college: CollegePlan) -> Iterable[Fault]:
    """A mandate that begins on or after the new first day cannot end before it: somebody entered a newer college already."""
    for move in college.moves:
        for mandate in move.ends:
            if mandate.period.lower >= move.first_day:
                words = {
                    "name": mandate.user,
                    "municipality": mandate.municipality,
                    "day": date_format(mandate.period.lower, "DATE_FORMAT"),
                }
                reason = _("%(name)s has a mandate in %(municipality)s that begins on %(day)s. Undo that import, or end it by hand, first.")
                yield Fault(move.entry.row if move.entry else None, Column.FIRST_DAY, reason % words)


def _told(move: Move) -> list[Any]:
    entry = move.entry
    told = [move.kind.value, move.municipality.pk, move.person.pk if move.person else None, move.first_day.isoformat(), move.makes_mandate]
    if entry:
        told += [entry.row, entry.email, entry.first_name, entry.last_name, str(entry.role), list(entry.portfolios), move.person_changes]
    return [*told, [[mandate.pk, str(mandate.period)] for mandate in move.ends]]
