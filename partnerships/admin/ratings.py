"""The year's satisfaction, as a page with its picture and as a table for a spreadsheet; nobody is named in either."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.admin.base import PortalAdmin
from municipalities.admin.exports import as_csv, harmless
from partnerships.models import Rating
from partnerships.satisfaction import SCORES, Line, Year, plot_of, satisfaction_in, years_with_closings


@admin.register(Rating)
class RatingAdmin(PortalAdmin):
    """Answers are read on the page of their request; here they are counted."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("", view(self.changelist_view), name="partnerships_rating_changelist"),
            path("satisfaction.csv", view(self.csv_view), name="partnerships_rating_csv"),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """One year: the picture, the table behind it, and the same by type of request and municipality."""
        year, years = self._year(request)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Satisfaction of the municipalities in %(year)s") % {"year": year.number},
            "year": year,
            "years": years,
            "plot": plot_of(year),
            "scores": Rating.Score.choices,
            "fewest": settings.RATING_FEWEST,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/satisfaction/year.html", context)

    def csv_view(self, request: HttpRequest) -> HttpResponseBase:
        year, _years = self._year(request)
        return as_csv(f"satisfaction-{year.number}", _table(year))

    def _year(self, request: HttpRequest) -> tuple[Year, list[int]]:
        if not self.has_view_permission(request):
            raise PermissionDenied
        years = years_with_closings(timezone.localdate())
        wanted = request.GET.get("year", "")
        return satisfaction_in(int(wanted) if wanted in {str(year) for year in years} else years[0]), years


def _table(year: Year) -> Iterator[list[str]]:
    heads = [_("Cut"), _("Line"), _("Closed requests"), _("Answers"), _("Average"), *(str(score) for score in SCORES)]
    yield [harmless(head) for head in heads]
    for group in year.groups:
        for line in group.lines:
            yield [harmless(cell) for cell in _cells(group.heading, line)]
    yield [harmless(cell) for cell in _cells(_("All"), year.total)]


def _cells(heading: str, line: Line) -> list[Any]:
    spread: list[Any] = [*line.spread] if line.spread else [""] * len(SCORES)
    average = "" if line.average is None else line.average_words
    return [heading, line.label, line.closed, line.answers, average, *spread]
