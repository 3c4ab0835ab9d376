"""Requests in the portal: the list, the page of one, and an address for each action."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from municipalities.http import PersonRequest
from municipalities.models import Municipality, User
from partnerships.forms.requests import Difference, Questionnaire, ReplyForm, RequestFilter, WithdrawForm
from partnerships.models import Event, Kind, Message, ServiceRequest
from partnerships.permissions import Action, allowed_actions
from partnerships.rendering import facts_of
from partnerships.services.requests import (
    ActionNotAllowed,
    StaleRevision,
    close_request,
    draft_request,
    edit_request,
    missing_to_submit,
    send_message,
    submit_request,
    withdraw_request,
)

PAGE_SIZE = 20
COUNT_UP_TO = 500


def own_municipalities(user: User) -> list[Municipality]:
    """The municipalities a person may write for today, each once."""
    return user.municipalities_on(timezone.localdate(), writing=True)


def _may_list(user: User) -> bool:
    return bool(user.municipality_ids_on(timezone.localdate())) or (user.is_staff and user.has_perm("partnerships.view_servicerequest"))


# --- The list -----------------------------------------------------------------------------------


@require_safe
def request_list(request: PersonRequest) -> HttpResponse:
    """The requests of the reader's municipalities, newest first, twenty a page."""
    if not _may_list(request.user):
        raise Http404
    choice = RequestFilter(request.GET)
    show, words, page = choice.value("show", RequestFilter.OPEN), choice.value("q", "").strip(), choice.value("page", 1)
    found = _shown(ServiceRequest.objects.visible_to(request.user), show)
    if words:
        found = found.matching(words)
    start = (page - 1) * PAGE_SIZE
    rows = list(found.select_related("municipality", "asked_by", "asked_for").order_by("-created_at", "-id")[start : start + PAGE_SIZE + 1])
    context = {
        "rows": rows[:PAGE_SIZE],
        "count": found.order_by()[:COUNT_UP_TO].count(),
        "count_up_to": COUNT_UP_TO,
        "has_several": len(own_municipalities(request.user)) != 1,
        "may_ask": bool(own_municipalities(request.user)),
        "shows": RequestFilter.SHOWS,
        "show": show,
        "words": words,
        "newer": page - 1,
        "older": page + 1 if len(rows) > PAGE_SIZE else 0,
    }
    return render(request, "partnerships/requests/request_list.html", context)


def _shown(requests: Any, show: str) -> Any:
    narrowed = {
        RequestFilter.OPEN: requests.open,
        RequestFilter.TURN: requests.turn_of_municipality,
        RequestFilter.DRAFTS: requests.drafts,
        RequestFilter.ENDED: requests.ended,
    }
    return narrowed.get(show, requests.all)()


# --- A new request, and its draft ---------------------------------------------------------------


@require_safe
def request_new(request: PersonRequest) -> HttpResponse:
    """Choose one of the three services, and the municipality where a person acts for several."""
    own = own_municipalities(request.user)
    if not own:
        raise Http404
    return render(request, "partnerships/requests/request_new.html", {"municipalities": own, "kinds": Kind})


@require_http_methods(["GET", "HEAD", "POST"])
def request_draft(request: PersonRequest, kind: str) -> HttpResponse:
    """The form of a new request; posted, it is kept as a draft."""
    if request.method != "POST":
        if kind in Kind.values and _wants_choice_of_municipality(request):
            return redirect("request_new")
        return _show_form(request, Questionnaire(_blank(request, kind)))
    return _save_new(request, kind, then=_saved)


@require_http_methods(["GET", "HEAD", "POST"])
def request_draft_submit(request: PersonRequest, kind: str) -> HttpResponse:
    """The form of a new request, kept and submitted at once."""
    if request.method != "POST":
        return redirect(f"{reverse('request_draft', args=[kind])}?{request.GET.urlencode()}")
    return _save_new(request, kind, then=_submit)


