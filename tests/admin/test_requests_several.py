"""Acts on several requests of the worklist: listed and asked first, each row for itself, each with what came of it."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from municipalities.models import Municipality, User
from partnerships.models import Event, Note, ServiceRequest
from partnerships.services.requests import assign_request
from tests.admin.conftest import StaffClient
from tests.factories import RequestFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST = "admin:partnerships_servicerequest_changelist"
State = ServiceRequest.State


@pytest.fixture
def spoc(ixelles: Municipality) -> User:
    person: User = UserFactory(spoc=True, interface_language="en")
    return person


@pytest.fixture
def requests(ixelles: Municipality) -> list[ServiceRequest]:
    return [RequestFactory(municipality=ixelles, submitted=True, assignee=None) for _number in range(3)]


def post(client: Client, action: str, rows: list[ServiceRequest], name: str = "open", **more: object):
    return client.post(f"{reverse(LIST)}?list={name}", {"action": action, "_selected_action": [row.pk for row in rows], **more})


def fresh(rows: list[ServiceRequest]) -> list[ServiceRequest]:
    return [ServiceRequest.objects.get(pk=row.pk) for row in rows]


def came_of(answer) -> dict[int, str]:
    return {outcome.row.pk: outcome.refused for outcome in answer.context["outcomes"]}


@pytest.mark.parametrize("action", ["take", "assign", "acknowledge", "start"])
def test_the_rows_are_listed_and_nothing_is_done_before_the_yes(
    staff_client: StaffClient, spoc: User, requests: list[ServiceRequest], action: str
) -> None:
    page = post(staff_client(spoc), action, requests[:2])
    text = page.content.decode()
    assert [row.reference in text for row in requests] == [True, True, False]
    assert not Event.objects.exists()


def test_what_can_be_done_is_done_and_what_is_refused_says_why(
    staff_client: StaffClient, spoc: User, requests: list[ServiceRequest], ixelles: Municipality
) -> None:
    waiting = RequestFactory(municipality=ixelles, waiting=True)
    answer = post(staff_client(spoc), "acknowledge", [*requests, waiting], confirmed=1)
    assert [row.state for row in fresh(requests)] == [State.ACKNOWLEDGED] * 3
    assert came_of(answer)[waiting.pk].endswith("“Waiting for the municipality”.")
    assert answer.context["done"] == 3
    assert f"/{waiting.pk}/change/" in answer.content.decode()
    assert Event.objects.filter(verb=Event.Verb.REQUEST_ACKNOWLEDGED, actor=spoc).count() == 3
    again = post(staff_client(spoc), "acknowledge", requests, confirmed=1)
    assert all(came_of(again).values())
    assert Event.objects.count() == 3


def test_started_from_the_worklist(staff_client: StaffClient, spoc: User, ixelles: Municipality) -> None:
    rows = [RequestFactory(municipality=ixelles, acknowledged=True) for _number in range(2)]
    post(staff_client(spoc), "start", rows, confirmed=1)
    assert [row.state for row in fresh(rows)] == [State.IN_PROGRESS] * 2


def test_what_a_colleague_took_meanwhile_stays_theirs_and_is_named(
    staff_client: StaffClient, spoc: User, requests: list[ServiceRequest]
) -> None:
    client, faster = staff_client(spoc), UserFactory(spoc=True)
    page = post(client, "take", requests, name="unassigned")
    assign_request(requests[1], by=faster, to=faster)
    seen = page.context["form"]["seen"].value()
    answer = post(client, "take", requests, name="unassigned", confirmed=1, seen=seen)
    assert [row.assignee for row in fresh(requests)] == [spoc, faster, spoc]
    assert faster.full_name in came_of(answer)[requests[1].pk]
    assert answer.context["done"] == 2


def test_all_go_to_a_colleague_with_a_note(staff_client: StaffClient, spoc: User, requests: list[ServiceRequest]) -> None:
    to = UserFactory(spoc=True)
    post(staff_client(spoc), "assign", requests[:2], confirmed=1, to=to.pk, note="Pendant mon congé.")
    assert [row.assignee for row in fresh(requests)] == [to, to, None]
    assert Note.objects.count() == 2
    answer = post(staff_client(spoc), "assign", requests, confirmed=1, to=to.pk)
    assert [bool(refused) for refused in came_of(answer).values()].count(True) == 2
    assert Note.objects.count() == 2


def test_a_note_that_is_too_long_comes_back_with_its_words(staff_client: StaffClient, spoc: User, requests: list[ServiceRequest]) -> None:
    page = post(staff_client(spoc), "assign", requests, confirmed=1, to=spoc.pk, note="x" * 5001)
    assert page.context["form"].errors["note"]
    assert page.context["form"]["note"].value() == "x" * 5001
    assert not Event.objects.exists()


def test_nobody_but_who_handles_requests_gets_them(staff_client: StaffClient, spoc: User, requests: list[ServiceRequest]) -> None:
    page = post(staff_client(spoc), "assign", requests, confirmed=1, to=UserFactory(editor=True).pk)
    assert page.context["form"].errors["to"]
    assert not Event.objects.exists()


@pytest.mark.parametrize("seen", ["1:2:3", "x:", "'; --"])
def test_what_was_seen_is_read_strictly(staff_client: StaffClient, spoc: User, requests: list[ServiceRequest], seen: str) -> None:
    assert post(staff_client(spoc), "take", requests, confirmed=1, seen=seen).status_code == 200
    assert not Event.objects.exists()


@pytest.mark.parametrize("who", ["editor", "cabinet", "alderman", "former"])
def test_nobody_without_the_right_acts(staff_client: StaffClient, ixelles: Municipality, requests: list[ServiceRequest], who: str) -> None:
    person = UserFactory(**{who: ixelles if who in {"alderman", "former"} else True})
    for action in ("take", "assign", "acknowledge", "start"):
        post(staff_client(person), action, requests, confirmed=1, to=person.pk)
    Client().post(reverse(LIST), {"action": "take", "_selected_action": [requests[0].pk], "confirmed": 1})
    assert not Event.objects.exists()


def test_a_draft_is_never_acted_on(staff_client: StaffClient, spoc: User, ixelles: Municipality) -> None:
    draft = RequestFactory(municipality=ixelles, draft=True)
    assert came_of(post(staff_client(spoc), "take", [draft], confirmed=1)) == {}


def test_the_page_that_asks_costs_the_same_with_many(
    staff_client: StaffClient, spoc: User, requests: list[ServiceRequest], django_assert_max_num_queries: Callable[..., object]
) -> None:
    client = staff_client(spoc)
    post(client, "take", requests[:1])
    with django_assert_max_num_queries(12) as few:
        post(client, "take", requests[:1])
    with django_assert_max_num_queries(12) as many:
        post(client, "take", requests)
    assert len(few) == len(many)
