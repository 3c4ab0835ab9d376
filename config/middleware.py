"""What holds for every page: the reader's language, access by date, the second factor, nothing stored on the way."""

from collections.abc import Callable
from http import HTTPStatus

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from config.privacy.access import record_page
from config.views import not_found
from municipalities.languages import prefer_content
from municipalities.models import User

GetResponse = Callable[[HttpRequest], HttpResponse]
INTERFACE_LANGUAGES = frozenset(code for code, _name in settings.LANGUAGES)
SECOND_FACTOR = "mfa"
OPEN_TO_REVIEWERS = (
    "/review/",
    "/questions/figures/",  # what the municipalities ask, by theme and week: for the cabinet
    "/accounts/",
    "/preferences/",
    "/privacy/",
    "/health/",
    "/language/",
    "/static/",
    "/demo/",
    "/m/",
)
OPEN_WITHOUT_SECOND_FACTOR = ("/accounts/", "/health/", "/language/", "/static/", "/demo/", "/m/")


def refuse_trace(get_response: GetResponse) -> GetResponse:
    """Answer TRACE with 405 (function views would run it)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method == "TRACE":
            return HttpResponseNotAllowed(["GET", "HEAD", "POST", "OPTIONS"])
        return get_response(request)

    return middleware


def language_for(request: HttpRequest) -> str:
    """Return the language of the screen: the person's own choice, then the cookie, then the browser's wish, then French."""
    chosen = getattr(request.user, "interface_language", "") or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in INTERFACE_LANGUAGES:
        return chosen
    return translation.get_language_from_request(request)


def reader_language(get_response: GetResponse) -> GetResponse:
    """Speak the reader's language; one address serves all languages."""

    def middleware(request: HttpRequest) -> HttpResponse:
        language = language_for(request)
        prefer_content(getattr(request.user, "correspondence_language", ""))
        with translation.override(language):
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response

    return middleware


def access_by_date(get_response: GetResponse) -> GetResponse:
    """End the session of a person whose last mandate has ended, by the calendar alone and without any job."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and not request.user.has_access(timezone.localdate()):
            logout(request)
            messages.info(request, _("Your access has ended with your mandate. Thank you for working with us."))
            return redirect("account_login")
        return get_response(request)

    return middleware


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this session passed TOTP, a passkey or a recovery code; the demo's one-click doors count in the demo alone."""
    if settings.DEMO_DOORS and request.session.get("demo_entered"):
        return True
    methods = request.session.get("account_authentication_methods", [])
    return any(method.get("method") == SECOND_FACTOR for method in methods)


def second_factor_for_staff(get_response: GetResponse) -> GetResponse:
    """Let staff no further than their account pages until the session has a second factor."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if (
            user.is_authenticated
            and user.is_staff
            and not request.path.startswith(OPEN_WITHOUT_SECOND_FACTOR)
            and not has_second_factor(request)
        ):
            return redirect(_way_to_second_factor(request))
        return get_response(request)

    return middleware


def _way_to_second_factor(request: HttpRequest) -> str:
    """To give the second factor, and come back here; or to set one up."""
    if Authenticator.objects.filter(user_id=request.user.pk).exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        return f"{reverse('mfa_reauthenticate')}?{urlencode({'next': request.get_full_path()})}"
    return reverse("mfa_activate_totp")


def reviewers_on_their_page(get_response: GetResponse) -> GetResponse:
    """Let the cabinet's reviewers see their own pages, their account and what is public; of the rest nothing exists for them.

    It holds for pages that are added later too. Whoever also stands in a municipality sees what their mandate shows.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        is_elsewhere = request.path != "/" and not request.path.startswith(OPEN_TO_REVIEWERS)
        if is_elsewhere and user.is_authenticated and user.is_cabinet_reviewer and not user.is_staff:
            _refuse_without_mandate(user)
        return get_response(request)

    return middleware


def _refuse_without_mandate(user: User) -> None:
    if not user.municipality_ids_on(timezone.localdate()):
        raise Http404


def staff_views_recorded(get_response: GetResponse) -> GetResponse:
    """Write down whose private data a page showed to a member of staff, wherever in the portal it stands."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        record_page(request, response)
        return response

    return middleware


def private_pages_unstored(get_response: GetResponse) -> GetResponse:
    """Keep pages of people who are logged in out of every cache on the way."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            patch_cache_control(response, no_store=True, private=True)
        return response

    return middleware


def own_not_found_page(get_response: GetResponse) -> GetResponse:
    """Show in the demo what production shows for an unknown address, though DEBUG is on there."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        return not_found(request, None) if response.status_code == HTTPStatus.NOT_FOUND else response

    return middleware
