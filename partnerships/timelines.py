"""The agreements of a municipality through the years, as the measures of a picture that a template draws."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from municipalities.models import Municipality
from partnerships.models import Agreement

MARGIN = 18
TOP = 26  # below it the first label
LINE = 17  # of a label
BAR = 16
AROUND = 4  # by which lines of days stand out of a bar; labels begin beyond it, so that no line crosses a word
BETWEEN = 10
SIGN = 7.4  # the width of a letter, rather too wide than too narrow
FEWEST_YEARS = 4
SHOWN_AHEAD = dt.timedelta(days=730)  # of an agreement without an agreed end


@dataclass(frozen=True)
class Paper:
    """How wide the picture is, how many years are named at most, and whether a label takes a second line."""

    width: int
    years_at_most: int
    lines: int

    @property
    def row(self) -> int:
        return self.lines * LINE + BAR + 2 * AROUND + BETWEEN


WIDE = Paper(width=800, years_at_most=12, lines=1)
NARROW = Paper(width=300, years_at_most=5, lines=2)  # for a telephone: nothing scrolls sideways


@dataclass(frozen=True)
class Mark:
    """A day on the picture: today, an amendment, or the turn of a year; `word_x` is where the middle of its word stands."""

    x: str
    words: str
    word_x: str = ""


@dataclass(frozen=True)
class Bar:
    agreement: Agreement
    state: Agreement.State
    url: str
    x: str
    y: int
    width: str
    labels: list[tuple[str, int, str]]  # where each line of the label begins, and its words
    words: str
    has_no_end: bool
    amendments: list[Mark] = field(default_factory=list)

    @property
    def above(self) -> int:
        return self.y - AROUND

    @property
    def below(self) -> int:
        return self.y + BAR + AROUND

    @property
    def middle(self) -> int:
        return self.y + BAR // 2


@dataclass(frozen=True)
class Timeline:
    """Everything the template needs; the table behind the picture reads the same bars. `narrow` is the same for a telephone."""

    municipality: Municipality
    bars: list[Bar]
    years: list[Mark]
    today: Mark | None
    width: int
    height: int
    narrow: "Timeline | None" = None
    bar_height: int = BAR

    @property
    def foot(self) -> int:
        """Where the word for today stands, below everything else."""
        return self.height - 5


def timeline_of(
    municipality: Municipality, agreements: Iterable[Agreement], on: dt.date, address: Callable[[Agreement], str]
) -> Timeline | None:
    """The picture of these agreements, oldest on top; `address` says where each leads. None without agreements."""
    rows = sorted((one for one in agreements if one.starts_on), key=lambda one: (one.period.lower, one.pk))
    if not rows:
        return None
    drawn = [(one, address(one)) for one in rows]
    return replace(_drawn(municipality, drawn, on, WIDE), narrow=_drawn(municipality, drawn, on, NARROW))


def _drawn(municipality: Municipality, rows: Sequence[tuple[Agreement, str]], on: dt.date, paper: Paper) -> Timeline:
    scale = _scale([one for one, _url in rows], on, paper)
    return Timeline(
        municipality=municipality,
        bars=[_bar(one, number, scale, on, url) for number, (one, url) in enumerate(rows)],
        years=_years(scale),
        today=_today(scale, on),
        width=paper.width,
        height=TOP + paper.row * len(rows) + LINE,
    )


@dataclass(frozen=True)
class _Scale:
    start: dt.date
    end: dt.date
    paper: Paper

    def x(self, day: dt.date) -> float:
        share = (day - self.start).days / (self.end - self.start).days
        return MARGIN + min(max(share, 0), 1) * (self.paper.width - 2 * MARGIN)

    def word_x(self, wanted: float, words: str) -> str:
        """Where words that begin at `wanted` begin, so that they end on the paper."""
        return _number(max(min(wanted, self.paper.width - 2 - SIGN * len(words)), 2))


def _number(value: float) -> str:
    """As SVG writes numbers, in every language: a template would put a comma for French readers."""
    return f"{value:.1f}"


def _today(scale: _Scale, on: dt.date) -> Mark | None:
    if not scale.start <= on <= scale.end:
        return None
    words = str(_("today"))
    half = SIGN * len(words) / 2
    return Mark(_number(scale.x(on)), words, scale.word_x(scale.x(on) - half, words))


def _scale(rows: Sequence[Agreement], on: dt.date, paper: Paper) -> _Scale:
    """Whole years around all agreements and today."""
    first = min(*(row.period.lower for row in rows), on).year
    last = max(*(_shown_end(row, on) for row in rows), on).year + 1
    return _Scale(dt.date(first, 1, 1), dt.date(max(last, first + FEWEST_YEARS), 1, 1), paper)


def _shown_end(agreement: Agreement, on: dt.date) -> dt.date:
    if agreement.ends_on is not None:
        return agreement.ends_on
    return max(on, agreement.period.lower) + SHOWN_AHEAD


def _years(scale: _Scale) -> list[Mark]:
    first, last = scale.start.year, scale.end.year
    step = max(1, -(-(last - first) // scale.paper.years_at_most))
    return [Mark(_number(scale.x(dt.date(year, 1, 1))), str(year)) for year in range(first, last + 1, step)]


def _bar(agreement: Agreement, number: int, scale: _Scale, on: dt.date, url: str) -> Bar:
    start, end = scale.x(agreement.period.lower), scale.x(_shown_end(agreement, on))
    state = agreement.state_on(on)
    top = TOP + scale.paper.row * number
    return Bar(
        agreement=agreement,
        state=state,
        url=url,
        x=_number(start),
        y=top + scale.paper.lines * LINE + AROUND,
        width=_number(max(end - start, 3)),
        labels=_labels(agreement, state, top, scale),
        words=_words(agreement, state),
        has_no_end=agreement.ends_on is None,
        amendments=[Mark(_number(scale.x(one.effective_from)), str(one)) for one in agreement.amendments.all()],
    )


def _labels(agreement: Agreement, state: Agreement.State, top: int, scale: _Scale) -> list[tuple[str, int, str]]:
    """Above the bar, from its first day or as far to the left as the words need."""
    parts = [agreement.reference, str(state.label)]
    lines = [" · ".join(parts)] if scale.paper.lines == 1 else parts
    start = scale.x(agreement.period.lower)
    return [(scale.word_x(start, words), top + LINE * number - 4, words) for number, words in enumerate(lines, start=1)]


def _words(agreement: Agreement, state: Agreement.State) -> str:
    """What a reader of the picture hears of one bar."""
    words: dict[str, Any] = {
        "reference": agreement.reference,
        "state": state.label,
        "first": date_format(agreement.period.lower, "j F Y"),
        "last": date_format(agreement.ends_on, "j F Y") if agreement.ends_on else "",
    }
    if agreement.ends_on is None:
        return str(_("%(reference)s: %(state)s, from %(first)s on") % words)
    return str(_("%(reference)s: %(state)s, from %(first)s to %(last)s") % words)
