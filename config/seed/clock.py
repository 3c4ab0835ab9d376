"""Believable moments: office hours on Belgian working days, by the clock of Brussels, and never in the future."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone

from municipalities.models import User
from partnerships.working_days import is_working_day

DAYS_BACK = 1000  # further back than any story of the seed


def at_hour(day: dt.date, hour: str) -> dt.datetime:
    """The moment at which clocks in Brussels show that hour, `10:15`, on that day."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.fromisoformat(hour)))


def office_day(day: dt.date) -> dt.date:
    """That day, or the last one before it on which offices in Belgium are open."""
    while not is_working_day(day):
        day -= dt.timedelta(days=1)
    return day


def as_of(row: Any, at: dt.datetime, by: User | None) -> None:
    """Let the next history row of this object say it was written then, by that person; None: by the portal."""
    row._history_date, row._history_user = at, by


@dataclass(frozen=True)
class Clock:
    """The moment of seeding, from which all other moments are counted back."""

    now: dt.datetime

    @cached_property
    def today(self) -> dt.date:
        return timezone.localdate(self.now)

    @cached_property
    def monday(self) -> dt.date:
        """The first day of this ISO week."""
        return self.today - dt.timedelta(days=self.today.weekday())

    @cached_property
    def _working_days(self) -> list[dt.date]:
        days = (self.today - dt.timedelta(days=n) for n in range(1, DAYS_BACK))
        return [day for day in days if is_working_day(day)]

    def working_day(self, ago: int) -> dt.date:
        """The working day so many (one or more) working days before today; today itself does not count."""
        return self._working_days[ago - 1]

    def ago(self, working_days: int, hour: str) -> dt.datetime:
        return at_hour(self.working_day(working_days), hour)

    def not_later(self, moment: dt.datetime, *, minutes_ago: int) -> dt.datetime:
        """That moment, or so many minutes ago where it has not come yet."""
        return min(moment, self.now - dt.timedelta(minutes=minutes_ago))
