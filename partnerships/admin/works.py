"""Works sites in the administration: their list, and the pages of `partnerships.sites` in its frame."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from municipalities.admin.base import MunicipalityFilter, PortalAdmin, person_of
from partnerships.admin.badges import badge
from partnerships.compensation import windows_of
from partnerships.models import PlanVersion, ServiceRequest, WorksSite
from partnerships.sites.addresses import works_urls
from partnerships.sites.doors import Door

VIEW = "partnerships.view_servicerequest"


class SiteMunicipalityFilter(MunicipalityFilter):
    field = "request__municipality"


class OpenFilter(admin.SimpleListFilter):
    """Sites whose request is open; all of them on demand."""

    title = _("list")
    parameter_name = "list"
    template = "admin/tabs.html"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("open", pgettext_lazy("works sites", "Open")), ("all", pgettext_lazy("works sites", "All"))]

    def value(self) -> str:
        return "all" if super().value() == "all" else "open"

    def choices(self, changelist: Any) -> Any:
        return list(super().choices(changelist))[1:]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.still_open() if self.value() == "open" else queryset


@admin.register(WorksSite)
class WorksSiteAdmin(PortalAdmin):
    list_display = ("name_column", "municipality_column", "dates_column", "compensation_column", "plan_column")
    list_filter = (OpenFilter, SiteMunicipalityFilter)
    list_select_related = ("request__municipality",)
    ordering = ("-pk",)
    search_fields = ("name", "request__reference")
    search_help_text = _("Name of the works or reference of the request")
    change_list_template = "admin/partnerships/workssite/list.html"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        versions = models.Prefetch("versions", PlanVersion.objects.order_by("-number"))
        return WorksSite.objects.visible_to(person_of(request)).prefetch_related("phases", versions)

    # A site is part of its request: whoever may see the one may see the other, and its own pages change it.

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(VIEW)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(VIEW)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # --- Columns --------------------------------------------------------------------------------

    @admin.display(description=_("works site"))
    def name_column(self, obj: WorksSite) -> str:
        return f"{obj.request.reference} · {obj}"

    @admin.display(description=_("municipality"))
    def municipality_column(self, obj: WorksSite) -> str:
        return str(obj.municipality)

    @admin.display(description=_("works from–to"))
    def dates_column(self, obj: WorksSite) -> str:
        return " – ".join(date_format(day, "j b Y") for day in (obj.starts_on, obj.ends_on) if day) or "–"

    @admin.display(description=_("compensation"))
    def compensation_column(self, obj: WorksSite) -> str | SafeString:
        today = timezone.localdate()
        windows = [window for window in windows_of(obj.phases.all()) if window.closes_on >= today]
        if not windows:
            return "–"
        if windows[0].is_open(today):
            return badge(_("until %(date)s") % {"date": date_format(windows[0].closes_on, "j b Y")}, "good")
        return str(_("from %(date)s") % {"date": date_format(windows[0].opens_on, "j b Y")})

    @admin.display(description=_("action plan"))
    def plan_column(self, obj: WorksSite) -> str:
        version = next(iter(obj.versions.all()), None)
        return f"{version.number} · {version.get_state_display()}" if version else "–"

    # --- Addresses ------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        return works_urls(ADMINISTRATION, "", self.admin_site.admin_view) + super().get_urls()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        site = self.get_object(request, object_id)
        if site is None:
            raise Http404
        return redirect(ADMINISTRATION.url("site", site.request.key))

    def histories(self, obj: Any) -> list[Any]:
        raise Http404


def _request_page(shown: ServiceRequest) -> str:
    return reverse("admin:partnerships_servicerequest_change", args=[shown.pk])


ADMINISTRATION = Door(
    prefix="admin:",
    frame="admin/partnerships/workssite/frame.html",
    request_page=_request_page,
    around=lambda request: admin.site.each_context(request),  # noqa: PLW0108 - the site is made later
)
