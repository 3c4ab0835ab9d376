"""Health, metrics, the language switch, and pages for errors."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from config import watch
from config.metrics import exposition, has_token, is_from_here
from municipalities.languages import InterfaceLanguage
from municipalities.services import choose_interface_language

LANGUAGE_KEPT_FOR = dt.timedelta(days=365)


@login_not_required
@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Database, broker, storage, and a worker that moved its heartbeat in the last three minutes; 503 with the parts that are away.

    Mail that waits too long and a weekly mailing that did not come are named as `late`: somebody has to look, but this process
    serves well, so they turn nothing red.
    """
    found = watch.parts()
    names = {name: "ok" if answers else "away" for name, answers in found.items()}
    if found["database"]:
        now = timezone.now()
        names |= {"mail": _timely(watch.backlog().is_late(now)), "weekly": _timely(watch.weekly_is_late(now))}
    well = all(found.values())
    return JsonResponse({"status": "ok" if well else "degraded", **names}, status=200 if well else 503)


def _timely(is_late: bool) -> str:
    return "late" if is_late else "ok"


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """What Prometheus reads, on the loopback of this very host or with METRICS_TOKEN; for everybody else there is no such page."""
    if not is_from_here(request) and not has_token(request):
        raise Http404
    words, content_type = exposition()
    return HttpResponse(words, content_type=content_type)


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Switch the language of the screens, for this browser and for the person, and stay on the page."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = redirect(target if target.startswith("/") else "home")
    language = request.POST.get("language", "")
    if language in InterfaceLanguage.values:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=int(LANGUAGE_KEPT_FOR.total_seconds()),
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
        if request.user.is_authenticated:
            choose_interface_language(request.user, language)
    return response


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's key had expired: say so, and how to get back without losing the words."""
    return render(request, "403_csrf.html", status=403)


@login_not_required
def bad_request(request: HttpRequest, exception: Any) -> HttpResponse:
    return render(request, "400.html", status=400)


@login_not_required
def permission_denied(request: HttpRequest, exception: Any) -> HttpResponse:
    return render(request, "403.html", status=403)


@login_not_required
def not_found(request: HttpRequest, exception: Any) -> HttpResponse:
    return render(request, "404.html", status=404)


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without the database, which may be what failed."""
    return render(None, "500.html", status=500)
