"""The 19 municipalities with what covers them today; here, because coverage is known to this app and not to the one below."""

import datetime as dt
from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models.functions import Concat
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from municipalities.admin.base import PortalAdmin
from municipalities.admin.bulk import BulkActs
from municipalities.languages import content_language
from municipalities.models import Mandate, Municipality
from partnerships.admin.badges import agreement_badge, badge
from partnerships.models import Agreement, SpocAssignment

PRIORITY = (
    Agreement.State.IN_FORCE,
    Agreement.State.EXPIRING,
    Agreement.State.SIGNED,
    Agreement.State.DRAFT,
    Agreement.State.EXPIRED,
    Agreement.State.RENEWED,
)


def _first_name_of(rows: models.QuerySet, person: str) -> models.Subquery:
    name = Concat(f"{person}__first_name", models.Value(" "), f"{person}__last_name")
    return models.Subquery(rows.filter(municipality=models.OuterRef("pk")).order_by("pk").values(full_name=name)[:1])


@admin.register(Municipality)
class MunicipalityAdmin(BulkActs, PortalAdmin):
    search_fields = ("name_fr", "name_nl")
    exports = (
        (_("NIS code"), lambda row: row.nis_code),
        (_("name in French"), lambda row: row.name_fr),
        (_("name in Dutch"), lambda row: row.name_nl),
        (_("postcodes"), lambda row: " ".join(row.postcodes)),
        (_("population"), lambda row: row.population),
        (_("mayor"), lambda row: row.mayor_name),
        (_("SPOC"), lambda row: row.spoc_name),
        (_("deputy"), lambda row: row.deputy_name),
    )
    search_help_text = _("Part of the name, postcode, code or NIS code")
    list_display = ("name_column", "postcodes_column", "mayor_column", "spoc_column", "deputy_column", "agreement_column")
    readonly_fields = ("nis_code", "code", "slug", "name_fr", "name_nl")
    fieldsets = (
        (None, {"fields": (("name_fr", "name_nl"), ("official_style_fr", "official_style_nl"), ("nis_code", "code", "slug"))}),
        (_("Reach"), {"fields": ("postcodes", ("website_fr", "website_nl"), "mail_address")}),
        (_("Figures"), {"fields": (("population", "population_on"), "area_km2")}),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        """With mayor, SPOC and deputy of today; the names are asked in the same query, the agreements in one more."""
        today = timezone.localdate()
        spocs = SpocAssignment.objects.in_force(today)
        return (
            super()
            .get_queryset(request)
            .defer("outline")
            .annotate(
                mayor_name=_first_name_of(Mandate.objects.in_force(today).filter(role=Mandate.Role.MAYOR), "user"),
                spoc_name=_first_name_of(spocs.primary(), "officer"),
                deputy_name=_first_name_of(spocs.filter(role=SpocAssignment.Role.DEPUTY), "officer"),
            )
            .prefetch_related(
                models.Prefetch("agreements", queryset=Agreement.objects.select_related("successor").order_by("-period", "pk"))
            )
        )

    def get_ordering(self, request: HttpRequest) -> Any:
        return [f"sort_key_{content_language()}", "pk"]

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return (queryset.matching(search_term) if search_term.strip() else queryset), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The 19 are loaded from the reference list; there is no twentieth to type in."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("municipality"))
    def name_column(self, obj: Municipality) -> str:
        return str(obj)

    @admin.display(description=_("postcodes"))
    def postcodes_column(self, obj: Municipality) -> str:
        return ", ".join(obj.postcodes)

    @admin.display(description=_("mayor"))
    def mayor_column(self, obj: Any) -> str | SafeString:
        return obj.mayor_name or badge(_("none today"), "bad")

    @admin.display(description=_("SPOC"))
    def spoc_column(self, obj: Any) -> str | SafeString:
        return obj.spoc_name or badge(_("none today"), "bad")

    @admin.display(description=_("deputy"))
    def deputy_column(self, obj: Any) -> str | SafeString:
        return obj.deputy_name or badge(_("none today"), "warn")

    @admin.display(description=_("agreement"))
    def agreement_column(self, obj: Municipality) -> SafeString:
        state = _state_of(obj.agreements.all(), timezone.localdate())
        return agreement_badge(state) if state else badge(_("none"), "bad")


def _state_of(agreements: Any, today: dt.date) -> Agreement.State | None:
    """The state that says most about today: one in force before one to come, one to come before one that has ended."""
    states = {agreement.state_on(today) for agreement in agreements}
    return next((state for state in PRIORITY if state in states), None)
