"""Addresses that do not work: listed to be repaired, marked by hand, and said beside the person they belong to.

Here, because what comes back of mails is known to this app and not to the one below.
"""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from mailings.admin.deliveries import ReadOnlyAdmin
from mailings.coverage import failing_since
from mailings.forms import NotWorkingForm
from mailings.models import AddressState
from mailings.services import mark_address, repair_address
from mailings.services.returns import MAY_REPAIR
from municipalities.admin.base import YesFilter, person_of
from municipalities.admin.people import OfficialAdmin
from municipalities.http import show_people
from municipalities.models import Official, User

State = AddressState.State


class NoAddressFilter(YesFilter):
    title = _("address")
    parameter_name = "no_address"
    label = _("no working address")

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """People to whom the last mails failed, after the last one that arrived."""
        return queryset.filter(pk__in=unreachable(queryset)) if self.value() else queryset


def unreachable(people: Any) -> Any:
    return people.order_by().alias(failing=failing_since("pk", timezone.now())).filter(failing__isnull=False).values("pk")


@admin.register(AddressState)
class AddressStateAdmin(ReadOnlyAdmin):
    """The addresses that get no mailings until somebody repairs them: a list of work, empty when all is well."""

    list_display = ("email_column", "person", "since", "reason")
    list_display_links = None
    list_select_related = ("person",)
    search_fields = ("email", "person__last_name", "person__first_name")
    search_help_text = _("Name or e-mail address")
    ordering = ("-since", "-pk")

    def get_queryset(self, request: HttpRequest) -> Any:
        known: Any = super().get_queryset(request)
        return known.refusing().current()

    def people_listed(self, rows: Any) -> list[int]:
        return [row.person_id for row in rows if row.person_id]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(MAY_REPAIR)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def visible_or_404(self, request: HttpRequest, object_id: Any) -> AddressState:
        """Load through the permission; an address that works is no work, and has no page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        known = self.get_object(request, str(object_id))
        if known is None:
            raise Http404
        return known

    @admin.display(description=_("address"), ordering="email")
    def email_column(self, obj: AddressState) -> SafeString:
        return format_html('<a href="{}">{}</a>', _page(obj), obj.email)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/repair/", view(require_POST(self.repair_view)), name="mailings_addressstate_repair"),
            path("of/<int:pk>/", view(self.mark_view), name="mailings_addressstate_mark"),
        ]
        return own + super().get_urls()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What came back, since when, and the two ways to repair it."""
        known = self.visible_or_404(request, object_id)
        if known.person_id:
            show_people(request, User.objects.filter(pk=known.person_id), page="address")
        context = {**self.admin_site.each_context(request), "title": _("An address that does not work"), "opts": self.opts, "known": known}
        return TemplateResponse(request, "admin/mailings/address.html", context)

    def repair_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        known = self.visible_or_404(request, pk)
        repair_address(known, by=person_of(request))
        messages.success(request, _("Mailings go to %(address)s again.") % {"address": known.email})
        return redirect("admin:mailings_addressstate_changelist")

    def mark_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say by hand that mails do not arrive; it asks how that is known."""
        if not request.user.has_perm(MAY_REPAIR):
            raise PermissionDenied
        person = get_object_or_404(Official, pk=pk)
        if person.is_erased:
            raise Http404
        show_people(request, User.objects.filter(pk=pk), page="address")
        form = NotWorkingForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            mark_address(User.objects.get(pk=pk), by=person_of(request), reason=form.cleaned_data["reason"])
            messages.success(request, _("No more mailings go to %(address)s until it is repaired.") % {"address": person.email})
            return redirect("admin:municipalities_official_change", pk)
        context = {**self.admin_site.each_context(request), "title": _("This address does not work"), "opts": self.opts}
        context |= {"person": person, "form": form}
        return TemplateResponse(request, "admin/mailings/address_mark.html", context, status=422 if form.is_bound else 200)


def _page(known: AddressState) -> str:
    return reverse("admin:mailings_addressstate_change", args=[known.pk])


@admin.display(description=_("mails to this address"))
def address_field(obj: User | None) -> SafeString | str:
    """Whether mails arrive, with the page that repairs it or says so by hand."""
    if obj is None or not obj.pk:
        return "–"
    known = AddressState.objects.current().filter(person=obj.pk).order_by("pk").first()
    if known and known.state == State.HARD:
        return format_html('{} · <a href="{}">{}</a>', known.get_state_display(), _page(known), _("Repair it"))
    words = known.get_state_display() if known else State.OK.label
    return format_html('{} · <a href="{}">{}</a>', words, reverse("admin:mailings_addressstate_mark", args=[obj.pk]), _("It does not work"))


OfficialAdmin.list_filter = (*OfficialAdmin.list_filter, NoAddressFilter)
OfficialAdmin.readonly_fields = (*OfficialAdmin.readonly_fields, address_field)  # type: ignore[assignment]
OfficialAdmin.fieldsets = (*OfficialAdmin.fieldsets, (_("Mail"), {"fields": (address_field,)}))  # type: ignore[assignment]
