"""Officials are found by what people remember, listed by filters, and exported without a formula."""

import csv
import io
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from municipalities.admin import base
from municipalities.admin.exports import harmless
from municipalities.models import Municipality, User
from tests.admin.conftest import StaffClient
from tests.factories import (
    AgreementFactory,
    DeliveryFactory,
    MandateFactory,
    RequestFactory,
    SpocAssignmentFactory,
    UserFactory,
    since,
)

pytestmark = pytest.mark.django_db
LIST = "admin:municipalities_official_changelist"


@pytest.fixture
def alderman(ixelles: Municipality) -> User:
    person: User = UserFactory(alderman=ixelles, first_name="Zoë", last_name="Çelik-Lefèvre", email="zoe@example.org")
    return person


def names(client: Client, query: str) -> list[str]:
    page = client.get(f"{reverse(LIST)}?{query}")
    assert page.status_code == 200
    return [person.last_name for person in page.context["cl"].result_list]


@pytest.mark.parametrize("words", ["celik", "LEFEVRE", "zoe çel", "celik 1050", "Elsene", "ixelles", "flagey", "zoe@example"])
def test_search_finds_by_part_of_name_postcode_municipality_or_neighbourhood(
    staff_client: StaffClient, alderman: User, uccle: Municipality, words: str
) -> None:
    UserFactory(alderman=uccle, last_name="Ander")
    assert names(staff_client(UserFactory(lead=True)), f"q={words}") == ["Çelik-Lefèvre"]


def test_search_finds_by_portfolio(staff_client: StaffClient, alderman: User, uccle: Municipality) -> None:
    UserFactory(mayor=uccle, last_name="Ander")
    client = staff_client(UserFactory(lead=True, correspondence_language="fr"))
    client.cookies["django_language"] = "en"
    assert names(client, "q=trade") == ["Çelik-Lefèvre"] or names(client, "q=commerce") == ["Çelik-Lefèvre"]
    assert names(client, "portfolio=trade") == ["Çelik-Lefèvre"]


def test_percent_sign_is_a_letter_like_any_other(staff_client: StaffClient, alderman: User) -> None:
    assert names(staff_client(UserFactory(lead=True)), "q=%25") == []


def test_filter_ends_within_three_months(staff_client: StaffClient, ixelles: Municipality, alderman: User) -> None:
    MandateFactory(municipality=ixelles, user__last_name="Bientôt", period=since(100, until=60))
    MandateFactory(municipality=ixelles, user__last_name="Plustard", period=since(100, until=200))
    MandateFactory(municipality=ixelles, user__last_name="Fini", period=since(100, until=-1))
    assert names(staff_client(UserFactory(lead=True)), "ends_soon=yes") == ["Bientôt"]


def test_filter_no_working_address(staff_client: StaffClient, ixelles: Municipality, alderman: User) -> None:
    DeliveryFactory(recipient=alderman, failed=True)
    repaired = UserFactory(officer=ixelles)
    DeliveryFactory(recipient=repaired, failed=True)
    DeliveryFactory(recipient=repaired, sent=True)
    assert names(staff_client(UserFactory(lead=True)), "no_address=yes") == ["Çelik-Lefèvre"]


# --- Exports ------------------------------------------------------------------------------------

EXPORTS = ["municipalities_official", "municipalities_municipality", "partnerships_agreement", "partnerships_spocassignment",
           "partnerships_servicerequest"]  # fmt: skip


@pytest.mark.parametrize("value", ["=1+1", "+32 2 000", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_what_begins_like_a_formula_is_made_harmless(value: str) -> None:
    assert harmless(value) == f"'{value}"


def test_export_carries_what_the_list_shows_and_no_formula(staff_client: StaffClient, ixelles: Municipality, alderman: User) -> None:
    UserFactory(officer=ixelles, last_name='=HYPERLINK("http://evil.example")')
    client = staff_client(UserFactory(lead=True))
    content = b"".join(client.get(reverse("admin:municipalities_official_export", args=["csv"])).streaming_content)
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert sorted(row[0] for row in rows[1:]) == ['\'=HYPERLINK("http://evil.example")', "Çelik-Lefèvre"]
    filtered = client.get(reverse("admin:municipalities_official_export", args=["csv"]) + "?q=celik")
    assert b"".join(filtered.streaming_content).count(b"\r\n") == 2


def test_export_as_xlsx_holds_text_alone(staff_client: StaffClient, ixelles: Municipality, alderman: User) -> None:
    UserFactory(officer=ixelles, last_name="=1+1")
    answer = staff_client(UserFactory(lead=True)).get(reverse("admin:municipalities_official_export", args=["xlsx"]))
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
    assert not any(str(cell.value).startswith("=") for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("name", EXPORTS)
@pytest.mark.parametrize(("who", "status"), [("alderman", 404), ("cabinet", 404), ("lead", 200)])
def test_who_may_export(staff_client: StaffClient, ixelles: Municipality, name: str, who: str, status: int) -> None:
    person = UserFactory(alderman=ixelles) if who == "alderman" else UserFactory(**{who: True})
    client = staff_client(person)
    assert client.get(reverse(f"admin:{name}_export", args=["csv"])).status_code == status
    assert client.get(reverse(f"admin:{name}_export", args=["pdf"])).status_code == 404


def test_stranger_is_led_to_the_login(client: Client, db: None) -> None:
    assert client.get(reverse("admin:municipalities_official_export", args=["csv"])).status_code == 302


@pytest.mark.parametrize("name", EXPORTS)
def test_export_costs_the_same_with_many(
    staff_client: StaffClient, ixelles: Municipality, django_assert_max_num_queries: Callable[..., object], name: str
) -> None:
    client = staff_client(UserFactory(lead=True))

    def export() -> None:
        b"".join(client.get(reverse(f"admin:{name}_export", args=["csv"])).streaming_content)

    def more() -> None:
        AgreementFactory()
        SpocAssignmentFactory()
        RequestFactory(submitted=True, audit=False)

    more()
    export()
    with django_assert_max_num_queries(12) as few:
        export()
    for _n in range(8):
        more()
    with django_assert_max_num_queries(12) as many:
        export()
    assert len(few) == len(many)


def test_an_export_asks_once_per_chunk_for_what_belongs_to_its_rows(
    staff_client: StaffClient,
    ixelles: Municipality,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    """Rows come by chunks, so that any list fits into memory: mandates are asked once for each chunk and never once for each row."""
    monkeypatch.setattr(base, "CHUNK", 4)
    client, address = staff_client(UserFactory(lead=True)), reverse("admin:municipalities_official_export", args=["csv"])
    costs = []
    for _chunk in range(3):
        UserFactory.create_batch(4, officer=ixelles)
        with django_assert_max_num_queries(20) as captured:
            rows = b"".join(client.get(address).streaming_content).count(b"\r\n")
        costs.append((rows, len(captured)))
    first = costs[0][1]
    assert [(rows, cost - first) for rows, cost in costs] == [(5, 0), (9, 1), (13, 2)]
