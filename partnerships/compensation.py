"""Compensation for traders, from the days without traffic alone: when it can be asked for, and until when.

The Region's rule: where traffic is stopped in at least one direction for 29 consecutive calendar days, traders with fewer than
10 FTE may ask for a certificate from the 29th to the 90th day. One day on which traffic runs again begins the count anew.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Terms:
    """The limits of the rule, as the settings give them, with where they stand and since when."""

    first_day: int
    last_day: int
    below_fte: int
    renewed_after_months: int
    amounts: tuple[tuple[int, int, int], ...]  # FTE from, FTE up to, euros
    source: str
    source_date: dt.date

    @property
    def lowest(self) -> int:
        return min((euros for _from, _to, euros in self.amounts), default=0)

    @property
    def highest(self) -> int:
        return max((euros for _from, _to, euros in self.amounts), default=0)


def terms() -> Terms:
    """The rule of today."""
    return Terms(**settings.COMPENSATION)


@dataclass(frozen=True)
class Stop:
    """Consecutive days without traffic, the first and the last of them included."""

    first: dt.date
    last: dt.date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Window:
    """A stop that is long enough, and the days on which the certificate may be asked for."""

    stop: Stop
    opens_on: dt.date
    closes_on: dt.date

    def is_open(self, on: dt.date) -> bool:
        return self.opens_on <= on <= self.closes_on


def stops(periods: Iterable[tuple[dt.date, dt.date]]) -> list[Stop]:
    """Merge periods (first day, last day) that overlap or follow each other without a day between; a gap of a day parts them."""
    merged: list[Stop] = []
    for first, last in sorted(period for period in periods if period[0] <= period[1]):
        if merged and first <= merged[-1].last + ONE_DAY:
            merged[-1] = Stop(merged[-1].first, max(merged[-1].last, last))
        else:
            merged.append(Stop(first, last))
    return merged


def windows(periods: Iterable[tuple[dt.date, dt.date]], rule: Terms) -> list[Window]:
    """The stops that last at least `rule.first_day` days, each with its first and its last day for asking."""
    return [
        Window(stop, stop.first + (rule.first_day - 1) * ONE_DAY, stop.first + (rule.last_day - 1) * ONE_DAY)
        for stop in stops(periods)
        if stop.days >= rule.first_day
    ]


def stopped_periods(phases: Iterable[Any]) -> list[tuple[dt.date, dt.date]]:
    """The days without traffic of each phase that stops it in at least one direction."""
    return [(phase.first_stopped, phase.last_stopped) for phase in phases if phase.stopped_days]


def windows_of(phases: Iterable[Any]) -> list[Window]:
    """The days for compensation that these phases lead to, by the rule of today."""
    return windows(stopped_periods(phases), terms())


def longest_stop(phases: Iterable[Any]) -> Stop | None:
    return max(stops(stopped_periods(phases)), key=lambda stop: stop.days, default=None)
