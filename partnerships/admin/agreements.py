"""Framework agreements: their state is read from signature, period and successor, and never typed in."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from municipalities.admin.base import MunicipalityFilter, PortalAdmin, PortalInline, person_of
from municipalities.admin.history import period_words
from partnerships.admin.agreement_forms import AgreementForm, AmendmentForm, SignatoryForm
from partnerships.admin.badges import agreement_badge
from partnerships.models import Agreement, AgreementAmendment, AgreementSignatory, AgreementTheme
from partnerships.renewals import differences, with_predecessor
from partnerships.services.agreements import RenewalNeedsEnd, choose_themes, keep_document, record_signature, renew_agreement
from partnerships.timelines import Timeline, timeline_of


class AgreementStateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return list(Agreement.State.choices)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() not in Agreement.State.values:
            return queryset
        return queryset.in_state(self.value(), timezone.localdate())


class SignatoryInline(PortalInline):
    model = AgreementSignatory
    form = SignatoryForm
    extra = 1


class AmendmentInline(PortalInline):
    model = AgreementAmendment
    form = AmendmentForm
    extra = 1
    can_delete = False


@admin.register(Agreement)
class AgreementAdmin(PortalAdmin):
    form = AgreementForm
    inlines = (SignatoryInline, AmendmentInline)
    change_form_template = "admin/partnerships/agreement/change_form.html"
    list_display = ("reference", "municipality", "state_column", "signed_on", "period_column")
    list_filter = (AgreementStateFilter, MunicipalityFilter)
    list_select_related = ("municipality", "successor")
    search_fields = ("reference", "municipality__name_fr", "municipality__name_nl")
    search_help_text = _("Reference or municipality")
    exports = (
        (_("reference"), lambda row: row.reference),
        (_("municipality"), lambda row: row.municipality),
        (_("signed on"), lambda row: row.signed_on),
        (_("first day"), lambda row: row.starts_on),
        (_("last day"), lambda row: row.ends_on),
    )
    ordering = ("-period", "pk")
    readonly_fields = ("state_column", "document_column")
    fieldsets = (
        (None, {"fields": (("municipality", "reference"), "state_column")}),
        (
            _("Decisions and signature"),
            {"fields": (("college_decision_on", "council_decision_on"), "signed_on", ("first_signed_on", "first_signed_precision"))},
        ),
        (_("In force"), {"fields": (("starts_on", "ends_on"), "services", "predecessor")}),
        (_("What the two work on"), {"fields": ("chosen_themes", ("working_methods_fr", "working_methods_nl"))}),
        (_("Signed document"), {"fields": ("document_column", "upload")}),
        (_("Notes"), {"fields": (("note_fr", "note_nl"),)}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # --- Columns --------------------------------------------------------------------------------

    @admin.display(description=_("state"))
    def state_column(self, obj: Agreement | None) -> str | SafeString:
        if obj is None or obj.pk is None:
            return str(_("Follows from the signature and the period."))
        return agreement_badge(obj.state_on(timezone.localdate()))

    @admin.display(description=_("period"))
    def period_column(self, obj: Agreement) -> str:
        return period_words(obj.period)

    @admin.display(description=_("kept now"))
    def document_column(self, obj: Agreement | None) -> str | SafeString:
        if obj is None or not obj.document:
            return str(_("No document is kept yet."))
        url = reverse("agreement_document", args=[obj.key])
        return format_html('<a href="{}">{}</a><br><small>SHA-256 {}</small>', url, obj.document_name, obj.document_sha256)

    # --- Saving ---------------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Agreement, form: forms.ModelForm, change: bool) -> None:
        """Save; a first day of signature is an event of its own, as is a document."""
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            choose_themes(obj, form.cleaned_data["chosen_themes"])
            if obj.signed_on and form.initial.get("signed_on") is None:
                record_signature(obj, by=person_of(request))
            if pdf := form.cleaned_data["upload"]:
                keep_document(obj, by=person_of(request), pdf=pdf)

    def histories(self, obj: Agreement) -> list[Any]:
        parts = (AgreementSignatory, AgreementAmendment, AgreementTheme)
        return [*super().histories(obj), *(part.history.filter(agreement_id=obj.pk) for part in parts)]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Which agreement it follows is chosen among the signed ones."""
        if db_field.name == "predecessor":
            kwargs.setdefault("queryset", Agreement.objects.signed().order_by("reference"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    # --- Pages ----------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/renew/", view(require_POST(self.renew_view)), name="partnerships_agreement_renew"),
            path("<int:pk>/compare/", view(require_safe(self.compare_view)), name="partnerships_agreement_compare"),
        ]
        return own + super().get_urls()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        extra = self._beside_form(request, object_id) if request.method == "GET" and object_id.isdigit() else {}
        blank = {"timeline": None, "agreement": None, "may_renew": False}
        return super().change_view(request, object_id, form_url, blank | extra | (extra_context or {}))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> HttpResponse:
        blank = {"timeline": None, "agreement": None, "may_renew": False}
        return super().add_view(request, form_url, blank | (extra_context or {}))

    def _beside_form(self, request: HttpRequest, object_id: str) -> dict[str, Any]:
        agreement = Agreement.objects.with_all().filter(pk=object_id).first()
        if agreement is None or not self.has_view_permission(request):
            return {}
        is_renewable = bool(agreement.signed_on and agreement.ends_on and not agreement.renewal)
        return {
            "agreement": agreement,
            "timeline": _timeline(agreement),
            "may_renew": is_renewable and self.has_add_permission(request),
        }

    def renew_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Draft what follows, or lead to the draft that is there already."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        agreement = self._found(pk)
        try:
            renewal = renew_agreement(agreement, by=person_of(request))
        except RenewalNeedsEnd:
            messages.error(request, _("Only a signed agreement with a last day can be renewed."))
            return redirect("admin:partnerships_agreement_change", agreement.pk)
        messages.success(
            request, _("The draft is there. Look at what changes, then sign it by giving it its day of signature and its period.")
        )
        return redirect("admin:partnerships_agreement_compare", renewal.pk)

    def compare_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """An agreement beside the one it follows."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        agreement = self._found(pk)
        if agreement.predecessor is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": _("What changes with %(reference)s") % {"reference": agreement.reference},
            "opts": self.opts,
            "agreement": agreement,
            "differences": differences(agreement),
        }
        return TemplateResponse(request, "admin/partnerships/agreement/compare.html", context)

    def _found(self, pk: int) -> Agreement:
        agreement = with_predecessor(Agreement.objects.with_all()).filter(pk=pk).first()
        if agreement is None:
            raise Http404
        return agreement


def _timeline(agreement: Agreement) -> Timeline | None:
    """All of the municipality, drafts too, each leading to its page here."""
    rows: models.QuerySet[Agreement] = agreement.municipality.agreements.select_related("successor").prefetch_related("amendments")
    return timeline_of(
        agreement.municipality,
        rows.order_by("period", "pk"),
        timezone.localdate(),
        lambda one: reverse("admin:partnerships_agreement_change", args=[one.pk]),
    )
