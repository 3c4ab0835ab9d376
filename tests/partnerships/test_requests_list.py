"""The list of requests in the portal: narrowed, found without accents, paged by key, as a file; and only what is one's own."""

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from municipalities.delegations import Delegation
from municipalities.models import User
from municipalities.places import Neighbourhood, Street
from partnerships.models import Kind, ServiceRequest
from partnerships.services.delegations import accept_delegation, invite_delegate
from partnerships.views.request_list import PAGE_SIZE
from tests.factories import RequestFactory, UserFactory, days_from_today
from tests.partnerships.conftest import Cast

pytestmark = pytest.mark.django_db


def titles(client: Client, query: str = "") -> list[str]:
    return [row.title for row in client.get(reverse("requests") + query).context["rows"]]


@pytest.fixture
def several(cast: Cast) -> dict[str, ServiceRequest]:
    ours = {"municipality": cast.municipality, "asked_by": cast.alderman}
    long_ago = timezone.now() - dt.timedelta(days=400)
    return {
        "audit": RequestFactory(in_progress=True, title="Diagnostic de la chaussée d'Été", area="Chaussée d'Été", **ours),
        "works": RequestFactory(submitted=True, kind=Kind.WORKS, title="Travaux", area="Place Sainte-Croix", **ours),
        "theirs": RequestFactory(waiting=True, title="Vacance", municipality=cast.municipality, asked_by=cast.colleague),
        "old": RequestFactory(closed=True, title="Ancienne", created_at=long_ago, **ours),
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("", {"audit", "works", "theirs"}, id="open"),
        pytest.param("?show=all", {"audit", "works", "theirs", "old"}, id="all"),
        pytest.param("?show=turn", {"theirs"}, id="turn of the municipality"),
        pytest.param("?show=agency", {"audit", "works"}, id="turn of the agency"),
        pytest.param("?show=all&q=chaussee ete", {"audit"}, id="two words without accents"),
        pytest.param("?show=all&q=CHAUSSÉE", {"audit"}, id="capitals"),
        pytest.param("?show=all&place=sainte croix", {"works"}, id="street without hyphen"),
        pytest.param("?show=all&kind=works", {"works"}, id="kind"),
        pytest.param("?show=all&state=closed", {"old"}, id="state"),
        pytest.param("?show=all&kind=nothing&state=nowhere&since=never", {"audit", "works", "theirs", "old"}, id="nonsense is ignored"),
        pytest.param("?show=all&until={long_ago}", {"old"}, id="period until"),
        pytest.param("?show=all&since={recently}", {"audit", "works", "theirs"}, id="period since"),
        pytest.param("?show=all&person={colleague}", {"theirs"}, id="person"),
        pytest.param("?show=all&kind=audit&state=waiting&q=vacance", {"theirs"}, id="together"),
    ],
)
def test_what_the_list_shows(cast, enter, several, query, expected):
    words = {"long_ago": days_from_today(-300), "recently": days_from_today(-20), "colleague": cast.colleague.last_name}
    assert set(titles(enter(cast.alderman), query.format(**words))) == {several[name].title for name in expected}


def test_a_reference_is_found_by_its_end(cast, enter, several):
    assert titles(enter(cast.alderman), f"?show=all&q={several['works'].reference[-4:]}") == [several["works"].title]


def test_a_place_chosen_in_the_form_is_found_in_either_language(cast, enter, several):
    street = Street.objects.create(municipality=cast.municipality, name_fr="Rue de l'Été", name_nl="Zomerstraat")
    quarter = Neighbourhood.objects.create(municipality=cast.municipality, name_fr="Les Étangs", name_nl="Vijvers")
    several["audit"].streets.add(street)
    several["old"].neighbourhoods.add(quarter)
    client = enter(cast.alderman)
    for words, found in (("ete", {"audit"}), ("zomer", {"audit"}), ("VIJVERS", {"old"}), ("etangs", {"old"}), ("nulle part", set())):
        assert set(titles(client, f"?show=all&place={words}")) == {several[name].title for name in found}, words
    assert titles(enter(cast.other_alderman), "?show=all&place=zomer") == []


def test_streets_of_ones_municipality_are_offered(cast, enter):
    Street.objects.create(municipality=cast.municipality, name_fr="Rue Ici", name_nl="Hierstraat")
    Street.objects.create(municipality=cast.other_municipality, name_fr="Rue Ailleurs", name_nl="Elderstraat")
    page = enter(cast.alderman).get(reverse("requests"))
    assert len(page.context["places"]) == 1


# --- Page by page -------------------------------------------------------------------------------


