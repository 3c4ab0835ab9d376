"""Imports of colleges: upload, read what it would do, answer, import, and take the last one back."""

import datetime as dt
import functools
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from municipalities.admin.base import PortalAdmin, person_of
from municipalities.http import show_people
from municipalities.models import Municipality, User
from municipalities.turnover.faults import UnreadableFile
from municipalities.turnover.models import Turnover
from municipalities.turnover.plans import Kind
from municipalities.turnover.templates import XLSX, csv_template, xlsx_template
from municipalities.turnover.undoing import UndoRefused, reasons_against_undoing
from municipalities.turnover.uploads import decide_rows, discard_turnover, plan_of, upload_turnover
from partnerships.admin.badges import badge
from partnerships.admin.turnover_forms import DecisionsForm, UploadForm
from partnerships.services.turnovers import PERMISSION, PlanNotReady, StalePlan, TurnoverSettled, apply_turnover, undo_turnover

TONES = {Turnover.State.APPLIED: "good", Turnover.State.UNDONE: "", Turnover.State.WAITING: "warn"}
FAULTS_SHOWN = 200
TEMPLATES = {"csv": ("text/csv; charset=utf-8", csv_template), "xlsx": (XLSX, xlsx_template)}


def _loaded(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Load through the permission: what may not be seen does not exist."""

    @functools.wraps(view)
    def given(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        return view(self, request, self.visible_or_404(request, pk))

    return given


@admin.register(Turnover)
class TurnoverAdmin(PortalAdmin):
    list_display = ("file_name", "state_column", "from_date", "by_column", "uploaded_at", "counts_column")
    list_select_related = ("by",)
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return Turnover.objects.visible_to(person_of(request)).defer("content", "decisions")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("municipalities.view_turnover")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(PERMISSION)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("state"))
    def state_column(self, obj: Turnover) -> Any:
        return badge(obj.state.label, TONES[obj.state])

    @admin.display(description=_("by"))
    def by_column(self, obj: Turnover) -> str:
        return str(obj.by or _("The portal itself"))

    @admin.display(description=_("what it did"))
    def counts_column(self, obj: Turnover) -> str:
        return ", ".join(f"{kind.label}: {sum(line[kind.value] for line in obj.summary)}" for kind in Kind) if obj.summary else "–"

    # --- Addresses ------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        posts = {"decide": self.decide_view, "apply": self.apply_view, "discard": self.discard_view}
        views: dict[str, Any] = {name: require_POST(view) for name, view in posts.items()} | {"undo": self.undo_view}
        own = [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"municipalities_turnover_{name}")
            for name, view in views.items()
        ]
        template = self.admin_site.admin_view(require_safe(self.template_view))
        return [path("template/<str:kind>/", template, name="municipalities_turnover_template"), *own, *super().get_urls()]

    def visible_or_404(self, request: HttpRequest, object_id: Any) -> Turnover:
        if not self.has_view_permission(request):
            raise PermissionDenied
        turnover = Turnover.objects.visible_to(person_of(request)).select_related("by", "undone_by").filter(pk=object_id).first()
        if turnover is None:
            raise Http404
        return turnover

    def _page(self, request: HttpRequest, template: str, *, status: int = 200, **given: Any) -> HttpResponse:
        frame = {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(request, f"admin/turnovers/{template}.html", frame | given, status=status)

    # --- A file ---------------------------------------------------------------------------------

    def template_view(self, request: HttpRequest, kind: str) -> HttpResponse:
        """The list to fill in."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if kind not in TEMPLATES:
            raise Http404
        content_type, make = TEMPLATES[kind]
        headers = {"Content-Disposition": f'attachment; filename="colleges-template.{kind}"'}
        return HttpResponse(make(), content_type=content_type, headers=headers)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            try:
                kept = upload_turnover(file.read(), name=file.name, by=person_of(request), first_day=form.cleaned_data["first_day"])
                return redirect(page_url(kept))
            except UnreadableFile as error:
                form.add_error("file", str(error))
        return self._page(request, "upload", title=_("Import the new colleges"), form=form)

    # --- Its page -------------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        turnover = self.visible_or_404(request, object_id if object_id.isdecimal() else None)
        if turnover.state == Turnover.State.WAITING:
            return self._preview(request, turnover)
        return self._result(request, turnover)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The page of an import is its history."""
        return redirect(page_url(self.visible_or_404(request, object_id if object_id.isdecimal() else None)))

    def _preview(self, request: HttpRequest, turnover: Turnover, *, status: int = 200, form: DecisionsForm | None = None) -> HttpResponse:
        plan = plan_of(turnover)
        known = {move.person.pk for move in plan.moves if move.person} | {one.pk for asked in plan.questions for one in asked.candidates}
        show_people(request, User.objects.filter(pk__in=known), page="listed")
        return self._page(
            request,
            "preview",
            status=status,
            title=_("What this file would do"),
            turnover=turnover,
            plan=plan,
            counts=[(kind.label, plan.counts[kind.value]) for kind in Kind],
            faults=plan.faults[:FAULTS_SHOWN],
            form=form or DecisionsForm(questions=plan.questions, turnover=turnover),
            has_answers=bool(turnover.decisions),
        )

    def _result(self, request: HttpRequest, turnover: Turnover) -> HttpResponse:
        names = Municipality.objects.in_bulk([line["municipality"] for line in turnover.summary])
        lines = [
            (names[line["municipality"]], dt.date.fromisoformat(line["first_day"]), [line[kind.value] for kind in Kind])
            for line in turnover.summary
        ]
        return self._page(
            request,
            "result",
            title=_("Import of colleges"),
            turnover=turnover,
            state_badge=badge(turnover.state.label, TONES[turnover.state]),
            kinds=[kind.label for kind in Kind],
            lines=sorted(lines, key=lambda line: str(line[0])),
            reasons=[] if turnover.undone_at else reasons_against_undoing(turnover),
            may_apply=request.user.has_perm(PERMISSION),
        )

    # --- Acts -----------------------------------------------------------------------------------

    @_loaded
    def decide_view(self, request: HttpRequest, turnover: Turnover) -> HttpResponse:
        self._must_wait(request, turnover)
        if "again" in request.POST:
            decide_rows(turnover, dict.fromkeys((int(row) for row in turnover.decisions), ""))
            return redirect(page_url(turnover))
        form = DecisionsForm(request.POST, questions=plan_of(turnover).questions, turnover=turnover)
        if not form.is_valid():
            return self._preview(request, turnover, form=form)
        decide_rows(turnover, form.answers())
        return redirect(page_url(turnover))

    @_loaded
    def apply_view(self, request: HttpRequest, turnover: Turnover) -> HttpResponse:
        self._must_be_able(request)
        try:
            apply_turnover(turnover, by=person_of(request), shown=request.POST.get("shown", ""))
        except StalePlan:
            messages.error(request, _("The register changed after this page was shown. Nothing was imported; please read it again."))
        except PlanNotReady:
            messages.error(request, _("Nothing was imported: some rows still need you."))
        except TurnoverSettled:
            messages.warning(request, _("This file was imported already."))
        else:
            messages.success(request, _("Imported. Access and mailings follow the new mandates by themselves, each from its first day."))
        return redirect(page_url(turnover))

    @_loaded
    def discard_view(self, request: HttpRequest, turnover: Turnover) -> HttpResponse:
        self._must_wait(request, turnover)
        discard_turnover(turnover)
        messages.success(request, _("The file was thrown away. Nothing was imported."))
        return redirect("admin:municipalities_turnover_changelist")

    @_loaded
    def undo_view(self, request: HttpRequest, turnover: Turnover) -> HttpResponse:
        """Asked twice: a page says what undoing does, and only its button does it."""
        self._must_be_able(request)
        reasons = reasons_against_undoing(turnover)
        if request.method == "POST":
            try:
                undo_turnover(turnover, by=person_of(request))
            except UndoRefused as error:
                reasons = error.reasons
            else:
                messages.success(request, _("Undone: people and mandates are as they were before."))
                return redirect(page_url(turnover))
        refused = request.method == "POST"
        return self._page(request, "undo", status=409 if refused else 200, title=_("Undo this import?"), turnover=turnover, reasons=reasons)

    def _must_be_able(self, request: HttpRequest) -> None:
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied

    def _must_wait(self, request: HttpRequest, turnover: Turnover) -> None:
        """Answers and throwing away are for a file that is not imported yet."""
        self._must_be_able(request)
        if turnover.state != Turnover.State.WAITING:
            raise Http404


def page_url(turnover: Turnover) -> str:
    return reverse("admin:municipalities_turnover_change", args=[turnover.pk])
