"""Who carries what today: officers × municipalities × open work, with absences; a fixed number of queries."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Count, Q

from municipalities.models import Municipality, User
from partnerships.models import Absence, ServiceRequest, SpocAssignment
from partnerships.models.requests import turn_of

State = ServiceRequest.State
ABSENCES_WITHIN = dt.timedelta(days=60)


@dataclass(frozen=True)
class Counts:
    """Open requests: how many in all, and how many of them are new, wait for the municipality, are overdue."""

    open: int = 0
    new: int = 0
    waiting: int = 0
    overdue: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.open + other.open, self.new + other.new, self.waiting + other.waiting, self.overdue + other.overdue)


@dataclass(frozen=True)
class Line:
    """One officer in one municipality: their role there today (none for work left over), and what is open on their name."""

    municipality: Municipality
    assignment: SpocAssignment | None
    counts: Counts
    is_in_front: bool


@dataclass(frozen=True)
class Desk:
    """One officer (None: assigned to nobody), when they are away, and their lines."""

    officer: User | None
    lines: list[Line]
    absences: list[Absence] = field(default_factory=list)

    @property
    def total(self) -> Counts:
        return sum((line.counts for line in self.lines), Counts())

    def is_away(self, on: dt.date) -> bool:
        return any(on in absence.period for absence in self.absences)


def workload(on: dt.date) -> list[Desk]:
    """Every officer with a municipality or open work on that day, by name; what nobody has comes last."""
    work = _open_work(on)
    assignments = list(SpocAssignment.objects.best_first(on).select_related("officer"))
    front = {assignment.municipality_id: assignment.pk for assignment in reversed(assignments)}
    roles = {(assignment.officer_id, assignment.municipality_id): assignment for assignment in assignments}
    places = {place.pk: place for place in Municipality.objects.defer("outline").sorted_for_reader()}
    rank = {pk: number for number, pk in enumerate(places)}
    pairs = work.keys() | roles.keys()
    people = User.objects.in_bulk({officer for officer, _place in pairs if officer})
    absences = _absences(people, on)
    lines: dict[int | None, list[Line]] = defaultdict(list)
    for officer, place in sorted(pairs, key=lambda pair: rank[pair[1]]):
        role = roles.get((officer or 0, place))
        lines[officer].append(Line(places[place], role, work.get((officer, place), Counts()), bool(role and front[place] == role.pk)))
    named = sorted(people.values(), key=lambda person: (person.last_name, person.first_name, person.pk))
    desks = [Desk(person, lines[person.pk], absences[person.pk]) for person in named]
    return [*desks, *([Desk(None, lines[None])] if lines.get(None) else [])]


def _open_work(on: dt.date) -> dict[tuple[int | None, int], Counts]:
    """Counted by the database, one row per officer and municipality."""
    overdue = turn_of("agency") & Q(due_on__lt=on)
    rows = (
        ServiceRequest.objects.open()
        .order_by()
        .values_list("assignee", "municipality")
        .annotate(
            Count("pk"),
            new=Count("pk", filter=Q(state=State.SUBMITTED)),
            waiting=Count("pk", filter=Q(state=State.WAITING)),
            overdue=Count("pk", filter=overdue),
        )
    )
    return {(officer, place): Counts(*numbers) for officer, place, *numbers in rows}


def _absences(people: Iterable[int], on: dt.date) -> dict[int, list[Absence]]:
    """Those of today and of the weeks to come."""
    found: dict[int, list[Absence]] = defaultdict(list)
    rows = Absence.objects.not_over(on).filter(officer__in=list(people), period__startswith__lte=on + ABSENCES_WITHIN)
    for absence in rows.order_by("period", "pk"):
        found[absence.officer_id].append(absence)
    return found


@dataclass(frozen=True)
class Gap:
    """Days on which a municipality has no SPOC, both included."""

    municipality: Municipality
    first: dt.date
    last: dt.date


def gaps_ahead(on: dt.date) -> list[Gap]:
    """The days without SPOC from that day on, as far ahead as the team looks, in the reader's order; two queries."""
    places = list(Municipality.objects.defer("outline").sorted_for_reader())
    found = SpocAssignment.objects.gaps_of([place.pk for place in places], on, on + settings.SPOC_GAPS_WITHIN)
    return [Gap(place, gap.lower, gap.upper - dt.timedelta(days=1)) for place in places for gap in found[place.pk]]
