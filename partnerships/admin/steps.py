"""The steps of the work: the lists the team keeps, the ticks on the page of a request, and the follow-ups that fall due."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from municipalities.admin.base import MunicipalityFilter, PortalAdmin, YesFilter, person_of
from municipalities.admin.periods import day_field
from partnerships.admin.badges import badge
from partnerships.models import RequestStep, ServiceRequest, StepRule, StepTemplate
from partnerships.services.steps import (
    StepAlreadyDone,
    StepNotAllowed,
    StepStillOpen,
    do_step,
    lay_missing_steps,
    may_lay_steps,
    may_tick,
    undo_step,
)

HANDLE = "partnerships.handle_servicerequest"
ACT_PAGE = "admin/partnerships/servicerequest/act_page.html"


@admin.register(StepTemplate)
class StepTemplateAdmin(PortalAdmin):
    """The team's lists; what already runs keeps its own."""

    list_display = ("name_column", "kind", "position", "rule", "is_used")
    list_display_links = ("name_column",)
    list_filter = ("kind",)
    search_fields = ("name_fr", "name_nl")
    ordering = ("kind", "position", "pk")
    fields = (("kind", "position"), ("name_fr", "name_nl"), ("rule", "months"), "is_used")

    @admin.display(description=_("step"))
    def name_column(self, obj: StepTemplate) -> str:
        return obj.name


# --- The follow-ups -----------------------------------------------------------------------------


class DueFilter(YesFilter):
    title = _("due")
    parameter_name = "due"
    label = _("Due today or before")

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.due(timezone.localdate()) if self.value() else queryset


class OfRequestFilter(MunicipalityFilter):
    field = "request__municipality"


@admin.register(RequestStep)
class FollowUpAdmin(PortalAdmin):
    """The follow-ups of associations; they are done on the page of their request."""

    list_display = ("request_column", "municipality_column", "step_column", "due_on", "state_column")
    list_display_links = None
    list_filter = (DueFilter, OfRequestFilter)
    ordering = ("due_on", "pk")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        visible = ServiceRequest.objects.visible_to(person_of(request))
        related = ("request__municipality", "request__founding__association")
        return RequestStep.objects.follow_ups().filter(request__in=visible).select_related(*related)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), "title": _("Follow-ups of associations")})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("request"))
    def request_column(self, obj: RequestStep) -> SafeString:
        return format_html('<a href="{}#steps-heading">{}</a>', request_url(obj.request), obj.request.reference)

    @admin.display(description=_("municipality"))
    def municipality_column(self, obj: RequestStep) -> str:
        return str(obj.request.municipality)

    @admin.display(description=_("follow-up"))
    def step_column(self, obj: RequestStep) -> str:
        founding = getattr(obj.request, "founding", None)
        return f"{founding.association} · {obj.name}" if founding else obj.name

    @admin.display(description=_("state"))
    def state_column(self, obj: RequestStep) -> SafeString:
        if obj.done_on:
            return badge(_("done on %(date)s") % {"date": date_format(obj.done_on, "j b Y")}, "good")
        return badge(_("due"), "warn") if obj.is_late(timezone.localdate()) else badge(_("planned"))


# --- On the page of a request -------------------------------------------------------------------


class TickForm(forms.Form):
    """The day and the word; a registration asks for the enterprise number, a follow-up for the word."""

    done_on = day_field(label=_("Done on"))
    enterprise_number = forms.CharField(
        label=_("Enterprise number"), max_length=20, required=False, help_text=_("Ten digits, for example 0123.456.749.")
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        validators=[MaxLengthValidator(1000)],
        help_text=_("The municipality reads it too."),
    )

    def __init__(self, step: RequestStep, data: Any = None) -> None:
        initial = {"done_on": timezone.localdate(), "note": step.note, "enterprise_number": step.written_enterprise_number}
        super().__init__(data, initial=initial, auto_id=f"id_step_{step.pk}_%s")
        if step.rule != StepRule.REGISTRATION:
            del self.fields["enterprise_number"]
        if step.is_follow_up:
            self.fields["note"].label = _("How does it go?")


@dataclass(frozen=True)
class ShownStep:
    """A step with what its reader may do with it."""

    step: RequestStep
    form: TickForm | None
    may_undo: bool
    is_late: bool


@dataclass(frozen=True)
class Steps:
    """The list of a request; `may_lay` while there is none and one may be laid ready."""

    rows: list[ShownStep]
    done: int
    may_lay: bool


