"""The worklist, and the page of a request with every act a member of staff may take on it."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from municipalities.admin.base import MunicipalityFilter, PortalAdmin, person_of
from municipalities.admin.bulk import BulkActs
from municipalities.models import User
from partnerships.admin.badges import badge, request_badge
from partnerships.admin.data_requests import DataRequestPages
from partnerships.admin.desk import DeskPages, desk_of
from partnerships.admin.desk_acts import ACTS
from partnerships.admin.desk_bulk import REQUEST_BULK_ACTS
from partnerships.admin.notes import NoteForm, note_form, take_note
from partnerships.admin.outcomes import outcome_of, outcome_urls
from partnerships.admin.request_acts import Act, refuse
from partnerships.admin.saved_filters import SavedFilterPages
from partnerships.conversation import thread_for_staff
from partnerships.forms.steps import sections_of
from partnerships.models import Attachment, Event, Message, ServiceRequest, SpocAssignment
from partnerships.permissions import TRANSITIONS, Action, allowed_actions
from partnerships.services.attachments import add_to_message
from partnerships.services.requests import ActionNotAllowed
from partnerships.services.sightings import look_at
from partnerships.sites.doors import works_of
from partnerships.worklists import Worklist, on_worklist

HANDLE = "partnerships.handle_servicerequest"


class WorklistFilter(admin.SimpleListFilter):
    title = _("list")
    parameter_name = "list"
    template = "admin/tabs.html"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return list(Worklist.choices)

    def value(self) -> str:
        value = super().value()
        return value if value in Worklist.values else Worklist.OPEN

    def choices(self, changelist: Any) -> Any:
        """Without Django's own 'All': every list has its name."""
        return list(super().choices(changelist))[1:]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return on_worklist(queryset, self.value(), person_of(request))


