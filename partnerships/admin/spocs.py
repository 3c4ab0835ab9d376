"""Who at the agency answers for a municipality, as SPOC or deputy, and when."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.admin.base import MunicipalityFilter, PortalAdmin, YesFilter
from municipalities.admin.history import period_words
from municipalities.admin.periods import PeriodForm
from municipalities.models import User
from partnerships.admin.workload import workload_csv_view, workload_view
from partnerships.models import SpocAssignment


class SpocAssignmentForm(PeriodForm):
    beside: ClassVar = {
        "spoc_period_has_start": "starts_on",
        "spoc_one_per_role_and_day": "starts_on",
        "spoc_and_deputy_differ": "officer",
    }

    class Meta:
        model = SpocAssignment
        fields = ("municipality", "officer", "role")


class InForceFilter(YesFilter):
    title = _("period")
    parameter_name = "in_force"
    label = _("in force today")

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.in_force(timezone.localdate()) if self.value() else queryset


@admin.register(SpocAssignment)
class SpocAssignmentAdmin(PortalAdmin):
    form = SpocAssignmentForm
    fields = (("municipality", "role"), "officer", ("starts_on", "ends_on"))
    list_display = ("municipality", "role_column", "officer", "period_column")
    list_filter = (InForceFilter, "role", MunicipalityFilter)
    list_select_related = ("municipality", "officer")
    exports = (
        (_("municipality"), lambda row: row.municipality),
        (_("role"), lambda row: row.get_role_display()),
        (_("member of staff"), lambda row: row.officer),
        (_("first day"), lambda row: row.starts_on),
        (_("last day"), lambda row: row.ends_on),
    )
    search_fields = ("municipality__name_fr", "municipality__name_nl", "officer__last_name", "officer__first_name")
    search_help_text = _("Municipality or name")
    ordering = ("municipality__sort_key_fr", "-role", "-period", "pk")

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(lambda request: workload_view(request, self.admin_site))
        own = [
            path("workload/", page, name="partnerships_spocassignment_workload"),
            path("workload/csv/", self.admin_site.admin_view(workload_csv_view), name="partnerships_spocassignment_workload_csv"),
        ]
        return own + super().get_urls()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A SPOC is somebody of the team who may handle requests; whoever holds the role already stays in the list."""
        if db_field.name == "officer":
            kwargs["queryset"] = User.objects.staff().order_by("last_name", "first_name", "pk")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("role"))
    def role_column(self, obj: SpocAssignment) -> str:
        return obj.get_role_display()

    @admin.display(description=_("period"))
    def period_column(self, obj: SpocAssignment) -> str:
        return period_words(obj.period)