def steps_of(request: HttpRequest, obj: ServiceRequest) -> Steps:
    """Asked in one query; the steps carry the request they were asked for."""
    person, today = person_of(request), timezone.localdate()
    rows = []
    for step in obj.steps.select_related("done_by").order_by("position", "pk"):
        step.request = obj
        may = may_tick(person, step)
        rows.append(ShownStep(step, TickForm(step) if may and not step.is_done else None, may and step.is_done, step.is_late(today)))
    return Steps(rows, sum(row.step.is_done for row in rows), not rows and may_lay_steps(person, obj))


def request_url(obj: ServiceRequest) -> str:
    return reverse("admin:partnerships_servicerequest_change", args=[obj.pk])


def handled_or_404(request: HttpRequest, pk: int) -> ServiceRequest:
    """A request for who handles requests; what may not be seen does not exist."""
    if not request.user.has_perm(HANDLE):
        raise PermissionDenied
    visible = ServiceRequest.objects.visible_to(person_of(request)).select_related("municipality", "asked_by")
    return get_object_or_404(visible, pk=pk)


def _step_or_404(request: HttpRequest, pk: int, step: int) -> RequestStep:
    obj = handled_or_404(request, pk)
    found = get_object_or_404(obj.steps.select_related("done_by"), pk=step)
    found.request = obj
    return found


def _back(obj: ServiceRequest) -> HttpResponse:
    return redirect(f"{request_url(obj)}#steps-heading")


@require_POST
def lay_steps_view(request: HttpRequest, pk: int) -> HttpResponse:
    obj = handled_or_404(request, pk)
    try:
        lay_missing_steps(obj, by=person_of(request))
    except StepNotAllowed:
        messages.error(request, _("That is not possible as the request stands now."))
    return _back(obj)


@require_http_methods(["GET", "HEAD", "POST"])
def step_do_view(request: HttpRequest, pk: int, step: int) -> HttpResponse:
    """Tick; what is refused stays in the form, on a page of its own."""
    shown = _step_or_404(request, pk, step)
    form = TickForm(shown, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            do_step(shown, by=person_of(request), **form.cleaned_data)
        except ValidationError as refused:
            say_beside(form, refused)
        except StepAlreadyDone as already:
            words = {"who": already.step.done_by, "date": date_format(already.step.done_on or dt.date.min, "j F Y")}
            messages.warning(request, _("%(who)s ticked this step already, on %(date)s. Nothing was changed.") % words)
            return _back(shown.request)
        except StepNotAllowed:
            messages.error(request, _("That is not possible as the request stands now."))
            return _back(shown.request)
        else:
            messages.success(request, _("Ticked: %(step)s") % {"step": shown.name})
            return _back(shown.request)
    return _step_page(request, shown, form)


def say_beside(form: forms.BaseForm, refused: ValidationError) -> None:
    """Each refusal at its field; of a field the form does not show, at its head."""
    for name, errors in refused.message_dict.items():
        form.add_error(name if name in form.fields else None, errors)


def _step_page(request: HttpRequest, step: RequestStep, form: forms.Form) -> HttpResponse:
    address = reverse("admin:partnerships_servicerequest_step_do", args=[step.request_id, step.pk])
    context = {"title": step.name, "object": step.request, "form": form, "address": address, "button": _("Tick")}
    return TemplateResponse(request, ACT_PAGE, {**admin.site.each_context(request), "explanation": "", **context})


@require_POST
def step_undo_view(request: HttpRequest, pk: int, step: int) -> HttpResponse:
    shown = _step_or_404(request, pk, step)
    try:
        undo_step(shown, by=person_of(request))
        messages.success(request, _("Open again: %(step)s") % {"step": shown.name})
    except StepStillOpen:
        messages.info(request, _("This step was open already."))
    except StepNotAllowed:
        messages.error(request, _("That is not possible as the request stands now."))
    return _back(shown.request)


def step_urls() -> list[URLPattern]:
    view = admin.site.admin_view
    return [
        path("<int:pk>/steps/", view(lay_steps_view), name="partnerships_servicerequest_lay_steps"),
        path("<int:pk>/steps/<int:step>/do/", view(step_do_view), name="partnerships_servicerequest_step_do"),
        path("<int:pk>/steps/<int:step>/undo/", view(step_undo_view), name="partnerships_servicerequest_step_undo"),
    ]
