"""How satisfied the municipalities were in a year: by type of request, municipality and month; never by person.

A twin that was merged into another request is not counted: it is that other one that gets done, and is asked about.
Only who answered is counted, so the share that answered stands beside every average, and below RATING_FEWEST answers there is
no average at all: two answers are two opinions.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Min
from django.db.models.functions import ExtractMonth
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from municipalities.languages import content_language
from municipalities.models import Municipality
from municipalities.reference import sort_key
from partnerships.models import Kind, Rating, ServiceRequest

State = ServiceRequest.State
Direction = ServiceRequest.Direction
SCORES = tuple(Rating.Score.values)


@dataclass
class Line:
    """Requests that were closed, and what was said of them."""

    label: str
    closed: int = 0
    counts: dict[int, int] = field(default_factory=lambda: dict.fromkeys(SCORES, 0))

    def add(self, score: int | None, number: int) -> None:
        self.closed += number
        if score is not None:
            self.counts[score] += number

    @property
    def answers(self) -> int:
        return sum(self.counts.values())

    @property
    def share(self) -> int:
        """Of a hundred closed requests, how many were answered for."""
        return round(100 * self.answers / self.closed) if self.closed else 0

    @property
    def average(self) -> float | None:
        """None where too few answered for it to say anything."""
        if self.answers < settings.RATING_FEWEST:
            return None
        return sum(score * number for score, number in self.counts.items()) / self.answers

    @property
    def average_words(self) -> str:
        return "–" if self.average is None else number_format(self.average, decimal_pos=1)

    @property
    def spread(self) -> list[int] | None:
        """How many gave each answer, from one to five; None where it would point at somebody."""
        return None if self.average is None else [self.counts[score] for score in SCORES]


@dataclass(frozen=True)
class Group:
    """One way to cut the year."""

    heading: str
    lines: list[Line]


@dataclass(frozen=True)
class Year:
    number: int
    total: Line
    groups: list[Group]
    months: list[Line]


def satisfaction_in(year: int) -> Year:
    """The year in one query, by the day in Brussels on which requests were closed."""
    rows = _rows(year)
    kinds = [(kind.value, str(kind.label)) for kind in Kind]
    places = sorted(((place.pk, str(place)) for place in _municipalities(rows)), key=lambda pair: sort_key(pair[1]))
    months = [(number, date_format(dt.date(year, number, 1), "F")) for number in range(1, 13)]
    by_month = _lines(rows, months, lambda row: row["month"])
    groups = [
        Group(_("By type of request"), _lines(rows, kinds, lambda row: row["kind"])),
        Group(_("By municipality"), _lines(rows, places, lambda row: row["municipality"])),
        Group(_("By month"), by_month),
    ]
    (total,) = _lines(rows, [(None, _("All"))], lambda _row: None)
    return Year(year, total, groups, by_month)


def _rows(year: int) -> list[dict[str, Any]]:
    brussels = timezone.get_default_timezone()
    start, end = (dt.datetime(number, 1, 1, tzinfo=brussels) for number in (year, year + 1))
    own = ServiceRequest.objects.on_their_own()
    closed = own.filter(state=State.CLOSED, direction=Direction.TO_AGENCY, ended_at__gte=start, ended_at__lt=end)
    month = ExtractMonth("ended_at", tzinfo=brussels)
    cut: Any = closed.order_by().annotate(month=month).values("month", "kind", "municipality", "rating__score")
    return list(cut.annotate(number=Count("pk")))


def _municipalities(rows: Iterable[dict[str, Any]]) -> list[Municipality]:
    fields = ("name_fr", "name_nl")
    return list(
        Municipality.objects.only(*fields).filter(pk__in={row["municipality"] for row in rows}).order_by(f"sort_key_{content_language()}")
    )


def _lines(rows: Iterable[dict[str, Any]], labels: list[tuple[Any, str]], key: Callable[[dict[str, Any]], Any]) -> list[Line]:
    """A line per label, in their order, also for those without a request."""
    lines = {value: Line(label) for value, label in labels}
    found: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    for value, line in lines.items():
        for row in found[value]:
            line.add(row["rating__score"], row["number"])
    return list(lines.values())


def years_with_closings(today: dt.date) -> list[int]:
    """From this year back to the first in which a request was closed."""
    found = ServiceRequest.objects.filter(state=State.CLOSED).aggregate(first=Min("ended_at"), last=Max("ended_at"))
    first = timezone.localdate(found["first"]).year if found["first"] else today.year
    return list(range(today.year, min(first, today.year) - 1, -1))


# --- The picture --------------------------------------------------------------------------------

WIDTH, HEIGHT, LEFT, TOP, FOOT = 760, 260, 40, 16, 44
STEP = (WIDTH - LEFT - 10) / 12
BAR = 34


@dataclass(frozen=True)
class Bar:
    """A month: its average as a height, or none where too few answered."""

    line: Line
    x: str
    middle: str
    y: str
    height: str
    short: str
    words: str


@dataclass(frozen=True)
class Plot:
    bars: list[Bar]
    ticks: list[tuple[int, str]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    bar: int = BAR
    foot: int = HEIGHT - FOOT


def plot_of(year: Year) -> Plot:
    """Twelve columns from one to five; the table behind it reads the same lines."""
    bars = [_bar(line, number) for number, line in enumerate(year.months)]
    return Plot(bars, [(score, _number(_height(score))) for score in SCORES])


def _height(score: float) -> float:
    """Where a score stands on the picture: one on the ground line, five at the top."""
    return HEIGHT - FOOT - (score - 1) / 4 * (HEIGHT - FOOT - TOP)


def _bar(line: Line, number: int) -> Bar:
    x = LEFT + number * STEP + (STEP - BAR) / 2
    top = _height(line.average) if line.average is not None else HEIGHT - FOOT
    return Bar(
        line=line,
        x=_number(x),
        middle=_number(x + BAR / 2),
        y=_number(top - 2),
        height=_number(HEIGHT - FOOT - top + 2),
        short=date_format(dt.date(2000, number + 1, 1), "b"),
        words=_words(line),
    )


def _number(value: float) -> str:
    """With a point in every language: a template would put a comma for French readers."""
    return f"{value:.1f}"


def _words(line: Line) -> str:
    words = {"month": line.label, "average": line.average_words, "answers": line.answers}
    if line.average is None:
        return _("%(month)s: too few answers for an average (%(answers)s)") % words
    return _("%(month)s: %(average)s on average, %(answers)s answers") % words
