"""The form of a request, step by step: each step has its address, is kept as a draft when it is left, and is found again anywhere."""

import uuid
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from municipalities.http import PersonRequest
from partnerships.forms.steps import (
    CHECK,
    LATER,
    STEPS,
    Difference,
    Step,
    StepForm,
    first_step_to_do,
    neighbours,
    progress_of,
    sections_of,
    step_of,
)
from partnerships.models import Kind, ServiceRequest
from partnerships.permissions import Action, allowed_actions
from partnerships.rendering import known_of
from partnerships.services.drafts import StaleRevision, draft_request, edit_request
from partnerships.services.needed import missing_to_submit
from partnerships.services.requests import ActionNotAllowed
from partnerships.views.requests import load_request, own_municipalities, refused


@require_safe
def request_new(request: PersonRequest) -> HttpResponse:
    """Choose one of the three services, and the municipality where a person acts for several."""
    own = own_municipalities(request.user)
    if not own:
        raise Http404
    return render(request, "partnerships/requests/request_new.html", {"municipalities": own, "kinds": Kind})


# --- A new request ------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def request_draft(request: PersonRequest, kind: str, target: str = "") -> HttpResponse:
    """The first step of a new request; posted, it is a draft, and the person goes on to the target."""
    if request.method != "POST" and kind in Kind.values and _wants_choice_of_municipality(request):
        return redirect("request_new")
    blank = _blank(request, kind)
    first = STEPS[kind][0]
    if request.method != "POST":
        return _show_step(request, StepForm(blank, first, user=request.user))
    return _save_new(request, StepForm(blank, first, request.POST, request.FILES, request.user), target)


def _wants_choice_of_municipality(request: PersonRequest) -> bool:
    return len(own_municipalities(request.user)) > 1 and "municipality" not in request.GET


def _blank(request: PersonRequest, kind: str) -> ServiceRequest:
    """An unsaved request of a known kind for one of the person's municipalities; 404 for anything else."""
    own = own_municipalities(request.user)
    wanted = request.GET.get("municipality", own[0].slug if own else "")
    municipality = next((candidate for candidate in own if candidate.slug == wanted), None)
    if municipality is None or kind not in Kind.values:
        raise Http404
    return ServiceRequest(municipality=municipality, kind=kind, asked_by=request.user)


def _save_new(request: PersonRequest, form: StepForm, target: str) -> HttpResponse:
    if not form.is_valid():
        form.grow(request.POST.get("more", ""))
        return _show_step(request, form)
    draft = draft_request(
        by=request.user,
        municipality=form.request.municipality,
        kind=form.request.kind,
        token=form.token,
        step=form.step.key,
        parts=form.parts,
    )
    if not draft.is_draft:
        return refused(request, draft)
    if form.differences(draft):
        # The same form came back with other words: somebody went back in the browser after saving.
        return _show_both(request, form, draft)
    return _go_on(request, draft, form.step, target)


def _may_edit(request: PersonRequest, draft: ServiceRequest) -> bool:
    """What the agency asks is written in the administration, never here."""
    return Action.EDIT in allowed_actions(request.user, draft) and not draft.is_from_agency


# --- A draft, step by step ----------------------------------------------------------------------


