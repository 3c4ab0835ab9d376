"""What a programme fetches without logging in, by a private address; and the page where a person makes and revokes them."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from allauth.decorators import rate_limit
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from municipalities.models import User
from partnerships.services.feeds import UnknownFeed, reader_of

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
