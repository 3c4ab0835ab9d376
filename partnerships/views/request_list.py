"""The list of requests in the portal: narrowed, searched, paged along its index, and as a file."""

from typing import Any, NamedTuple

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from municipalities.admin.exports import CHUNK, Column, as_csv, lines_of
from municipalities.http import PersonRequest
from municipalities.languages import content_language
from municipalities.models import User
from municipalities.places import Neighbourhood, Street
from partnerships.forms.request_filter import RequestFilter
from partnerships.models import ServiceRequest

PAGE_SIZE = 20
COUNT_UP_TO = 500


def _turn(row: ServiceRequest) -> Any:
    if row.is_turn_of_municipality:
        return _("the municipality")
    return _("hub.brussels") if row.is_turn_of_agency else ""


COLUMNS: tuple[Column, ...] = (
    (_("reference"), lambda row: row.reference),
    (_("title"), lambda row: row.title),
    (_("municipality"), lambda row: row.municipality),
    (_("type of request"), lambda row: row.get_kind_display()),
    (_("state"), lambda row: row.get_state_display()),
    (_("whose turn"), _turn),
    (_("neighbourhood or streets"), lambda row: row.area),
    (_("asked by"), lambda row: row.who),
    (_("made on"), lambda row: timezone.localdate(row.created_at)),
    (_("submitted on"), lambda row: row.submitted_at and timezone.localdate(row.submitted_at)),
    (_("expected on"), lambda row: row.due_on),
    (_("ended on"), lambda row: row.ended_at and timezone.localdate(row.ended_at)),
)


def _visible(user: User) -> Any:
    """What this person may see; 404 for somebody who has no list."""
    may = user.municipality_ids_on(timezone.localdate()) or (user.is_staff and user.has_perm("partnerships.view_servicerequest"))
    if not may:
        raise Http404
    return ServiceRequest.objects.visible_to(user)


@require_safe
def request_list(request: PersonRequest) -> HttpResponse:
    """The requests the reader may see, newest first, twenty a page."""
    visible = _visible(request.user)
    choice = RequestFilter(request.GET)
    found = choice.narrow(visible)
    page = _page(found.select_related("municipality", "asked_by", "asked_for"), visible, choice)
    own = request.user.municipalities_on(timezone.localdate(), writing=True)
    context = {
        "filter": choice,
        "rows": page.rows,
        "count": found.order_by()[: COUNT_UP_TO + 1].count(),
        "count_up_to": COUNT_UP_TO,
        "has_several": len(own) != 1,
        "may_ask": bool(own),
        "tabs": [(value, label, choice.kept(show=value)) for value, label in RequestFilter.SHOWS],
        "words": choice.value("q", ""),
        "everywhere": choice.kept(show=RequestFilter.ALL),
        "kept": choice.kept(),
        "places": _places(request.user),
        "newer": page.newer and page.rows[0].key,
        "older": page.older and page.rows[-1].key,
    }
    return render(request, "partnerships/requests/request_list.html", context)


@require_safe
def request_list_csv(request: PersonRequest) -> HttpResponseBase:
    """The same list as a file, all its pages."""
    found = RequestFilter(request.GET).narrow(_visible(request.user)).newest_first()
    rows = found.select_related("municipality", "asked_by", "asked_for").iterator(chunk_size=CHUNK)
    return as_csv(str(_("requests")), lines_of(COLUMNS, rows))


class Page(NamedTuple):
    """Some rows of the list, and whether there are newer or older ones."""

    rows: list[ServiceRequest]
    newer: bool
    older: bool


def _page(found: Any, visible: Any, choice: RequestFilter) -> Page:
    """From a row the reader saw, one way or the other; a row they may not see, or that is gone, is the beginning."""
    after, before = _row(visible, choice.value("after")), _row(visible, choice.value("before"))
    if after:
        rows = list(found.older_than(after)[: PAGE_SIZE + 1])
        return Page(rows[:PAGE_SIZE], newer=bool(rows), older=len(rows) > PAGE_SIZE)
    if before:
        rows = list(found.newer_than(before)[: PAGE_SIZE + 1])
        return Page(rows[:PAGE_SIZE][::-1], newer=len(rows) > PAGE_SIZE, older=bool(rows))
    rows = list(found.newest_first()[: PAGE_SIZE + 1])
    return Page(rows[:PAGE_SIZE], newer=False, older=len(rows) > PAGE_SIZE)


def _row(visible: Any, key: Any) -> ServiceRequest | None:
    return visible.only("created_at").filter(key=key).first() if key else None


def _places(user: User) -> list[str]:
    """The names offered while one types a street or neighbourhood: those of the reader's municipalities."""
    here = user.municipality_ids_on(timezone.localdate())
    column = f"name_{content_language()}"
    named = [model.objects.filter(municipality__in=here).order_by().values_list(column, flat=True) for model in (Neighbourhood, Street)]
    return sorted(set(named[0].union(named[1], all=True))) if here else []
