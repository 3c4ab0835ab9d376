"""The pages of an action plan: a version, a measure in it, and what becomes of the measure."""

import uuid
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from partnerships.forms.plans import EvidenceForm, MeasureForm, MoveForm
from partnerships.models import PlanLine, PlanMeasure, PlanVersion, WorksSite
from partnerships.services.plans import (
    PlanMoved,
    StaleLine,
    add_evidence,
    add_measure,
    agree_plan,
    change_measure,
    draft_plan,
    move_measure,
    propose_plan,
    take_out_measure,
)
from partnerships.services.requests import ActionNotAllowed
from partnerships.services.works import WorksNotAllowed, side_of
from partnerships.sites.doors import Door, load_site, person
from partnerships.sites.pages import refused

MOVED = (PlanMoved, WorksNotAllowed)


def version_page(door: Door, request: HttpRequest, key: uuid.UUID, number: int, complaint: str = "") -> HttpResponse:
    """One version with its measures; while it is drawn up, the way to change each of them and to propose it."""
    site = load_site(request, key)
    version = get_object_or_404(site.versions.select_related("proposed_by", "municipality_agreed_by", "agency_agreed_by"), number=number)
    side = side_of(person(request), site.request)
    today = timezone.localdate()
    lines = version.lines.select_related("measure", "phase").order_by("position", "pk")
    context = {
        "version": version,
        "lines": [(line, line.is_late(today)) for line in lines],
        "side": side,
        "may_write": side is not None and version.is_draft,
        "may_agree": side is not None and version.awaits == side,
        "complaint": complaint,
    }
    title = _("Action plan, version %(number)d") % {"number": version.number}
    return door.show(request, "version_page", site, title, context, status=409 if complaint else 200)


