"""Satisfaction: one question, by one click from the mail without log-in; looking changes nothing, and strangers are not asked."""

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.privacy.retention import apply_retention
from mailings.models import Delivery
from mailings.rendering.rating_links import rating_token
from mailings.services import decide_notices
from municipalities.delegations import Delegation
from partnerships.models import Event, Rating, ServiceRequest
from partnerships.satisfaction import plot_of, satisfaction_in, years_with_closings
from partnerships.services.ratings import RatingNotAllowed, may_rate, rate_request
from partnerships.services.requests import close_request
from tests.factories import RatingFactory, RequestFactory, UserFactory, days_from_today
from tests.partnerships.conftest import Cast

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def closed(cast: Cast) -> ServiceRequest:
    return RequestFactory(closed=True, municipality=cast.municipality, asked_by=cast.alderman, ended_at=NOW - dt.timedelta(days=3))


@pytest.fixture
def scanner() -> Client:
    """A mail provider's robot: no cookie, no session, and CSRF checks as in earnest."""
    return Client(enforce_csrf_checks=True)


def link(request: ServiceRequest, person: Any) -> str:
    return reverse("rating", args=[rating_token(request, person)])


# --- From the mail ------------------------------------------------------------------------------


def test_looking_at_every_link_gives_no_answer(cast: Cast, closed: ServiceRequest, scanner: Client) -> None:
    for score in (*range(7), "x", ""):
        for method in (scanner.get, scanner.head, scanner.options):
            method(f"{link(closed, cast.alderman)}?score={score}")
    assert not Rating.objects.exists()
    assert not Event.objects.filter(verb="request_rated").exists()
    assert scanner.put(link(closed, cast.alderman)).status_code == 405


