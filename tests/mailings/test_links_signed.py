"""The signed links of a mail: unsubscribing by one POST, choosing a language, reading online. A GET changes nothing."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from mailings import services
from mailings.models import Delivery, Mailing, MailPreference
from mailings.rendering import content_token, delivery_token
from municipalities.models import User
from tests.factories import DeliveryFactory, MailingFactory, MunicipalityFactory, RequestFactory, UserFactory
from tests.mailings.reading import words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    place = MunicipalityFactory()
    person = UserFactory(mayor=place, correspondence_language="both")
    RequestFactory(waiting=True, municipality=place, title="Seulement pour la bourgmestre", asked_by=person)
    return person


@pytest.fixture
def delivery(person: User) -> Delivery:
    return services.plan_run(MailingFactory(approved=True), by=None).deliveries.get(recipient=person)


@pytest.fixture
def scanner() -> Client:
    """A mail provider's robot: no cookie, no session, and CSRF checks as in earnest."""
    return Client(enforce_csrf_checks=True)


def _link(name: str, delivery: Delivery, *more: str) -> str:
    return reverse(name, args=[delivery_token(delivery.key), *more])


def _is_unsubscribed(person: User) -> bool:
    return MailPreference.objects.filter(user=person, unsubscribed_at__isnull=False).exists()


def test_one_click_unsubscribes_without_cookie_token_or_redirect(scanner: Client, person: User, delivery: Delivery) -> None:
    url = _link("unsubscribe", delivery)
    answer = scanner.post(url, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert not answer.has_header("Location")
    assert _is_unsubscribed(person)
    first = person.mail_preference.unsubscribed_at
    assert scanner.post(url).status_code == 200
    assert MailPreference.objects.get(user=person).unsubscribed_at == first


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(scanner: Client, person: User, delivery: Delivery, method: str) -> None:
    for name, more in (("unsubscribe", ()), ("choose_language", ("nl",)), ("web_version", ())):
        answer = getattr(scanner, method)(_link(name, delivery, *more))
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]
        assert answer["X-Robots-Tag"] == "noindex"
    person.refresh_from_db()
    assert not _is_unsubscribed(person)
    assert person.correspondence_language == "both"


def test_the_page_offers_a_button_that_works_without_script(scanner: Client, delivery: Delivery) -> None:
    page = scanner.get(_link("unsubscribe", delivery)).content.decode()
    assert '<form method="post">' in page
    assert page.count("<h1") == 1


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_choosing_a_language_from_the_mail(scanner: Client, person: User, delivery: Delivery, language: str) -> None:
    answer = scanner.post(_link("choose_language", delivery, language))
    assert answer.status_code == 200
    assert answer["Content-Language"] == language
    assert f'<html lang="{language}"' in answer.content.decode()
    person.refresh_from_db()
    assert person.correspondence_language == language


def test_another_language_is_no_address(scanner: Client, delivery: Delivery) -> None:
    for language in ("en", "both"):
        assert scanner.post(_link("choose_language", delivery, "fr").replace("/fr/", f"/{language}/")).status_code == 404


@pytest.mark.parametrize("token", ["x", "-", "d" + "0" * 32, "d" + "0" * 32 + ".AAAA", "c1-fr.AAAA"])
@pytest.mark.parametrize(("method", "name"), [("get", "web_version"), ("get", "unsubscribe"), ("post", "unsubscribe")])
def test_a_link_not_made_by_the_portal_is_no_address(scanner: Client, name: str, token: str, method: str) -> None:
    assert getattr(scanner, method)(reverse(name, args=[token])).status_code == 404


def test_a_link_changed_by_one_character_is_no_address(scanner: Client, person: User, delivery: Delivery) -> None:
    token = delivery_token(delivery.key)
    other = token[0] + ("e" if token[1] != "e" else "f") + token[2:]
    assert scanner.post(reverse("unsubscribe", args=[other])).status_code == 404
    assert scanner.post(reverse("unsubscribe", args=[delivery_token(uuid.uuid4())])).status_code == 404
    assert not _is_unsubscribed(person)


def test_the_common_link_reads_and_does_nothing_else(scanner: Client, person: User, delivery: Delivery) -> None:
    token = content_token(delivery.run_id, "fr")
    assert scanner.get(reverse("web_version", args=[token])).status_code == 200
    assert scanner.post(reverse("unsubscribe", args=[token])).status_code == 404
    assert scanner.post(reverse("choose_language", args=[token, "nl"])).status_code == 404
    assert scanner.get(reverse("web_version", args=[content_token(delivery.run_id + 999, "fr")])).status_code == 404
    assert not _is_unsubscribed(person)


@pytest.mark.parametrize("language", ["fr", "nl", "both"])
def test_read_online_shows_what_was_sent_and_nothing_personal(scanner: Client, person: User, delivery: Delivery, language: str) -> None:
    mailing = delivery.run.mailing
    Mailing.objects.filter(pk=mailing.pk).update(intro_fr="Changé après coup")
    page = scanner.get(reverse("web_version", args=[content_token(delivery.run_id, language)])).content.decode()
    words = words_of(page)
    for version, other in (("fr", "nl"), ("nl", "fr")):
        is_there = language in {version, "both"}
        assert (getattr(mailing, f"subject_{version}") in words) == is_there, other
        assert all((getattr(item, f"title_{version}") in words) == is_there for item in mailing.items.all())
    assert "Changé après coup" not in page
    for secret in (person.email, person.last_name, "Seulement pour la bourgmestre"):
        assert secret not in page


def test_there_is_nothing_to_read_online_of_a_notice_or_a_code(scanner: Client) -> None:
    for trait in ("notice_mail", "login_code"):
        assert scanner.get(_link("web_version", DeliveryFactory(**{trait: True}))).status_code == 404


def test_a_burst_of_presses_from_one_address_is_stopped(delivery, scanner, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"signed_link": "3/m/ip"}
    for link in (_link("unsubscribe", delivery), _link("choose_language", delivery, "nl")):
        answers = [scanner.post(link).status_code for _n in range(4)]
        assert answers[-1] == 429, link
    assert scanner.get(_link("unsubscribe", delivery)).status_code == 200
