"""The library in the portal: the list with its filters, the page of one document, and its files by permission."""

import uuid

from django.db.models import Prefetch
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from municipalities.http import PersonRequest
from municipalities.languages import content_language
from municipalities.models import Municipality
from partnerships.forms.library import LibraryFilter
from partnerships.models import LibraryFile, LibraryItem, ServiceRequest
from partnerships.models.library import LibraryItemQuerySet
from partnerships.uploads import serve_private

PAGE_SIZE = 20


@require_safe
def library(request: PersonRequest) -> HttpResponse:
    """What the reader may see, newest first, twenty a page; the filters offer only what leads to something."""
    visible = LibraryItem.objects.visible_to(request.user)
    form = LibraryFilter(request.GET, municipalities=_places(visible), years=_years(visible))
    chosen = form.chosen
    page = int(request.GET.get("page", "1")) if request.GET.get("page", "1").isdecimal() else 1
    page = min(max(page, 1), 1_000)
    start = (page - 1) * PAGE_SIZE
    rows = list(_found(visible, chosen).with_owner().order_by("-year", "-pk")[start : start + PAGE_SIZE + 1])
    context = {
        "rows": rows[:PAGE_SIZE],
        "form": form,
        "is_filtered": bool(chosen),
        "query": urlencode(chosen),
        "newer": page - 1,
        "older": page + 1 if len(rows) > PAGE_SIZE else 0,
    }
    return render(request, "partnerships/library/library.html", context)


def _found(items: LibraryItemQuerySet, chosen: dict[str, str]) -> LibraryItemQuerySet:
    if "kind" in chosen:
        items = items.filter(kind=chosen["kind"])
    if "municipality" in chosen:
        items = items.filter(municipality__slug=chosen["municipality"])
    if "year" in chosen:
        items = items.filter(year=int(chosen["year"]))
    return items.matching(chosen.get("q", ""))


def _places(visible: LibraryItemQuerySet) -> list[tuple[str, str]]:
    named = Municipality.objects.filter(pk__in=visible.order_by().values("municipality")).only("slug", "name_fr", "name_nl")
    return [(place.slug, str(place)) for place in named.order_by(f"sort_key_{content_language()}")]


def _years(visible: LibraryItemQuerySet) -> list[int]:
    return list(visible.order_by("-year").values_list("year", flat=True).distinct())


@require_safe
def library_item(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    """What it is, its newest files and those before, and its figures with source and date."""
    item = get_object_or_404(LibraryItem.objects.visible_to(request.user).with_owner(), key=key)
    versions = list(item.versions.prefetch_related(Prefetch("files", queryset=LibraryFile.objects.order_by("pk"))).order_by("-number"))
    context = {
        "item": item,
        "newest": versions[0] if versions else None,
        "older": versions[1:],
        "figures": item.figures.order_by("pk"),
        "shown_request": _request_of(request, item),
    }
    return render(request, "partnerships/library/library_item.html", context)


def _request_of(request: PersonRequest, item: LibraryItem) -> ServiceRequest | None:
    """The request it came of, for who may see that one too: who reads what is shared learns nothing of who asked for it."""
    visible = ServiceRequest.objects.visible_to(request.user)
    return visible.filter(pk=item.request_id).first() if item.request_id else None


@require_safe
def library_file(request: PersonRequest, key: uuid.UUID) -> HttpResponseBase:
    """A file of an item the reader may see, as a file to keep; none that the virus scanner has not passed."""
    file = get_object_or_404(LibraryFile.objects.visible_to(request.user).servable(), key=key)
    return serve_private(file.file, filename=file.name, content_type=file.content_type)
