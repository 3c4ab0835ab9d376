"""A list taken over, everything or nothing; and the trial, which is the same taken back."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import transaction

from municipalities.lists.associations import enter_association
from municipalities.lists.headings import AssociationColumn, OfficialColumn, StreetColumn
from municipalities.lists.models import ListImport
from municipalities.lists.officials import enter_official
from municipalities.lists.rows import Line, ListRow, Places, What
from municipalities.lists.streets import enter_street
from municipalities.models import Municipality
from municipalities.turnover.columns import Heading
from municipalities.turnover.faults import Fault
from municipalities.turnover.files import RawFile


class ListOf(NamedTuple):
    """The columns of a kind of list, and what takes a row of it over."""

    columns: type[Heading]
    enter: Callable[[ListRow], Line | None]


LISTS: dict[str, ListOf] = {
    ListImport.Kind.OFFICIALS: ListOf(OfficialColumn, enter_official),
    ListImport.Kind.ASSOCIATIONS: ListOf(AssociationColumn, enter_association),
    ListImport.Kind.STREETS: ListOf(StreetColumn, enter_street),
}


@dataclass
class Outcome:
    """What a list does, row by row; with one fault it does nothing."""

    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    rows: int = 0
    ignored: list[str] = field(default_factory=list)

    @property
    def is_ready(self) -> bool:
        return not self.faults

    @property
    def counts(self) -> dict[str, int]:
        return {what.value: sum(line.what == what for line in self.lines) for what in What}

    @property
    def fingerprint(self) -> str:
        """One word for exactly what was shown; another word means that the register changed meanwhile."""
        told = [[line.row, line.what.value, line.name, line.municipality.pk, line.changes] for line in self.lines]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


class FaultyList(Exception):
    """At least one row is at fault; nothing was written."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(f"{len(outcome.faults)} faults")
        self.outcome = outcome


class _OnlyTrial(Exception):
    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome


def try_list(raw: RawFile, kind: str) -> Outcome:
    """What the list would do; nothing stays of it."""
    try:
        with transaction.atomic():
            raise _OnlyTrial(_run(raw, kind, why=""))
    except _OnlyTrial as trial:
        return trial.outcome


@transaction.atomic
def take_over(raw: RawFile, kind: str, *, why: str) -> Outcome:
    """Take every row over. Raises FaultyList, and then not one of them."""
    outcome = _run(raw, kind, why=why)
    if not outcome.is_ready:
        raise FaultyList(outcome)
    return outcome


def _run(raw: RawFile, kind: str, *, why: str) -> Outcome:
    listed = LISTS[kind]
    outcome = Outcome(rows=len(raw.rows), ignored=raw.ignored)
    places, seen = Places(Municipality.objects.defer("outline").sorted_for_reader()), dict[Any, int]()
    for raw_row in raw.rows:
        line = listed.enter(ListRow(raw_row, outcome.faults, places=places, seen=seen, why=why))
        if line:
            outcome.lines.append(line)
    order = list(listed.columns)
    outcome.faults.sort(key=lambda fault: (fault.row or 0, order.index(fault.column) if fault.column else -1))
    return outcome
