"""Every address asks for a log-in, unless it is on the short list below."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

PUBLIC = {
    "/accounts/login/",
    "/accounts/login/code/",
    "/accounts/login/code/confirm/",
    "/accounts/logout/",  # leads to the log-in when nobody is logged in
    "/accounts/2fa/authenticate/",
    "/health/live",
    "/health/ready",
    "/metrics",  # on the loopback, or with a token: tests/config/test_watch.py
    "/language/",
    "/m/token/",
    "/m/token/preferences/",
    "/m/token/unsubscribe/",
    "/m/token/satisfaction/",
    "/m/token/invitation/",
    "/feeds/token/calendar.ics",
    "/m/token/language/fr/",
    "/privacy/",
    "/webhooks/mail/",  # for the mail provider, by its secret: tests/mailings/test_webhooks.py
    "/questions/reply/token/",
}
CLOSED = {
    "/accounts/signup/",
    "/accounts/email/",
    "/accounts/confirm-email/",
    "/accounts/inactive/",
    "/accounts/password/change/",
    "/accounts/password/set/",
    "/accounts/password/reset/",
}
SAMPLES = {
    "uuid": "0b8d4b5e-6a1f-4a57-9d5e-3c1f7f1c2a10",
    "int": "1",
    "slug": "ixelles",
    "str": "token",
    "path": "some/path",
    "mail_language": "fr",
    "correspondence": "fr",
}


def _address(route: str) -> str:
    """An address the route takes: first the groups of a regular expression, then the converters of a path."""
    plain = re.sub(r"\(\?P<\w+>([^)]*)\)", lambda match: "x" if "*" in match[1] else match[1].split("|")[0], route)
    filled = re.sub(r"<(?:(\w+):)?\w+>", lambda match: SAMPLES[match[1] or "str"], plain)
    return "/" + re.sub(r"\^|\$|\\Z", "", filled)


def _addresses(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield _address(route)
        else:
            yield from _addresses(entry, route)


ADDRESSES = sorted(set(_addresses(get_resolver())))


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_stranger_is_sent_to_the_login(client: Client, address: str) -> None:
    response = client.get(address)
    if address in CLOSED:
        assert response.status_code == 404
    elif address not in PUBLIC:
        assert response.status_code == 302, f"{address} answers {response.status_code} to a stranger"
        assert response.url.startswith((reverse("account_login"), reverse("admin:login")))


def test_the_short_list_names_nothing_that_is_gone() -> None:
    assert set(ADDRESSES) >= PUBLIC | CLOSED


def test_the_walk_found_the_portal_and_the_administration() -> None:
    assert "/requests/" in ADDRESSES
    assert any(address.startswith("/admin/") for address in ADDRESSES)
    assert len(ADDRESSES) > 50
