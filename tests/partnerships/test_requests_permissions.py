"""Every address of the portal × every kind of person, as one table."""

import pytest
from django.test import Client
from django.urls import reverse

from partnerships.models import Agreement, ServiceRequest
from tests.factories import AgreementFactory, RequestFactory
from tests.partnerships.conftest import Cast

pytestmark = pytest.mark.django_db
PEOPLE = ("alderman", "colleague", "other_alderman", "former", "spoc", "editor", "cabinet", "anonymous")
OPEN, FOUND, LOGIN, NOTHING = 200, 302, "login", 404

# alderman, colleague, other alderman, former alderman, SPOC, editor, cabinet, anonymous
GET_TABLE = {
    "home": (OPEN, OPEN, OPEN, LOGIN, OPEN, OPEN, FOUND, LOGIN),
    "requests": (OPEN, OPEN, OPEN, LOGIN, OPEN, NOTHING, NOTHING, LOGIN),
    "request_new": (OPEN, OPEN, OPEN, LOGIN, NOTHING, NOTHING, NOTHING, LOGIN),
    "request_draft": (OPEN, OPEN, OPEN, LOGIN, NOTHING, NOTHING, NOTHING, LOGIN),
    "request": (OPEN, OPEN, NOTHING, LOGIN, OPEN, NOTHING, NOTHING, LOGIN),
    "request_of_draft": (OPEN, OPEN, NOTHING, LOGIN, NOTHING, NOTHING, NOTHING, LOGIN),
    "request_edit": (FOUND, FOUND, NOTHING, LOGIN, NOTHING, NOTHING, NOTHING, LOGIN),
    "request_step": (OPEN, OPEN, NOTHING, LOGIN, NOTHING, NOTHING, NOTHING, LOGIN),
    "request_check": (OPEN, OPEN, NOTHING, LOGIN, NOTHING, NOTHING, NOTHING, LOGIN),
    "request_submit": (FOUND, FOUND, NOTHING, LOGIN, NOTHING, NOTHING, NOTHING, LOGIN),
    "request_withdraw": (OPEN, OPEN, NOTHING, LOGIN, FOUND, NOTHING, NOTHING, LOGIN),
    "request_close": (FOUND, FOUND, NOTHING, LOGIN, FOUND, NOTHING, NOTHING, LOGIN),
    "request_message": (FOUND, FOUND, NOTHING, LOGIN, FOUND, NOTHING, NOTHING, LOGIN),
    "agreement": (OPEN, OPEN, NOTHING, LOGIN, OPEN, OPEN, NOTHING, LOGIN),
    "agreement_not_signed": (NOTHING, NOTHING, NOTHING, LOGIN, OPEN, OPEN, NOTHING, LOGIN),
    "municipality": (OPEN, OPEN, NOTHING, LOGIN, OPEN, OPEN, NOTHING, LOGIN),
    "preferences": (OPEN, OPEN, OPEN, LOGIN, OPEN, OPEN, OPEN, LOGIN),
}
POST_TABLE = {
    "request_draft": (FOUND, FOUND, FOUND, LOGIN, NOTHING, NOTHING, NOTHING, LOGIN),
    "request_step": (FOUND, FOUND, NOTHING, LOGIN, NOTHING, NOTHING, NOTHING, LOGIN),
    "request_submit": (FOUND, FOUND, NOTHING, LOGIN, NOTHING, NOTHING, NOTHING, LOGIN),
    "request_withdraw": (FOUND, FOUND, NOTHING, LOGIN, FOUND, NOTHING, NOTHING, LOGIN),
    "request_close": (FOUND, FOUND, NOTHING, LOGIN, FOUND, NOTHING, NOTHING, LOGIN),
    "request_message": (FOUND, FOUND, NOTHING, LOGIN, FOUND, NOTHING, NOTHING, LOGIN),
}