def many(cast: Cast, count: int) -> None:
    """Some made in the very same instant, as an import makes them."""
    moment = timezone.now() - dt.timedelta(days=3)
    for number in range(count):
        created = moment - dt.timedelta(minutes=number // 7)
        RequestFactory(
            draft=True, municipality=cast.municipality, asked_by=cast.alderman, audit=False, created_at=created, title=f"{number}"
        )


def test_paging_shows_each_once_there_and_back(cast, enter):
    many(cast, PAGE_SIZE * 2 + 3)
    client, url, seen, pages = enter(cast.alderman), "?show=all", [], []
    while url:
        page = client.get(reverse("requests") + url)
        pages.append([row.pk for row in page.context["rows"]])
        seen += pages[-1]
        url = page.context["older"] and f"?show=all&after={page.context['older']}"
    assert len(pages) == 3
    assert seen == list(ServiceRequest.objects.order_by("-created_at", "-id").values_list("pk", flat=True))
    back = client.get(reverse("requests") + f"?show=all&before={page.context['newer']}")
    assert [row.pk for row in back.context["rows"]] == pages[1]
    first = client.get(reverse("requests") + f"?show=all&before={back.context['newer']}")
    assert [row.pk for row in first.context["rows"]] == pages[0]
    assert not first.context["newer"]


def test_the_place_in_anothers_list_is_the_beginning(cast, enter, several):
    foreign = RequestFactory(submitted=True, municipality=cast.other_municipality, created_at=timezone.now() - dt.timedelta(days=900))
    assert len(titles(enter(cast.alderman), f"?show=all&after={foreign.key}")) == 4
    assert len(titles(enter(cast.alderman), "?show=all&after=00000000-0000-4000-8000-000000000000")) == 4
    assert len(titles(enter(cast.alderman), "?show=all&after=rubbish")) == 4


def test_the_list_asks_the_same_however_long_it_is(cast, enter):
    client = enter(cast.alderman)
    counts = []
    for more in (3, 60):
        many(cast, more)
        client.get(reverse("requests"))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse("requests") + "?show=all")
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert all("DISTINCT" not in query["sql"] and "OFFSET" not in query["sql"] for query in queries.captured_queries)


# --- As a file ----------------------------------------------------------------------------------


def lines(client: Client, query: str = "?show=all") -> list[list[str]]:
    response = client.get(reverse("requests_csv") + query)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    text = b"".join(response.streaming_content).decode().removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_the_file_holds_what_the_list_shows(cast, enter, several):
    client = enter(cast.alderman)
    assert {line[1] for line in lines(client)[1:]} == set(titles(client, "?show=all"))
    assert [line[1] for line in lines(client, "?show=all&kind=works")[1:]] == ["Travaux"]


def test_nothing_in_the_file_runs_as_a_formula(cast, enter):
    RequestFactory(draft=True, municipality=cast.municipality, asked_by=cast.alderman, title="=HYPERLINK(1)", area="@SUM(1)")
    assert [lines(enter(cast.alderman))[1][column] for column in (1, 6)] == ["'=HYPERLINK(1)", "'@SUM(1)"]


@pytest.mark.parametrize(("who", "count"), [("alderman", 4), ("colleague", 4), ("other_alderman", 0), ("spoc", 4)])
def test_the_file_shows_no_more_than_the_list(cast, enter, several, who, count):
    assert len(lines(enter(cast.person(who)))) == count + 1


@pytest.mark.parametrize(("who", "status"), [("former", 302), ("editor", 404), ("cabinet", 404), ("anonymous", 302)])
def test_who_has_no_list_has_no_file(cast, enter, several, who, status):
    client = Client() if who == "anonymous" else enter(cast.person(who))
    assert client.get(reverse("requests_csv")).status_code == status


# --- A delegate limited to their own ------------------------------------------------------------


def limited(cast: Cast) -> User:
    until = days_from_today(30)
    names = {"first_name": "Ada", "last_name": "Inventée"}
    made = invite_delegate(
        cast.alderman.mandates.get(), by=cast.alderman, email="ada@example.org", scope=Delegation.Scope.OWN, until=until, **names
    )
    accept_delegation(made, by=made.delegate)
    return User.objects.get(pk=made.delegate_id)


@pytest.fixture
def own(cast: Cast, several: Any) -> tuple[User, ServiceRequest]:
    delegate = limited(cast)
    made = RequestFactory(
        waiting=True,
        municipality=cast.municipality,
        asked_by=delegate,
        asked_for=cast.alderman,
        created_at=timezone.now(),
        title="La mienne",
    )
    return delegate, made


def test_a_limited_delegate_sees_what_they_made_and_nothing_else(cast, enter, several, own):
    delegate, made = own
    client = enter(delegate)
    assert titles(client, "?show=all") == ["La mienne"]
    assert [line[1] for line in lines(client)[1:]] == ["La mienne"]
    assert client.get(reverse("request", args=[made.key])).status_code == 200
    for other in several.values():
        assert client.get(reverse("request", args=[other.key])).status_code == 404
    home = client.get(reverse("home")).content.decode()
    assert "La mienne" in home
    assert "Vacance" not in home


def test_a_limited_delegate_writes_in_their_own_alone(cast, enter, several, own):
    delegate, made = own
    client = enter(delegate)
    for request, expected in ((made, 1), (several["theirs"], 0)):
        client.post(reverse("request_message", args=[request.key]), {"body": "Voici.", "language": "fr", "token": str(request.token)})
        assert request.messages.count() == expected
    assert made.messages.get().behalf_of == cast.alderman


def test_whoever_covers_the_municipality_sees_what_the_delegate_made(cast, enter, own):
    assert "La mienne" in titles(enter(cast.alderman), "?show=all")
    assert "La mienne" in titles(enter(cast.colleague), "?show=all")
    assert "La mienne" not in titles(enter(cast.other_alderman), "?show=all")


def test_a_wider_standing_beside_the_limited_one_counts(cast, enter, several, own):
    delegate, _made = own
    UserFactory.create(email="autre@example.org")
    cast.colleague.mandates.update(user=delegate)
    assert len(titles(enter(User.objects.get(pk=delegate.pk)), "?show=all")) == 5
