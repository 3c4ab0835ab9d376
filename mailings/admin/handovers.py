"""The hand-over of municipalities to a new SPOC; here, because the mail that introduces them is known to this app alone."""

from dataclasses import dataclass
from typing import Any, cast

from csp.decorators import csp_replace
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from mailings.admin.handover_forms import HandoverForm, PlanForm, address_of_mail, blank_form
from mailings.admin.mailing_acts import MAIL_FRAME
from mailings.audience import officials_of
from mailings.rendering import RenderedMail
from mailings.services import Place, preview_introduction
from municipalities.admin.base import PortalAdmin, person_of
from municipalities.languages import CONTENT_LANGUAGES
from municipalities.models import User
from partnerships.admin.badges import badge
from partnerships.models import Event, SpocHandover
from partnerships.permissions import may_cancel_handover, may_hand_over
from partnerships.services.spocs import (
    HandoverNotAllowed,
    Leg,
    NotCancelable,
    StalePlan,
    cancel_handover,
    fingerprint,
    hand_over,
    plan_handover,
)

NOT_YOURS = _("You can hand over the municipalities whose SPOC you are on that day; the lead can hand over all.")
TONES = {SpocHandover.State.PLANNED: "info", SpocHandover.State.IN_EFFECT: "good"}


@dataclass(frozen=True)
class ShownMail:
    language: str
    mail: RenderedMail
    url: str


@dataclass(frozen=True)
class ShownLeg:
    """What would happen to one municipality: who goes and comes, the work that moves, who hears, and the mail itself."""

    leg: Leg
    deputy: User | None
    officials: list[User]
    mails: list[ShownMail]


