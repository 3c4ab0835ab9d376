"""Sendings and the mails they are made of: read, paused, resumed, and doubts settled; never edited."""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from mailings.admin.run_places import SEND
from mailings.admin.run_proofs import RunProofs
from mailings.admin.tones import TONES
from mailings.forms import StopForm
from mailings.models import Delivery, Run
from mailings.progress import doubts_of, progress_now, stopping_of
from mailings.services import MailingActionNotAllowed, pause_run, resume_run, settle_doubt, stop_run
from municipalities.admin.base import MunicipalityFilter, PortalAdmin, person_of
from municipalities.http import show_people
from municipalities.models import Mandate, User
from partnerships.admin.badges import badge

ABOUT_MAILINGS = (Delivery.Kind.MAILING, Delivery.Kind.TEST)
RUN_TONES = {Run.State.RUNNING: "info", Run.State.PAUSED: "bad", Run.State.STOPPED: "warn", Run.State.DONE: "good"}


class ReadOnlyAdmin(PortalAdmin):
    """Written by services alone."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """What happened to a sending is in the timeline of its mailing."""
        raise Http404


# --- Sendings -----------------------------------------------------------------------------------


@admin.register(Run)
class RunAdmin(RunProofs, ReadOnlyAdmin):
    list_display = ("mailing", "state_column", "planned_at", "finished_at")
    list_filter = ("state",)
    list_select_related = ("mailing",)
    ordering = ("-pk",)

    @admin.display(description=_("state"))
    def state_column(self, obj: Run) -> SafeString:
        return badge(obj.get_state_display(), RUN_TONES[Run.State(obj.state)])

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("<int:pk>/pause/", self.admin_site.admin_view(require_POST(self.pause_view)), name="mailings_run_pause"),
            path("<int:pk>/resume/", self.admin_site.admin_view(require_POST(self.resume_view)), name="mailings_run_resume"),
            path("<int:pk>/stop/", self.admin_site.admin_view(self.stop_view), name="mailings_run_stop"),
            path("<int:pk>/progress/", self.admin_site.admin_view(require_safe(self.progress_view)), name="mailings_run_progress"),
        ]
        return own + self.place_urls() + self.proof_urls() + super().get_urls()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """How far the sending is: a bar per state, the mails in doubt, and the switches."""
        run = self.visible_or_404(request, object_id)
        doubts = doubts_of(run)
        if doubts:
            show_people(
                request, User.objects.filter(pk__in=[delivery.recipient_id for delivery in doubts if delivery.recipient_id]), page="listed"
            )
        context = {
            **self.admin_site.each_context(request),
            "title": str(run.mailing),
            "opts": self.opts,
            "run": run,
            "state_badge": self.state_column(run),
            "progress": progress_now(run),
            "doubts": doubts,
            "stopped": stopping_of(run) if run.stopped_at else None,
            "may_send": request.user.has_perm(SEND),
        }
        return TemplateResponse(request, "admin/mailings/run.html", context)

    def progress_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The numbers alone, for the page that shows them while the sending goes on; nobody's name is in it."""
        run = self.visible_or_404(request, pk)
        context = {"run": run, "state_badge": self.state_column(run), "progress": progress_now(run)}
        return TemplateResponse(request, "admin/mailings/_progress.html", context)

    def stop_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asked twice: a page says how many mails would not go out, and wants to know why."""
        run = self.visible_or_404(request, pk)
        if not request.user.has_perm(SEND):
            raise PermissionDenied
        form = StopForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            return self._switch(request, pk, partial(stop_run, reason=form.cleaned_data["reason"]), _("The sending is stopped for good."))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Stop this sending for good?"),
            "opts": self.opts,
            "run": run,
            "progress": progress_now(run),
            "form": form,
        }
        return TemplateResponse(request, "admin/mailings/run_stop.html", context, status=422 if form.is_bound else 200)

    def pause_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._switch(request, pk, pause_run, _("The sending is paused. What is on its way arrives; the rest waits."))

    def resume_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._switch(request, pk, resume_run, _("The sending goes on with exactly the rest."))

    def _switch(self, request: HttpRequest, pk: int, service: Any, done: Any) -> HttpResponse:
        run = self.visible_or_404(request, pk)
        if not request.user.has_perm(SEND):
            raise PermissionDenied
        try:
            service(run, by=person_of(request))
            messages.success(request, done)
        except MailingActionNotAllowed:
            messages.error(request, _("That is not possible any more: the sending has ended."))
        return redirect("admin:mailings_run_change", run.pk)


# --- Mails --------------------------------------------------------------------------------------


class RunFilter(admin.SimpleListFilter):
    """The mails of one sending; the page of a sending leads here, so that no list of all sendings is read."""

    title = _("sending")
    parameter_name = "run"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        chosen = request.GET.get("run", "")
        return [("last", _("the last sending")), *([(chosen, _("the sending chosen"))] if chosen.isdigit() else [])]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value() or ""
        if value == "last":
            return queryset.filter(run=models.Subquery(Run.objects.order_by("-pk").values("pk")[:1]))
        return queryset.filter(run=int(value)) if value.isdigit() else queryset


class RecipientsMunicipalityFilter(MunicipalityFilter):
    """Mails to people who hold or held a mandate in the municipality; asked by existence, so no row is doubled."""

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if not self.value():
            return queryset
        held = Mandate.objects.filter(user=models.OuterRef("recipient"), municipality__code=self.value())
        return queryset.filter(models.Exists(held))


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ("reader_column", "email", "kind", "language", "state_column", "attempts", "sent_at")
    list_filter = ("state", "kind", RunFilter, RecipientsMunicipalityFilter)
    list_select_related = ("recipient", "addressee")
    search_fields = ("email",)
    search_help_text = _("E-mail address")
    ordering = ("-pk",)
    fields = (
        "kind",
        "reader_column",
        "email",
        "language",
        "state_column",
        "skip_reason",
        "attempts",
        "planned_at",
        "next_attempt_at",
        "sent_at",
        "response",
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        """What mails say is never shown here; who may not see requests sees nothing of the mails about them either."""
        mails = super().get_queryset(request).defer("body_text", "body_html", "subject")
        if request.user.has_perm("partnerships.view_servicerequest"):
            return mails
        return mails.filter(kind__in=ABOUT_MAILINGS)

    def people_listed(self, rows: Any) -> list[int]:
        return [delivery.recipient_id for delivery in rows if delivery.recipient_id]

    @admin.display(description=_("recipient"))
    def reader_column(self, obj: Delivery) -> str:
        return obj.reader

    @admin.display(description=_("state"))
    def state_column(self, obj: Delivery) -> SafeString:
        return badge(obj.get_state_display(), TONES.get(Delivery.State(obj.state), ""))

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("<int:pk>/arrived/", self.admin_site.admin_view(require_POST(self.arrived_view)), name="mailings_delivery_arrived"),
            path("<int:pk>/again/", self.admin_site.admin_view(require_POST(self.again_view)), name="mailings_delivery_again"),
        ]
        return own + super().get_urls()

    def arrived_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._settle(request, pk, arrived=True, done=_("Noted: the mail arrived."))

    def again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._settle(request, pk, arrived=False, done=_("The mail goes out again, with the same Message-ID."))

    def _settle(self, request: HttpRequest, pk: int, *, arrived: bool, done: Any) -> HttpResponse:
        if not self.has_view_permission(request) or not request.user.has_perm(SEND):
            raise PermissionDenied
        delivery = get_object_or_404(self.get_queryset(request), pk=pk, run__isnull=False)
        settle_doubt(delivery, by=person_of(request), arrived=arrived)
        messages.success(request, done)
        return redirect("admin:mailings_run_change", delivery.run_id)
