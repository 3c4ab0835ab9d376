"""The frame of every page: language, errors, headers, and no door to elsewhere."""

import re
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from config import views
from municipalities.models import User
from tests.factories import MunicipalityFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def alderman() -> User:
    return UserFactory(alderman=MunicipalityFactory())


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_the_language_is_switched_and_remembered(client: Client, alderman: User, language: str) -> None:
    client.force_login(alderman)
    page = client.post(reverse("set_language"), {"language": language, "next": reverse("requests")}, follow=True)
    assert page.redirect_chain == [(reverse("requests"), 302)]
    assert f'<html lang="{language}">' in page.content.decode()
    assert page.headers["Content-Language"] == language
    assert re.search(rf'value="{language}" lang="{language}" aria-current="true"', page.content.decode())
    alderman.refresh_from_db()
    assert alderman.interface_language == language


def test_before_the_login_the_cookie_then_the_browser_decides(client: Client) -> None:
    assert '<html lang="nl">' in client.get(reverse("account_login"), headers={"accept-language": "nl-BE"}).content.decode()
    client.post(reverse("set_language"), {"language": "en"})
    assert '<html lang="en">' in client.get(reverse("account_login"), headers={"accept-language": "nl-BE"}).content.decode()


def test_a_language_that_is_not_spoken_changes_nothing(client: Client) -> None:
    response = client.post(reverse("set_language"), {"language": "tlh"})
    assert response.status_code == 302
    assert not response.cookies


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "evil", "/\\evil.example", "javascript:alert(1)"])
def test_the_switch_leads_nowhere_else(client: Client, target: str) -> None:
    assert client.post(reverse("set_language"), {"language": "fr", "next": target}).url == "/"


def test_a_page_has_a_skip_link_one_heading_and_its_language(client: Client, alderman: User) -> None:
    client.force_login(alderman)
    for name in ("home", "requests", "request_new", "preferences"):
        text = client.get(reverse(name)).content.decode()
        assert text.count("<h1") == 1
        assert 'href="#content"' in text
        assert '<html lang="fr">' in text
        ids = re.findall(r'\sid="([^"]+)"', text)
        assert len(ids) == len(set(ids)), name


def test_pages_behind_the_login_are_stored_nowhere(client: Client, alderman: User) -> None:
    client.force_login(alderman)
    response = client.get(reverse("home"))
    assert response.headers["Cache-Control"] == "private, no-store" or "no-store" in response.headers["Cache-Control"]
    policy = response.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


# --- Errors ---------------------------------------------------------------------------------------


def _both(response: Any) -> None:
    text = response.content.decode()
    assert '<section class="card" lang="fr">' in text
    assert '<section class="card" lang="nl">' in text
    assert 'href="/' in text


def test_an_unknown_address(client: Client, alderman: User) -> None:
    response = client.get("/nothing/here/")
    assert response.status_code == 404
    _both(response)


def test_the_demo_shows_the_same_page_though_debug_is_on(client: Client, settings: Any) -> None:
    settings.DEBUG = True
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "config.middleware.own_not_found_page"]
    response = client.get("/nothing/here/")
    assert response.status_code == 404
    _both(response)


@pytest.mark.parametrize(
    ("view", "status"),
    [(views.bad_request, 400), (views.permission_denied, 403), (views.not_found, 404)],
    ids=["400", "403", "404"],
)
def test_error_pages_speak_both_languages(rf: RequestFactory, view: Any, status: int) -> None:
    response = view(rf.get("/"), Exception("what an attacker should not read"))
    assert response.status_code == status
    assert "attacker" not in response.content.decode()
    _both(response)


def test_the_500_page_needs_no_database(rf: RequestFactory, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        response = views.server_error(rf.get("/"))
    assert response.status_code == 500
    _both(response)


def test_a_form_without_its_key_is_refused_in_words(alderman: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alderman)
    response = client.post(reverse("preferences"), {"phone": "+32 2 000 00 00"})
    assert response.status_code == 403
    _both(response)


def test_an_unknown_host_is_refused(client: Client) -> None:
    response = client.get(reverse("account_login"), headers={"host": "evil.example"})
    assert response.status_code == 400


def test_trace_is_refused(client: Client) -> None:
    assert client.trace("/").status_code == 405
    assert client.trace(reverse("account_login")).status_code == 405


@pytest.mark.parametrize("name", ["requests", "home", "request_new"])
def test_pages_to_read_take_no_post(client: Client, alderman: User, name: str) -> None:
    client.force_login(alderman)
    assert client.post(reverse(name)).status_code == 405


# --- Who is led where -----------------------------------------------------------------------------


def test_a_reviewer_is_led_to_the_reviews(client: Client) -> None:
    client.force_login(UserFactory(cabinet=True))
    assert client.get(reverse("home")).url == reverse("reviews")


def test_staff_are_led_to_the_administration(client: Client) -> None:
    client.force_login(UserFactory(lead=True))
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa"}]
    session.save()
    text = client.get(reverse("home")).content.decode()
    assert reverse("admin:index") in text
    assert reverse("admin:partnerships_servicerequest_changelist") in text


# --- The menu -------------------------------------------------------------------------------------


def test_the_menu_shows_few_entries_on_a_telephone_and_loses_none(client: Client) -> None:
    client.force_login(UserFactory(alderman=[MunicipalityFactory() for _number in range(6)]))
    response = client.get(reverse("library"))
    menu = response.context["frame"].menu
    assert len(menu.at_hand) == 3
    assert [*menu.at_hand, *menu.beside, *menu.further] == response.context["frame"].navigation
    assert menu.further, "who stands in six municipalities has more than one line holds"
    assert menu.beside_is_current
    assert not menu.further_is_current
    text = response.content.decode()
    for link in response.context["frame"].navigation:
        assert f'href="{link.url}"' in text


def test_a_short_menu_has_nothing_more(client: Client) -> None:
    client.force_login(UserFactory(cabinet=True))
    text = client.get(reverse("reviews")).content.decode()
    assert "site-nav__more" not in text
