"""Absences: everybody enters their own, the lead anybody's; from then on the dates do the rest."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from municipalities.admin.base import PortalAdmin, YesFilter, person_of
from municipalities.admin.history import period_words
from municipalities.admin.periods import PeriodForm, day_field
from municipalities.models import User
from partnerships.admin.badges import badge
from partnerships.admin.request_acts import people_who_handle_requests
from partnerships.models import Absence
from partnerships.permissions import LEAD_TEAM, may_enter_absence
from partnerships.services.absences import cancel_absence, enter_absence


class AbsenceForm(PeriodForm):
    beside: ClassVar = {"absence_has_first_and_last_day": "ends_on", "absence_once_per_officer_and_day": "starts_on"}

    ends_on = day_field(label=_("Last day"), help_text=_("This day is still included; from the next day on the SPOC is back in front."))

    class Meta:
        model = Absence
        fields = ("officer",)


class NotOverFilter(YesFilter):
    title = _("period")
    parameter_name = "not_over"
    label = _("today or to come")

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.not_over(timezone.localdate()) if self.value() else queryset


@admin.register(Absence)
class AbsenceAdmin(PortalAdmin):
    form = AbsenceForm
    fields = ("officer", ("starts_on", "ends_on"))
    list_display = ("officer", "period_column", "today_column")
    list_filter = (NotOverFilter,)
    list_select_related = ("officer",)
    search_fields = ("officer__last_name", "officer__first_name")
    search_help_text = _("Name")
    ordering = ("-period", "pk")

    def has_change_permission(self, request: HttpRequest, obj: Absence | None = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and (obj is None or may_enter_absence(person_of(request), obj.officer))

    def has_delete_permission(self, request: HttpRequest, obj: Absence | None = None) -> bool:
        """What has begun happened: its last day is brought forward, but it is not taken back."""
        may = super().has_delete_permission(request, obj)
        is_past = obj is not None and obj.has_begun(timezone.localdate())
        return may and not is_past and (obj is None or may_enter_absence(person_of(request), obj.officer))

    def save_model(self, request: HttpRequest, obj: Absence, form: Any, change: bool) -> None:
        enter_absence(obj, by=person_of(request))

    def delete_model(self, request: HttpRequest, obj: Absence) -> None:
        cancel_absence(obj, by=person_of(request))

    def people_listed(self, rows: Any) -> list[int]:
        """When a colleague is away is theirs: who looks at it is recorded."""
        return [absence.officer_id for absence in rows]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Who may choose only themselves finds themselves chosen."""
        if db_field.name == "officer":
            person = person_of(request)
            everybody = request.user.has_perm(LEAD_TEAM)
            kwargs["queryset"] = people_who_handle_requests() if everybody else User.objects.filter(pk=person.pk)
            kwargs["initial"] = person.pk
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("period"))
    def period_column(self, obj: Absence) -> str:
        return period_words(obj.period)

    @admin.display(description=_("today"))
    def today_column(self, obj: Absence) -> str | SafeString:
        return badge(_("absent"), "warn") if timezone.localdate() in obj.period else ""
