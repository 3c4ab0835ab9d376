"""Framework agreements: their state is read from signature and period, and never typed in."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from municipalities.admin.base import MunicipalityFilter, PortalAdmin
from municipalities.admin.history import period_words
from municipalities.admin.periods import PeriodForm, day_field
from partnerships.admin.badges import agreement_badge
from partnerships.models import Agreement


class AgreementForm(PeriodForm):
    beside: ClassVar = {
        "agreement_period_has_start": "starts_on",
        "agreement_covers_known_services": "services",
        "agreement_one_in_force_per_day": "starts_on",
    }

    signed_on = day_field(label=_("Signed on"), required=False, help_text=_("Empty while it is a draft."))
    college_decision_on = day_field(label=_("College decision"), required=False)
    council_decision_on = day_field(label=_("Council decision"), required=False)

    class Meta:
        model = Agreement
        exclude = ("period",)


class AgreementStateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return list(Agreement.State.choices)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() not in Agreement.State.values:
            return queryset
        return queryset.in_state(self.value(), timezone.localdate())


@admin.register(Agreement)
class AgreementAdmin(PortalAdmin):
    form = AgreementForm
    list_display = ("reference", "municipality", "state_column", "signed_on", "period_column")
    list_filter = (AgreementStateFilter, MunicipalityFilter)
    list_select_related = ("municipality",)
    search_fields = ("reference", "municipality__name_fr", "municipality__name_nl")
    search_help_text = _("Reference or municipality")
    ordering = ("-period", "pk")
    readonly_fields = ("state_column",)
    fieldsets = (
        (None, {"fields": (("municipality", "reference"), "state_column")}),
        (_("Decisions and signature"), {"fields": (("college_decision_on", "council_decision_on"), "signed_on")}),
        (_("In force"), {"fields": (("starts_on", "ends_on"), "services", "predecessor")}),
        (_("Signatories"), {"fields": (("signatories_municipality", "signatories_agency"),)}),
        (_("Notes"), {"fields": (("note_fr", "note_nl"),)}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("state"))
    def state_column(self, obj: Agreement | None) -> str | SafeString:
        if obj is None or obj.pk is None:
            return str(_("Follows from the signature and the period."))
        return agreement_badge(obj.state_on(timezone.localdate()))

    @admin.display(description=_("period"))
    def period_column(self, obj: Agreement) -> str:
        return period_words(obj.period)