class StateFilter(admin.SimpleListFilter):
    """Every state but the draft, which staff never see."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [choice for choice in ServiceRequest.State.choices if choice[0] != ServiceRequest.State.DRAFT]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(state=self.value()) if self.value() else queryset


@dataclass(frozen=True)
class ActForm:
    """An act open to the reader now, with its form and address."""

    act: Act
    form: forms.Form
    url: str

    @property
    def is_refused(self) -> bool:
        return self.form.is_bound


@admin.register(ServiceRequest)
class ServiceRequestAdmin(SavedFilterPages, DeskPages, DataRequestPages, BulkActs, PortalAdmin):
    bulk_acts = REQUEST_BULK_ACTS
    list_display = (
        "reference_column",
        "title_column",
        "municipality",
        "kind_column",
        "state_column",
        "turn_column",
        "due_column",
        "assignee_column",
    )
    list_filter = (WorklistFilter, StateFilter, "kind", MunicipalityFilter)
    list_select_related = ("municipality", "assignee")
    search_fields = ("reference", "title")
    search_help_text = _("Reference or title")
    exports = (
        (_("reference"), lambda row: row.reference),
        (_("title"), lambda row: row.title),
        (_("municipality"), lambda row: row.municipality),
        (_("kind"), lambda row: row.get_kind_display()),
        (_("state"), lambda row: row.get_state_display()),
        (_("due on"), lambda row: row.due_on),
        (_("assigned to"), lambda row: row.assignee),
    )
    change_list_template = "admin/partnerships/servicerequest/worklist.html"

    # --- What may be seen and done --------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return ServiceRequest.objects.visible_to(person_of(request))

    def get_ordering(self, request: HttpRequest) -> Any:
        """What burns comes first; the list with the ended ones is long, and goes by its index, newest first."""
        if request.GET.get("list") == Worklist.ALL:
            return ("-created_at", "-id")
        return ServiceRequest.objects.burning_first(timezone.localdate()).query.order_by

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return (queryset.matching(search_term.strip()) if search_term.strip() else queryset), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """No field of a request is ever changed by hand: acts move it."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def histories(self, obj: ServiceRequest) -> list[Any]:
        """From the submission on: what the municipality wrote and crossed out before is theirs."""
        return [ServiceRequest.history.filter(id=obj.pk).exclude(state=ServiceRequest.State.DRAFT)]

    # --- Columns --------------------------------------------------------------------------------

    @admin.display(description=_("reference"))
    def reference_column(self, obj: ServiceRequest) -> str:
        return obj.reference or ""

    @admin.display(description=_("title"))
    def title_column(self, obj: ServiceRequest) -> SafeString:
        urgent = badge(_("urgent"), "bad") if obj.is_urgent else ""
        return format_html('<span lang="{}">{}</span> {}', obj.language, obj.title, urgent)

    @admin.display(description=_("type"))
    def kind_column(self, obj: ServiceRequest) -> str:
        return obj.short_kind

    @admin.display(description=_("state"))
    def state_column(self, obj: ServiceRequest) -> SafeString:
        return request_badge(obj)

    @admin.display(description=_("whose turn"))
    def turn_column(self, obj: ServiceRequest) -> str:
        if obj.is_turn_of_agency:
            return str(_("hub.brussels"))
        return str(_("the municipality")) if obj.is_turn_of_municipality else "–"

    @admin.display(description=_("due on"))
    def due_column(self, obj: ServiceRequest) -> str | SafeString:
        if obj.due_on is None or not obj.is_open:
            return "–"
        day = format_html('<span class="day">{}</span>', date_format(obj.due_on, "j b Y"))
        if obj.is_overdue(timezone.localdate()):
            return format_html("{} {}", day, badge(_("overdue"), "bad"))
        return day

    @admin.display(description=_("assigned to"))
    def assignee_column(self, obj: ServiceRequest) -> str | SafeString:
        return str(obj.assignee) if obj.assignee else badge(_("nobody"), "warn")

    # --- Addresses ------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        acts = [
            path(f"<int:pk>/{action}/", self.admin_site.admin_view(self._act_view(action)), name=f"partnerships_servicerequest_{action}")
            for action in ACTS
        ]
        acts.append(
            path("<int:pk>/note/", self.admin_site.admin_view(require_POST(self.note_view)), name="partnerships_servicerequest_note")
        )
        return acts + self.saved_filter_urls() + self.desk_urls() + self.data_request_urls() + outcome_urls() + super().get_urls()

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Without a list named, a SPOC comes to their own work and everybody else to all that is open."""
        if request.method == "GET" and not request.GET and self.has_view_permission(request):
            is_spoc = SpocAssignment.objects.in_force(timezone.localdate()).filter(officer=person_of(request)).exists()
            return redirect(f"{request.path}?list={Worklist.MINE if is_spoc else Worklist.OPEN}")
        own = self.saved_filters_of(request) if self.has_view_permission(request) else {}
        return super().changelist_view(request, {"title": _("Requests of municipalities"), **own, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return self._page(request, self._visible_or_404(request, object_id))

    def _act_view(self, action: Action) -> Any:
        @require_POST
        def view(request: HttpRequest, pk: int) -> HttpResponse:
            return self._take(request, self._visible_or_404(request, pk), ACTS[action])

        return view

    def _visible_or_404(self, request: HttpRequest, object_id: Any) -> ServiceRequest:
        """Load through the permission: what may not be seen does not exist."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        obj = self.get_object(request, str(object_id))
        if obj is None:
            raise Http404
        return obj

    def note_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep an internal note; what is refused stays in its form."""
        obj = self._visible_or_404(request, pk)
        if refused := take_note(request, obj):
            return self._page(request, obj, note=refused)
        messages.success(request, _("The note is kept, for the team alone."))
        return redirect(f"{_page_url(obj)}#thread")

    # --- Acts -----------------------------------------------------------------------------------

    def _take(self, request: HttpRequest, obj: ServiceRequest, act: Act) -> HttpResponse:
        if not request.user.has_perm(HANDLE):
            raise PermissionDenied
        form = act.bound_form(obj, request.POST, request.FILES, person_of(request))
        if not form.is_valid():
            return self._page(request, obj, refused=ActForm(act, form, ""))
        try:
            with transaction.atomic():
                act.run(obj, person_of(request), form.cleaned_data)
                if files := form.cleaned_data.get("attachments"):
                    add_to_message(obj, by=person_of(request), token=form.cleaned_data["token"], uploads=files)
        except ValidationError as error:
            refuse(form, error)
            return self._page(request, obj, refused=ActForm(act, form, ""))
        except (ActionNotAllowed, IntegrityError):
            return self._already_or_refused(request, obj, act, form)
        messages.success(request, act.done)
        return redirect(_page_url(obj))

    def _already_or_refused(self, request: HttpRequest, obj: ServiceRequest, act: Act, form: forms.Form) -> HttpResponse:
        """A second click on one's own act is no refusal; after somebody else's, say whose, and keep what was typed."""
        obj.refresh_from_db()
        last = Event.objects.about(obj).exclude(verb=Event.Verb.ATTACHMENT_ADDED).select_related("actor").last()
        if _is_second_click(last, act, form, person_of(request)):
            messages.success(request, act.done)
            return redirect(_page_url(obj))
        who = (last.actor if last and last.actor else None) or _("the portal itself")
        what = last.get_verb_display() if last else ""
        words = {"who": who, "what": what, "act": act.label}
        messages.error(request, _("“%(act)s” is not possible any more. Last of all, %(who)s: %(what)s. Nothing was changed.") % words)
        return self._page(request, obj, refused=ActForm(act, form, ""), status=409)

    # --- The page -------------------------------------------------------------------------------

    def _page(
        self, request: HttpRequest, obj: ServiceRequest, refused: ActForm | None = None, status: int = 200, note: NoteForm | None = None
    ) -> HttpResponse:
        seen = look_at(obj, by=person_of(request), now=timezone.now())
        events = [event for event in Event.objects.about(obj).select_related("actor", "behalf_of") if event.verb not in Event.DRAFTING]
        act_forms = _act_forms(obj, person_of(request), refused)
        kept = refused.form.data.get("words", "") if refused and refused.act.action not in {a.act.action for a in act_forms} else ""
        context = {
            **self.admin_site.each_context(request),
            "title": obj.title,
            "opts": self.opts,
            "object": obj,
            "sections": sections_of(obj),
            "state_badge": request_badge(obj),
            "turn": self.turn_column(obj),
            "due": self.due_column(obj),
            "timeline": _timeline(events),
            "thread": thread_for_staff(obj, person_of(request), seen.before),
            "seen": seen,
            "note": note or note_form(person_of(request), obj),
            "note_url": reverse("admin:partnerships_servicerequest_note", args=[obj.pk]),
            "files": Attachment.objects.shown_with(obj),
            "act_forms": act_forms,
            "kept": kept,
            "may_edit": Action.EDIT in allowed_actions(person_of(request), obj),
            "may_handle": request.user.has_perm(HANDLE),
            "desk": desk_of(obj, person_of(request)),
            "outcome": outcome_of(request, obj),
            "works": works_of(obj, person_of(request)),
        }
        return TemplateResponse(request, "admin/partnerships/servicerequest/request.html", context, status=status)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> ServiceRequest | None:
        try:
            return ServiceRequest.objects.visible_to(person_of(request)).with_answers().filter(pk=int(object_id)).first()
        except ValueError:
            return None


def _page_url(obj: ServiceRequest) -> str:
    return reverse("admin:partnerships_servicerequest_change", args=[obj.pk])


def _act_forms(obj: ServiceRequest, user: User, refused: ActForm | None) -> list[ActForm]:
    """Those open to the person now, in the order of the table; the refused one with what was typed."""
    allowed = set(allowed_actions(user, obj))
    return [
        ActForm(
            act,
            refused.form if refused and refused.act is act else act.blank_form(obj, user),
            reverse(f"admin:partnerships_servicerequest_{action}", args=[obj.pk]),
        )
        for action, act in ACTS.items()
        if action in allowed and (not act.is_beside or (refused and refused.act is act))
    ]


def _is_second_click(last: Event | None, act: Act, form: forms.Form, user: User) -> bool:
    """The last thing that happened is this very act by this very person, and its words are the same form's."""
    if last is None or last.actor_id != user.pk or last.verb != TRANSITIONS[act.action].verb:
        return False
    token = form.cleaned_data.get("token")
    return token is None or Message.objects.filter(token=token, author=user).exists()


@dataclass(frozen=True)
class TimelineEntry:
    event: Event
    assignee: str = ""


def _timeline(events: list[Event]) -> list[TimelineEntry]:
    """Newest first, with the name of whom a request was given to."""
    given_to = {event.data["assignee"] for event in events if "assignee" in event.data}
    names = {person.pk: person.full_name for person in User.objects.filter(pk__in=given_to)} if given_to else {}
    return [TimelineEntry(event, names.get(event.data.get("assignee"), "")) for event in reversed(events)]
