"""The board of coverage in the administration: every municipality, every need, on any day; each hole leads to the form that closes it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from mailings.coverage import board
from municipalities.models import Mandate, Municipality, Portfolio
from partnerships.coverage import Cell, Need, Row
from partnerships.models import SpocAssignment

RIGHT = "partnerships.change_spocassignment"  # who may close a hole sees the board
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


class DayForm(forms.Form):
    on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


def may_see(user: Any) -> bool:
    return bool(user.has_perm(RIGHT))


def coverage_page(request: HttpRequest, each_context: dict[str, Any]) -> HttpResponse:
    """Today, or any day asked for by `?on=`; a day that is none is said so, and today is shown."""
    if not may_see(request.user):
        raise PermissionDenied
    today = timezone.localdate()
    form = DayForm(request.GET if "on" in request.GET else None, initial={"on": today})
    on = form.cleaned_data["on"] if form.is_valid() else today
    rows = board(on, with_outline=True)
    lines = [(row, [(cell, hole_of(row, cell, on)) for cell in row.cells], len(row.holes)) for row in rows]
    context = each_context | {
        "title": _("Coverage of the municipalities"),
        "form": form,
        "on": on,
        "is_today": on == today,
        "needs": list(Need),
        "lines": lines,
        "open_count": sum(count for _row, _cells, count in lines),
    }
    return TemplateResponse(request, "admin/coverage.html", context)


def holes_on(on: dt.date) -> list[Hole]:
    """Every hole of that day, municipality by municipality in the reader's order."""
    found = [hole_of(row, cell, on) for row in board(on) for cell in row.cells]
    return [hole for hole in found if hole]


def hole_of(row: Row, cell: Cell, on: dt.date) -> Hole | None:
    return None if cell.is_covered else Hole(row.municipality, cell.need, cell.since, _form_for(row.municipality, cell, on))


def _form_for(municipality: Municipality, cell: Cell, on: dt.date) -> str:
    """The form with what is known filled in; the first day proposed is the day looked at."""
    here: dict[str, Any] = {"municipality": municipality.pk, "starts_on": on.isoformat()}
    filled = {
        Need.MAYOR: ("municipalities_official_add", here | {"role": Mandate.Role.MAYOR}),
        Need.TRADE: ("municipalities_official_add", here | {"role": Mandate.Role.ALDERMAN, "portfolios": Portfolio.TRADE}),
        Need.SPOC: ("partnerships_spocassignment_add", here | {"role": SpocAssignment.Role.PRIMARY}),
        Need.DEPUTY: ("partnerships_spocassignment_add", here | {"role": SpocAssignment.Role.DEPUTY}),
        Need.AGREEMENT: ("partnerships_agreement_add", here),
    }
    people = ("municipalities_official_changelist", {"municipality": municipality.code, "in_office": "yes"})
    name, query = filled.get(cell.need, people)
    return f"{reverse(f'admin:{name}')}?{urlencode(query)}"
