"""Streets that matter to local trade: found, filtered and exported; they come by list, and are entered nowhere else."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from municipalities.admin.base import MunicipalityFilter, PortalAdmin
from municipalities.languages import content_language
from municipalities.models import Street


@admin.register(Street)
class StreetAdmin(PortalAdmin):
    imports = "streets"
    list_display = ("name_fr", "name_nl", "municipality", "neighbourhood", "kind")
    list_display_links = None
    list_filter = (MunicipalityFilter, "kind")
    list_select_related = ("municipality", "neighbourhood")
    search_fields = ("name_fr",)
    search_help_text = _("Part of the name")
    exports = (
        (_("municipality"), lambda row: row.municipality),
        (_("name in French"), lambda row: row.name_fr),
        (_("name in Dutch"), lambda row: row.name_nl),
        (_("kind"), lambda row: row.get_kind_display()),
        (_("neighbourhood"), lambda row: row.neighbourhood),
    )

    def get_ordering(self, request: HttpRequest) -> Any:
        return [f"sort_key_{content_language()}", "pk"]

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return (queryset.matching(search_term) if search_term.strip() else queryset), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