def begin(door: Door, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Open the version being written, or begin one."""
    site = load_site(request, key)
    if request.method != "POST":
        return door.go("site", key)
    try:
        version = draft_plan(site, by=person(request))
    except WorksNotAllowed:
        return refused(door, request, site)
    return door.go("version", key, version.number)


def propose(door: Door, request: HttpRequest, key: uuid.UUID, number: int) -> HttpResponse:
    """Propose the version as it was read; what changed meanwhile is read first."""
    site = load_site(request, key)
    version = get_object_or_404(site.versions, number=number)
    if request.method != "POST":
        return door.go("version", key, number)
    try:
        propose_plan(version, by=person(request), revision=_number(request.POST.get("revision")))
    except ValidationError as error:
        return version_page(door, request, key, number, complaint=error.messages[0])
    except PlanMoved:
        return version_page(door, request, key, number, complaint=_("The plan changed after this page was shown. Please read it again."))
    except WorksNotAllowed:
        return refused(door, request, site)
    messages.success(request, _("The plan is proposed. The other side is told by mail."))
    return door.go("version", key, number)


def agree(door: Door, request: HttpRequest, key: uuid.UUID, number: int) -> HttpResponse:
    site = load_site(request, key)
    version = get_object_or_404(site.versions, number=number)
    if request.method != "POST":
        return door.go("version", key, number)
    try:
        agree_plan(version, by=person(request))
    except MOVED:
        return refused(door, request, site)
    messages.success(request, _("The plan is agreed and in force. The other side is told by mail."))
    return door.go("site", key, anchor="plan")


# --- A measure in a version ---------------------------------------------------------------------


def add(door: Door, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Put a measure into the version being written."""
    site = load_site(request, key)
    if side_of(person(request), site.request) is None:
        return refused(door, request, site)
    form = MeasureForm(site, request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _measure_form(door, request, site, form, _("Add a measure"))
    try:
        line = add_measure(site, by=person(request), token=form.cleaned_data["token"], fields=form.typed)
    except MOVED:
        return refused(door, request, site)
    messages.success(request, _("The measure is in the plan."))
    return door.go("version", key, line.version.number)


def line(door: Door, request: HttpRequest, key: uuid.UUID, pk: int) -> HttpResponse:
    """Change a measure of the version being written; of two who do, the second sees both and decides."""
    site, found = _line(request, key, pk)
    if not found.version.is_draft or side_of(person(request), site.request) is None:
        return refused(door, request, site)
    if request.method != "POST":
        return _measure_form(door, request, site, MeasureForm(site, instance=found), _("Change the measure"), line=found)
    form = MeasureForm(site, request.POST, instance=PlanLine.objects.select_related("measure").get(pk=found.pk))
    if not form.is_valid():
        return _measure_form(door, request, site, form, _("Change the measure"), line=found)
    try:
        change_measure(found, by=person(request), revision=form.cleaned_data["revision"], fields=form.typed)
    except StaleLine as stale:
        return _both(door, request, site, form, stale.line)
    except MOVED:
        return refused(door, request, site)
    messages.success(request, _("The measure is saved."))
    return door.go("version", key, found.version.number)


def _both(door: Door, request: HttpRequest, site: WorksSite, form: MeasureForm, saved: PlanLine) -> HttpResponse:
    """What was typed stays in the fields, what stands saved is shown beside it; saving again is a choice made knowingly."""
    theirs = MeasureForm(site, instance=saved)
    mine = {name: form[name].value() for name in form.typed}
    differences = [
        (field.label, _in_words(theirs, field.name))
        for field in theirs
        if field.name in mine and _plain(field.value()) != _plain(mine[field.name])
    ]
    typed = cast("QueryDict", form.data).copy()
    typed["revision"] = str(saved.revision)
    form.data = typed
    return _measure_form(door, request, site, form, _("Change the measure"), line=saved, differences=differences, status=409)


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _in_words(form: MeasureForm, name: str) -> str:
    """The words of a choice, the value of anything else."""
    value = form[name].value()
    choices = {str(key): str(label) for key, label in getattr(form.fields[name], "choices", [])}
    return choices.get(_plain(value), _plain(value)) or "–"


def _measure_form(
    door: Door, request: HttpRequest, site: WorksSite, form: MeasureForm, title: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"form": form, "line": None, "differences": None} | more
    return door.show(request, "measure_form", site, title, context, status=status)


def take_out(door: Door, request: HttpRequest, key: uuid.UUID, pk: int) -> HttpResponse:
    site, found = _line(request, key, pk)
    if request.method != "POST":
        return door.go("line", key, pk)
    try:
        take_out_measure(found, by=person(request), revision=_number(request.POST.get("revision")))
    except StaleLine:
        messages.warning(request, _("This measure was changed meanwhile; it is still in the plan. Please read it again."))
        return door.go("line", key, pk)
    except MOVED:
        return refused(door, request, site)
    messages.success(request, _("The measure is out of this version. Earlier versions keep it."))
    return door.go("version", key, found.version.number)


def _line(request: HttpRequest, key: uuid.UUID, pk: int) -> tuple[WorksSite, PlanLine]:
    site = load_site(request, key)
    return site, get_object_or_404(PlanLine.objects.filter(version__site=site).select_related("version__site", "measure"), pk=pk)


# --- What becomes of a measure ------------------------------------------------------------------


def measure_page(
    door: Door,
    request: HttpRequest,
    key: uuid.UUID,
    measure: uuid.UUID,
    *,
    moved: MoveForm | None = None,
    shown: EvidenceForm | None = None,
) -> HttpResponse:
    """A measure with its versions, where it stands, and what shows that it was done."""
    site, found = _measure(request, key, measure)
    side = side_of(person(request), site.request)
    lines = list(found.lines.select_related("version", "phase").order_by("-version__number"))
    may_move = side is not None and bool(found.moves) and not found.removed_in_id
    current = next((one for one in lines if one.version.state == PlanVersion.State.AGREED), lines[0])
    context = {
        "measure": found,
        "line": current,
        "lines": lines,
        "evidence": found.evidence.select_related("by", "attachment"),
        "move_form": (moved or MoveForm(found)) if may_move else None,
        "evidence_form": (shown or EvidenceForm(person=person(request))) if side is not None else None,
    }
    return door.show(request, "measure_page", site, current.what, context, typed_title=True)


def move(door: Door, request: HttpRequest, key: uuid.UUID, measure: uuid.UUID) -> HttpResponse:
    site, found = _measure(request, key, measure)
    if request.method != "POST":
        return door.go("measure", key, measure)
    form = MoveForm(found, request.POST)
    if not form.is_valid():
        return measure_page(door, request, key, measure, moved=form)
    try:
        move_measure(found, by=person(request), to=form.cleaned_data["to"], reason=form.cleaned_data["reason"])
    except ValidationError as error:
        form.add_error("reason", error.messages)
        return measure_page(door, request, key, measure, moved=form)
    except MOVED:
        return refused(door, request, site)
    messages.success(request, _("Where the measure stands is noted."))
    return door.go("measure", key, measure)


def evidence(door: Door, request: HttpRequest, key: uuid.UUID, measure: uuid.UUID) -> HttpResponse:
    site, found = _measure(request, key, measure)
    if request.method != "POST":
        return door.go("measure", key, measure)
    form = EvidenceForm(request.POST, request.FILES, person=person(request))
    if not form.is_valid():
        return measure_page(door, request, key, measure, shown=form)
    try:
        typed = form.cleaned_data
        add_evidence(found, by=person(request), words=typed["words"], address=typed["address"], uploads=typed["attachments"])
    except ValidationError as error:
        form.refuse_files(error)
        return measure_page(door, request, key, measure, shown=form)
    except (*MOVED, ActionNotAllowed):
        return refused(door, request, site)
    messages.success(request, _("It is noted."))
    return door.go("measure", key, measure)


def _measure(request: HttpRequest, key: uuid.UUID, measure: uuid.UUID) -> tuple[WorksSite, PlanMeasure]:
    site = load_site(request, key)
    return site, get_object_or_404(PlanMeasure.objects.filter(site=site).select_related("site", "removed_in"), key=measure)


def _number(text: Any) -> int:
    return int(text) if str(text).isascii() and str(text).isdigit() and len(str(text)) < 9 else 0
