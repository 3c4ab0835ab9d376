"""Traders' associations with the dated stages of their life and their contacts."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.admin.base import MunicipalityFilter, PortalAdmin, PortalInline
from municipalities.models import Association, AssociationContact, AssociationStage


class StageInline(PortalInline):
    model = AssociationStage
    fields = ("state", "since")
    extra = 1
    ordering = ("-since",)


class ContactInline(PortalInline):
    model = AssociationContact
    fields = ("name", "function", "email", "phone", "has_consented")
    extra = 1


class AssociationStateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return list(Association.State.choices)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(state=self.value()) if self.value() else queryset


@admin.register(Association)
class AssociationAdmin(PortalAdmin):
    imports = "associations"
    inlines = (StageInline, ContactInline)
    fields = (("name", "municipality"), "neighbourhood", ("enterprise_number", "website"))
    list_display = ("name", "municipality", "state_column", "since_column", "number_column")
    list_filter = (AssociationStateFilter, MunicipalityFilter)
    list_select_related = ("municipality",)
    search_fields = ("name",)
    search_help_text = _("Part of the name")
    ordering = ("sort_key", "pk")
    exports = (
        (_("name"), lambda row: row.name),
        (_("municipality"), lambda row: row.municipality),
        (_("state"), lambda row: row.state_label),
        (_("since"), lambda row: row.state_since),
        (_("enterprise number"), lambda row: row.written_enterprise_number),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        associations: Any = super().get_queryset(request)
        return associations.with_state(timezone.localdate())

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return queryset.matching(search_term), False

    def histories(self, obj: Association) -> list[Any]:
        """An association with its stages and contacts: one page, one history."""
        below = [model.history.filter(association_id=obj.pk) for model in (AssociationStage, AssociationContact)]  # type: ignore[attr-defined]
        return [Association.history.filter(id=obj.pk), *below]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An association that no longer works is dormant."""
        return False

    @admin.display(description=_("state"))
    def state_column(self, obj: Association) -> str:
        return obj.state_label or "–"

    @admin.display(description=_("since"))
    def since_column(self, obj: Any) -> Any:
        return obj.state_since

    @admin.display(description=_("enterprise number"))
    def number_column(self, obj: Association) -> str:
        return obj.written_enterprise_number or "–"
