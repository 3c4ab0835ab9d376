"""The asking side says how it was: once a request, changeable for some weeks after it was closed."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.models import User
from partnerships.models import Event, Rating, ServiceRequest, is_merged, rating_ends_on
from partnerships.permissions import Party, behalf_of, party_of
from partnerships.services.events import record_event


class RatingNotAllowed(Exception):
    """Not somebody of the asking side, or not a closed request, or too long ago."""


def may_rate(user: User, request: ServiceRequest, on: dt.date | None = None) -> bool:
    """Whoever may write for the municipality that asked, from the closing until RATING_OPEN_FOR later.

    Of a twin that was merged nobody is asked: it is the request it goes on in that gets an answer.
    """
    today = on or timezone.localdate()
    last_day = rating_ends_on(request)
    is_asked = last_day is not None and today <= last_day and not request.is_from_agency
    return is_asked and party_of(user, request, on=today) == Party.MUNICIPALITY and not is_merged(request)


@transaction.atomic
def rate_request(request: ServiceRequest, *, by: User, score: int, words: str = "") -> Rating:
    """Keep the answer, in place of the one before; the same answer twice changes nothing.

    Raises RatingNotAllowed, and ValidationError for anything but one of the five answers.
    """
    request = ServiceRequest.objects.select_for_update(of=("self",)).select_related("municipality").get(pk=request.pk)
    if not may_rate(by, request):
        raise RatingNotAllowed
    before = Rating.objects.filter(request=request).first()
    words = words.strip()
    if before and (before.score, before.words, before.given_by_id) == (score, words, by.pk):
        return before
    rating = before or Rating(request=request)
    rating.score, rating.words, rating.given_by, rating.given_at = score, words, by, timezone.now()
    _check(rating)
    rating.save()
    data = {"score": score, "is_first": before is None}
    verb = Event.Verb.REQUEST_RATED
    record_event(verb, request, by=by, behalf_of=behalf_of(by, request), municipality=request.municipality, data=data)
    return rating


def _check(rating: Rating) -> None:
    if rating.score not in Rating.Score.values:
        raise ValidationError({"score": _("Choose one of the five answers.")})
    rating.full_clean(exclude=["request", "given_by"])
