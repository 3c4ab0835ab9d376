"""The worklist of questions to the Region, the page of one, and a page for each act on it."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from municipalities.admin.base import MunicipalityFilter, PortalAdmin, person_of
from municipalities.http import show_people
from municipalities.languages import CONTENT_LANGUAGES
from municipalities.models import User
from municipalities.templatetags.reader import day
from partnerships.admin.badges import badge
from partnerships.admin.question_acts import ACTS, QuestionAct
from partnerships.admin.question_forms import AskForOfficialForm
from partnerships.models import Event, Forwarding, Question, QuestionRemark
from partnerships.question_permissions import HANDLE, TRANSITIONS, allowed_actions
from partnerships.services.question_answers import AnswerChanged
from partnerships.services.questions import QuestionActionNotAllowed, ask_question

State = Question.State
TONES = {
    State.ASKED: "warn",
    State.IN_PROGRESS: "info",
    State.FORWARDED: "info",
    State.REPLIED: "warn",
    State.DRAFTED: "info",
    State.IN_REVIEW: "info",
    State.ANSWERED: "good",
    State.PUBLISHED: "good",
    State.DECLINED: "bad",
}


class QuestionListFilter(admin.SimpleListFilter):
    """The lists of the desk; each a QuerySet method of its name."""

    title = _("list")
    parameter_name = "list"
    template = "admin/tabs.html"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [
            ("mine", pgettext_lazy("list of questions", "Mine")),
            ("unassigned", _("Unassigned")),
            ("open", pgettext_lazy("list of questions", "Open")),
            ("body", _("At a body")),
            ("overdue", _("Overdue")),
            ("review", _("In review")),
            ("check", _("Still valid?")),
            ("all", pgettext_lazy("list of questions", "All")),
        ]

    def value(self) -> str:
        value = super().value()
        return value if value in {name for name, _label in self.lookup_choices} else "open"

    def choices(self, changelist: Any) -> Any:
        return list(super().choices(changelist))[1:]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        today = timezone.localdate()
        lists = {
            "mine": lambda: queryset.open().assigned_to(person_of(request)),
            "unassigned": queryset.unassigned,
            "open": queryset.open,
            "body": queryset.at_a_body,
            "overdue": lambda: queryset.overdue(today),
            "review": queryset.in_review,
            "check": lambda: queryset.to_be_checked(today),
        }
        return lists.get(self.value(), queryset.all)()


@admin.register(Question)
class QuestionAdmin(PortalAdmin):
    list_display = ("title_column", "municipality", "state_column", "body_column", "due_column", "assignee_column")
    list_filter = (QuestionListFilter, "state", "themes", MunicipalityFilter)
    list_select_related = ("municipality", "assignee")
    search_fields = ("title",)
    search_help_text = _("Words of the question or the answer, in French or in Dutch")
    change_list_template = "admin/partnerships/question/worklist.html"
    exports = (
        (_("question"), lambda row: row.title),
        (_("municipality"), lambda row: row.municipality),
        (_("state"), lambda row: row.get_state_display()),
        (_("asked on"), lambda row: timezone.localdate(row.asked_at)),
        (_("due on"), lambda row: row.due_on),
        (_("assigned to"), lambda row: row.assignee),
    )

    # --- What may be seen and done --------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return Question.objects.visible_to(person_of(request)).prefetch_related(
            models.Prefetch("forwardings", queryset=Forwarding.objects.open().select_related("body"), to_attr="with_bodies")
        )

    def get_ordering(self, request: HttpRequest) -> Any:
        """What is promised first comes first; the list of all goes by its index, newest first."""
        return ("-asked_at", "-id") if request.GET.get("list") == "all" else ("due_on", "-is_urgent", "id")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return queryset.asking(search_term), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(HANDLE)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """No field of a question is ever changed by hand: acts move it."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # --- Columns --------------------------------------------------------------------------------

    @admin.display(description=_("question"))
    def title_column(self, obj: Question) -> SafeString:
        urgent = badge(_("urgent"), "bad") if obj.is_urgent else ""
        return format_html('<span lang="{}">{}</span> {}', obj.language, obj.title, urgent)

    @admin.display(description=_("state"))
    def state_column(self, obj: Question) -> SafeString:
        return badge(obj.get_state_display(), TONES.get(State(obj.state), ""))

    @admin.display(description=_("lies with"))
    def body_column(self, obj: Question) -> str:
        return ", ".join(str(forwarding.body) for forwarding in obj.with_bodies) or "–"  # type: ignore[attr-defined]

    @admin.display(description=_("due on"))
    def due_column(self, obj: Question) -> str | SafeString:
        if not obj.is_open:
            return "–"
        written = format_html('<span class="day">{}</span>', day(obj.due_on))
        return format_html("{} {}", written, badge(_("overdue"), "bad")) if obj.is_overdue(timezone.localdate()) else written

    @admin.display(description=_("assigned to"))
    def assignee_column(self, obj: Question) -> str | SafeString:
        return str(obj.assignee) if obj.assignee else badge(_("nobody"), "warn")

    # --- Addresses ------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        acts = [
            path(f"<int:pk>/{action}/", view(self._act_view(act)), name=f"partnerships_question_{action}") for action, act in ACTS.items()
        ]
        return [*acts, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": _("Questions to the Region"), **(extra_context or {})})

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Enter a question for the official who asked it by telephone or mail."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = AskForOfficialForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                question = ask_question(by=person_of(request), **form.asked())
            except ValidationError as error:
                _refuse(form, error)
            else:
                messages.success(request, _("The question is entered; the official hears that it was."))
                return redirect(_page_url(question))
        words = {"title": _("Enter a question for an official"), "button": _("Enter the question"), "explanation": ""}
        return self._form_page(request, form, None, words)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return self._page(request, self._visible_or_404(request, object_id))

    def _visible_or_404(self, request: HttpRequest, object_id: Any) -> Question:
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            found = Question.objects.visible_to(person_of(request)).with_people().filter(pk=int(object_id)).first()
        except ValueError:
            found = None
        if found is None:
            raise Http404
        return found

    # --- Acts -----------------------------------------------------------------------------------

    def _act_view(self, act: QuestionAct) -> Any:
        def view(request: HttpRequest, pk: int) -> HttpResponse:
            question = self._visible_or_404(request, pk)
            if not request.user.has_perm(HANDLE):
                raise PermissionDenied
            form = act.form_class(request.POST if request.method == "POST" else None, question=question, person=person_of(request))
            if request.method != "POST":
                return self._act_page(request, act, question, form)
            return self._take(request, act, question, form)

        return view

    def _take(self, request: HttpRequest, act: QuestionAct, question: Question, form: Any) -> HttpResponse:
        if not form.is_valid():
            return self._act_page(request, act, question, form)
        try:
            act.run(question, person_of(request), form)
        except ValidationError as error:
            _refuse(form, error)
            return self._act_page(request, act, question, form)
        except AnswerChanged:
            return self._changed(request, act, question, form)
        except (QuestionActionNotAllowed, IntegrityError):
            return self._moved_on(request, act, question, form)
        messages.success(request, act.done)
        return redirect(_page_url(question))

    def _changed(self, request: HttpRequest, act: QuestionAct, question: Question, form: Any) -> HttpResponse:
        """Somebody saved the answer since this page was opened: what was typed stays, the other text stands beside it."""
        question.refresh_from_db()
        form.data = form.data.copy()
        form.data["revision"] = str(question.revision)
        form.add_error(None, _("Somebody else saved the answer meanwhile. Nothing you typed is lost: compare, then save again."))
        return self._act_page(request, act, question, form, status=409)

    def _moved_on(self, request: HttpRequest, act: QuestionAct, question: Question, form: Any) -> HttpResponse:
        """A second click on one's own act is no refusal; otherwise say so, and keep what was typed on the page."""
        last = Event.objects.about(question).select_related("actor").last()
        question.refresh_from_db()
        is_own = last is not None and (last.actor_id, last.verb) == (person_of(request).pk, TRANSITIONS[act.action].verb)
        if is_own and not form.changed_data:
            messages.success(request, act.done)
            return redirect(_page_url(question))
        form.add_error(None, _("The question has moved on meanwhile, so nothing was changed."))
        return self._act_page(request, act, question, form, status=409)

    def _act_page(self, request: HttpRequest, act: QuestionAct, question: Question, form: Any, status: int = 200) -> HttpResponse:
        words = {"title": act.label, "button": act.label, "explanation": act.explanation, "tone": act.tone or "primary"}
        return self._form_page(request, form, question, words, status=status)

    def _form_page(
        self, request: HttpRequest, form: forms.BaseForm, question: Question | None, words: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "object": question,
            "form": form,
            "tone": "primary",
            "replies": Forwarding.objects.of(question).exclude(replied_at=None) if question else [],
            **words,
        }
        return TemplateResponse(request, "admin/partnerships/question/act_page.html", context, status=status)

    # --- The page -------------------------------------------------------------------------------

    def _page(self, request: HttpRequest, question: Question) -> HttpResponse:
        show_people(request, User.objects.filter(pk=question.asked_by_id), page="question")
        allowed = set(allowed_actions(person_of(request), question))
        events = list(Event.objects.about(question).select_related("actor", "behalf_of"))
        context = {
            **self.admin_site.each_context(request),
            "title": question.title,
            "opts": self.opts,
            "object": question,
            "state_badge": self.state_column(question),
            "due": self.due_column(question),
            "acts": [
                (act, reverse(f"admin:partnerships_question_{action}", args=[question.pk]))
                for action, act in ACTS.items()
                if action in allowed
            ],
            "forwardings": Forwarding.objects.of(question),
            "versions": [_version(question, language) for language in CONTENT_LANGUAGES],
            "merged": question.merged.select_related("municipality").order_by("pk"),
            "remarks": QuestionRemark.objects.filter(question=question).select_related("author").order_by("-pk"),
            "events": events[::-1],
            "is_to_be_checked": question.is_to_be_checked(timezone.localdate()),
        }
        return TemplateResponse(request, "admin/partnerships/question/question.html", context)


def _version(question: Question, language: str) -> dict[str, str]:
    return {"language": language} | {name: getattr(question, f"{name}_{language}") for name in ("title", "answer", "source")}


def _page_url(question: Question) -> str:
    return reverse("admin:partnerships_question_change", args=[question.pk])


def _refuse(form: Any, error: ValidationError) -> None:
    """Say each refusal beside the field it is about, or above the form."""
    for name, texts in getattr(error, "message_dict", {"": error.messages}).items():
        form.add_error(name if name in form.fields else None, texts if name in form.fields else [f"{text}" for text in texts])
