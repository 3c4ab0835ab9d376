"""Belgian working days: Monday to Friday, public holidays excepted."""

import datetime as dt
from functools import cache

import holidays


@cache
def _public_holidays(year: int) -> frozenset[dt.date]:
    return frozenset(holidays.country_holidays("BE", years=year))


def is_working_day(day: dt.date) -> bool:
    """Whether offices in Belgium are open that day (package `holidays`, country BE)."""
    return day.weekday() < 5 and day not in _public_holidays(day.year)


def add_working_days(start: dt.date, count: int) -> dt.date:
    """Return the day `count` working days after `start`; the day itself does not count."""
    day = start
    while count > 0:
        day += dt.timedelta(days=1)
        count -= is_working_day(day)
    return day


def working_days_between(after: dt.date, until: dt.date) -> int:
    """How many working days there are after the first day, up to and with the second; none when it is not later."""
    days = (after + dt.timedelta(days=number) for number in range(1, (until - after).days + 1))
    return sum(map(is_working_day, days))
