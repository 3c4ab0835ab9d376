"""Addresses that do not work: a task on the first page, repaired or marked by the team, and by nobody else."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from mailings import services
from mailings.coverage import board
from mailings.models import AddressState, Delivery
from municipalities.models import User
from partnerships.coverage import Need
from partnerships.models import Event
from tests.factories import AddressStateFactory, DeliveryFactory, EventFactory, MandateFactory, MunicipalityFactory, UserFactory
from tests.mailings.reading import assert_reads_well

pytestmark = pytest.mark.django_db
LIST = "admin:mailings_addressstate_changelist"
State = AddressState.State


@pytest.fixture
def known() -> AddressState:
    return AddressStateFactory()


@pytest.fixture
def spoc(staff_client: Any) -> Any:
    return staff_client(UserFactory(spoc=True))


def _page(known: AddressState) -> str:
    return reverse("admin:mailings_addressstate_change", args=[known.pk])


def test_it_is_a_task_on_the_first_page_until_it_is_repaired(spoc: Client, known: AddressState) -> None:
    assert reverse(LIST) in {tile.url for tile in spoc.get(reverse("admin:index")).context["boards"].requests}
    page = spoc.get(reverse(LIST))
    assert known.email in page.content.decode()
    assert known.reason in spoc.get(_page(known)).content.decode()
    answer = spoc.post(reverse("admin:mailings_addressstate_repair", args=[known.pk]))
    assert answer.url == reverse(LIST)
    known.refresh_from_db()
    assert (known.state, known.repaired_by) == (State.OK, User.objects.get(groups__name="spoc"))
    assert reverse(LIST) not in {tile.url for tile in spoc.get(reverse("admin:index")).context["boards"].requests}
    assert spoc.get(_page(known)).status_code == 404


def test_another_address_ends_the_task(spoc: Client, known: AddressState) -> None:
    User.objects.filter(pk=known.person_id).update(email="new@example.org")
    assert known.email not in spoc.get(reverse(LIST)).content.decode()
    assert not AddressState.objects.refusing().current().exists()


def test_the_board_asks_for_it_and_a_repair_answers(known: AddressState) -> None:
    def is_covered() -> bool:
        place = known.person.mandates.get().municipality
        [row] = [row for row in board(timezone.localdate()) if row.municipality == place]
        return next(cell for cell in row.cells if cell.need == Need.ADDRESS).is_covered

    DeliveryFactory(failed=True, recipient=known.person)
    AddressState.objects.update(since=timezone.now() - timezone.timedelta(days=2))
    assert not is_covered()
    services.repair_address(known, by=UserFactory(spoc=True))
    assert is_covered()


def test_marked_by_hand_it_says_how_that_is_known(spoc: Client) -> None:
    alderman = MandateFactory().user
    person = reverse("admin:municipalities_official_change", args=[alderman.pk])
    mark = reverse("admin:mailings_addressstate_mark", args=[alderman.pk])
    assert mark in spoc.get(person).content.decode()
    assert spoc.get(mark).status_code == 200
    assert spoc.post(mark, {"reason": " "}).status_code == 422
    assert not AddressState.objects.exists()
    assert spoc.post(mark, {"reason": "Boîte pleine depuis juin."}).url == person
    known = AddressState.objects.get(person=alderman)
    assert (known.state, known.reason) == (State.HARD, "Boîte pleine depuis juin.")
    assert _page(known) in spoc.get(person).content.decode()


@pytest.mark.parametrize("role", ["editor", "cabinet"])
def test_without_the_right_to_change_people_there_is_nothing(staff_client: Any, client: Client, known: AddressState, role: str) -> None:
    person = UserFactory(**{role: True})
    visitor = staff_client(person) if person.is_staff else client
    _refused(visitor, known)


@pytest.mark.parametrize("who", ["anonymous", "former", "other"])
def test_officials_and_strangers_come_to_no_page(client: Client, known: AddressState, who: str) -> None:
    if who != "anonymous":
        client.force_login(MandateFactory(ended=True).user if who == "former" else UserFactory(alderman=MunicipalityFactory()))
    _refused(client, known)


def _refused(visitor: Client, known: AddressState) -> None:
    mark = reverse("admin:mailings_addressstate_mark", args=[known.person_id])
    for url in (reverse(LIST), _page(known), mark):
        answer = visitor.get(url)
        assert answer.status_code in {302, 403, 404}
        assert known.email not in answer.content.decode()
    assert visitor.post(reverse("admin:mailings_addressstate_repair", args=[known.pk])).status_code in {302, 403, 404}
    assert visitor.post(mark, {"reason": "x"}).status_code in {302, 403, 404}
    known.refresh_from_db()
    assert (known.state, known.repaired_by) == (State.HARD, None)


def test_the_list_costs_the_same_however_long_it_is(spoc: Client, known: AddressState) -> None:
    spoc.get(reverse(LIST))
    counts = []
    for more in (0, 15):
        AddressStateFactory.create_batch(more)
        with CaptureQueriesContext(connection) as told:
            spoc.get(reverse(LIST))
        counts.append(len(told))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("language", ["fr", "nl", "both"])
def test_editors_hear_of_a_complaint_by_address_complained(language: str) -> None:
    editor = UserFactory(editor=True, correspondence_language=language)
    UserFactory(spoc=True)
    alderman = MandateFactory().user
    EventFactory(
        verb=Event.Verb.ADDRESS_COMPLAINED, subject=alderman, actor=None, municipality=alderman.mandates.get().municipality, data={}
    )
    services.decide_notices(timezone.now())
    mail = Delivery.objects.get(kind=Delivery.Kind.NOTICE)
    assert mail.recipient == editor
    assert_reads_well(mail.subject, mail.body_text, mail.body_html)
    assert alderman.full_name in mail.body_text
    assert alderman.email not in mail.body_text + mail.body_html
