"""Delegations in the administration: read, and ended by the team; given by mayors and aldermen alone."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from municipalities.admin.base import MunicipalityFilter, PortalAdmin, YesFilter, person_of
from municipalities.delegations import Delegation
from partnerships.services.delegations import DelegationNotAllowed, may_revoke, revoke_delegation


class InForceFilter(YesFilter):
    title = _("period")
    parameter_name = "in_force"
    label = _("in force today")

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.in_force(timezone.localdate()) if self.value() else queryset


class OfMandateFilter(MunicipalityFilter):
    field = "mandate__municipality"


@admin.register(Delegation)
class DelegationAdmin(PortalAdmin):
    change_form_template = "admin/municipalities/delegation/delegation.html"
    list_display = ("__str__", "municipality_column", "scope", "state_column", "last_day_column")
    list_filter = (InForceFilter, OfMandateFilter)
    list_select_related = ("mandate__user", "mandate__municipality", "delegate")
    search_fields = ("delegate__last_name", "mandate__user__last_name")
    search_help_text = _("Last name of either")
    fields = ("mandate", "delegate", "scope", "state_column", "last_day_column", "invited_at", "accepted_at", "declined_at", "revoked_at")
    readonly_fields = fields

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("municipalities.view_mandate")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def histories(self, obj: Delegation) -> list[Any]:
        """Its times are its history."""
        return []

    def get_urls(self) -> list[Any]:
        address = path("<int:pk>/end/", self.admin_site.admin_view(self.end_view), name="municipalities_delegation_end")
        return [address, *super().get_urls()]

    @method_decorator(require_POST)
    def end_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End it at once."""
        delegation = get_object_or_404(Delegation.objects.select_related("mandate"), pk=pk)
        if not may_revoke(person_of(request), delegation):
            raise PermissionDenied
        try:
            revoke_delegation(delegation, by=person_of(request))
        except DelegationNotAllowed:
            messages.info(request, gettext("This delegation had already ended."))
        else:
            messages.success(request, gettext("The delegation has ended, as of this moment."))
        return redirect("admin:municipalities_delegation_change", pk)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        shown = kwargs.get("obj") or context["original"]
        standing = shown.state_on(timezone.localdate()) in {Delegation.State.INVITED, Delegation.State.IN_FORCE}
        context["may_end"] = standing and may_revoke(person_of(request), shown)
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("municipality"))
    def municipality_column(self, obj: Delegation) -> str:
        return str(obj.mandate.municipality)

    @admin.display(description=_("state"))
    def state_column(self, obj: Delegation) -> str:
        return str(obj.state_on(timezone.localdate()).label)

    @admin.display(description=_("last day"))
    def last_day_column(self, obj: Delegation) -> Any:
        return obj.ends_on or "–"
