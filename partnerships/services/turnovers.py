"""Acts on imports of colleges: all or nothing, one at a time, each with its events."""

from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from municipalities.models import Municipality, User
from municipalities.turnover.models import Turnover
from municipalities.turnover.plans import Plan
from municipalities.turnover.undoing import revert
from municipalities.turnover.uploads import plan_of
from municipalities.turnover.writing import write_plan
from partnerships.models import Event
from partnerships.services.events import record_event

ONE_AT_A_TIME = 7_020_190_017  # any number: the lock under which imports and their undoing wait for each other
PERMISSION = "municipalities.apply_turnover"


class TurnoverNotAllowed(Exception):
    """This person may not import colleges."""


class TurnoverSettled(Exception):
    """This file was imported already, or thrown away."""


class StalePlan(Exception):
    """The register changed after the plan was shown; the plan as it is now must be read first."""


class PlanNotReady(Exception):
    """The plan has faults or questions; nothing was written."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(f"{len(plan.faults)} faults, {len(plan.questions)} questions")
        self.plan = plan


@transaction.atomic
def apply_turnover(turnover: Turnover, *, by: User | None, shown: str | None = None) -> Turnover:
    """Import a file that was looked at: everything or nothing. `shown` is the fingerprint of the plan the person read."""
    _check_right(by)
    _wait_for_others()
    kept = Turnover.objects.select_for_update(of=("self",)).waiting().filter(pk=turnover.pk).first()
    if kept is None:
        raise TurnoverSettled
    plan = plan_of(kept)
    if not plan.is_ready:
        raise PlanNotReady(plan)
    if shown is not None and shown != plan.fingerprint:
        raise StalePlan
    _write(plan, kept, by)
    return kept


@transaction.atomic
def undo_turnover(turnover: Turnover, *, by: User | None) -> Turnover:
    """Take the last import back, exactly. Raises UndoRefused with its reasons when a later edit would be lost."""
    _check_right(by)
    _wait_for_others()
    kept = Turnover.objects.select_for_update(of=("self",)).get(pk=turnover.pk)
    revert(kept, by=by)
    kept.undone_at, kept.undone_by = timezone.now(), by
    kept.save(update_fields=["undone_at", "undone_by"])
    _record(Event.Verb.TURNOVER_UNDONE, kept, by)
    return kept


def _write(plan: Plan, turnover: Turnover, by: User | None) -> None:
    try:
        with transaction.atomic():
            write_plan(plan, turnover, by=by)
    except IntegrityError as error:  # somebody saved a mandate or an address between the plan and this moment
        raise StalePlan from error
    turnover.by = by
    turnover.from_date = min(college.first_day for college in plan.colleges)
    turnover.applied_at = timezone.now()
    turnover.summary = [_summed_up(college) for college in plan.colleges]
    turnover.content, turnover.decisions = {}, {}
    turnover.save(update_fields=["by", "from_date", "applied_at", "summary", "content", "decisions"])
    _record(Event.Verb.TURNOVER_APPLIED, turnover, by)


def _summed_up(college: Any) -> dict[str, Any]:
    """What an import did in one municipality, in numbers: names are in the register, and need not be kept twice."""
    return {"municipality": college.municipality.pk, "first_day": college.first_day.isoformat(), **college.counts}


def _record(verb: str, turnover: Turnover, by: User | None) -> None:
    """One event for each municipality, so that its own timeline tells it."""
    municipalities = Municipality.objects.in_bulk([line["municipality"] for line in turnover.summary])
    for line in turnover.summary:
        data = {"import": turnover.pk, "file": turnover.file_name} | {k: v for k, v in line.items() if k != "municipality"}
        record_event(verb, turnover, by=by, municipality=municipalities[line["municipality"]], data=data)


def _check_right(by: User | None) -> None:
    """None is the portal itself: whoever reaches its commands."""
    if by is not None and not by.has_perm(PERMISSION):
        raise TurnoverNotAllowed


def _wait_for_others() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
