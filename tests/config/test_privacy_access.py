"""Staff who open what is private leave a trace; the trace is cheap, cannot be changed, and administrators read it."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.privacy.access import record_access, record_contacts
from config.privacy.models import Erasure, PersonalDataAccess
from municipalities.models import Association, AssociationContact, Municipality, User
from tests.admin.conftest import StaffClient, ixelles, staff_client  # noqa: F401
from tests.factories import DeliveryFactory, MunicipalityFactory, RequestFactory, SpocAssignmentFactory, UserFactory, since

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


# --- Outside the administration, in lists and in exports ----------------------------------------


@pytest.fixture
def association(municipality: Municipality) -> Association:
    one = Association.objects.create(municipality=municipality, name="Commerçants du Parvis")
    AssociationContact.objects.create(association=one, name="Dominique Exemple", email="parvis@example.org")
    return one


def _seen() -> set[tuple[str, object]]:
    rows = PersonalDataAccess.objects.select_related("person", "association")
    return {(row.page, row.person or row.association) for row in rows}


def test_staff_on_the_page_of_a_municipality_leave_a_trace(
    staff_client: StaffClient,  # noqa: F811
    municipality: Municipality,
    official: User,
    association: Association,
) -> None:
    former = UserFactory(former=municipality)
    Association.objects.create(municipality=municipality, name="Sans contact")
    spoc = UserFactory(spoc=True)
    assert staff_client(spoc).get(reverse("municipality", args=[municipality.slug])).status_code == 200
    assert _seen() == {(Page.PLACE, official), (Page.PLACE, association)}
    assert former not in {person for _page, person in _seen()}
    assert {row.actor for row in PersonalDataAccess.objects.all()} == {spoc}


@pytest.mark.parametrize("place", ["portal", "administration", "its history"])
def test_staff_who_open_a_request_leave_a_trace(
    staff_client: StaffClient,  # noqa: F811
    municipality: Municipality,
    official: User,
    place: str,
) -> None:
    request = RequestFactory(in_progress=True, municipality=municipality, asked_by=official)
    address = {
        "portal": reverse("request", args=[request.key]),
        "administration": reverse("admin:partnerships_servicerequest_change", args=[request.pk]),
        "its history": reverse("admin:partnerships_servicerequest_history", args=[request.pk]),
    }[place]
    assert staff_client(UserFactory(spoc=True)).get(address).status_code == 200
    assert _seen() == {(Page.REQUEST, official)}


def test_officials_leave_no_trace_and_neither_does_a_refusal(
    client: Client,
    staff_client: StaffClient,  # noqa: F811
    municipality: Municipality,
    official: User,
    association: Association,
) -> None:
    request = RequestFactory(in_progress=True, municipality=municipality, asked_by=official)
    draft = RequestFactory(draft=True, municipality=municipality, asked_by=official)
    client.force_login(official)
    for name, argument in (("municipality", municipality.slug), ("request", request.key)):
        assert client.get(reverse(name, args=[argument])).status_code == 200
    assert staff_client(UserFactory(spoc=True)).get(reverse("request", args=[draft.key])).status_code == 404
    assert not PersonalDataAccess.objects.exists()


@pytest.mark.parametrize("page", ["change", "history"])
def test_the_contacts_of_an_association_are_private_too(staff_client: StaffClient, association: Association, page: str) -> None:  # noqa: F811
    staff_client(UserFactory(spoc=True)).get(reverse(f"admin:municipalities_association_{page}", args=[association.pk]))
    assert _seen() == {(Page.CONTACTS, association)}


LISTS: dict[str, tuple[str, Callable[[User], object]]] = {
    "officials": ("admin:municipalities_official_changelist", lambda person: None),
    "mails": ("admin:mailings_delivery_changelist", lambda person: DeliveryFactory(recipient=person, sent=True)),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_that_shows_addresses_leaves_one_trace_for_each(
    staff_client: StaffClient,  # noqa: F811
    administrator: User,
    official: User,
    name: str,
) -> None:
    address, make = LISTS[name]
    make(official)
    client = staff_client(administrator)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(reverse(address)).status_code == 200
    assert _seen() == {(Page.LISTED, official)}
    assert sum("INSERT INTO privacy_personaldataaccess" in query["sql"] for query in queries) == 1
    assert client.get(f"{reverse(address)}?q=nobody").status_code == 200
    assert PersonalDataAccess.objects.count() == 1


@pytest.mark.parametrize(("page", "kind"), [("workload", Page.LISTED), ("workload_csv", Page.LIST)])
def test_the_workload_shows_when_colleagues_are_away(
    staff_client: StaffClient,  # noqa: F811
    municipality: Municipality,
    page: str,
    kind: str,
) -> None:
    colleague = UserFactory(spoc=True)
    SpocAssignmentFactory(municipality=municipality, officer=colleague, period=since(10))
    assert staff_client(UserFactory(lead=True)).get(reverse(f"admin:partnerships_spocassignment_{page}")).status_code == 200
    assert _seen() == {(kind, colleague)}


def test_a_trace_is_of_a_person_or_of_an_association(official: User, association: Association) -> None:
    for fields in ({}, {"person": official, "association": association}):
        with pytest.raises(IntegrityError, match="access_to_person_or_association"), transaction.atomic():
            PersonalDataAccess.objects.create(page=Page.CONTACTS, **fields)


def test_the_log_names_person_and_association(
    staff_client: StaffClient,  # noqa: F811
    administrator: User,
    official: User,
    association: Association,
) -> None:
    record_access(User.objects.filter(pk=official.pk), by=administrator, page=Page.PERSON)
    record_contacts(Association.objects.all(), by=administrator, page=Page.CONTACTS)
    text = staff_client(administrator).get(reverse("admin:privacy_personaldataaccess_changelist")).content.decode()
    assert str(official) in text
    assert association.name in text
