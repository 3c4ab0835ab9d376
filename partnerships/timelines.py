"""The agreements of a municipality through the years, as the measures of a picture that a template draws."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from municipalities.models import Municipality
from partnerships.models import Agreement

WIDTH = 800
MARGIN = 16
TOP = 34
ROW = 46
BAR = 16
FEWEST_YEARS = 4
SHOWN_AHEAD = dt.timedelta(days=730)  # of an agreement without an agreed end
TICKS_AT_MOST = 12


@dataclass(frozen=True)
class Mark:
    """A day on the picture: today, an amendment, or the turn of a year."""

    x: str
    words: str


@dataclass(frozen=True)
class Bar:
    agreement: Agreement
    state: Agreement.State
    url: str
    x: str
    y: int
    width: str
    label_x: str
    anchor: str
    words: str
    has_no_end: bool
    amendments: list[Mark] = field(default_factory=list)

    @property
    def label_y(self) -> int:
        return self.y - 5

    @property
    def middle(self) -> int:
        return self.y + BAR // 2


@dataclass(frozen=True)
class Timeline:
    """Everything the template needs; the table behind the picture reads the same bars."""

    municipality: Municipality
    bars: list[Bar]
    years: list[Mark]
    today: Mark | None
    width: int
    height: int
    bar_height: int = BAR

    @property
    def foot(self) -> int:
        return self.height - 8


def timeline_of(
    municipality: Municipality, agreements: Iterable[Agreement], on: dt.date, address: Callable[[Agreement], str]
) -> Timeline | None:
    """The picture of these agreements, oldest on top; `address` says where each leads. None without agreements."""
    rows = sorted((one for one in agreements if one.starts_on), key=lambda one: (one.period.lower, one.pk))
    if not rows:
        return None
    scale = _scale(rows, on)
    return Timeline(
        municipality=municipality,
        bars=[_bar(one, number, scale, on, address(one)) for number, one in enumerate(rows)],
        years=_years(scale),
        today=Mark(_number(scale.x(on)), str(_("today"))) if scale.start <= on <= scale.end else None,
        width=WIDTH,
        height=TOP + ROW * len(rows) + 24,
    )


@dataclass(frozen=True)
class _Scale:
    start: dt.date
    end: dt.date

    def x(self, day: dt.date) -> float:
        share = (day - self.start).days / (self.end - self.start).days
        return MARGIN + min(max(share, 0), 1) * (WIDTH - 2 * MARGIN)


def _number(value: float) -> str:
    """As SVG writes numbers, in every language: a template would put a comma for French readers."""
    return f"{value:.1f}"


def _scale(rows: Sequence[Agreement], on: dt.date) -> _Scale:
    """Whole years around all agreements and today."""
    first = min(*(row.period.lower for row in rows), on).year
    last = max(*(_shown_end(row, on) for row in rows), on).year + 1
    return _Scale(dt.date(first, 1, 1), dt.date(max(last, first + FEWEST_YEARS), 1, 1))


def _shown_end(agreement: Agreement, on: dt.date) -> dt.date:
    if agreement.ends_on is not None:
        return agreement.ends_on
    return max(on, agreement.period.lower) + SHOWN_AHEAD


def _years(scale: _Scale) -> list[Mark]:
    first, last = scale.start.year, scale.end.year
    step = max(1, -(-(last - first) // TICKS_AT_MOST))
    return [Mark(_number(scale.x(dt.date(year, 1, 1))), str(year)) for year in range(first, last + 1, step)]


def _bar(agreement: Agreement, number: int, scale: _Scale, on: dt.date, url: str) -> Bar:
    start, end = scale.x(agreement.period.lower), scale.x(_shown_end(agreement, on))
    state = agreement.state_on(on)
    is_late = start > WIDTH * 0.6
    return Bar(
        agreement=agreement,
        state=state,
        url=url,
        x=_number(start),
        y=TOP + ROW * number + 18,
        width=_number(max(end - start, 3)),
        label_x=_number(max(end, start + 3) if is_late else start),
        anchor="end" if is_late else "start",
        words=_words(agreement, state),
        has_no_end=agreement.ends_on is None,
        amendments=[Mark(_number(scale.x(one.effective_from)), str(one)) for one in agreement.amendments.all()],
    )


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