def test_the_answer_pressed_in_the_mail_is_chosen_beforehand(cast: Cast, closed: ServiceRequest, scanner: Client) -> None:
    page = scanner.get(f"{link(closed, cast.alderman)}?score=4")
    assert page.status_code == 200
    assert page.context["form"].initial["score"] == 4
    (chosen,) = [line for line in page.content.decode().split("<input") if "checked" in line]
    assert 'value="4"' in chosen
    assert page["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


def test_one_post_without_cookie_or_token_keeps_the_answer(cast: Cast, closed: ServiceRequest, scanner: Client) -> None:
    answer = scanner.post(link(closed, cast.alderman), {"score": "5", "words": " Rapide et clair. "})
    assert answer.status_code == 200
    assert not answer.has_header("Location")
    rating = Rating.objects.get()
    assert (rating.request, rating.score, rating.words, rating.given_by) == (closed, 5, "Rapide et clair.", cast.alderman)
    event = Event.objects.get(verb="request_rated")
    assert (event.subject, event.actor, event.data) == (closed, cast.alderman, {"score": 5, "is_first": True})


def test_the_answer_is_changed_and_stays_one(cast: Cast, closed: ServiceRequest, scanner: Client) -> None:
    for score in ("5", "2", "2"):
        scanner.post(link(closed, cast.alderman), {"score": score})
    assert Rating.objects.get().score == 2
    assert Event.objects.filter(verb="request_rated").count() == 2
    assert scanner.get(link(closed, cast.alderman)).context["form"].initial["score"] == 2


def test_what_is_no_answer_is_refused_and_the_sentence_kept(cast: Cast, closed: ServiceRequest, scanner: Client) -> None:
    for score in ("", "0", "6", "x"):
        page = scanner.post(link(closed, cast.alderman), {"score": score, "words": "Merci beaucoup"})
        assert page.context["form"].errors["score"]
        assert "Merci beaucoup" in page.content.decode()
    assert scanner.post(link(closed, cast.alderman), {"score": "4", "words": "x" * 1001}).context["form"].errors["words"]
    assert not Rating.objects.exists()


@pytest.mark.parametrize("tampered", ["", "x", "1-2-3.abc"])
def test_a_link_of_another_making_opens_nothing(cast: Cast, closed: ServiceRequest, scanner: Client, tampered: str) -> None:
    token = rating_token(closed, cast.alderman)
    address = reverse("rating", args=[tampered or token[:-1] + ("a" if token[-1] != "a" else "b")])
    assert scanner.get(address).status_code == 404
    assert scanner.post(address, {"score": "5"}).status_code == 404


def test_the_link_dies_when_the_request_is_reopened_and_another_closing_has_another(
    cast: Cast, closed: ServiceRequest, scanner: Client
) -> None:
    first = link(closed, cast.alderman)
    ServiceRequest.objects.filter(pk=closed.pk).update(state="in_progress", ended_at=None)
    assert scanner.get(first).status_code == scanner.post(first, {"score": "1"}).status_code == 410
    ServiceRequest.objects.filter(pk=closed.pk).update(state="completed")
    ServiceRequest.objects.filter(pk=closed.pk).update(state="closed", ended_at=NOW)
    closed.refresh_from_db()
    assert scanner.post(first, {"score": "1"}).status_code == 410
    assert not Rating.objects.exists()
    assert scanner.post(link(closed, cast.alderman), {"score": "4"}).status_code == 200


@pytest.mark.parametrize(("days", "status"), [(0, 200), (settings.RATING_OPEN_FOR.days, 200), (settings.RATING_OPEN_FOR.days + 1, 410)])
def test_the_link_lives_for_its_days(cast: Cast, scanner: Client, days: int, status: int) -> None:
    ended = timezone.make_aware(dt.datetime.combine(days_from_today(-days), dt.time(9)))
    request = RequestFactory(closed=True, municipality=cast.municipality, asked_by=cast.alderman, ended_at=ended)
    assert scanner.post(link(request, cast.alderman), {"score": "3"}).status_code == status
    assert Rating.objects.count() == (status == 200)


def test_the_link_dies_with_the_mandate_and_with_the_person(cast: Cast, closed: ServiceRequest, scanner: Client) -> None:
    for nobody in (cast.former, cast.other_alderman, cast.cabinet):
        assert scanner.get(link(closed, nobody)).status_code == 404
        assert scanner.post(link(closed, nobody), {"score": "1"}).status_code == 404
    for staff in (cast.spoc, cast.editor):
        assert scanner.post(link(closed, staff), {"score": "5"}).status_code in {404, 410}
    cast.alderman.is_active = False
    cast.alderman.save()
    assert scanner.post(link(closed, cast.alderman), {"score": "1"}).status_code == 404
    assert not Rating.objects.exists()


def test_a_burst_from_one_address_is_stopped(cast: Cast, closed: ServiceRequest, scanner: Client) -> None:
    answers = {scanner.post(link(closed, cast.alderman), {"score": "3"}).status_code for _n in range(35)}
    assert answers == {200, 429}
    assert scanner.get(link(closed, cast.alderman)).status_code == 200


@pytest.mark.parametrize(("language", "title"), [("fr", "Merci"), ("nl", "Bedankt")])
def test_the_page_speaks_the_language_of_who_was_written_to(
    cast: Cast, closed: ServiceRequest, scanner: Client, language: str, title: str
) -> None:
    cast.alderman.correspondence_language = language
    cast.alderman.save()
    page = scanner.post(link(closed, cast.alderman), {"score": "5"}, headers={"accept-language": "en"})
    assert page["Content-Language"] == language
    assert title in page.content.decode()


# --- The mail -----------------------------------------------------------------------------------


def _close(cast: Cast, by: Any) -> ServiceRequest:
    request = RequestFactory(completed=True, municipality=cast.municipality, asked_by=cast.alderman)
    close_request(request, by=by)
    decide_notices(timezone.now())
    request.refresh_from_db()
    return request


@pytest.mark.parametrize(("language", "question"), [("fr", "satisfaction"), ("nl", "tevreden")])
def test_the_mail_about_the_closing_asks_who_asked(cast: Cast, language: str, question: str) -> None:
    cast.alderman.correspondence_language = language
    cast.alderman.save()
    request = _close(cast, cast.spoc)
    mail = Delivery.objects.get(recipient=cast.alderman)
    for score in range(1, 6):
        address = f"{link(request, cast.alderman)}?score={score}"
        assert address in mail.body_text
        assert address in mail.body_html
    assert question in mail.body_text
    assert question in mail.body_html


def test_closed_by_a_colleague_who_asked_is_asked_and_the_agency_is_not(cast: Cast) -> None:
    request = _close(cast, cast.colleague)
    mails = {mail.recipient: mail.body_text for mail in Delivery.objects.select_related("recipient")}
    assert set(mails) == {cast.alderman, cast.spoc}
    assert link(request, cast.alderman) in mails[cast.alderman]
    assert "/m/" not in mails[cast.spoc].split("\n--")[0]


# --- In the portal ------------------------------------------------------------------------------


def test_who_is_logged_in_answers_on_the_page(cast: Cast, closed: ServiceRequest, enter: Any) -> None:
    address, page = reverse("request_rate", args=[closed.key]), reverse("request", args=[closed.key])
    client = enter(cast.colleague)
    assert address in client.get(page).content.decode()
    assert client.get(address).status_code == 200
    assert not Rating.objects.exists()
    assert client.post(address, {"score": "4", "words": "Bien."}).url == page
    assert Rating.objects.get().given_by == cast.colleague
    assert "Bien." in enter(cast.alderman).get(page).content.decode()


def test_strangers_and_the_agency_do_not_answer(cast: Cast, closed: ServiceRequest, enter: Any) -> None:
    address = reverse("request_rate", args=[closed.key])
    assert enter(cast.other_alderman).post(address, {"score": "1"}).status_code == 404
    assert enter(cast.former).post(address, {"score": "1"}).status_code == 302
    assert enter(cast.editor).post(address, {"score": "1"}).status_code == 404
    assert enter(cast.spoc).post(address, {"score": "5"}).status_code == 302
    assert not Rating.objects.exists()
    for nobody in (cast.other_alderman, cast.former, cast.editor, cast.spoc, cast.cabinet):
        assert not may_rate(nobody, closed)
        with pytest.raises(RatingNotAllowed):
            rate_request(closed, by=nobody, score=1)


@pytest.mark.parametrize("state", [state for state in ServiceRequest.State.values if state != "closed"])
def test_only_a_closed_request_is_rated(cast: Cast, state: str) -> None:
    request = RequestFactory(**{state: True}, municipality=cast.municipality, asked_by=cast.alderman)
    with pytest.raises(RatingNotAllowed):
        rate_request(request, by=cast.alderman, score=4)


def test_what_the_agency_asked_of_the_municipality_is_not_rated(cast: Cast, closed: ServiceRequest) -> None:
    ServiceRequest.objects.filter(pk=closed.pk).update(direction="to_municipality", asked_by=cast.spoc)
    closed.refresh_from_db()
    assert not may_rate(cast.alderman, closed)
    assert satisfaction_in(timezone.localdate(closed.ended_at).year).total.closed == 0


def test_the_rule_stands_in_the_database_too(cast: Cast, closed: ServiceRequest) -> None:
    with pytest.raises(ValidationError):
        rate_request(closed, by=cast.alderman, score=6)
    rating = rate_request(closed, by=cast.alderman, score=5)
    with pytest.raises(IntegrityError, match="rating_from_one_to_five"), transaction.atomic():
        Rating.objects.filter(pk=rating.pk).update(score=6)
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.create(request=closed, score=3, given_by=cast.alderman)


def test_staff_read_the_answer_on_the_request(cast: Cast, closed: ServiceRequest, enter: Any) -> None:
    rate_request(closed, by=cast.alderman, score=2, words="Trop lent à notre goût.")
    page = enter(cast.spoc).get(reverse("admin:partnerships_servicerequest_change", args=[closed.pk])).content.decode()
    assert "Trop lent à notre goût." in page


def test_after_the_years_the_figure_stays_and_the_sentence_goes(cast: Cast) -> None:
    long_ago = NOW - settings.RETENTION_REQUESTS - dt.timedelta(days=3)
    request = RequestFactory(closed=True, municipality=cast.municipality, ended_at=long_ago)
    RatingFactory(request=request, score=4, words="Merci à tous.")
    apply_retention(timezone.localdate())
    assert (Rating.objects.get().score, Rating.objects.get().words) == (4, "")


# --- The year -----------------------------------------------------------------------------------


def _rated(cast: Cast, *scores: int | None, month: int = 3, **fields: Any) -> None:
    for score in scores:
        ended = timezone.make_aware(dt.datetime(2025, month, 10, 12))
        request = RequestFactory(
            closed=True, created_at=ended - dt.timedelta(days=9), ended_at=ended, **({"municipality": cast.municipality} | fields)
        )
        if score:
            RatingFactory(request=request, score=score)


def test_the_year_counts_who_answered_and_says_no_average_of_few(cast: Cast) -> None:
    _rated(cast, 5, 5, 4, 4, 2, None, month=3)
    _rated(cast, 1, month=4, municipality=cast.other_municipality, kind="works")
    year = satisfaction_in(2025)
    assert (year.total.closed, year.total.answers, year.total.share) == (7, 6, 86)
    march, april = year.months[2], year.months[3]
    assert (march.average, march.spread) == (4.0, [0, 1, 0, 2, 2])
    assert (april.closed, april.answers, april.average, april.spread) == (1, 1, None, None)
    by_kind, by_place, _by_month = year.groups
    assert [(line.closed, line.answers) for line in by_kind.lines] == [(6, 5), (0, 0), (1, 1)]
    assert [line.closed for line in by_place.lines] == [6, 1]
    assert [bar.line.average for bar in plot_of(year).bars].count(None) == 11
    assert years_with_closings(dt.date(2026, 11, 25)) == [2026, 2025]


@pytest.mark.parametrize(("moment", "year"), [("2025-12-31T23:30:00+00:00", 2026), ("2025-12-31T22:30:00+00:00", 2025)])
def test_the_year_is_that_of_brussels(cast: Cast, moment: str, year: int) -> None:
    ended = dt.datetime.fromisoformat(moment)
    RequestFactory(closed=True, municipality=cast.municipality, created_at=ended - dt.timedelta(days=9), ended_at=ended)
    assert satisfaction_in(year).total.closed == 1


def test_the_page_and_the_table_name_nobody(cast: Cast, enter: Any) -> None:
    _rated(cast, 5, 5, 4, 4, 2, 1)
    names = [rating.given_by.last_name for rating in Rating.objects.select_related("given_by")]
    page, table = reverse("admin:partnerships_rating_changelist"), reverse("admin:partnerships_rating_csv")
    client = enter(cast.spoc)
    shown = client.get(page, {"year": "2025"}).content.decode()
    lines = b"".join(client.get(table, {"year": "2025"}).streaming_content).decode()
    assert "<svg" in shown
    assert str(cast.municipality) in lines
    assert ";6;6;" in lines
    for name in names:
        assert name not in shown
        assert name not in lines
    assert client.get(page, {"year": "x"}).status_code == 200
    for stranger, status in ((cast.editor, 403), (cast.alderman, 404), (cast.other_alderman, 404)):
        assert enter(stranger).get(page).status_code == status
        assert enter(stranger).get(table).status_code == status


def test_the_year_costs_the_same_however_many(cast: Cast, enter: Any, django_assert_max_num_queries: Any) -> None:
    client, page = enter(cast.spoc), reverse("admin:partnerships_rating_changelist") + "?year=2025"
    _rated(cast, 5)
    client.get(page)
    with django_assert_max_num_queries(40) as first:
        client.get(page)
    _rated(cast, 1, 2, 3, 4, 5, None, month=5)
    with django_assert_max_num_queries(len(first)):
        client.get(page)


def test_a_delegate_who_may_only_read_is_not_asked(cast: Cast, closed: ServiceRequest, scanner: Client) -> None:
    reader = UserFactory()
    mandate = cast.alderman.mandates.get()
    scope = Delegation.Scope.READ
    Delegation.objects.create(mandate=mandate, delegate=reader, scope=scope, period=mandate.period, accepted_at=NOW)
    assert closed in ServiceRequest.objects.visible_to(reader)
    assert scanner.post(link(closed, reader), {"score": "1"}).status_code == 410
    assert not Rating.objects.exists()
