"""Requests in the portal: the page of one, and an address for each action."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from municipalities.http import PersonRequest
from municipalities.models import Municipality, User
from partnerships.deadlines import expected_on
from partnerships.forms.requests import ReplyForm, WithdrawForm
from partnerships.forms.steps import sections_of
from partnerships.models import Attachment, Event, Message, ServiceRequest
from partnerships.permissions import Action, allowed_actions
from partnerships.rendering import people_of, without_repeats
from partnerships.services.attachments import add_attachments
from partnerships.services.needed import missing_to_submit
from partnerships.services.requests import (
    ActionNotAllowed,
    close_request,
    send_message,
    submit_request,
    withdraw_request,
)
from partnerships.services.sightings import look_at
from partnerships.sites.doors import works_of
from partnerships.views.companions import companions_of, with_companions
from partnerships.views.outcomes import outcome_of
from partnerships.views.taking_up import taking_up


def own_municipalities(user: User) -> list[Municipality]:
    """The municipalities a person may write for today, each once."""
    return user.municipalities_on(timezone.localdate(), writing=True)


# --- The page of a request ----------------------------------------------------------------------


@require_safe
def request_page(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    return _show_request(request, load_request(request, key))


def _show_request(request: PersonRequest, shown: ServiceRequest, *, reply: ReplyForm | None = None, status: int = 200) -> HttpResponse:
    actions = allowed_actions(request.user, shown)
    context = {
        "service_request": shown,
        "people": people_of(shown),
        "sections": sections_of(shown),
        "events": without_repeats(_events_of(shown)),
        "message_list": Message.objects.for_requests([shown]),
        "seen": look_at(shown, by=request.user, now=timezone.now()),
        "files": Attachment.objects.shown_with(shown),
        "actions": actions,
        "reply": (reply or ReplyForm()) if Action.MESSAGE in actions else None,
        "missing": len(missing_to_submit(shown)) if Action.SUBMIT in actions else 0,
        "is_overdue": shown.is_overdue(timezone.localdate()),
        "outcome": outcome_of(request, shown),
        "works": works_of(shown, request.user),
        "companions": companions_of(shown, request.user),
        "expected_on": expected_on(shown, timezone.localdate()),
        "taking_up": taking_up(request.user, shown),
    }
    return render(request, "partnerships/requests/request_page.html", context, status=status)


def _events_of(shown: ServiceRequest) -> Any:
    """What both sides may know; how the agency drafted what it asks is its own."""
    events = Event.objects.about(shown).told_to_municipality().select_related("actor", "behalf_of")
    return events.exclude(verb__in=Event.DRAFTING) if shown.is_from_agency else events


def load_request(request: PersonRequest, key: uuid.UUID) -> ServiceRequest:
    """The request, for a person who may see it; 404 for everybody else."""
    return get_object_or_404(with_companions(ServiceRequest.objects.visible_to(request.user).with_answers()), key=key)


# --- Actions ------------------------------------------------------------------------------------


def refused(request: PersonRequest, shown: ServiceRequest) -> HttpResponse:
    """Somebody else was faster, or the page was old: say so and show how it stands now."""
    messages.warning(request, _("That is no longer possible: the request has moved on. Here is how it stands now."))
    return redirect("request", key=shown.key)


def _submit(request: PersonRequest, draft: ServiceRequest) -> HttpResponse:
    try:
        submitted = submit_request(draft, by=request.user)
    except ValidationError as incomplete:
        count = len(incomplete.message_dict)
        text = ngettext(
            "Not submitted yet: %(count)d point is missing.",
            "Not submitted yet: %(count)d points are missing.",
            count,
        )
        messages.warning(request, text % {"count": count})
        return redirect("request_check", key=draft.key)
    except ActionNotAllowed as refusal:
        return refused(request, refusal.request)
    messages.success(request, _("The request is submitted under number %(reference)s.") % {"reference": submitted.reference})
    return redirect("request", key=submitted.key)


@require_http_methods(["GET", "HEAD", "POST"])
def request_submit(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    draft = load_request(request, key)
    if request.method != "POST":
        return redirect("request", key=key)
    return _submit(request, draft)


@require_http_methods(["GET", "HEAD", "POST"])
def request_withdraw(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    """Ask once more, with room for a reason; then withdraw."""
    shown = load_request(request, key)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if Action.WITHDRAW not in allowed_actions(request.user, shown):
        return refused(request, shown)
    if request.method != "POST" or not form.is_valid():
        return render(request, "partnerships/requests/request_withdraw.html", {"service_request": shown, "form": form})
    try:
        withdraw_request(shown, by=request.user, reason=form.cleaned_data["reason"])
    except ActionNotAllowed as refusal:
        return refused(request, refusal.request)
    messages.success(request, _("The request is withdrawn."))
    return redirect("request", key=key)


@require_http_methods(["GET", "HEAD", "POST"])
def request_close(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    shown = load_request(request, key)
    if request.method != "POST":
        return redirect("request", key=key)
    try:
        close_request(shown, by=request.user)
    except ActionNotAllowed as refusal:
        return refused(request, refusal.request)
    messages.success(request, _("The request is closed. Thank you."))
    return redirect("request", key=key)


@require_http_methods(["GET", "HEAD", "POST"])
def request_message(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    """Write to the other party; what cannot be sent stays in the form."""
    shown = load_request(request, key)
    if request.method != "POST":
        return redirect("request", key=key)
    form = ReplyForm(request.POST, request.FILES, person=request.user)
    if not form.is_valid():
        return _show_request(request, shown, reply=form)
    words = form.cleaned_data
    try:
        with transaction.atomic():
            message = send_message(shown, by=request.user, body=words["body"], language=words["language"], token=words["token"])
            add_attachments(shown, by=request.user, uploads=words["attachments"], message=message)
    except ValidationError as error:
        form.refuse_files(error)
        return _show_request(request, shown, reply=form)
    except ActionNotAllowed:
        form.add_error("body", _("The request has moved on meanwhile, so nothing was sent."))
        return render(request, "partnerships/requests/request_unsent.html", {"service_request": shown, "form": form}, status=409)
    messages.success(request, _("Your message is sent."))
    return redirect("request", key=key)
