"""A feed is fetched without logging in: by a secret of which only the hash is kept, and which dies with the mandate."""

from http import HTTPStatus

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory

from municipalities.models import Mandate, User
from partnerships.models import FeedToken
from partnerships.services.feeds import UnknownFeed, reader_of, renew_feed, revoke_feed
from partnerships.views.feeds import private_feed
from tests.factories import since
from tests.partnerships.conftest import Cast

CALENDAR = FeedToken.Kind.CALENDAR


@private_feed(CALENDAR)
def who(request: HttpRequest, person: User) -> HttpResponse:
    return HttpResponse(person.email)


def _fetch(secret: str) -> HttpResponse:
    return who(RequestFactory().get("/"), secret)


def test_the_secret_leads_to_its_person_and_is_kept_as_a_hash_only(cast: Cast) -> None:
    secret = renew_feed(CALENDAR, by=cast.alderman)
    assert reader_of(CALENDAR, secret) == cast.alderman
    assert secret not in str(FeedToken.objects.values().get())


def test_a_renewed_secret_ends_the_one_before_and_there_is_one_per_kind(cast: Cast) -> None:
    before, after = renew_feed(CALENDAR, by=cast.alderman), renew_feed(CALENDAR, by=cast.alderman)
    assert reader_of(CALENDAR, after) == cast.alderman
    with pytest.raises(UnknownFeed):
        reader_of(CALENDAR, before)
    assert FeedToken.objects.filter(person=cast.alderman).count() == 1


def test_a_secret_opens_its_own_kind_alone(cast: Cast) -> None:
    secret = renew_feed(CALENDAR, by=cast.alderman)
    with pytest.raises(UnknownFeed):
        reader_of(FeedToken.Kind.MEASURES, secret)


def test_nobody_revokes_the_feed_of_another(cast: Cast) -> None:
    secret = renew_feed(CALENDAR, by=cast.alderman)
    revoke_feed(CALENDAR, by=cast.other_alderman)
    assert reader_of(CALENDAR, secret) == cast.alderman
    revoke_feed(CALENDAR, by=cast.alderman)
    with pytest.raises(Http404):
        _fetch(secret)


@pytest.mark.parametrize("who_asks", ["former", "spoc", "editor", "cabinet"])
def test_whoever_stands_in_no_municipality_gets_no_feed(cast: Cast, who_asks: str) -> None:
    with pytest.raises(PermissionDenied):
        renew_feed(CALENDAR, by=cast.person(who_asks))


def test_the_feed_dies_with_the_mandate(cast: Cast) -> None:
    secret = renew_feed(CALENDAR, by=cast.alderman)
    assert _fetch(secret).status_code == HTTPStatus.OK
    Mandate.objects.filter(user=cast.alderman).update(period=since(365, until=0))
    with pytest.raises(Http404):
        _fetch(secret)


def test_the_feed_dies_with_the_switch(cast: Cast) -> None:
    secret = renew_feed(CALENDAR, by=cast.alderman)
    User.objects.filter(pk=cast.alderman.pk).update(is_active=False)
    with pytest.raises(Http404):
        _fetch(secret)


def test_no_cache_keeps_a_feed(cast: Cast) -> None:
    kept = _fetch(renew_feed(CALENDAR, by=cast.alderman)).headers["Cache-Control"]
    assert {"private", "no-store"} <= set(kept.split(", "))


def test_a_feed_is_asked_for_only_so_often(cast: Cast) -> None:
    secret = renew_feed(CALENDAR, by=cast.alderman)
    answers = [_fetch(secret).status_code for _ in range(61)]
    assert answers[:60] == [HTTPStatus.OK] * 60
    assert answers[60] == HTTPStatus.TOO_MANY_REQUESTS


def test_the_database_refuses_a_second_feed_and_a_secret_in_clear(cast: Cast) -> None:
    renew_feed(CALENDAR, by=cast.alderman)
    with pytest.raises(IntegrityError, match="feed_once_per_person_and_kind"), transaction.atomic():
        FeedToken.objects.create(person=cast.alderman, kind=CALENDAR, digest="0" * 64)
    with pytest.raises(IntegrityError, match="feed_keeps_a_hash"), transaction.atomic():
        FeedToken.objects.create(person=cast.colleague, kind=CALENDAR, digest="the secret itself")
