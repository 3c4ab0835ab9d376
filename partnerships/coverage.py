"""What covers a municipality on a day, and since when something is missing: read from periods, never kept.

A need is covered on the days of its stretches. A hole began on the day the last stretch before it ended, or has always been.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from municipalities.models import Mandate, Municipality, Portfolio
from partnerships.models import Agreement, SpocAssignment


class Need(models.TextChoices):
    """What each municipality has at any moment (PRODUCT, 'Coverage')."""

    MAYOR = "mayor", _("Mayor")
    TRADE = "trade", _("Alderman for trade")
    SPOC = "spoc", _("SPOC")
    DEPUTY = "deputy", _("Deputy")
    AGREEMENT = "agreement", _("Agreement")
    ADDRESS = "address", _("Working mail address")
    MAILING = "mailing", _("Last mailing received")


class Stretch(NamedTuple):
    """Days, half-open, on which a need is covered, and by whom or what."""

    lower: dt.date
    upper: dt.date | None
    words: str

    def holds(self, day: dt.date) -> bool:
        return self.lower <= day and (self.upper is None or day < self.upper)


@dataclass(frozen=True)
class Cell:
    """One need of one municipality on one day: by whom it is covered, or since when it is not (None: it never was).

    `target` is the key of what there is to repair, where that is known: the official whose address fails, the sending not received.
    """

    need: Need
    is_covered: bool
    words: str = ""
    since: dt.date | None = None
    target: int | None = None


@dataclass(frozen=True)
class Row:
    """A municipality with its needs, in their order."""

    municipality: Municipality
    cells: list[Cell] = field(default_factory=list)

    @property
    def holes(self) -> list[Cell]:
        return [cell for cell in self.cells if not cell.is_covered]


Stretches = dict[tuple[int, Need], list[Stretch]]


def cell_on(need: Need, stretches: Iterable[Stretch], on: dt.date) -> Cell:
    """Whether one of the stretches holds that day; if none does, since when."""
    begun = [stretch for stretch in stretches if stretch.lower <= on]
    now = [stretch for stretch in begun if stretch.holds(on)]
    if now:
        return Cell(need, is_covered=True, words=", ".join(dict.fromkeys(stretch.words for stretch in now)))
    return Cell(need, is_covered=False, since=max((stretch.upper for stretch in begun if stretch.upper), default=None))


def register_coverage(on: dt.date) -> Stretches:
    """The stretches of the first five needs that had begun by that day, in three queries."""
    found: Stretches = defaultdict(list)
    for source in (_mandates(on), _assignments(on), _agreements(on)):
        for municipality, need, stretch in source:
            found[municipality, need].append(stretch)
    return found


def rows_of(municipalities: Sequence[Municipality], needs: Iterable[Need], stretches: Stretches, on: dt.date) -> list[Row]:
    wanted = list(needs)
    return [Row(one, [cell_on(need, stretches.get((one.pk, need), ()), on) for need in wanted]) for one in municipalities]


Found = Iterable[tuple[int, Need, Stretch]]


def _mandates(on: dt.date) -> Found:
    political = Q(role=Mandate.Role.MAYOR) | Q(role=Mandate.Role.ALDERMAN, portfolios__contains=[Portfolio.TRADE])
    rows = Mandate.objects.filter(political, period__startswith__lte=on).order_by("pk")
    for row in rows.values("municipality", "role", "period", first=F("user__first_name"), last=F("user__last_name")):
        need = Need.MAYOR if row["role"] == Mandate.Role.MAYOR else Need.TRADE
        yield row["municipality"], need, _stretch(row["period"], f"{row['first']} {row['last']}")


def _assignments(on: dt.date) -> Found:
    rows = SpocAssignment.objects.filter(period__startswith__lte=on).order_by("pk")
    for row in rows.values("municipality", "role", "period", first=F("officer__first_name"), last=F("officer__last_name")):
        need = Need.SPOC if row["role"] == SpocAssignment.Role.PRIMARY else Need.DEPUTY
        yield row["municipality"], need, _stretch(row["period"], f"{row['first']} {row['last']}")


def _agreements(on: dt.date) -> Found:
    rows = Agreement.objects.signed().filter(period__startswith__lte=on).order_by("pk")
    for row in rows.values("municipality", "reference", "period"):
        yield row["municipality"], Need.AGREEMENT, _stretch(row["period"], row["reference"])


def _stretch(period: Any, words: str) -> Stretch:
    return Stretch(period.lower, period.upper, words)
