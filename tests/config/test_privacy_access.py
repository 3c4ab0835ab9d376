"""Staff who open what is private leave a trace; the trace is cheap, cannot be changed, and administrators read it."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.privacy.access import record_access
from config.privacy.models import Erasure, PersonalDataAccess
from municipalities.models import Municipality, User
from tests.admin.conftest import StaffClient, ixelles, staff_client  # noqa: F401
from tests.factories import DeliveryFactory, MunicipalityFactory, UserFactory

pytestmark = pytest.mark.django_db
Page = PersonalDataAccess.Page


@pytest.fixture
def municipality() -> Municipality:
    return MunicipalityFactory()


@pytest.fixture
def official(municipality: Municipality) -> User:
    return UserFactory(alderman=municipality)


@pytest.fixture
def administrator() -> User:
    return UserFactory(administrator=True)


@pytest.mark.parametrize(("page", "kind"), [("change", Page.PERSON), ("history", Page.HISTORY)])
def test_opening_a_person_is_recorded(staff_client: StaffClient, official: User, page: str, kind: str) -> None:  # noqa: F811
    spoc = UserFactory(spoc=True)
    client = staff_client(spoc)
    assert client.get(reverse(f"admin:municipalities_official_{page}", args=[official.pk])).status_code == 200
    access = PersonalDataAccess.objects.get()
    assert (access.actor, access.person, access.page) == (spoc, official, kind)
    assert access.request_id


def test_opening_a_mail_to_somebody_is_recorded(staff_client: StaffClient, administrator: User, official: User) -> None:  # noqa: F811
    delivery = DeliveryFactory(recipient=official)
    staff_client(administrator).get(reverse("admin:mailings_delivery_change", args=[delivery.pk]))
    access = PersonalDataAccess.objects.get()
    assert (access.person, access.page) == (official, Page.MAIL)


def test_ones_own_page_is_not_recorded(staff_client: StaffClient, administrator: User) -> None:  # noqa: F811
    client = staff_client(administrator)
    assert client.get(reverse("admin:municipalities_staffmember_change", args=[administrator.pk])).status_code == 200
    assert not PersonalDataAccess.objects.exists()


def test_what_was_refused_or_is_not_there_is_not_recorded(staff_client: StaffClient, administrator: User, official: User) -> None:  # noqa: F811
    Client().get(reverse("admin:municipalities_official_change", args=[official.pk]))
    staff_client(administrator).get(reverse("admin:municipalities_official_change", args=[official.pk + 999]))
    assert not PersonalDataAccess.objects.exists()


def test_a_list_costs_one_insert_whoever_is_on_it(municipality: Municipality, administrator: User) -> None:
    for number in (1, 12):
        for _ in range(number):
            UserFactory(officer=municipality)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            written = record_access(User.objects.filter(mandates__municipality=municipality), by=administrator, page=Page.LIST)
        assert len(queries) == 1
        assert written == User.objects.filter(mandates__municipality=municipality).count()


def test_opening_a_page_costs_one_statement_more(staff_client: StaffClient, administrator: User, official: User) -> None:  # noqa: F811
    client = staff_client(administrator)
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("admin:municipalities_official_history", args=[official.pk]))
    about = [query["sql"] for query in queries if "privacy_personaldataaccess" in query["sql"]]
    assert len(about) == 1
    assert about[0].lstrip().startswith("INSERT")


@pytest.mark.parametrize("statement", ["UPDATE {table} SET id = id", "DELETE FROM {table}"])
@pytest.mark.parametrize("table", ["privacy_personaldataaccess", "privacy_erasure"])
def test_the_logs_only_grow(official: User, administrator: User, table: str, statement: str) -> None:
    record_access(User.objects.filter(pk=official.pk), by=administrator, page=Page.PERSON)
    Erasure.objects.create(person=official, basis=Erasure.Basis.ASKED)
    with pytest.raises(DatabaseError, match="refused"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table=table))


# --- Who may see and do -------------------------------------------------------------------------

PAGES = ("admin:privacy_personaldataaccess_changelist", "admin:privacy_erasure_changelist", "admin:privacy_person", "admin:privacy_erase")


def _address(page: str, person: User) -> str:
    return reverse(page, args=[person.key] if page in PAGES[2:] else [])


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ["spoc", "lead", "editor"])
def test_only_administrators_handle_privacy(staff_client: StaffClient, official: User, role: str, page: str) -> None:  # noqa: F811
    assert staff_client(UserFactory(**{role: True})).get(_address(page, official)).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_strangers_find_nothing(client: Client, official: User, municipality: Municipality, page: str) -> None:
    assert client.get(_address(page, official)).status_code == 302
    for stranger in (official, UserFactory(alderman=MunicipalityFactory()), UserFactory(cabinet=True)):
        other = Client()
        other.force_login(stranger)
        assert other.get(_address(page, official)).status_code == 404
    former = Client()
    former.force_login(UserFactory(former=municipality))
    assert former.get(_address(page, official)).status_code == 302


@pytest.mark.parametrize("page", PAGES)
def test_administrators_see_every_page(staff_client: StaffClient, administrator: User, official: User, page: str) -> None:  # noqa: F811
    assert staff_client(administrator).get(_address(page, official)).status_code == 200


def test_the_log_has_a_fixed_number_of_queries(staff_client: StaffClient, administrator: User, municipality: Municipality) -> None:  # noqa: F811
    client = staff_client(administrator)
    costs = []
    for number in (2, 15):
        people = [UserFactory(officer=municipality).pk for _ in range(number)]
        record_access(User.objects.filter(pk__in=people), by=administrator, page=Page.LIST)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("admin:privacy_personaldataaccess_changelist"))
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_export_from_the_administration_is_recorded(staff_client: StaffClient, administrator: User, official: User) -> None:  # noqa: F811
    client = staff_client(administrator)
    assert client.get(reverse("admin:privacy_export", args=[official.key])).status_code == 405
    answer = client.post(reverse("admin:privacy_export", args=[official.key]))
    assert answer.json()["person"] == official.email
    assert official.email not in answer.headers["Content-Disposition"]
    assert PersonalDataAccess.objects.get().page == Page.EXPORT


def test_erasing_is_asked_twice(staff_client: StaffClient, administrator: User, municipality: Municipality) -> None:  # noqa: F811
    person = UserFactory(former=municipality)
    client = staff_client(administrator)
    found = client.post(reverse("admin:privacy_find"), {"email": person.email.upper()})
    assert found.url == reverse("admin:privacy_person", args=[person.key])
    assert reverse("admin:privacy_erase", args=[person.key]) in client.get(found.url).content.decode()
    address = reverse("admin:privacy_erase", args=[person.key])
    assert client.get(address).status_code == 200
    assert client.post(address, {"email": "wrong@example.org", "basis": "asked"}).context["form"].errors["email"]
    assert not User.objects.get(pk=person.pk).is_erased
    assert client.post(address, {"email": person.email, "basis": "asked"}).status_code == 302
    assert User.objects.get(pk=person.pk).is_erased
    assert Erasure.objects.get().by == administrator


def test_somebody_in_office_is_not_erased_from_the_administration(
    staff_client: StaffClient,  # noqa: F811
    administrator: User,
    official: User,
) -> None:
    client = staff_client(administrator)
    page = client.get(reverse("admin:privacy_person", args=[official.key])).content.decode()
    assert reverse("admin:privacy_erase", args=[official.key]) not in page
    client.post(reverse("admin:privacy_erase", args=[official.key]), {"email": official.email, "basis": "asked"})
    assert not User.objects.get(pk=official.pk).is_erased
