"""Consultations in the administration; here, because the invitation that is shown first is a mail, known to this app alone."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from mailings.admin.consultation_acts import circle_facts, urls_of
from mailings.admin.consultation_forms import ConsultationForm
from municipalities.admin.base import PortalAdmin, YesFilter, person_of
from partnerships.admin.badges import badge
from partnerships.consultation_table import Step, can_step
from partnerships.models import Consultation, ConsultationAction, Invitation
from partnerships.services.consultations import add_files, save_consultation

TONES = {"invited": "info", "held": "warn", "published": "good", "cancelled": "bad"}


@admin.register(Consultation)
class ConsultationAdmin(PortalAdmin):
    """Drawn up here; invited, called off, held and written up on pages of their own."""

    form = ConsultationForm
    change_form_template = "admin/consultations/change_form.html"
    list_display = ("title_column", "starts_column", "state_column", "answers_column")
    list_filter = ("state",)
    search_fields = ("title_fr", "title_nl")
    ordering = ("-starts_at", "-pk")
    readonly_fields = ("state_column", "files_column")
    fieldsets = (
        (None, {"fields": ("state_column", ("title_fr", "title_nl"), ("host_fr", "host_nl"))}),
        (_("When and where"), {"fields": (("starts_at", "ends_at"), ("link", "place"), "seats")}),
        (_("Agenda"), {"fields": (("agenda_fr", "agenda_nl"), ("practical_fr", "practical_nl"), "themes")}),
        (_("Who is invited"), {"fields": ("roles", "portfolios", "municipalities")}),
        (_("Documents"), {"fields": ("files_column", "uploads")}),
    )

    def get_urls(self) -> list[URLPattern]:
        return urls_of(self) + super().get_urls()

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        standing = models.Q(invitations__withdrawn_at=None, invitations__isnull=False)
        coming = standing & models.Q(invitations__answer__in=Invitation.COMING, invitations__waiting=None)
        visible = Consultation.objects.visible_to(person_of(request))
        return visible.annotate(
            invited=models.Count("invitations", filter=standing), coming_number=models.Count("invitations", filter=coming)
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """While it is drafted or announced; what was held or called off stays as it was."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or obj.state in {Consultation.State.DRAFT, Consultation.State.INVITED})

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Consultation, form: forms.ModelForm, change: bool) -> None:
        """Everything goes through the services: they tell calendars, and record it."""
        words, person = form.cleaned_data, person_of(request)
        saved = save_consultation(obj, by=person, municipalities=words["municipalities"], themes=words["themes"])
        if words["uploads"]:
            add_files(saved, by=person, files=words["uploads"])

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().change_view(request, object_id, form_url, self._beside(request, object_id) | (extra_context or {}))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().add_view(request, form_url, {"consultation": None} | (extra_context or {}))

    def _beside(self, request: HttpRequest, object_id: str) -> dict[str, Any]:
        found = Consultation.objects.visible_to(person_of(request)).filter(pk=object_id).first() if object_id.isdigit() else None
        if found is None:
            return {"consultation": None}
        person = person_of(request)
        has_begun = found.starts_at <= timezone.now()
        return circle_facts(found) | {
            "consultation": found,
            "may_invite": can_step(person, Step.INVITE, found),
            "may_cancel": can_step(person, Step.CANCEL, found),
            "may_hold": (can_step(person, Step.HOLD, found) and has_begun) or can_step(person, Step.PUBLISH, found),
            "may_write": can_step(person, Step.PUBLISH, found),
        }

    # --- Columns --------------------------------------------------------------------------------

    @admin.display(description=_("title"))
    def title_column(self, obj: Consultation) -> str:
        return obj.title

    @admin.display(description=_("begins"))
    def starts_column(self, obj: Consultation) -> str:
        return date_format(timezone.localtime(obj.starts_at), "j b Y, H:i")

    @admin.display(description=_("state"))
    def state_column(self, obj: Consultation | None) -> str | SafeString:
        if obj is None or obj.pk is None:
            return str(_("Nobody is told before you invite."))
        return badge(obj.get_state_display(), TONES.get(obj.state, ""))

    @admin.display(description=_("coming / invited"))
    def answers_column(self, obj: Any) -> str:
        return f"{obj.coming_number} / {obj.invited}"

    @admin.display(description=_("kept now"))
    def files_column(self, obj: Consultation | None) -> str | SafeString:
        if obj is None or obj.pk is None:
            return "–"
        lines = [(reverse("consultation_file", args=[file.key]), file.name) for file in obj.files.order_by("pk")]
        return format_html_join("", '<span class="line"><a href="{}">{}</a></span>', lines) or "–"


class OpenFilter(YesFilter):
    title = _("open")
    parameter_name = "open"
    label = _("Not done yet")

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.open() if self.value() else queryset


@admin.register(ConsultationAction)
class ConsultationActionAdmin(PortalAdmin):
    """What was agreed and is followed up; it is ticked by its holder in the portal, or here."""

    list_display = ("what_column", "holder_column", "due_on", "done_column")
    list_display_links = None
    list_filter = (OpenFilter,)
    list_select_related = ("consultation", "municipality")
    ordering = ("due_on", "pk")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return ConsultationAction.objects.visible_to(person_of(request))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse | TemplateResponse:
        return super().changelist_view(request, {**(extra_context or {}), "title": _("Actions agreed at consultations")})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("what"))
    def what_column(self, obj: ConsultationAction) -> SafeString:
        url = reverse("admin:partnerships_consultation_minutes", args=[obj.consultation_id])
        return format_html_join("", '<a href="{}">{}</a>', [(url, obj.what)])

    @admin.display(description=_("who"))
    def holder_column(self, obj: ConsultationAction) -> str:
        return obj.holder_name

    @admin.display(description=_("state"))
    def done_column(self, obj: ConsultationAction) -> SafeString:
        if obj.done_on:
            return badge(_("done on %(date)s") % {"date": date_format(obj.done_on, "j b Y")}, "good")
        return badge(_("late"), "warn") if obj.is_late(timezone.localdate()) else badge(_("open"))
