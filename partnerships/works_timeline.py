"""The phases of a works site against the days for compensation and the measures of its plan, as the measures of a picture."""

import datetime as dt
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from partnerships.compensation import Window, windows_of
from partnerships.models import PlanLine, PlanMeasure, WorksPhase, WorksSite

MARGIN = 12
TOP = 30
LINE = 16  # of a label
BAR = 14
AROUND = 3  # by which lines of days stand out of a bar; labels begin beyond it, so that no line crosses a word
BETWEEN = 9
SIGN = 7.3  # the width of a letter, rather too wide than too narrow
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Paper:
    """How wide the picture is, how many months are named at most, and how many lines a label may take."""

    width: int
    months_at_most: int
    lines: int


WIDE = Paper(width=860, months_at_most=14, lines=1)
NARROW = Paper(width=300, months_at_most=5, lines=3)  # for a telephone: nothing scrolls sideways


@dataclass(frozen=True)
class Mark:
    """A day on the picture: today, the turn of a month, or a day for compensation; `word_x` is the middle of its word."""

    x: str
    words: str
    word_x: str = ""


@dataclass(frozen=True)
class Piece:
    """Part of a bar: the days without traffic."""

    x: str
    width: str


@dataclass(frozen=True)
class Row:
    """A phase, the days for compensation, or a measure: what stands in the picture and in the table behind it."""

    kind: str
    name: str
    state: str  # in the reader's words
    style: str  # the same for the eye
    first: dt.date
    last: dt.date
    url: str
    words: str
    x: str
    y: int
    width: str
    labels: list[tuple[str, int, str]]
    stop: Piece | None = None
    is_uncertain: bool = False

    @property
    def above(self) -> int:
        return self.y - AROUND

    @property
    def below(self) -> int:
        return self.y + BAR + AROUND

    @property
    def kind_label(self) -> str:
        return {"phase": _("Phase"), "window": _("Compensation"), "measure": _("Measure of the plan")}[self.kind]


@dataclass(frozen=True)
class WorksTimeline:
    """Everything the template needs; the table behind the picture reads the same rows. `narrow` is the same for a telephone."""

    site: WorksSite
    rows: list[Row]
    months: list[Mark]
    days: list[Mark]
    today: Mark | None
    width: int
    height: int
    narrow: "WorksTimeline | None" = None
    bar_height: int = BAR

    @property
    def foot(self) -> int:
        return self.height - 5


@dataclass(frozen=True)
class _Plain:
    """A row before it is placed."""

    kind: str
    name: str
    state: str
    style: str
    first: dt.date
    last: dt.date
    url: str
    stop: tuple[dt.date, dt.date] | None = None
    is_uncertain: bool = False

    @property
    def label(self) -> str:
        return f"{self.name} · {_dates(self.first, self.last)}"

    @property
    def words(self) -> str:
        dates = {"name": self.name, "state": self.state, "first": _day(self.first), "last": _day(self.last)}
        return _("%(name)s: %(state)s, from %(first)s to %(last)s") % dates


Address = Callable[[PlanLine], str]


def works_timeline(
    site: WorksSite, phases: Sequence[WorksPhase], lines: Iterable[PlanLine], on: dt.date, *, page: str, address: Address
) -> WorksTimeline | None:
    """The picture, phases on top; `page` is the address of the site, `address` that of a measure. None without phases."""
    if not phases:
        return None
    windows = windows_of(phases)
    plain = [*_phases(phases, page), *_windows(windows, page), *_measures(lines, address)]
    drawn = _drawn(site, plain, windows, on, WIDE)
    return replace(drawn, narrow=_drawn(site, plain, windows, on, NARROW))


def _phases(phases: Iterable[WorksPhase], page: str) -> Iterator[_Plain]:
    for number, phase in enumerate(phases, start=1):
        stop = (phase.first_stopped, phase.last_stopped) if phase.first_stopped and phase.last_stopped else None
        yield _Plain(
            "phase",
            f"{number}. {phase.what}",
            str(phase.get_direction_stopped_display()),
            phase.direction_stopped,
            phase.starts_on,
            phase.ends_on,
            f"{page}#phase-{phase.pk}",
            stop,
            phase.is_uncertain,
        )


def _windows(windows: Iterable[Window], page: str) -> Iterator[_Plain]:
    name = _("Traders can ask for the certificate")
    for window in windows:
        yield _Plain("window", name, _("Compensation"), "window", window.opens_on, window.closes_on, f"{page}#compensation")


def _measures(lines: Iterable[PlanLine], address: Address) -> Iterator[_Plain]:
    for line in lines:
        state = PlanMeasure.State(line.measure.state)
        yield _Plain("measure", line.what, str(state.label), state.value, line.starts_on or line.due_on, line.due_on, address(line))


