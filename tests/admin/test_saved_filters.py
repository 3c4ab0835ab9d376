"""An officer keeps ways to look at the worklist: under a name, with a count, for themselves alone."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from config.privacy.erasure import erase_person
from config.privacy.models import Erasure
from municipalities.models import Municipality, User
from partnerships.admin.saved_filters import COUNTED_TO
from partnerships.models import SavedFilter
from partnerships.services.saved_filters import MOST, delete_filter, rename_filter, save_filter
from tests.admin.conftest import StaffClient
from tests.factories import RequestFactory, SavedFilterFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST, MINE, SAVE = (reverse(f"admin:partnerships_{name}") for name in ("servicerequest_changelist", "savedfilter_mine", "savedfilter_save"))


@pytest.fixture
def spoc(ixelles: Municipality) -> User:
    person: User = UserFactory(spoc=True, interface_language="en")
    return person


def counts(client: Client) -> dict[str, str]:
    return {one.saved.name: one.words for one in client.get(f"{LIST}?list=open").context["saved_filters"]}


def address(act: str, saved: SavedFilter) -> str:
    return reverse(f"admin:partnerships_savedfilter_{act}", args=[saved.pk])


# --- Kept, found, named, dropped ----------------------------------------------------------------


def test_the_list_as_it_is_narrowed_is_kept_and_opened_again(
    staff_client: StaffClient, spoc: User, ixelles: Municipality, uccle: Municipality
) -> None:
    wanted = RequestFactory(municipality=ixelles, submitted=True, kind="audit", title="Rue du Bailli")
    RequestFactory(municipality=ixelles, submitted=True, kind="works", title="Rue du Bailli")
    RequestFactory(municipality=uccle, submitted=True, kind="audit", title="Rue du Bailli")
    RequestFactory(municipality=ixelles, in_progress=True, kind="audit", title="Rue du Bailli")
    client, narrowed = staff_client(spoc), "list=open&state=submitted&kind__exact=audit&municipality=IXL&q=bailli"
    page = client.get(f"{LIST}?{narrowed}&p=1")
    assert page.context["kept_query"] == narrowed
    assert client.post(SAVE, {"name": " Audits d'Ixelles ", "query": f"{narrowed}&p=1&o=3"})["Location"] == f"{LIST}?{narrowed}"
    saved = SavedFilter.objects.get()
    assert (saved.owner, saved.name, saved.query) == (spoc, "Audits d'Ixelles", narrowed)
    again = client.get(f"{LIST}?{saved.query}")
    assert list(again.context["cl"].result_list) == [wanted]
    assert again.context["is_saved"]
    assert counts(client) == {"Audits d'Ixelles": "1"}


@pytest.mark.parametrize("query", ["list=mine", "list=burning&kind__exact=works", "list=all&state=closed", "list=open&q=rue", ""])
def test_the_count_is_what_the_list_shows(staff_client: StaffClient, spoc: User, ixelles: Municipality, query: str) -> None:
    for traits in ({"closed": True}, {"submitted": True, "assignee": spoc}, {"overdue": True, "kind": "works"}, {"draft": True}):
        RequestFactory(municipality=ixelles, title="Rue", **traits)
    SavedFilterFactory(owner=spoc, name="x", query=query)
    client = staff_client(spoc)
    assert counts(client) == {"x": str(client.get(f"{LIST}?{query or 'list=open'}").context["cl"].result_count)}


def test_no_count_goes_beyond_what_is_worth_reading(staff_client: StaffClient, spoc: User, ixelles: Municipality) -> None:
    RequestFactory.create_batch(COUNTED_TO + 1, municipality=ixelles, submitted=True, assignee=None)
    SavedFilterFactory(owner=spoc, name="x", query="list=new")
    assert counts(staff_client(spoc)) == {"x": f"{COUNTED_TO - 1}+"}


def test_renamed_and_deleted(staff_client: StaffClient, spoc: User) -> None:
    client, saved = staff_client(spoc), SavedFilterFactory(owner=spoc, name="Ancien")
    assert "Ancien" in client.get(MINE).content.decode()
    assert client.post(address("rename", saved), {"name": "Nouveau"}).status_code == 302
    saved.refresh_from_db()
    assert saved.name == "Nouveau"
    assert client.post(address("delete", saved)).status_code == 302
    assert not SavedFilter.objects.exists()


# --- Refused ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "   ", "x" * 41, "URGENTS"])
def test_a_name_that_is_empty_too_long_or_in_use_comes_back(staff_client: StaffClient, spoc: User, name: str) -> None:
    SavedFilterFactory(owner=spoc, name="Urgents", query="list=burning")
    other = SavedFilterFactory(owner=spoc, name="Autre", query="list=new")
    client = staff_client(spoc)
    page = client.post(SAVE, {"name": name, "query": "list=mine"})
    assert page.context["form"].errors["name"]
    assert page.context["form"]["name"].value() == name
    assert page.context["kept_query"] == "list=mine"
    page = client.post(address("rename", other), {"name": name})
    assert [form.errors.get("name") is not None for one, form in page.context["rows"] if one.saved == other] == [True]
    assert set(SavedFilter.objects.values_list("name", flat=True)) == {"Urgents", "Autre"}


def test_not_more_than_stand_in_a_row(spoc: User) -> None:
    SavedFilterFactory.create_batch(MOST, owner=spoc)
    with pytest.raises(ValidationError) as refusal:
        save_filter(by=spoc, name="Un de trop", query="list=new")
    assert list(refusal.value.message_dict) == ["name"]


def test_the_database_holds_the_rules(spoc: User) -> None:
    SavedFilterFactory(owner=spoc, name="Urgents")
    SavedFilterFactory(owner=UserFactory(spoc=True), name="Urgents")  # another's names are their own
    with pytest.raises(IntegrityError, match="saved_filter_named_once"), transaction.atomic():
        SavedFilterFactory(owner=spoc, name="urgents")
    with pytest.raises(IntegrityError, match="saved_filter_has_a_name"), transaction.atomic():
        SavedFilterFactory(owner=spoc, name="")


# --- Nobody else's ------------------------------------------------------------------------------


def test_another_officer_neither_sees_nor_uses_them(staff_client: StaffClient, spoc: User) -> None:
    saved, colleague = SavedFilterFactory(owner=spoc, name="MARQUE"), UserFactory(lead=True)
    client = staff_client(colleague)
    for page in (f"{LIST}?list=open", MINE):
        assert "MARQUE" not in client.get(page).content.decode()
    for act in ("rename", "delete"):
        assert client.post(address(act, saved), {"name": "À moi"}).status_code == 404
    with pytest.raises(PermissionDenied):
        rename_filter(saved, by=colleague, name="À moi")
    with pytest.raises(PermissionDenied):
        delete_filter(saved, by=colleague)
    assert SavedFilter.objects.get().name == "MARQUE"


@pytest.mark.parametrize("who", ["alderman", "former", "anonymous"])
def test_no_door_opens_for_a_stranger(staff_client: StaffClient, spoc: User, ixelles: Municipality, who: str) -> None:
    saved = SavedFilterFactory(owner=spoc, name="MARQUE")
    client = Client() if who == "anonymous" else staff_client(UserFactory(**{who: ixelles}))
    answers = [client.get(MINE), client.post(SAVE, {"name": "x", "query": ""}), client.post(address("delete", saved))]
    assert all(answer.status_code in {302, 403, 404} and "MARQUE" not in answer.content.decode() for answer in answers)
    assert SavedFilter.objects.get() == saved


def test_whoever_may_no_longer_see_requests_has_none(spoc: User) -> None:
    saved = SavedFilterFactory(owner=spoc)
    spoc.groups.clear()
    former = User.objects.get(pk=spoc.pk)
    assert not SavedFilter.objects.visible_to(former).exists()
    with pytest.raises(PermissionDenied):
        save_filter(by=former, name="x", query="")
    with pytest.raises(PermissionDenied):
        rename_filter(saved, by=former, name="x")


def test_an_erasure_takes_them_along(spoc: User, ixelles: Municipality) -> None:
    SavedFilterFactory(owner=spoc)
    kept = SavedFilterFactory(owner=UserFactory(spoc=True))
    spoc.groups.clear()
    User.objects.filter(pk=spoc.pk).update(is_staff=False)
    erase_person(User.objects.get(pk=spoc.pk), by=None, basis=Erasure.Basis.ASKED)
    assert SavedFilter.objects.get() == kept


def test_the_list_costs_the_same_with_one_filter_and_with_many(
    staff_client: StaffClient, spoc: User, django_assert_max_num_queries: Callable[..., object]
) -> None:
    client = staff_client(spoc)
    SavedFilterFactory(owner=spoc)
    client.get(f"{LIST}?list=open")
    with django_assert_max_num_queries(8) as one:
        client.get(f"{LIST}?list=open")
    SavedFilterFactory.create_batch(MOST - 1, owner=spoc, query="list=mine&q=rue")
    with django_assert_max_num_queries(8) as many:
        client.get(f"{LIST}?list=open")
    assert len(one) == len(many)
