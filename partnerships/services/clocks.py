"""The clock of whoever handles a request: when it starts, stands still and goes on. Read by the one place that moves a request."""

import datetime as dt

from partnerships.deadlines import due_day, resumed
from partnerships.models import DeadlineTarget, ServiceRequest
from partnerships.models.deadlines import targets

What = DeadlineTarget.What
Figures = dict[str, tuple[int, int]]
RUNNING = ServiceRequest.TURN_OF_HANDLER


def acknowledgement_due(on: dt.date, figures: Figures | None = None) -> dt.date:
    """By when a request submitted on that day is to be acknowledged."""
    return due_day(on, (figures or targets())[What.ACKNOWLEDGE][0])


def completion_due(request: ServiceRequest, on: dt.date, figures: Figures | None = None) -> dt.date:
    """By when a request acknowledged on that day is to be completed: by its kind; what the agency asks for, by the day it named."""
    if request.is_from_agency and request.wished_by:
        return request.wished_by
    return due_day(on, (figures or targets())[request.kind][0])


def keep_clock(request: ServiceRequest, before: str, on: dt.date) -> None:
    """Stop the clock while it is not the turn of whoever handles it, and let it go on afterwards with what was left.

    Called inside each move, before the request is saved. A request that comes back after it was completed gets at least the
    days the team gives itself for that.
    """
    if before in RUNNING and request.state not in RUNNING:
        request.clock_stopped_on = on
    elif before not in RUNNING and request.state in RUNNING and request.clock_stopped_on:
        request.due_on = _going_on(request, before, on)
        request.clock_stopped_on = None


def _going_on(request: ServiceRequest, before: str, on: dt.date) -> dt.date | None:
    if request.due_on is None or request.clock_stopped_on is None:
        return request.due_on
    due = resumed(request.due_on, stopped_on=request.clock_stopped_on, resumed_on=on)
    return due if before == ServiceRequest.State.WAITING else max(due, due_day(on, targets()[What.REOPENED][0]))
