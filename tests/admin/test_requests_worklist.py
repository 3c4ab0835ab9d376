"""The worklist shows exactly what it should, what burns first, in a fixed number of queries."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from municipalities.models import Municipality, User
from partnerships.models import ServiceRequest
from tests.admin.conftest import StaffClient
from tests.factories import RequestFactory, SpocAssignmentFactory, UserFactory, days_from_today

pytestmark = pytest.mark.django_db
WORKLIST = "admin:partnerships_servicerequest_changelist"


@pytest.fixture
def spoc(ixelles: Municipality) -> User:
    return SpocAssignmentFactory(municipality=ixelles, officer=UserFactory(spoc=True)).officer


def shown(client: Client, query: str) -> list[ServiceRequest]:
    answer = client.get(f"{reverse(WORKLIST)}?{query}")
    assert answer.status_code == 200
    return list(answer.context["cl"].result_list)


def _everything(spoc: User, ixelles: Municipality, uccle: Municipality) -> dict[str, ServiceRequest]:
    """One request per situation; none overdue unless it says so."""
    return {
        "draft": RequestFactory(municipality=ixelles, draft=True, assignee=None),
        "new_here": RequestFactory(municipality=ixelles, submitted=True, assignee=spoc),
        "new_elsewhere": RequestFactory(municipality=uccle, submitted=True),
        "waiting": RequestFactory(municipality=uccle, waiting=True, assignee=spoc, due_on=days_from_today(-3)),
        "overdue": RequestFactory(municipality=uccle, overdue=True, assignee=UserFactory(spoc=True)),
        "due_today": RequestFactory(municipality=uccle, in_progress=True, due_on=days_from_today(0), assignee=spoc),
        "closed": RequestFactory(municipality=ixelles, closed=True, assignee=spoc),
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mine", {"new_here", "waiting", "due_today"}),
        ("municipalities", {"new_here"}),
        ("new", {"new_here", "new_elsewhere"}),
        ("waiting", {"waiting"}),
        ("overdue", {"overdue"}),
        ("unassigned", {"new_elsewhere"}),
        ("open", {"new_here", "new_elsewhere", "waiting", "overdue", "due_today"}),
        ("all", {"new_here", "new_elsewhere", "waiting", "overdue", "due_today", "closed"}),
    ],
)
def test_each_list_shows_exactly_its_requests(
    staff_client: StaffClient, spoc: User, ixelles: Municipality, uccle: Municipality, name: str, expected: set[str]
) -> None:
    requests = _everything(spoc, ixelles, uccle)
    found = {request.pk for request in shown(staff_client(spoc), f"list={name}")}
    assert found == {requests[key].pk for key in expected}


def test_counts_on_first_page_are_those_of_the_lists(
    staff_client: StaffClient, spoc: User, ixelles: Municipality, uccle: Municipality
) -> None:
    _everything(spoc, ixelles, uccle)
    client = staff_client(spoc)
    tiles = client.get(reverse("admin:index")).context["boards"].requests
    assert len(tiles) == 7
    for tile in tiles:
        assert tile.count == len(shown(client, tile.url.partition("?")[2])), tile.label


def test_what_burns_comes_first(staff_client: StaffClient, spoc: User, ixelles: Municipality) -> None:
    later = RequestFactory(municipality=ixelles, in_progress=True, due_on=days_from_today(9))
    waiting = RequestFactory(municipality=ixelles, waiting=True, due_on=days_from_today(-20))
    soon = RequestFactory(municipality=ixelles, submitted=True, due_on=days_from_today(1))
    late = RequestFactory(municipality=ixelles, in_progress=True, due_on=days_from_today(-2))
    later_still = RequestFactory(municipality=ixelles, in_progress=True, due_on=days_from_today(-9))
    assert shown(staff_client(spoc), "list=open") == [later_still, late, soon, later, waiting]


def test_overdue_is_said_in_words(staff_client: StaffClient, spoc: User, ixelles: Municipality) -> None:
    spoc.interface_language = "en"
    spoc.save()
    RequestFactory(municipality=ixelles, overdue=True)
    assert b"overdue</span>" in staff_client(spoc).get(f"{reverse(WORKLIST)}?list=overdue").content


def test_spoc_starts_with_own_work_and_others_with_all_open(staff_client: StaffClient, spoc: User) -> None:
    assert staff_client(spoc).get(reverse(WORKLIST))["Location"].endswith("?list=mine")
    assert staff_client(UserFactory(lead=True)).get(reverse(WORKLIST))["Location"].endswith("?list=open")


def test_search_finds_reference_and_title(staff_client: StaffClient, spoc: User, ixelles: Municipality) -> None:
    wanted = RequestFactory(municipality=ixelles, submitted=True, title="Rue du Bailli en travaux")
    RequestFactory(municipality=ixelles, submitted=True, title="Autre chose")
    client = staff_client(spoc)
    assert shown(client, "list=open&q=bailli") == [wanted]
    assert shown(client, f"list=open&q={wanted.reference.lower()}") == [wanted]


@pytest.mark.parametrize("extra", ["", "&municipality=IXL", "&state=submitted", "&kind__exact=audit"])
def test_filters_narrow_a_list(staff_client: StaffClient, spoc: User, ixelles: Municipality, uccle: Municipality, extra: str) -> None:
    wanted = RequestFactory(municipality=ixelles, submitted=True, kind="audit")
    other = RequestFactory(municipality=uccle, in_progress=True, kind="works")
    found = set(shown(staff_client(spoc), f"list=open{extra}"))
    assert found == ({wanted, other} if not extra else {wanted})


@pytest.mark.parametrize("draft", [{"draft": True}, {"withdrawn": True, "submitted_at": None, "reference": None}])
def test_drafts_are_invisible_by_every_address(
    staff_client: StaffClient, spoc: User, ixelles: Municipality, draft: dict[str, object]
) -> None:
    hidden = RequestFactory(municipality=ixelles, title="Confidentiel", **draft)
    client = staff_client(spoc)
    for page in ("change", "history"):
        assert client.get(reverse(f"admin:partnerships_servicerequest_{page}", args=[hidden.pk])).status_code == 404
    assert client.post(reverse("admin:partnerships_servicerequest_message", args=[hidden.pk]), {"words": "x"}).status_code == 404
    assert shown(client, "list=all&q=Confidentiel") == []


@pytest.fixture
def queries_of(django_assert_max_num_queries: Callable[..., object]) -> Callable[[Client, str], int]:
    def count(client: Client, address: str) -> int:
        client.get(address)  # content types and translations are loaded once per process
        with django_assert_max_num_queries(60) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    return count


def test_worklist_costs_the_same_with_many(
    staff_client: StaffClient, spoc: User, ixelles: Municipality, queries_of: Callable[[Client, str], int]
) -> None:
    client = staff_client(spoc)
    RequestFactory.create_batch(3, municipality=ixelles, submitted=True, assignee=spoc)
    few = [queries_of(client, f"{reverse(WORKLIST)}?list={name}") for name in ("mine", "municipalities", "open", "overdue", "all")]
    RequestFactory.create_batch(27, municipality=ixelles, submitted=True, assignee=spoc)
    many = [queries_of(client, f"{reverse(WORKLIST)}?list={name}") for name in ("mine", "municipalities", "open", "overdue", "all")]
    assert few == many
    assert max(many) <= 7