@require_http_methods(["GET", "HEAD", "POST"])
def request_edit(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    """Change a draft; `?missing` says beside each field what a submission still needs."""
    draft = _load(request, key)
    if Action.EDIT not in allowed_actions(request.user, draft):
        return _refused(request, draft)
    if request.method != "POST":
        wants_marks = "missing" in request.GET
        return _show_form(request, Questionnaire.marked(draft, missing_to_submit(draft)) if wants_marks else Questionnaire(draft))
    return _save_edited(request, draft, then=_saved)


@require_http_methods(["GET", "HEAD", "POST"])
def request_edit_submit(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    """Change a draft and submit it at once."""
    draft = _load(request, key)
    if request.method != "POST" or Action.EDIT not in allowed_actions(request.user, draft):
        return redirect("request_edit", key=key)
    return _save_edited(request, draft, then=_submit)


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


Then = Callable[[PersonRequest, ServiceRequest], HttpResponse]


def _save_new(request: PersonRequest, kind: str, *, then: Then) -> HttpResponse:
    form = Questionnaire(_blank(request, kind), request.POST)
    if not form.is_valid():
        return _show_form(request, form)
    fields = form.fields
    draft = draft_request(
        by=request.user,
        municipality=form.request.municipality,
        kind=kind,
        token=form.token,
        language=fields.pop("language"),
        fields=fields,
        audit=form.audit_fields,
    )
    if draft.is_draft and form.differences(draft):
        # The same form came back with other words: somebody went back in the browser after saving.
        return _show_both(request, form, draft)
    return then(request, draft)


def _save_edited(request: PersonRequest, draft: ServiceRequest, *, then: Then) -> HttpResponse:
    form = Questionnaire(draft, request.POST)
    if not form.is_valid():
        return _show_form(request, form)
    try:
        saved = edit_request(draft, by=request.user, revision=form.revision, fields=form.fields, audit=form.audit_fields)
    except StaleRevision as stale:
        return _show_both(request, form, stale.request)
    except ActionNotAllowed as refusal:
        return _refused(request, refusal.request)
    return then(request, saved)


def _show_form(
    request: PersonRequest, form: Questionnaire, *, differences: list[Difference] | None = None, status: int = 200
) -> HttpResponse:
    """`differences` is given when somebody else saved meanwhile."""
    context = {
        "form": form,
        "service_request": form.request,
        "save_url": _form_url(request, form.request, "request_draft", "request_edit"),
        "submit_url": _form_url(request, form.request, "request_draft_submit", "request_edit_submit"),
        "is_stale": differences is not None,
        "differences": differences or [],
    }
    return render(request, "partnerships/requests/request_form.html", context, status=status)


def _form_url(request: PersonRequest, shown: ServiceRequest, new: str, saved: str) -> str:
    if shown.pk:
        return reverse(saved, args=[shown.key])
    return f"{reverse(new, args=[shown.kind])}?{urlencode({'municipality': shown.municipality.slug})}"


def _show_both(request: PersonRequest, form: Questionnaire, saved: ServiceRequest) -> HttpResponse:
    """What was typed stays in the fields, what stands saved is shown beside it; saving again is a choice made knowingly."""
    differences = form.differences(saved)
    form.revision, form.request = saved.revision, saved
    return _show_form(request, form, differences=differences, status=409)


def _saved(request: PersonRequest, draft: ServiceRequest) -> HttpResponse:
    messages.success(request, _("The draft is saved. Your colleagues at the municipality see it too; the agency does not."))
    return redirect("request", key=draft.key)


# --- The page of a request ----------------------------------------------------------------------


@require_safe
def request_page(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    return _show_request(request, _load(request, key))


def _show_request(request: PersonRequest, shown: ServiceRequest, *, reply: ReplyForm | None = None, status: int = 200) -> HttpResponse:
    actions = allowed_actions(request.user, shown)
    context = {
        "service_request": shown,
        "facts": facts_of(shown, getattr(shown, "audit", None)),
        "events": Event.objects.about(shown).select_related("actor", "behalf_of"),
        "message_list": Message.objects.for_requests([shown]),
        "actions": actions,
        "reply": (reply or ReplyForm()) if Action.MESSAGE in actions else None,
        "missing": len(missing_to_submit(shown)) if Action.SUBMIT in actions else 0,
        "is_overdue": shown.is_overdue(timezone.localdate()),
    }
    return render(request, "partnerships/requests/request_page.html", context, status=status)


def _load(request: PersonRequest, key: uuid.UUID) -> ServiceRequest:
    """The request, for a person who may see it; 404 for everybody else."""
    visible = ServiceRequest.objects.visible_to(request.user).select_related("municipality", "asked_by", "asked_for", "assignee", "audit")
    return get_object_or_404(visible, key=key)


# --- Actions ------------------------------------------------------------------------------------


def _refused(request: PersonRequest, shown: ServiceRequest) -> HttpResponse:
    """Somebody else was faster, or the page was old: say so and show how it stands now."""
    messages.warning(request, _("That is no longer possible: the request has moved on. Here is how it stands now."))
    return redirect("request", key=shown.key)


def _submit(request: PersonRequest, draft: ServiceRequest) -> HttpResponse:
    try:
        submitted = submit_request(draft, by=request.user)
    except ValidationError as incomplete:
        count = len(incomplete.message_dict)
        text = ngettext(
            "The draft is saved. %(count)d point is missing before it can be submitted.",
            "The draft is saved. %(count)d points are missing before it can be submitted.",
            count,
        )
        messages.warning(request, text % {"count": count})
        return redirect(f"{reverse('request_edit', args=[draft.key])}?missing")
    except ActionNotAllowed as refusal:
        return _refused(request, refusal.request)
    messages.success(request, _("The request is submitted under number %(reference)s.") % {"reference": submitted.reference})
    return redirect("request", key=submitted.key)


@require_http_methods(["GET", "HEAD", "POST"])
def request_submit(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    draft = _load(request, key)
    if request.method != "POST":
        return redirect("request", key=key)
    return _submit(request, draft)


@require_http_methods(["GET", "HEAD", "POST"])
def request_withdraw(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    """Ask once more, with room for a reason; then withdraw."""
    shown = _load(request, key)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if Action.WITHDRAW not in allowed_actions(request.user, shown):
        return _refused(request, shown)
    if request.method != "POST" or not form.is_valid():
        return render(request, "partnerships/requests/request_withdraw.html", {"service_request": shown, "form": form})
    try:
        withdraw_request(shown, by=request.user, reason=form.cleaned_data["reason"])
    except ActionNotAllowed as refusal:
        return _refused(request, refusal.request)
    messages.success(request, _("The request is withdrawn."))
    return redirect("request", key=key)


@require_http_methods(["GET", "HEAD", "POST"])
def request_close(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    shown = _load(request, key)
    if request.method != "POST":
        return redirect("request", key=key)
    try:
        close_request(shown, by=request.user)
    except ActionNotAllowed as refusal:
        return _refused(request, refusal.request)
    messages.success(request, _("The request is closed. Thank you."))
    return redirect("request", key=key)


@require_http_methods(["GET", "HEAD", "POST"])
def request_message(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    """Write to the other party; what cannot be sent stays in the form."""
    shown = _load(request, key)
    if request.method != "POST":
        return redirect("request", key=key)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _show_request(request, shown, reply=form)
    words = form.cleaned_data
    try:
        send_message(shown, by=request.user, body=words["body"], language=words["language"], token=words["token"])
    except ActionNotAllowed:
        form.add_error("body", _("The request has ended meanwhile, so nothing was sent."))
        return render(request, "partnerships/requests/request_unsent.html", {"service_request": shown, "form": form}, status=409)
    messages.success(request, _("Your message is sent."))
    return redirect("request", key=key)
