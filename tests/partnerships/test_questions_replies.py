"""The page that a body opens by its signed link: what it shows, what it takes, when it ends."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from partnerships.models import Event, Forwarding
from partnerships.services.forwardings import reply_token, take_back
from tests.factories import ForwardingFactory, MunicipalityFactory, QuestionFactory, UserFactory, days_from_today

pytestmark = pytest.mark.django_db


@pytest.fixture
def forwarding() -> Forwarding:
    place = MunicipalityFactory(name_fr="Zinneville", name_nl="Zinnestad")
    asker = UserFactory(alderman=place, first_name="Zoé", last_name="Van Zwijgen", email="zoe@example.org", phone="+32 2 000 77 77")
    question = QuestionFactory(forwarded=True, municipality=place, asked_by=asker)
    return ForwardingFactory(question=question, reply_by=days_from_today(5))


def _address(forwarding: Forwarding) -> str:
    return reverse("question_reply", args=[reply_token(forwarding)])


def test_it_shows_the_question_and_the_municipality_and_no_person(client: Client, forwarding: Forwarding) -> None:
    response = client.get(_address(forwarding))
    text = response.content.decode().replace("&#x27;", "'")
    assert response.status_code == 200
    for told in (forwarding.question.title, forwarding.question.words, "Zinneville"):
        assert told in text
    for secret in ("Van Zwijgen", "Zoé", "zoe@example.org", "000 77 77", forwarding.by.last_name + "<"):
        assert secret not in text
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(client: Client, forwarding: Forwarding, method: str) -> None:
    for _scanner in range(3):
        getattr(client, method)(_address(forwarding), {"reply_fr": "Oui."})
    forwarding.refresh_from_db()
    assert forwarding.is_open
    assert not Event.objects.about(forwarding.question).exists()


def test_a_reply_without_cookies_is_taken_once(forwarding: Forwarding) -> None:
    client = Client(enforce_csrf_checks=True)
    first = client.post(_address(forwarding), {"reply_fr": "", "reply_nl": "Ja.", "source": "example.org/besluit"})
    second = client.post(_address(forwarding), {"reply_fr": "Non, en fait.", "reply_nl": ""})
    forwarding.refresh_from_db()
    forwarding.question.refresh_from_db()
    assert (first.status_code, second.status_code) == (200, 410)
    assert (forwarding.reply_nl, forwarding.reply_source, forwarding.question.state) == ("Ja.", "https://example.org/besluit", "replied")
    assert "Non, en fait." in second.content.decode(), "what was typed is not lost"
    assert Event.objects.about(forwarding.question).count() == 1


@pytest.mark.parametrize(
    "typed",
    [{}, {"reply_fr": "  "}, {"reply_fr": "Oui.", "source": "pas une adresse"}, {"reply_fr": "x" * 10_001}],
    ids=lambda typed: str(typed)[:30],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    client: Client, forwarding: Forwarding, typed: dict[str, str]
) -> None:
    response = client.post(_address(forwarding), typed)
    text = response.content.decode()
    assert response.status_code == 200
    assert 'class="field__error"' in text
    assert all(value.strip() in text for value in typed.values())
    forwarding.refresh_from_db()
    assert forwarding.is_open


def test_a_link_ends_when_taken_back_with_its_question_and_with_its_time(client: Client, forwarding: Forwarding) -> None:
    late = ForwardingFactory(reply_by=days_from_today(-60))
    assert client.get(_address(late)).status_code == 410
    take_back(forwarding.question, by=UserFactory(spoc=True), reason="Nous savons.")
    assert client.get(_address(forwarding)).status_code == 410
    assert client.post(_address(forwarding), {"reply_fr": "Oui."}).status_code == 410
    forwarding.refresh_from_db()
    assert forwarding.reply_fr == ""


@pytest.mark.parametrize("spoil", [lambda token: token[:-1] + "x", lambda token: "a" + token, lambda _token: "token"])
def test_no_link_is_guessed(client: Client, forwarding: Forwarding, spoil: object) -> None:
    assert client.get(reverse("question_reply", args=[spoil(reply_token(forwarding))])).status_code == 404


def test_it_is_rate_limited(client: Client, forwarding: Forwarding) -> None:
    cache.clear()
    codes = [client.post(_address(forwarding), {}).status_code for _number in range(35)]
    assert 429 in codes


def test_the_last_day_still_opens(client: Client, forwarding: Forwarding, settings: object) -> None:
    Forwarding.objects.filter(pk=forwarding.pk).update(reply_by=timezone.localdate() - settings.QUESTION_LINK_LASTS)
    assert client.get(_address(forwarding)).status_code == 200
    Forwarding.objects.filter(pk=forwarding.pk).update(reply_by=timezone.localdate() - settings.QUESTION_LINK_LASTS - dt.timedelta(days=1))
    assert client.get(_address(forwarding)).status_code == 410
