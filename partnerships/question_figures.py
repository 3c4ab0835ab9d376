"""What the municipalities ask the Region, by theme and week: for the lead and the cabinet, as numbers; no municipality in them."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import QuerySet
from django.db.models.functions import TruncWeek
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from municipalities.languages import content_language
from partnerships.models import Question, Theme

WEEKS = 12
LEFT, TOP, ROW, STEP, FOOT = 300, 12, 40, 48, 30
SMALLEST, LARGEST = 9.0, 19.0  # radius of one question, and of the most in a week
NO_THEME = 0


@dataclass(frozen=True)
class Week:
    """An ISO week, from its Monday."""

    monday: dt.date

    @property
    def number(self) -> int:
        return self.monday.isocalendar().week

    @property
    def words(self) -> str:
        return _("Week %(number)d, from %(day)s") % {"number": self.number, "day": date_format(self.monday, "j F Y")}


@dataclass(frozen=True)
class Line:
    """A theme, or all of them, over the weeks."""

    label: str
    counts: list[int]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True)
class Figures:
    weeks: list[Week]
    lines: list[Line]
    all: Line


def asked_since(monday: dt.date) -> QuerySet[Question]:
    """What was asked and not taken back: also what was declined, or merged with what another municipality asked."""
    start = timezone.make_aware(dt.datetime.combine(monday, dt.time()))
    return Question.objects.filter(asked_at__gte=start).exclude(state=Question.State.WITHDRAWN)


def figures_on(today: dt.date) -> Figures:
    """The last twelve weeks with this one; a question on two themes counts under both, and once among all. Two queries and the themes."""
    this_monday = today - dt.timedelta(days=today.weekday())
    weeks = [Week(this_monday - dt.timedelta(weeks=back)) for back in reversed(range(WEEKS))]
    rows = asked_since(weeks[0].monday).annotate(week=TruncWeek("asked_at")).order_by().values_list("pk", "week", "themes")
    by_theme: dict[int, Counter[dt.date]] = defaultdict(Counter)
    every: dict[dt.date, set[int]] = defaultdict(set)
    for question, week, theme in rows:
        monday = timezone.localdate(week)
        by_theme[theme or NO_THEME][monday] += 1
        every[monday].add(question)
    lines = [Line(label, [by_theme[key][week.monday] for week in weeks]) for key, label in _labels() if key in by_theme]
    lines.sort(key=lambda line: -line.total)
    return Figures(weeks, lines, Line(_("All questions"), [len(every[week.monday]) for week in weeks]))


def _labels() -> list[tuple[int, str]]:
    named = [(theme.pk, str(theme)) for theme in Theme.objects.order_by(f"name_{content_language()}")]
    return [*named, (NO_THEME, _("Without a theme"))]


# --- The picture --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dot:
    """So many questions on a theme in a week: the larger, the more; the number stands in it."""

    x: str
    y: str
    radius: str
    count: int
    words: str


@dataclass(frozen=True)
class Plot:
    width: int
    height: int
    left: int
    rows: list[tuple[str, str]]
    columns: list[tuple[str, int]]
    dots: list[Dot]
    foot: int


def plot_of(figures: Figures) -> Plot:
    """Themes below each other, weeks beside each other, a dot with its number where something was asked."""
    most = max([1, *(count for line in figures.lines for count in line.counts)])
    height = TOP + ROW * len(figures.lines) + FOOT
    dots = [
        _dot(line, figures.weeks[column], row, column, most)
        for row, line in enumerate(figures.lines)
        for column, count in enumerate(line.counts)
        if count
    ]
    return Plot(
        width=LEFT + STEP * len(figures.weeks),
        height=height,
        left=LEFT,
        rows=[(line.label, f"{_y(row):.1f}") for row, line in enumerate(figures.lines)],
        columns=[(f"{_x(column):.1f}", week.number) for column, week in enumerate(figures.weeks)],
        dots=dots,
        foot=height - FOOT,
    )


def _x(column: int) -> float:
    return LEFT + STEP * column + STEP / 2


def _y(row: int) -> float:
    return TOP + ROW * row + ROW / 2


def _dot(line: Line, week: Week, row: int, column: int, most: int) -> Dot:
    count = line.counts[column]
    radius = SMALLEST + (LARGEST - SMALLEST) * ((count - 1) / max(1, most - 1)) ** 0.5
    told = ngettext("%(theme)s, %(week)s: %(count)d question", "%(theme)s, %(week)s: %(count)d questions", count)
    words = told % {"theme": line.label, "week": week.words, "count": count}
    return Dot(f"{_x(column):.1f}", f"{_y(row):.1f}", f"{radius:.1f}", count, words)