@require_safe
def request_edit(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    """Go on where something is still to be filled in."""
    draft = load_request(request, key)
    if not _may_edit(request, draft):
        return refused(request, draft)
    return redirect(_address(draft, first_step_to_do(draft)))


@require_http_methods(["GET", "HEAD", "POST"])
def request_step(request: PersonRequest, key: uuid.UUID, step: str, target: str = "") -> HttpResponse:
    """One step of a draft; `?missing` says beside each field what a submission still needs. Posted, it is kept, and the target follows."""
    draft = load_request(request, key)
    found = step_of(draft.kind, step)
    if found is None:
        raise Http404
    if not _may_edit(request, draft):
        return refused(request, draft)
    if request.method == "POST":
        return _save_step(request, StepForm(draft, found, request.POST, request.FILES, request.user), target)
    form = StepForm(draft, found, user=request.user)
    form.grow(request.GET.get("more", ""))
    if "missing" in request.GET:
        form.mark(missing_to_submit(draft))
    return _show_step(request, form)


def _save_step(request: PersonRequest, form: StepForm, target: str) -> HttpResponse:
    if not form.is_valid():
        form.grow(request.POST.get("more", ""))
        return _show_step(request, form)
    try:
        saved = edit_request(form.request, by=request.user, revision=form.revision, step=form.step.key, parts=form.parts)
    except StaleRevision as stale:
        return _show_both(request, form, stale.request)
    except ActionNotAllowed as refusal:
        return refused(request, refusal.request)
    return _go_on(request, saved, form.step, target)


@require_safe
def request_check(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    """The last step: every answer with the way back to it, what is missing, and the submission."""
    draft = load_request(request, key)
    if not _may_edit(request, draft):
        return refused(request, draft)
    missing = missing_to_submit(draft)
    context = {
        "service_request": draft,
        "sections": sections_of(draft, missing),
        "progress": progress_of(draft, CHECK, missing),
        "current": CHECK,
        "missing": missing,
        "last_step": STEPS[draft.kind][-1],
    }
    return render(request, "partnerships/requests/request_check.html", context)


# --- Showing, and going on ----------------------------------------------------------------------


def _go_on(request: PersonRequest, draft: ServiceRequest, step: Step, target: str) -> HttpResponse:
    """To the step asked for, to the next one, or for later to the page of the draft."""
    if target == LATER:
        messages.success(request, _("The draft is saved. Your colleagues at the municipality see it too; the agency does not."))
        return redirect("request", key=draft.key)
    messages.success(request, _("This step is saved."))
    if changed := request.POST.get("more") or request.POST.get("drop", "").rpartition("-")[0]:
        more = "?" + urlencode({"more": changed}) if "more" in request.POST else ""
        return redirect(f"{_address(draft, step.key)}{more}#id_{quote(changed)}")
    is_known = target == CHECK or step_of(draft.kind, target)
    return redirect(_address(draft, target if is_known else neighbours(draft.kind, step.key)[1]))


def _address(draft: ServiceRequest, step: str) -> str:
    return reverse("request_check", args=[draft.key]) if step == CHECK else reverse("request_step", args=[draft.key, step])


def _show_step(request: PersonRequest, form: StepForm, *, differences: list[Difference] | None = None, status: int = 200) -> HttpResponse:
    """`differences` is given when somebody else saved meanwhile."""
    shown, step = form.request, form.step
    before, after = neighbours(shown.kind, step.key)
    missing: dict[str, Any] = missing_to_submit(ServiceRequest.objects.get(pk=shown.pk)) if shown.pk else {}
    context = {
        "form": form,
        "step": step,
        "service_request": shown,
        "progress": progress_of(shown, step.key, missing),
        "current": step.key,
        "number": [each.key for each in STEPS[shown.kind]].index(step.key) + 1,
        "before": before,
        "after": after,
        "save_url": _save_url(shown, step),
        "query": "" if shown.pk else "?" + urlencode({"municipality": shown.municipality.slug}),
        "known": known_of(shown, timezone.localdate()),
        "is_stale": differences is not None,
        "differences": differences or [],
    }
    return render(request, "partnerships/requests/request_step.html", context, status=status)


def _save_url(shown: ServiceRequest, step: Step) -> str:
    """Where the step is posted; the target follows it."""
    return reverse("request_step", args=[shown.key, step.key]) if shown.pk else reverse("request_draft", args=[shown.kind])


def _show_both(request: PersonRequest, form: StepForm, saved: ServiceRequest) -> HttpResponse:
    """What was typed stays in the fields, what stands saved is shown beside it; saving again is a choice made knowingly."""
    differences = form.differences(saved)
    form.revision, form.request = saved.revision, saved
    return _show_step(request, form, differences=differences, status=409)