def _address(name: str, cast: Cast) -> str:
    ours = {"municipality": cast.municipality, "asked_by": cast.alderman}
    if name in {"home", "requests", "request_new", "preferences"}:
        return reverse(name)
    if name == "request_draft":
        return reverse(name, args=["audit"])
    if name == "agreement":
        return reverse(name, args=[Agreement.objects.get(municipality=cast.municipality).key])
    if name == "agreement_not_signed":
        return reverse("agreement", args=[AgreementFactory(municipality=cast.municipality, draft=True).key])
    if name == "municipality":
        return reverse(name, args=[cast.municipality.slug])
    if name == "request_step":
        return reverse(name, args=[RequestFactory(draft=True, **ours).key, "about"])
    if name in {"request_edit", "request_check", "request_submit", "request_of_draft"}:
        return reverse("request" if name == "request_of_draft" else name, args=[RequestFactory(draft=True, **ours).key])
    return reverse(name, args=[RequestFactory(submitted=True, **ours).key])


def _rows(table: dict[str, tuple[object, ...]]) -> list[object]:
    return [
        pytest.param(name, person, expected, id=f"{name}-{person}")
        for name, row in table.items()
        for person, expected in zip(PEOPLE, row, strict=True)
    ]


def _check(response: object, expected: object) -> None:
    if expected == LOGIN:
        assert response.status_code == 302
        assert response.url.startswith(reverse("account_login"))
    else:
        assert response.status_code == expected
        assert not getattr(response, "url", "").startswith(reverse("account_login"))


@pytest.mark.parametrize(("name", "person", "expected"), _rows(GET_TABLE))
def test_who_may_open(cast: Cast, enter: object, name: str, person: str, expected: object) -> None:
    client = Client() if person == "anonymous" else enter(cast.person(person))
    _check(client.get(_address(name, cast)), expected)


@pytest.mark.parametrize(("name", "person", "expected"), _rows(POST_TABLE))
def test_who_may_act(cast: Cast, enter: object, name: str, person: str, expected: object) -> None:
    client = Client() if person == "anonymous" else enter(cast.person(person))
    _check(client.post(_address(name, cast), {"body": "Bonjour", "language": "fr", "token": "0" * 32, "revision": 1}), expected)


def test_nothing_of_a_stranger_changes_a_request(cast: Cast, enter: object) -> None:
    asked = RequestFactory(completed=True, municipality=cast.municipality, asked_by=cast.alderman)
    before = ServiceRequest.objects.values().get(pk=asked.pk)
    for person in ("other_alderman", "former", "editor", "cabinet"):
        client = enter(cast.person(person))
        for name in ("request_submit", "request_withdraw", "request_close", "request_message", "request_edit", "request_check"):
            client.post(reverse(name, args=[asked.key]), {"body": "Bonjour", "language": "fr", "token": "1" * 32})
        client.post(reverse("request_step", args=[asked.key, "about"]), {"title": "À moi", "language": "fr", "revision": 1})
    assert ServiceRequest.objects.values().get(pk=asked.pk) == before
    assert not asked.messages.exists()


def test_no_trace_of_another_municipality(cast: Cast, enter: object) -> None:
    RequestFactory(submitted=True, municipality=cast.other_municipality, asked_by=cast.other_alderman, title="Secret de l'autre commune")
    client = enter(cast.alderman)
    for query in ("", "?show=all", "?show=all&q=Secret", f"?show=all&q={cast.other_municipality.code}"):
        page = client.get(reverse("requests") + query)
        assert page.context["rows"] == []
        assert page.context["count"] == 0
        assert "Secret de l" not in page.content.decode()
    home = client.get(reverse("home")).content.decode()
    assert "Secret de l" not in home
    assert cast.other_municipality.name_fr not in home


def test_a_new_request_is_only_for_ones_own_municipality(cast: Cast, enter: object) -> None:
    url = reverse("request_draft", args=["audit"]) + f"?municipality={cast.other_municipality.slug}"
    assert enter(cast.alderman).get(url).status_code == 404
    assert enter(cast.alderman).post(url, {"title": "x"}).status_code == 404
    assert not ServiceRequest.objects.exists()


def test_a_kind_that_does_not_exist_is_not_found(cast: Cast, enter: object) -> None:
    assert enter(cast.alderman).get("/requests/new/nothing/").status_code == 404
