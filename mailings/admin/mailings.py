"""The mailing: both languages side by side, saved through its service; and every step until it goes out."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from mailings.admin.mailing_acts import MailingActs
from mailings.admin.mailing_audience import MailingAudience
from mailings.admin.mailing_forms import (
    AddItemForm,
    ItemFormSet,
    MailingForm,
    ScheduleForm,
    TestMailForm,
    WeekForm,
    items_as_shown,
    items_in_order,
)
from mailings.forms import SendBackForm, VerdictForm
from mailings.models import Mailing, MailingItem, Measure
from mailings.permissions import allowed_actions, urgent_rule_since
from mailings.services import (
    ITEM_FIELDS,
    MailingActionNotAllowed,
    StaleRevision,
    draft_urgent,
    draft_weekly,
    edit_mailing,
    fetch_offers,
    item_from_measure,
    offers_for,
)
from municipalities.admin.base import PortalAdmin, person_of
from partnerships.admin.badges import badge
from partnerships.models import Event

TONES = {
    Mailing.State.IN_REVIEW: "warn",
    Mailing.State.APPROVED: "good",
    Mailing.State.SCHEDULED: "good",
    Mailing.State.HELD: "bad",
    Mailing.State.SENDING: "info",
    Mailing.State.SENT: "info",
}


def state_badge(mailing: Mailing) -> SafeString:
    return badge(mailing.get_state_display(), TONES.get(Mailing.State(mailing.state), ""))


@admin.register(Mailing)
class MailingAdmin(MailingActs, MailingAudience, PortalAdmin):
    list_display = ("subject_column", "kind", "week_column", "state_column", "scheduled_for", "sent_at")
    list_filter = ("state", "kind")
    search_fields = ("subject_fr", "subject_nl")
    search_help_text = _("Words of the subject, in French or Dutch")
    ordering = ("-created_at", "-pk")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may edit does so while the mailing has not gone out."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or obj.is_editable)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def histories(self, obj: Mailing) -> list[Any]:
        return [Mailing.history.filter(id=obj.pk), MailingItem.history.filter(mailing_id=obj.pk)]

    @admin.display(description=_("subject"))
    def subject_column(self, obj: Mailing) -> str:
        return str(obj)

    @admin.display(description=_("week"))
    def week_column(self, obj: Mailing) -> str:
        return obj.week_label or "–"

    @admin.display(description=_("state"))
    def state_column(self, obj: Mailing) -> SafeString:
        return state_badge(obj)

    # --- Addresses ------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("add/weekly/", self.admin_site.admin_view(require_POST(self.draft_weekly_view)), name="mailings_mailing_weekly"),
            path("add/urgent/", self.admin_site.admin_view(require_POST(self.draft_urgent_view)), name="mailings_mailing_urgent"),
        ]
        return own + self.act_urls() + self.audience_urls() + super().get_urls()

    def visible_or_404(self, request: HttpRequest, object_id: Any) -> Mailing:
        """Load through the permission: what may not be seen does not exist."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        mailing = self.get_object(request, str(object_id))
        if mailing is None:
            raise Http404
        return mailing

    # --- A new one ------------------------------------------------------------------------------

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self._add_page(request, WeekForm())

    def _add_page(self, request: HttpRequest, form: WeekForm) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "title": _("New mailing"), "opts": self.opts, "week_form": form}
        return TemplateResponse(request, "admin/mailings/new.html", context)

    def draft_weekly_view(self, request: HttpRequest) -> HttpResponse:
        form = WeekForm(request.POST)
        if not form.is_valid():
            return self._add_page(request, form)
        year, week = form.year_and_week()
        try:
            return redirect(page_url(draft_weekly(year=year, week=week, by=person_of(request))))
        except MailingActionNotAllowed as error:
            raise PermissionDenied from error

    def draft_urgent_view(self, request: HttpRequest) -> HttpResponse:
        try:
            return redirect(page_url(draft_urgent(by=person_of(request))))
        except MailingActionNotAllowed as error:
            raise PermissionDenied from error

    # --- Its page -------------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        mailing = self.visible_or_404(request, object_id)
        if request.method == "POST":
            return self._save(request, mailing)
        return self.page(request, mailing)

    def page(self, request: HttpRequest, mailing: Mailing, *, status: int = 200, **given: Any) -> HttpResponse:
        """The page as it stands; `given` are forms that were refused, with what was typed in them."""
        shown_hash = mailing.shown_hash()
        context = {
            **self.admin_site.each_context(request),
            "title": str(mailing),
            "opts": self.opts,
            "mailing": mailing,
            "state_badge": state_badge(mailing),
            "actions": {str(action) for action in allowed_actions(person_of(request), mailing)},
            "may_edit": self.has_change_permission(request, mailing),
            "may_test": request.user.has_perm("mailings.change_mailing") or request.user.has_perm("mailings.send_mailing"),
            "items": list(mailing.items.order_by("position", "pk")),
            "missing": mailing.missing_texts() if mailing.is_editable else [],
            "approval": mailing.approval_in_force(),
            "approvals": list(mailing.approvals.select_related("by").order_by("-pk")),
            "timeline": list(Event.objects.about(mailing).select_related("actor").order_by("-pk")[:100]),
            "run": getattr(mailing, "run", None),
            "approve_form": VerdictForm(initial={"shown_hash": shown_hash}, auto_id="id_approve_%s"),
            "send_back_form": SendBackForm(initial={"shown_hash": shown_hash}, auto_id="id_back_%s"),
            "schedule_form": ScheduleForm(initial={"at": mailing.scheduled_for}, auto_id="id_schedule_%s"),
            "test_form": TestMailForm(auto_id="id_test_%s"),
            "shown_hash": shown_hash,
            "urgent_since": urgent_rule_since(mailing),
            "comments": list(mailing.comments.select_related("by", "resolved_by")),
        }
        if context["may_edit"]:
            context |= {
                "form": MailingForm(instance=mailing, initial={"revision": mailing.revision, "scheduled_for": mailing.scheduled_for}),
                "item_forms": ItemFormSet(initial=items_as_shown(mailing), prefix="items"),
                "add_form": AddItemForm(),
                "offers": offers_for(mailing, timezone.now()),
            }
        return TemplateResponse(request, "admin/mailings/mailing.html", context | given, status=status)

    def _save(self, request: HttpRequest, mailing: Mailing) -> HttpResponse:
        if not super().has_change_permission(request):
            raise PermissionDenied
        form = MailingForm(request.POST, instance=mailing)
        item_forms = ItemFormSet(request.POST, prefix="items")
        add_form = AddItemForm(request.POST)
        typed: dict[str, Any] = {"form": form, "item_forms": item_forms, "add_form": add_form}
        if not (form.is_valid() & item_forms.is_valid() & add_form.is_valid()):
            return self.page(request, mailing, **typed)
        items = items_in_order(item_forms, request.POST.get("move", ""))
        if "fetch" in request.POST:
            fetched = fetch_offers(mailing, request.POST.getlist("offer"), timezone.now(), position=len(items) + 1)
            items += [as_given(item) for item in fetched]
        if "add" in request.POST:
            items.append(_new_item(add_form.cleaned_data["measure_to_add"], mailing, len(items) + 1))
        was_approved = mailing.approval_in_force() is not None
        try:
            saved = edit_mailing(mailing, by=person_of(request), revision=form.cleaned_data["revision"], fields=form.words(), items=items)
        except StaleRevision as error:
            return self._stale(request, error.mailing, typed)
        except MailingActionNotAllowed as error:
            state = {"state": error.mailing.get_state_display()}
            messages.error(request, _("This mailing can no longer be changed: it is “%(state)s”.") % state)
            return self.page(request, error.mailing, status=409, kept=_kept(form))
        except ValidationError as error:
            _speak(form, error)
            return self.page(request, mailing, **typed)
        _tell_saved(request, saved, was_approved)
        return redirect(page_url(saved) + ("#items" if {"move", "add", "fetch"} & set(request.POST) else ""))

    def _stale(self, request: HttpRequest, standing: Mailing, typed: dict[str, Any]) -> HttpResponse:
        """Somebody saved meanwhile: say who, show both, keep every word typed; a second save puts it in the place of theirs."""
        last = Event.objects.about(standing).select_related("actor").last()
        form = typed["form"]
        form.data = form.data.copy()
        form.data["revision"] = standing.revision
        standing_ids = set(standing.items.values_list("pk", flat=True))
        for item_form in typed["item_forms"].forms:
            if item_form.cleaned_data["id"] not in standing_ids:
                typed["item_forms"].data = typed["item_forms"].data.copy()
                typed["item_forms"].data[item_form.add_prefix("id")] = ""
                item_form.data = typed["item_forms"].data
        context = {"stale_by": last.actor if last else None, "differences": _differences(form, standing)}
        return self.page(request, standing, status=409, **typed, **context)


