"""Due days in Belgian working days: what was left when the clock stopped is left when it goes on."""

import datetime as dt
from typing import TYPE_CHECKING

from partnerships.working_days import add_working_days, is_working_day, working_days_between

if TYPE_CHECKING:
    from partnerships.models import ServiceRequest


def due_day(start: dt.date, working_days: int) -> dt.date:
    """The day by which something is due that may take so many working days; the day it starts does not count."""
    return add_working_days(start, working_days)


def resumed(due: dt.date, *, stopped_on: dt.date, resumed_on: dt.date) -> dt.date:
    """The due day once the clock goes on after it stood still.

    Who had five working days left when they asked has five left when the answer is there; who had none left has until the
    evening of the day of the answer, or of the first working day after it. Who was late already stays late.
    """
    if due < stopped_on or resumed_on <= stopped_on:
        return due
    left = working_days_between(stopped_on, due)
    return add_working_days(resumed_on, left) if left else first_working_day(resumed_on)


def first_working_day(day: dt.date) -> dt.date:
    """That day, or the first one after it on which offices in Belgium are open."""
    while not is_working_day(day):
        day += dt.timedelta(days=1)
    return day


def expected_on(request: "ServiceRequest", on: dt.date) -> dt.date | None:
    """By when the agency honestly expects to come back: while it waits for an answer, the day if that answer came on this day."""
    if request.due_on is None or request.clock_stopped_on is None:
        return request.due_on
    return resumed(request.due_on, stopped_on=request.clock_stopped_on, resumed_on=on)
