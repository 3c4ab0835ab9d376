"""What signed links in mails open, without logging in. A GET changes nothing, for link scanners press everything."""

import uuid
from contextlib import AbstractContextManager, nullcontext
from http import HTTPStatus

from allauth.decorators import rate_limit
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from mailings.models import Addressee, Delivery, Run
from mailings.rendering import BadToken, LinkTarget, read_token, readable, sent_content
from mailings.rendering.rating_links import closing_of, read_rating_token
from mailings.services import choose_language_of_address, unsubscribe_address
from mailings.services import unsubscribe as unsubscribe_person
from municipalities.languages import CONTENT_LANGUAGES, CorrespondenceLanguage, reading_in
from municipalities.models import User
from municipalities.services import choose_correspondence_language
from partnerships.forms.ratings import RatingForm
from partnerships.models import Rating, ServiceRequest, rating_ends_on
from partnerships.services.ratings import RatingNotAllowed, may_rate, rate_request

NOBODY = uuid.UUID(int=0)  # the key of no mail


def _target(token: str) -> LinkTarget:
    try:
        return read_token(token)
    except BadToken as wrong:
        raise Http404 from wrong


def delivery_of(token: str) -> Delivery:
    """The mail a personal link was written in; 404 for any other link."""
    found = Delivery.objects.select_related("recipient", "addressee", "run__mailing").filter(key=_target(token).delivery or NOBODY).first()
    if found is None:
        raise Http404
    return found


def _speaking(language: str) -> AbstractContextManager[None]:
    """In the language the person is written to; where that is both, in that of the screen."""
    return reading_in(language) if language in CONTENT_LANGUAGES else nullcontext()


def page_for(request: HttpRequest, language: str, template: str, context: dict[str, object]) -> HttpResponse:
    """A page of a signed link, in the language the person is written to; no search engine keeps it."""
    with _speaking(language):
        response = render(request, template, context)
        response.headers["Content-Language"] = get_language() or language
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@login_not_required
@never_cache
@require_safe
def web_version(request: HttpRequest, token: str) -> HttpResponse:
    """The common part of a mailing as it was sent; never anybody's personal part."""
    target = _target(token)
    if target.delivery:
        delivery = delivery_of(token)
        run, language = delivery.run, delivery.language
    else:
        run, language = Run.objects.select_related("mailing").filter(pk=target.run or 0).first(), target.language
    if run is None:
        raise Http404
    versions = [{"language": one, "content": readable(sent_content(run.mailing, one))} for one in CorrespondenceLanguage(language).contents]
    return page_for(request, language, "mailings/web_version.html", {"mailing": run.mailing, "versions": versions})


@csrf_exempt
@login_not_required
@rate_limit(action="signed_link")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Stop the mailings to one person by a POST alone (RFC 8058: no cookie, no CSRF token, no redirect)."""
    delivery = delivery_of(token)
    is_done = request.method == "POST"
    if is_done and delivery.recipient:
        unsubscribe_person(delivery.recipient)
    elif is_done:
        unsubscribe_address(delivery.email)
    language = delivery.recipient.correspondence_language if delivery.recipient else delivery.language
    return page_for(request, language, "mailings/unsubscribe.html", {"is_done": is_done})


@csrf_exempt
@login_not_required
@rate_limit(action="signed_link")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose_language(request: HttpRequest, token: str, language: str) -> HttpResponse:
    """Write to one person wholly in French or in Dutch from now on."""
    delivery = delivery_of(token)
    is_done = request.method == "POST"
    is_institution = bool(delivery.addressee and delivery.addressee.circle == Addressee.Circle.INSTITUTION)
    if is_done and delivery.recipient:
        choose_correspondence_language(delivery.recipient, language)
    elif is_done and not is_institution:
        choose_language_of_address(delivery.email, language)
    context = {"is_done": is_done, "language": language, "is_institution": is_institution}
    return page_for(request, language, "mailings/choose_language.html", context)


# --- The one question about a closed request ----------------------------------------------------


def _rater(token: str) -> tuple[User, ServiceRequest, bool]:
    """Who is asked about what, and whether the link still lives: it dies with the reopening, with the time, and with the mandate.

    404 for a token of another making, and for who may not see the request any more.
    """
    try:
        target = read_rating_token(token)
    except BadToken as wrong:
        raise Http404 from wrong
    person = User.objects.filter(pk=target.person, is_active=True).first()
    visible = ServiceRequest.objects.visible_to(person) if person else ServiceRequest.objects.none()
    shown = visible.select_related("municipality").filter(pk=target.request).first()
    if person is None or shown is None:
        raise Http404
    return person, shown, closing_of(shown) == target.closing and may_rate(person, shown)


@csrf_exempt
@login_not_required
@rate_limit(action="rating")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rating(request: HttpRequest, token: str) -> HttpResponse:
    """Answer by a POST alone; looking chooses the answer that was pressed in the mail and gives none."""
    person, shown, is_alive = _rater(token)
    given = Rating.objects.filter(request=shown).first()
    form = RatingForm(request.POST if request.method == "POST" else None, given=given, clicked=request.GET.get("score", ""))
    is_done = False
    if is_alive and request.method == "POST" and form.is_valid():
        try:
            rate_request(shown, by=person, **form.cleaned_data)
            is_done = True
        except RatingNotAllowed:
            is_alive = False
    context = {"service_request": shown, "form": form, "is_done": is_done, "is_alive": is_alive, "last_day": rating_ends_on(shown)}
    response = page_for(request, person.correspondence_language, "mailings/rating.html", context)
    response.status_code = HTTPStatus.OK if is_alive else HTTPStatus.GONE
    return response