def page_url(mailing: Mailing) -> str:
    return reverse("admin:mailings_mailing_change", args=[mailing.pk])


def _new_item(measure: Measure | None, mailing: Mailing, position: int) -> dict[str, Any]:
    item = item_from_measure(measure, mailing=mailing, position=position) if measure else MailingItem(mailing=mailing)
    return as_given(item) | {"position": position}


def as_given(item: MailingItem) -> dict[str, Any]:
    """A new item as the service takes it."""
    return {name: getattr(item, name) for name in ITEM_FIELDS} | {"id": None}


def _kept(form: MailingForm) -> list[tuple[str, Any]]:
    texts = [name for name in form.Meta.fields if isinstance(form.cleaned_data[name], str)]
    return [(str(form.fields[name].label), form.cleaned_data[name]) for name in texts]


def _differences(form: MailingForm, standing: Mailing) -> list[tuple[str, str, str]]:
    """Per text that differs: its name, what stands now, what was typed."""
    return [
        (str(form.fields[name].label), getattr(standing, name), form.cleaned_data[name])
        for name in form.Meta.fields
        if isinstance(form.cleaned_data[name], str) and getattr(standing, name) != form.cleaned_data[name]
    ]


def _speak(form: forms.BaseForm, error: ValidationError) -> None:
    """A refusal of the service beside its field, or at the head of the form."""
    for name, sentences in (error.message_dict if hasattr(error, "error_dict") else {"": error.messages}).items():
        form.add_error(name if name in form.fields else None, sentences)


def _tell_saved(request: HttpRequest, saved: Mailing, was_approved: bool) -> None:
    if was_approved and saved.approval_in_force() is None:
        messages.warning(request, _("Saved. The content changed, so the approval is void: ask for it again before sending."))
    else:
        messages.success(request, _("Saved."))