# --- Placing ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Scale:
    start: dt.date
    end: dt.date
    paper: Paper

    def x(self, day: dt.date) -> float:
        share = (day - self.start).days / (self.end - self.start).days
        return MARGIN + min(max(share, 0), 1) * (self.paper.width - 2 * MARGIN)


def _drawn(site: WorksSite, plain: Sequence[_Plain], windows: Iterable[Window], on: dt.date, paper: Paper) -> WorksTimeline:
    scale = _scale(plain, on, paper)
    rows, y = [], TOP
    for one in plain:
        row, y = _placed(one, scale, y)
        rows.append(row)
    ends = [day for window in windows for day in (window.opens_on, window.closes_on)]
    return WorksTimeline(
        site=site,
        rows=rows,
        months=_months(scale),
        days=[Mark(_number(scale.x(day)), _day(day)) for day in ends],
        today=_today(scale, on),
        width=paper.width,
        height=y + LINE,
    )


def _scale(plain: Sequence[_Plain], on: dt.date, paper: Paper) -> _Scale:
    """Whole months around everything; around today too, while the works are near it."""
    first, last = min(one.first for one in plain), max(one.last for one in plain)
    near = dt.timedelta(days=92)
    if first - near <= on <= last + near:
        first, last = min(first, on), max(last, on)
    return _Scale(first.replace(day=1), (last.replace(day=28) + dt.timedelta(days=4)).replace(day=1), paper)


def _placed(one: _Plain, scale: _Scale, y: int) -> tuple[Row, int]:
    """The row with its label above its bar, and where the next begins."""
    start, end = scale.x(one.first), scale.x(one.last + ONE_DAY)
    lines = _wrapped(one.label, scale.paper)
    labels = [(_number(_label_x(text, start, scale.paper)), y + LINE * number + 11, text) for number, text in enumerate(lines)]
    bar_y = y + LINE * len(lines) + AROUND
    row = Row(
        kind=one.kind,
        name=one.name,
        state=one.state,
        style=one.style,
        first=one.first,
        last=one.last,
        url=one.url,
        words=one.words,
        x=_number(start),
        y=bar_y,
        width=_number(max(end - start, 5)),
        labels=labels,
        stop=_piece(one.stop, scale),
        is_uncertain=one.is_uncertain,
    )
    return row, bar_y + BAR + AROUND + BETWEEN


def _piece(days: tuple[dt.date, dt.date] | None, scale: _Scale) -> Piece | None:
    if days is None:
        return None
    start, end = scale.x(days[0]), scale.x(days[1] + ONE_DAY)
    return Piece(_number(start), _number(max(end - start, 3)))


def _wrapped(text: str, paper: Paper) -> list[str]:
    room = int((paper.width - 2 * MARGIN) / SIGN)
    return textwrap.wrap(text, room, max_lines=paper.lines, placeholder=" …") or [""]


def _label_x(text: str, start: float, paper: Paper) -> float:
    """Above the beginning of its bar, but never over the edge of the paper."""
    return max(MARGIN, min(start, paper.width - MARGIN - len(text) * SIGN))


def _months(scale: _Scale) -> list[Mark]:
    first, last = scale.start, scale.end
    count = (last.year - first.year) * 12 + last.month - first.month
    step = next(step for step in (1, 2, 3, 4, 6, 12, 24, 48, 96) if count / step < scale.paper.months_at_most)
    marks = []
    for number in range(0, count + 1, step):
        day = dt.date(first.year + (first.month - 1 + number) // 12, (first.month - 1 + number) % 12 + 1, 1)
        words = capfirst(date_format(day, "M y"))
        marks.append(Mark(_number(scale.x(day)), words, _number(_middle(words, scale.x(day), scale.paper))))
    return marks


def _today(scale: _Scale, on: dt.date) -> Mark | None:
    if not scale.start <= on <= scale.end:
        return None
    words = _("today")
    return Mark(_number(scale.x(on)), words, _number(_middle(words, scale.x(on), scale.paper)))


def _middle(words: str, x: float, paper: Paper) -> float:
    half = len(words) * SIGN / 2
    return min(max(x, half + 2), paper.width - half - 2)


def _number(value: float) -> str:
    """As SVG writes numbers, in every language: a template would put a comma for French readers."""
    return f"{value:.1f}"


def _day(day: dt.date) -> str:
    return date_format(day, "j F Y")


def _dates(first: dt.date, last: dt.date) -> str:
    short = [date_format(day, "j/n/y") for day in (first, last)]
    return short[1] if first == last else "–".join(short)
