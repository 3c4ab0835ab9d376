"""What the cabinet's side does beside its verdict: remarks on blocks, what was approved, and who stands in."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mailings.forms import CommentForm, StandInForm
from mailings.models import Approval, Mailing, MailingComment, StandIn
from mailings.permissions import can_name_stand_in
from mailings.services import MailingActionNotAllowed, comment_mailing, end_stand_in, name_stand_in, resolve_comment
from mailings.views.review import review_page, reviewable
from municipalities.http import PersonRequest
from municipalities.languages import CONTENT_LANGUAGES
from municipalities.models import Mandate, Municipality, Portfolio


@require_POST
def review_comment(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    """Say something about a block."""
    mailing = reviewable(request, key)
    form = CommentForm(request.POST, mailing=mailing)
    if not form.is_valid():
        return review_page(request, mailing, comment_form=form)
    try:
        comment_mailing(mailing, by=request.user, text=form.cleaned_data["text"], **form.block())
    except ValidationError as refused:
        form.add_error("text", refused.messages)
        return review_page(request, mailing, comment_form=form)
    except MailingActionNotAllowed:
        messages.warning(request, _("This mailing has gone out; nothing was changed."))
        return redirect("review", key=key)
    messages.success(request, _("Your remark stands beside the text; the editors read it."))
    return redirect("review", key=key)


@require_POST
def review_comment_settle(request: PersonRequest, key: uuid.UUID, pk: int) -> HttpResponse:
    """Say that a remark is settled."""
    mailing = reviewable(request, key)
    comment = get_object_or_404(MailingComment.objects.filter(mailing=mailing), pk=pk)
    try:
        resolve_comment(comment, by=request.user)
    except MailingActionNotAllowed:
        messages.warning(request, _("This mailing has gone out; nothing was changed."))
    return redirect("review", key=key)


@require_safe
def review_verdict(request: PersonRequest, key: uuid.UUID, pk: int) -> HttpResponse:
    """What was shown when a verdict was given, word for word, whatever was changed since."""
    mailing = reviewable(request, key)
    verdict = get_object_or_404(Approval.objects.filter(mailing=mailing).exclude(content={}).select_related("by"), pk=pk)
    return render(request, "mailings/review_verdict.html", {"mailing": mailing, "verdict": verdict} | as_shown(verdict))


def as_shown(verdict: Approval) -> dict[str, object]:
    """The frozen words per language, and who was to receive them."""
    texts, items = verdict.content["texts"], verdict.content["items"]
    versions = [
        {
            "language": one,
            "subject": texts[f"subject_{one}"],
            "intro": texts[f"intro_{one}"],
            "closing": texts[f"closing_{one}"],
            "items": [{"title": item[f"title_{one}"], "body": item[f"body_{one}"], "url": item["source_url"]} for item in items],
        }
        for one in CONTENT_LANGUAGES
    ]
    return {"versions": versions, "audience": _audience_of(verdict.content["audience"])}


def _audience_of(rule: dict[str, list[Any]]) -> list[str]:
    """The frozen rule of who receives it, in words."""
    labels = dict(Mandate.Role.choices) | dict(Portfolio.choices) | dict(Mailing.Circle.choices)
    named = [str(labels.get(one, one)) for kind in ("roles", "portfolios", "circles") for one in rule.get(kind, ())]
    places = Municipality.objects.sorted_for_reader().filter(pk__in=rule.get("municipalities", ()))
    return [*named, *(str(place) for place in places), *(email for email, _language in rule.get("addresses", ()))]


@require_POST
def stand_in_name(request: PersonRequest) -> HttpResponse:
    """Name a colleague of the agency for some days."""
    if not can_name_stand_in(request.user):
        raise Http404
    form = StandInForm(request.POST)
    if form.is_valid():
        try:
            name_stand_in(form.cleaned_data.pop("person"), by=request.user, **form.cleaned_data)
        except ValidationError as refused:
            _beside(form, refused)
        else:
            messages.success(request, _("The stand-in is named and told by mail."))
            return redirect("reviews")
    return render(request, "mailings/stand_in.html", {"form": form}, status=422)


def _beside(form: StandInForm, refused: ValidationError) -> None:
    """The refusal beside the field it is about, or beside the last day."""
    for name, sentences in refused.message_dict.items():
        form.add_error(name if name in form.fields else "last_day", sentences)


@require_safe
def stand_in_new(request: PersonRequest) -> HttpResponse:
    """The form to name one."""
    if not can_name_stand_in(request.user):
        raise Http404
    return render(request, "mailings/stand_in.html", {"form": StandInForm()})


@require_POST
def stand_in_end(request: PersonRequest, pk: int) -> HttpResponse:
    """End it at once."""
    if not can_name_stand_in(request.user):
        raise Http404
    end_stand_in(get_object_or_404(StandIn.objects.not_over(timezone.localdate()), pk=pk), by=request.user)
    messages.success(request, _("The stand-in ends now."))
    return redirect("reviews")