@admin.register(SpocHandover)
class SpocHandoverAdmin(PortalAdmin):
    list_display = ("starts_on", "to", "municipalities_column", "state_column", "by")
    list_select_related = ("to", "by")
    ordering = ("-starts_on", "-pk")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("legs__municipality")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was handed over is history."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("municipalities"))
    def municipalities_column(self, obj: SpocHandover) -> str:
        return ", ".join(str(leg.municipality) for leg in obj.legs.all())

    @admin.display(description=_("state"))
    def state_column(self, obj: SpocHandover) -> SafeString:
        return badge(obj.state.label, TONES.get(obj.state, ""))

    def get_urls(self) -> list[URLPattern]:
        frame_policy: Any = csp_replace(MAIL_FRAME)  # django-csp's own type knows no view with arguments
        views = {
            "add/confirm/": (require_POST(self.confirm_view), "confirm"),
            "add/mail/<str:language>/": (frame_policy(require_safe(self.mail_view)), "mail"),
            "<int:pk>/cancel/": (require_POST(self.cancel_view), "cancel"),
        }
        own = [
            path(route, self.admin_site.admin_view(view), name=f"partnerships_spochandover_{name}") for route, (view, name) in views.items()
        ]
        return own + super().get_urls()

    # --- Form, preview, act ---------------------------------------------------------------------

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The form; posted, the preview of what would happen. Nothing is written here."""
        self._check(request)
        if request.method != "POST":
            return self._form_page(request, blank_form(request.GET))
        form = HandoverForm(request.POST)
        if "edit" in request.POST:
            return self._form_page(request, HandoverForm(initial=_typed(form)))
        return self._preview_page(request, form)

    def confirm_view(self, request: HttpRequest) -> HttpResponse:
        self._check(request)
        form = HandoverForm(request.POST)
        if not form.is_valid():
            return self._form_page(request, form)
        words = {name: form.cleaned_data[name] for name in ("note", "token", "seen")}
        try:
            handover = hand_over(form.cleaned_data["municipalities"], by=person_of(request), **form.plan(), **words)
        except StalePlan:
            messages.warning(request, _("Something changed after this page was shown. Please read it again: nothing was handed over yet."))
            return self._preview_page(request, form, status=409)
        except HandoverNotAllowed as error:
            raise PermissionDenied from error
        except ValidationError as error:
            form.add_error(None, error)
            return self._form_page(request, form)
        if handover.took_effect_at:
            messages.success(request, _("Handed over. The officials are told by mail."))
        else:
            messages.success(request, _("The hand-over is planned. On its day open work moves and the officials are told."))
        return redirect("admin:partnerships_spochandover_change", handover.pk)

    def mail_view(self, request: HttpRequest, language: str) -> HttpResponse:
        """The introduction itself, for a sandboxed frame."""
        self._check(request)
        form = PlanForm(request.GET)
        if language not in CONTENT_LANGUAGES or not form.is_valid():
            raise Http404
        try:
            legs = plan_handover(form.cleaned_data["municipalities"], **form.plan())
        except ValidationError as error:
            raise Http404 from error
        return HttpResponse(_mail(form, [_place(leg, form.cleaned_data["deputy"]) for leg in legs], language).html)

    def _check(self, request: HttpRequest) -> None:
        if not self.has_add_permission(request):
            raise PermissionDenied

    def _form_page(self, request: HttpRequest, form: HandoverForm) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "title": _("Hand over municipalities"), "opts": self.opts, "form": form}
        return TemplateResponse(request, "admin/handovers/form.html", context)

    def _preview_page(self, request: HttpRequest, form: HandoverForm, *, status: int = 200) -> HttpResponse:
        if not form.is_valid():
            return self._form_page(request, form)
        try:
            legs = plan_handover(form.cleaned_data["municipalities"], **form.plan())
        except ValidationError as error:
            form.add_error(None, error)
            return self._form_page(request, form)
        if not may_hand_over(person_of(request), [leg.spoc for leg in legs]):
            form.add_error(
                "municipalities", _("You can hand over the municipalities whose SPOC you are on that day; the lead can hand over all.")
            )
            return self._form_page(request, form)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Hand over to %(name)s") % {"name": form.cleaned_data["to"]},
            "opts": self.opts,
            "plan": form.cleaned_data,
            "kept": [(name, value) for name, value in _posted(form) if name != "seen"],
            "seen": fingerprint(legs),
            "legs": [_shown(form, leg) for leg in legs],
            "is_today": form.cleaned_data["starts_on"] == timezone.localdate(),
        }
        return TemplateResponse(request, "admin/handovers/preview.html", context, status=status)

    # --- The page of one ------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        handover = self.get_object(request, object_id)
        if handover is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": _("Hand-over to %(name)s") % {"name": handover.to},
            "opts": self.opts,
            "handover": handover,
            "state": self.state_column(handover),
            "legs": handover.legs.select_related("municipality", "ended__officer", "deputy_began__officer").order_by("municipality"),
            "timeline": Event.objects.about(handover).select_related("actor", "municipality"),
            "may_cancel": handover.is_cancelable(timezone.localdate()) and may_cancel_handover(person_of(request), handover),
        }
        return TemplateResponse(request, "admin/handovers/handover.html", context)

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        handover = get_object_or_404(SpocHandover, pk=pk)
        try:
            cancel_handover(handover, by=person_of(request))
        except HandoverNotAllowed as error:
            raise PermissionDenied from error
        except NotCancelable:
            messages.error(request, _("It cannot be cancelled any more: it took effect, or its assignments were changed since."))
        else:
            messages.success(request, _("The hand-over is cancelled. Everything stays as it was."))
        return redirect(reverse("admin:partnerships_spochandover_change", args=[handover.pk]))


def _place(leg: Leg, deputy: User | None) -> Place:
    stays = leg.deputy.officer if leg.deputy and not leg.lacks_deputy else None
    return Place(leg.municipality, leg.spoc.officer if leg.spoc else None, deputy or stays)


def _mail(form: PlanForm, places: list[Place], language: str) -> RenderedMail:
    return preview_introduction(form.cleaned_data["to"], places, form.cleaned_data["starts_on"], language)


def _shown(form: HandoverForm, leg: Leg) -> ShownLeg:
    place, query = _place(leg, form.cleaned_data["deputy"]), address_of_mail(form, leg.municipality)
    mails = [
        ShownMail(language, _mail(form, [place], language), f"{reverse('admin:partnerships_spochandover_mail', args=[language])}?{query}")
        for language in CONTENT_LANGUAGES
    ]
    officials = list(officials_of([leg.municipality.pk], form.cleaned_data["starts_on"]).order_by("last_name", "first_name", "pk"))
    return ShownLeg(leg, place.deputy, officials, mails)


def _posted(form: HandoverForm) -> list[tuple[str, str]]:
    """What was typed, to be carried from page to page."""
    typed = cast("QueryDict", form.data)
    return [(name, value) for name in form.fields for value in typed.getlist(name)]


def _typed(form: HandoverForm) -> dict[str, Any]:
    typed = cast("QueryDict", form.data)
    return {name: typed.get(name, "") for name in form.fields} | {"municipalities": typed.getlist("municipalities")}
