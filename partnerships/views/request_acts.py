"""The acts on a request that have a page of their own in the portal: those of a municipality that is asked, and taking it up again."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from municipalities.http import PersonRequest
from partnerships.forms.requests import ActForm
from partnerships.models import Message, ServiceRequest
from partnerships.permissions import Action, allowed_actions
from partnerships.services import requests as services
from partnerships.services.attachments import add_to_message
from partnerships.services.continuations import continue_request
from partnerships.services.requests import ActionNotAllowed
from partnerships.views.requests import load_request, refused

Service = Callable[..., Any]


@dataclass(frozen=True)
class WordsAct:
    """An act with a page that asks for words; `word` is what its service calls them."""

    action: Action
    service: Service
    word: str
    title: Any
    explanation: Any
    label: Any
    done: Any
    is_danger: bool = False


ASK = WordsAct(
    Action.ASK,
    services.ask_municipality,
    "question",
    _("Ask the agency something"),
    _("The request then waits for the agency, and goes on with its answer."),
    _("Your question"),
    _("Your question is sent; the request waits for the agency."),
)
COMPLETE = WordsAct(
    Action.COMPLETE,
    services.complete_request,
    "result",
    _("Give the result"),
    _("Say what you give and where it is, or why part of it does not exist. The agency may still write before it closes its request."),
    _("Your answer"),
    _("The request is completed. Thank you."),
)
DECLINE = WordsAct(
    Action.DECLINE,
    services.decline_request,
    "reason",
    _("Decline the request"),
    _("The agency reads your reason. This cannot be undone."),
    _("Reason"),
    _("The request is declined."),
    is_danger=True,
)
REOPEN = WordsAct(
    Action.REOPEN,
    services.reopen_request,
    "reason",
    _("Reopen the request"),
    _("Say what is missing, or what has come up again. The work is taken up again, with a new date."),
    _("Reason"),
    _("The request is open again."),
)


def _take_plain(request: PersonRequest, key: uuid.UUID, service: Service, done: Any) -> HttpResponse:
    shown = load_request(request, key)
    if request.method != "POST":
        return redirect("request", key=key)
    try:
        service(shown, by=request.user)
    except ActionNotAllowed as refusal:
        return refused(request, refusal.request)
    messages.success(request, done)
    return redirect("request", key=key)


def _take_with_words(request: PersonRequest, key: uuid.UUID, act: WordsAct) -> HttpResponse:
    """Ask for the words; posted, act. What can no longer be done gives them back; the same form twice acts once."""
    shown = load_request(request, key)
    if request.method != "POST":
        is_open = act.action in allowed_actions(request.user, shown)
        return _page(request, shown, act, ActForm(label=act.label, person=request.user)) if is_open else refused(request, shown)
    form = ActForm(request.POST, request.FILES, label=act.label, person=request.user)
    if not form.is_valid():
        return _page(request, shown, act, form)
    words = form.cleaned_data
    if not Message.objects.filter(token=words["token"], request=shown, author=request.user).exists():
        try:
            with transaction.atomic():
                act.service(shown, by=request.user, language=words["language"], token=words["token"], **{act.word: words["body"]})
                add_to_message(shown, by=request.user, token=words["token"], uploads=words["attachments"])
        except ActionNotAllowed:
            return _given_back(request, shown, form)
        except ValidationError as error:
            form.refuse_files(error)
            return _page(request, shown, act, form)
    messages.success(request, act.done)
    return redirect("request", key=key)


def _page(request: PersonRequest, shown: ServiceRequest, act: WordsAct, form: ActForm) -> HttpResponse:
    return render(request, "partnerships/requests/request_act.html", {"service_request": shown, "act": act, "form": form})


def _given_back(request: PersonRequest, shown: ServiceRequest, form: ActForm) -> HttpResponse:
    form.add_error("body", _("The request has moved on meanwhile, so nothing was sent."))
    return render(request, "partnerships/requests/request_unsent.html", {"service_request": shown, "form": form}, status=409)


@require_http_methods(["GET", "HEAD", "POST"])
def request_acknowledge(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    return _take_plain(request, key, services.acknowledge_request, _("Receipt is acknowledged."))


@require_http_methods(["GET", "HEAD", "POST"])
def request_start(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    return _take_plain(request, key, services.start_request, _("The work has started."))


@require_http_methods(["GET", "HEAD", "POST"])
def request_ask(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    return _take_with_words(request, key, ASK)


@require_http_methods(["GET", "HEAD", "POST"])
def request_complete(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    return _take_with_words(request, key, COMPLETE)


@require_http_methods(["GET", "HEAD", "POST"])
def request_decline(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    return _take_with_words(request, key, DECLINE)


@require_http_methods(["GET", "HEAD", "POST"])
def request_reopen(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    return _take_with_words(request, key, REOPEN)


@require_http_methods(["GET", "HEAD", "POST"])
def request_again(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    """Ask anew for what ended too long ago: a draft that refers to it."""
    shown = load_request(request, key)
    if request.method != "POST":
        return redirect("request", key=key)
    try:
        draft = continue_request(shown, by=request.user, token=_token(request))
    except ActionNotAllowed as refusal:
        return refused(request, refusal.request)
    messages.success(
        request, _("A draft is made that refers to %(reference)s. Say what is new, then submit it.") % {"reference": shown.reference}
    )
    return redirect("request_edit", key=draft.key)


def _token(request: PersonRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("token", ""))
    except ValueError:
        return uuid.uuid4()
