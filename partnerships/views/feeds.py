"""What a programme fetches without logging in, by a private address; and the page where a person makes and revokes them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate

from allauth.decorators import rate_limit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from municipalities.http import PersonRequest
from municipalities.models import User
from partnerships.models import FeedToken
from partnerships.services.feeds import UnknownFeed, may_have_feeds, reader_of, renew_feed, revoke_feed

FeedView = Callable[Concatenate[HttpRequest, User, ...], HttpResponse]


def private_feed(kind: str) -> Callable[[FeedView], Callable[..., HttpResponse]]:
    """The view is given the person the secret belongs to, and only while they stand in a municipality; never kept by a cache between."""

    def decorate(view: FeedView) -> Callable[..., HttpResponse]:
        @login_not_required
        @rate_limit(action="feed", limit_get=True)
        @never_cache
        @require_safe
        @wraps(view)
        def checked(request: HttpRequest, secret: str, **parts: Any) -> HttpResponse:
            try:
                person = reader_of(kind, secret)
            except UnknownFeed as unknown:
                raise Http404 from unknown
            response = view(request, person, **parts)
            response.headers["X-Robots-Tag"] = "noindex"
            return response

        return checked

    return decorate


# --- The page of one's own feeds ----------------------------------------------------------------


@dataclass(frozen=True)
class Offer:
    """A kind of feed a person can have, the addresses it is fetched under, and what it is good for."""

    kind: FeedToken.Kind
    names: tuple[tuple[str, str], ...]  # the name of the address, and the language in it where there is one
    words: Promise


OFFERED: tuple[Offer, ...] = (
    Offer(
        FeedToken.Kind.CALENDAR,
        (("calendar_feed", ""),),
        gettext_lazy("Give this address to your calendar as a subscription: it shows the consultations you are invited to, and keeps up."),
    ),
)


@require_safe
def my_feeds(request: PersonRequest) -> HttpResponse:
    """Which feeds the person has, since when; the addresses themselves were shown once."""
    return _page(request)


def _page(request: PersonRequest, fresh: str = "", addresses: Sequence[str] = ()) -> HttpResponse:
    if not may_have_feeds(request.user):
        raise Http404
    made = dict(FeedToken.objects.filter(person=request.user).values_list("kind", "made_at"))
    rows = [(offer, made.get(offer.kind), addresses if offer.kind == fresh else ()) for offer in OFFERED]
    return render(request, "partnerships/feeds/my_feeds.html", {"rows": rows})


@never_cache
@require_POST
def feed_renew(request: PersonRequest, kind: str) -> HttpResponse:
    """Make a new address and show it in the answer itself: it is kept nowhere, so there is no page to lead to."""
    offer = _offer(kind)
    try:
        secret = renew_feed(kind, by=request.user)
    except PermissionDenied as denied:
        raise Http404 from denied
    paths = [reverse(name, args=[secret, *([language] if language else [])]) for name, language in offer.names]
    return _page(request, kind, [settings.BASE_URL + path for path in paths])


@require_POST
def feed_revoke(request: PersonRequest, kind: str) -> HttpResponse:
    revoke_feed(_offer(kind).kind, by=request.user)
    messages.success(request, _("The address no longer works."))
    return redirect("my_feeds")


def _offer(kind: str) -> Offer:
    for offer in OFFERED:
        if offer.kind == kind:
            return offer
    raise Http404
