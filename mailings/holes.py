"""The holes of the board of coverage: what is missing, since when, and the form that closes it, filled in as far as is known."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from mailings.coverage import board
from municipalities.models import Mandate, Municipality, Portfolio
from partnerships.coverage import Cell, Need, Row
from partnerships.models import SpocAssignment

WORDS = {
    Need.MAYOR: _("no mayor"),
    Need.TRADE: _("no alderman for trade"),
    Need.SPOC: _("no SPOC"),
    Need.DEPUTY: _("no deputy"),
    Need.AGREEMENT: _("no agreement in force"),
    Need.ADDRESS: _("no working mail address"),
    Need.MAILING: _("last mailing not received"),
}


@dataclass(frozen=True)
class Hole:
    """What a municipality lacks on a day, since when, and the form that closes it."""

    municipality: Municipality
    need: Need
    since: dt.date | None
    url: str

    @property
    def label(self) -> Any:
        return WORDS[self.need]


def holes_on(on: dt.date) -> list[Hole]:
    """Every hole of that day, municipality by municipality in the reader's order."""
    found = [hole_of(row, cell, on) for row in board(on) for cell in row.cells]
    return [hole for hole in found if hole]


def hole_of(row: Row, cell: Cell, on: dt.date) -> Hole | None:
    return None if cell.is_covered else Hole(row.municipality, cell.need, cell.since, _form_for(row.municipality, cell, on))


def _form_for(municipality: Municipality, cell: Cell, on: dt.date) -> str:
    """The one form that closes it: a person's address, a sending in this municipality, or a new row with what is known filled in."""
    if cell.need == Need.ADDRESS and cell.target:
        return reverse("admin:municipalities_official_change", args=[cell.target]) + "#id_email"
    if cell.need == Need.MAILING:
        return reverse("admin:mailings_run_municipality", args=[cell.target, municipality.code])
    return _new_row_for(municipality, cell.need, on)


def _new_row_for(municipality: Municipality, need: Need, on: dt.date) -> str:
    """The form of what is missing; the first day proposed is the day looked at. Without an official there is no address to repair."""
    here: dict[str, Any] = {"municipality": municipality.pk, "starts_on": on.isoformat()}
    filled = {
        Need.MAYOR: ("municipalities_official_add", here | {"role": Mandate.Role.MAYOR}),
        Need.TRADE: ("municipalities_official_add", here | {"role": Mandate.Role.ALDERMAN, "portfolios": Portfolio.TRADE}),
        Need.SPOC: ("partnerships_spocassignment_add", here | {"role": SpocAssignment.Role.PRIMARY}),
        Need.DEPUTY: ("partnerships_spocassignment_add", here | {"role": SpocAssignment.Role.DEPUTY}),
        Need.AGREEMENT: ("partnerships_agreement_add", here),
        Need.ADDRESS: ("municipalities_official_add", here),
    }
    name, query = filled[need]
    return f"{reverse(f'admin:{name}')}?{urlencode(query)}"
