"""The workload of the team as a page and as a table for a spreadsheet."""

import csv
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.admin.exports import harmless
from municipalities.admin.history import period_words
from municipalities.http import show_people
from municipalities.models import User
from partnerships.workload import Counts, Desk, Line, gaps_ahead, workload

SEES_WORK = "partnerships.view_servicerequest"


def workload_view(request: HttpRequest, site: admin.AdminSite) -> HttpResponse:
    """Officers × municipalities × open work, and the days without SPOC that come; for whoever sees the requests."""
    _check(request)
    today = timezone.localdate()
    desks = workload(today)
    _show(request, desks, page="listed")
    context = {
        **site.each_context(request),
        "title": _("Workload of the team"),
        "today": today,
        "desks": [(desk, desk.is_away(today)) for desk in desks],
        "total": sum((desk.total for desk in desks), Counts()),
        "gaps": gaps_ahead(today),
    }
    return TemplateResponse(request, "admin/workload.html", context)


def workload_csv_view(request: HttpRequest) -> HttpResponse:
    """The same lines, one per officer and municipality."""
    _check(request)
    today = timezone.localdate()
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")  # the mark tells a spreadsheet that it is UTF-8
    response["Content-Disposition"] = f'attachment; filename="workload-{today:%Y-%m-%d}.csv"'
    table = csv.writer(response, delimiter=";")
    heads = (_("Officer"), _("Absences"), _("Municipality"), _("Role"), _("Open"), _("New"), _("Waiting"), _("Overdue"))
    table.writerow([harmless(str(head)) for head in heads])
    desks = workload(today)
    _show(request, desks, page="list")
    for desk in desks:
        for line in desk.lines:
            table.writerow([harmless(cell) for cell in _row(desk, line)])
    return response


def _show(request: HttpRequest, desks: list[Desk], *, page: str) -> None:
    """When a colleague is away is theirs: who looks at it is recorded."""
    show_people(request, User.objects.filter(pk__in=[desk.officer.pk for desk in desks if desk.officer]), page=page)


def _check(request: HttpRequest) -> None:
    if not request.user.has_perm(SEES_WORK):
        raise PermissionDenied


def _row(desk: Desk, line: Line) -> list[Any]:
    officer = desk.officer.full_name if desk.officer else _("Assigned to nobody")
    absences = ", ".join(period_words(absence.period) for absence in desk.absences)
    role = line.assignment.get_role_display() if line.assignment else ""
    counts = line.counts
    return [officer, absences, str(line.municipality), role, counts.open, counts.new, counts.waiting, counts.overdue]
