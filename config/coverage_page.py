"""The board of coverage in the administration: every municipality, every need, on any day; each hole leads to the form that closes it."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mailings.coverage import board
from mailings.holes import hole_of
from mailings.models import CoverageNote
from partnerships.coverage import Need

RIGHT = "partnerships.change_spocassignment"  # who may close a hole sees the board


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
        "last_note": CoverageNote.objects.order_by("-iso_year", "-iso_week").first(),
    }
    return TemplateResponse(request, "admin/coverage.html", context)
