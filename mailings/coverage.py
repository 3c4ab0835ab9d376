"""Coverage with what the mail tells: an address that works, and the last mailing received."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.db.models import Exists, F, Max, Min, Q, QuerySet, Subquery, Value
from django.db.models import OuterRef as Outer
from django.db.models.functions import Coalesce, Greatest, Least
from django.utils import timezone

from mailings.models import AddressState, Delivery, MailEvent, Run
from municipalities.models import Mandate, Municipality
from partnerships.coverage import Cell, Need, Row, Stretch, cell_on, register_coverage, rows_of

LONG_AGO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_OF_REGISTER = (Need.MAYOR, Need.TRADE, Need.SPOC, Need.DEPUTY, Need.AGREEMENT)
REPAIRED_FIRST = tuple(Mandate.Role)
LOOKED_BACK = 13  # mailings: a quarter of weekly ones


def board(on: dt.date, *, with_outline: bool = False) -> list[Row]:
    """Every municipality with all its needs on that day, in the reader's order; seven queries whatever their number."""
    municipalities = Municipality.objects.sorted_for_reader()
    if not with_outline:
        municipalities = municipalities.defer("outline")
    rows = rows_of(list(municipalities), _OF_REGISTER, register_coverage(on), on)
    addresses, runs = _addresses(on), _runs(on)
    received = _received(runs, on)
    for row in rows:
        key = row.municipality.pk
        row.cells.append(addresses[key].cell(on))
        row.cells.append(_mailing_cell(runs, received.get(key, set())))
    return rows


def _end_of(on: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(on + dt.timedelta(days=1), dt.time()))


# --- An address that works ----------------------------------------------------------------------


def failing_since(person: str, before: dt.datetime) -> Least:
    """Since when mails to a person fail: the first refused after the last that arrived or after the repair, or since the address
    they have is known not to work; NULL while mails arrive.
    """
    until = Delivery.objects.filter(planned_at__lt=before)
    arrived = until.filter(recipient=Outer("recipient"), state=Delivery.State.SENT)
    last = Coalesce(Subquery(arrived.order_by("-pk").values("planned_at")[:1]), Value(LONG_AGO))
    told = AddressState.objects.filter(person=Outer("recipient")).order_by().values("person").annotate(last=Max("repaired_at"))
    well = Greatest(last, Coalesce(Subquery(told.values("last")), Value(LONG_AGO)))
    failed = until.filter(recipient=Outer(person), state=Delivery.State.FAILED, planned_at__gt=well)
    first = Subquery(failed.order_by().values("recipient").annotate(first=Min("planned_at")).values("first"))
    known = AddressState.objects.refusing().current().filter(person=Outer(person), since__lt=before)
    return Least(first, Subquery(known.order_by("pk").values("since")[:1]))


@dataclass
class _Addresses:
    """The officials of one municipality who could be written to, and those in office that day who cannot be."""

    stretches: list[Stretch] = field(default_factory=list)
    unreached: list[tuple[int, int]] = field(default_factory=list)

    def cell(self, on: dt.date) -> Cell:
        """Where nothing works, the first to repair is the address of the mayor, then of an alderman, then of anybody in office."""
        cell = cell_on(Need.ADDRESS, self.stretches, on)
        first = min(self.unreached, default=None)
        return cell if cell.is_covered or first is None else replace(cell, target=first[1])


def _addresses(on: dt.date) -> dict[int, _Addresses]:
    """Per municipality the days on which an official could be written to: their mandate, as long as mails arrived."""
    rows = Mandate.objects.filter(period__startswith__lte=on).order_by("pk").annotate(failing=failing_since("user", _end_of(on)))
    found: dict[int, _Addresses] = defaultdict(_Addresses)
    wanted = ("municipality", "role", "period", "failing", "user", "user__email", "user__is_active")
    for municipality, role, period, failing, user, email, is_active in rows.values_list(*wanted):
        ends = [day for day in (period.upper, timezone.localdate(failing) if failing else None) if day]
        stretch = Stretch(period.lower, min(ends, default=None), email)
        if is_active and (stretch.upper is None or stretch.lower < stretch.upper):
            found[municipality].stretches.append(stretch)
        if (period.upper is None or on < period.upper) and not (is_active and stretch.holds(on)):
            found[municipality].unreached.append((REPAIRED_FIRST.index(role), user))
    return found


# --- The last mailing ---------------------------------------------------------------------------


def _runs(on: dt.date) -> list[Run]:
    """The last sendings of mailings that were over by that day, newest first."""
    return list(Run.objects.filter(finished_at__lt=_end_of(on)).select_related("mailing").order_by("-planned_at", "-pk")[:LOOKED_BACK])


def _received(runs: Iterable[Run], on: dt.date) -> dict[int, set[int]]:
    """Which of these sendings reached somebody who then held a mandate in the municipality."""
    reached: dict[int, set[int]] = defaultdict(set)
    for municipality, run in _arrivals(runs, on).values_list("recipient__mandates__municipality", "run").distinct():
        reached[municipality].add(run)
    return reached


def _arrivals(runs: Iterable[Run], on: dt.date) -> QuerySet[Delivery]:
    in_office = Q(recipient__mandates__period__contains=F("sent_at__date"))
    arrived = Delivery.objects.filter(run__in=[run.pk for run in runs], state=Delivery.State.SENT, sent_at__lt=_end_of(on))
    returned = MailEvent.objects.filter(delivery=Outer("pk"), kind__in=[MailEvent.Kind.BOUNCED, MailEvent.Kind.SOFT])
    return arrived.filter(in_office).exclude(Exists(returned)).order_by()


def _mailing_cell(runs: list[Run], reached: set[int]) -> Cell:
    """Covered when the newest sending arrived, or when there was none yet; else since the first of those missed in a row."""
    if not runs:
        return Cell(Need.MAILING, is_covered=True)
    if runs[0].pk in reached:
        return Cell(Need.MAILING, is_covered=True, words=runs[0].mailing.week_label or str(runs[0].mailing))
    missed = runs[0]
    for run in runs:
        if run.pk in reached:
            break
        missed = run
    return Cell(Need.MAILING, is_covered=False, since=timezone.localdate(missed.planned_at), target=runs[0].pk)
