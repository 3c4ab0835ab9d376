"""The cabinet's own page: read a mailing in both languages, comment, approve it or send it back."""

import uuid
from collections.abc import Callable
from typing import Any

from csp.decorators import csp_update
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mailings.circles import counted_of
from mailings.forms import CommentForm, SendBackForm, VerdictForm
from mailings.models import Addressee, Approval, Mailing, StandIn
from mailings.permissions import Action, can, can_comment, can_name_stand_in, can_review
from mailings.rendering import content_of, preview_of, readable
from mailings.services import MailingActionNotAllowed, StaleContent, approve_mailing, send_back_mailing
from municipalities.http import PersonRequest
from municipalities.languages import CONTENT_LANGUAGES
from municipalities.models import Mandate, Municipality, Portfolio

PAGE_SIZE = 20
Verdict = Callable[[Mailing, VerdictForm], Mailing]

# django-csp's own type knows no view with arguments.
with_inline_styles: Any = csp_update({"style-src": ["'unsafe-inline'"], "frame-ancestors": ["'self'"]})


def reviewable(request: PersonRequest, key: uuid.UUID) -> Mailing:
    """A mailing put before the cabinet, for those who give its verdict; 404 for everybody else."""
    if not can_review(request.user):
        raise Http404
    return get_object_or_404(Mailing.objects.visible_to(request.user), key=key)


@require_safe
def reviews(request: PersonRequest) -> HttpResponse:
    """What waits for a verdict, and the verdicts given, newest first."""
    if not (can_review(request.user) or can_name_stand_in(request.user)):
        raise Http404
    waiting = Mailing.objects.visible_to(request.user).awaiting_approval().order_by("pk")
    given = Approval.objects.select_related("mailing", "by").order_by("-pk")
    page = Paginator(given, PAGE_SIZE).get_page(request.GET.get("page"))
    named = StandIn.objects.not_over(timezone.localdate()).select_related("person", "named_by").order_by("first_day", "pk")
    context = {"waiting": waiting, "page": page, "stand_ins": named, "may_name": can_name_stand_in(request.user)}
    return render(request, "mailings/reviews.html", context)


@require_safe
def review(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    """Both versions side by side, and the verdict."""
    return review_page(request, reviewable(request, key))


def review_page(
    request: PersonRequest,
    mailing: Mailing,
    form: VerdictForm | None = None,
    *,
    stale: bool = False,
    comment_form: CommentForm | None = None,
) -> HttpResponse:
    """The page with the content as it stands; what was typed is kept, the fingerprint is always that of what is shown."""
    shown_hash = mailing.shown_hash()
    comment_form = comment_form or CommentForm(mailing=mailing)
    form = form or VerdictForm(initial={"shown_hash": shown_hash})
    context = {
        "mailing": mailing,
        "form": form,
        "shown_hash": shown_hash,
        "is_stale": stale,
        "may_decide": can(request.user, Action.APPROVE, mailing),
        "versions": [{"language": language, "content": readable(content_of(mailing, language))} for language in CONTENT_LANGUAGES],
        "roles": [Mandate.Role(role).label for role in mailing.audience_roles],
        "portfolios": [Portfolio(portfolio).label for portfolio in mailing.audience_portfolios],
        "circles": [Mailing.Circle(circle).label for circle in mailing.audience_circles],
        "places": list(Municipality.objects.sorted_for_reader().filter(pk__in=mailing.audience_municipalities)),
        "extra": list(mailing.addressees.filter(circle=Addressee.Circle.EXTRA).order_by("pk")),
        "has_proof": mailing.state in Mailing.GONE_OUT,
        "recipient_count": counted_of(mailing, timezone.localdate()).total,
        "verdicts": mailing.approvals.select_related("by").order_by("-pk"),
        "comment_form": comment_form,
        "comments": mailing.comments.select_related("by", "resolved_by"),
        "may_comment": can_comment(request.user, mailing),
    }
    return render(request, "mailings/review.html", context, status=409 if stale else 422 if form.errors or comment_form.errors else 200)


@require_POST
def review_approve(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    """Approve exactly what was shown."""

    def approve(mailing: Mailing, form: VerdictForm) -> Mailing:
        given = form.cleaned_data
        return approve_mailing(mailing, by=request.user, shown_hash=given["shown_hash"], comment=given["comment"])

    return _decide(request, key, VerdictForm(request.POST), approve, _("The mailing is approved. Thank you."))


@require_POST
def review_send_back(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    """Send it back with a comment."""

    def send_back(mailing: Mailing, form: VerdictForm) -> Mailing:
        given = form.cleaned_data
        return send_back_mailing(mailing, by=request.user, shown_hash=given["shown_hash"], comment=given["comment"])

    return _decide(request, key, SendBackForm(request.POST), send_back, _("The mailing is sent back with your comment."))


def _decide(request: PersonRequest, key: uuid.UUID, form: VerdictForm, give: Verdict, said: str) -> HttpResponse:
    mailing = reviewable(request, key)
    if not form.is_valid():
        return review_page(request, mailing, form)
    try:
        give(mailing, form)
    except StaleContent as changed:
        return review_page(request, changed.mailing, form, stale=True)
    except MailingActionNotAllowed:
        messages.warning(request, _("This mailing no longer waits for a verdict; nothing was changed."))
        return redirect("review", key=key)
    messages.success(request, said)
    return redirect("reviews")


@with_inline_styles
@require_safe
def mailing_preview(request: PersonRequest, key: uuid.UUID, language: str) -> HttpResponse:
    """The mail itself as it would go out now, for a sandboxed frame; its inlined styles are let through, scripts are not."""
    may_edit = request.user.is_staff and request.user.has_perm("mailings.view_mailing")
    mailing = get_object_or_404(Mailing.objects.visible_to(request.user), key=key) if may_edit else reviewable(request, key)
    return HttpResponse(preview_of(mailing, language).html)
