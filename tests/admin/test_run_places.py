"""A sending in one municipality: who sees it, and how a mailing still reaches whom it did not reach."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.privacy.models import PersonalDataAccess
from mailings.coverage import board
from mailings.delivery import deliver_queue
from mailings.models import Delivery, Run
from mailings.services import MailingActionNotAllowed, NotMeant, plan_run, send_again, unsubscribe
from municipalities.models import Municipality, User
from partnerships.coverage import Need
from partnerships.models import Event
from tests.admin.conftest import StaffClient
from tests.factories import MailingFactory, UserFactory

pytestmark = pytest.mark.django_db
State = Delivery.State


@pytest.fixture
def mayor(ixelles: Municipality) -> User:
    return UserFactory(mayor=ixelles)


@pytest.fixture
def run(mayor: User) -> Run:
    """A sending that is over and reached nobody in Ixelles."""
    planned = plan_run(MailingFactory(approved=True), by=None)
    planned.deliveries.update(state=State.FAILED, response="550 5.1.1 unknown")
    deliver_queue()
    Run.objects.filter(pk=planned.pk).update(state=Run.State.DONE, finished_at=timezone.now())
    return Run.objects.get(pk=planned.pk)


def place(run: Run, code: str = "IXL") -> str:
    return reverse("admin:mailings_run_municipality", args=[run.pk, code])


def again(run: Run, person: User, code: str = "IXL") -> str:
    return reverse("admin:mailings_run_send_again", args=[run.pk, code, person.pk])


@pytest.mark.parametrize(("who", "status"), [("alderman", 404), ("cabinet", 404), ("spoc", 200), ("lead", 200), ("editor", 200)])
def test_who_sees_it(staff_client: StaffClient, ixelles: Municipality, run: Run, who: str, status: int) -> None:
    person = UserFactory(alderman=ixelles) if who == "alderman" else UserFactory(**{who: True})
    assert staff_client(person).get(place(run)).status_code == status


def test_former_alderman_and_stranger_are_led_to_the_login(client: Client, ixelles: Municipality, run: Run) -> None:
    assert client.get(place(run)).status_code == 302
    client.force_login(UserFactory(former=ixelles))
    assert client.get(place(run)).status_code in {302, 404}
    assert client.post(again(run, UserFactory(mayor=ixelles.__class__.objects.get(code="UCC")))).status_code in {302, 404}


def test_board_leads_here_and_a_mail_sent_again_closes_the_hole(
    staff_client: StaffClient, ixelles: Municipality, mayor: User, run: Run, mailoutbox: list[object]
) -> None:
    desk = staff_client(UserFactory(editor=True))
    today = timezone.localdate()

    def is_received() -> bool:
        row = next(row for row in board(today) if row.municipality == ixelles)
        return next(cell for cell in row.cells if cell.need == Need.MAILING).is_covered

    assert not is_received()
    page = desk.get(place(run)).content.decode()
    assert "550 5.1.1 unknown" in page
    assert reverse("admin:municipalities_official_change", args=[mayor.pk]) not in page  # an editor repairs no addresses
    User.objects.filter(pk=mayor.pk).update(email="repaired@example.org")
    assert desk.post(again(run, mayor)).url == place(run)
    mail = Delivery.objects.get(run=run, recipient=mayor)
    assert (mail.state, mail.email, mail.attempts) == (State.PENDING, "repaired@example.org", 0)
    assert Event.objects.about(run.mailing).filter(verb=Event.Verb.DELIVERY_RESENT).count() == 1
    Delivery.objects.filter(pk=mail.pk).update(state=State.SENT, sent_at=timezone.now())
    assert is_received()
    assert desk.post(again(run, mayor)).status_code == 302
    assert Delivery.objects.get(pk=mail.pk).state == State.SENT  # who has it gets no second one


def test_who_came_into_office_since_can_be_sent_it(ixelles: Municipality, run: Run) -> None:
    editor, newcomer = UserFactory(editor=True), UserFactory(alderman=ixelles, correspondence_language="nl")
    for _press in range(2):
        mail = send_again(run, to=newcomer, by=editor)
    assert (mail.state, mail.language, mail.kind) == (State.PENDING, "nl", "mailing")
    assert Delivery.objects.filter(run=run, recipient=newcomer).count() == 1


@pytest.mark.parametrize("state", [State.SENT, State.UNKNOWN, State.PENDING])
def test_what_may_have_arrived_is_never_sent_a_second_time(mayor: User, run: Run, state: str) -> None:
    sent_at = timezone.now() if state == State.SENT else None
    Delivery.objects.filter(run=run, recipient=mayor).update(state=state, sent_at=sent_at)
    assert send_again(run, to=mayor, by=UserFactory(editor=True)).state == state
    assert not Event.objects.filter(verb=Event.Verb.DELIVERY_RESENT).exists()


def test_nobody_is_sent_what_they_do_not_want_or_are_not_meant_to_get(ixelles: Municipality, mayor: User, run: Run) -> None:
    editor = UserFactory(editor=True)
    unsubscribe(mayor)
    for person in (mayor, UserFactory(former=ixelles), UserFactory(spoc=True)):
        with pytest.raises(NotMeant):
            send_again(run, to=person, by=editor)


@pytest.mark.parametrize("who", ["spoc", "lead"])
def test_only_who_may_send_sends_again(staff_client: StaffClient, mayor: User, run: Run, who: str) -> None:
    person = UserFactory(**{who: True})
    client = staff_client(person)
    assert again(run, mayor) not in client.get(place(run)).content.decode()
    assert client.post(again(run, mayor)).status_code == 403
    with pytest.raises(MailingActionNotAllowed):
        send_again(run, to=mayor, by=person)


def test_lead_is_led_to_the_address_to_repair(staff_client: StaffClient, mayor: User, run: Run) -> None:
    page = staff_client(UserFactory(lead=True)).get(place(run)).content.decode()
    assert reverse("admin:municipalities_official_change", args=[mayor.pk]) + "#id_email" in page


def test_official_of_another_municipality_is_not_shown_nor_sent_to_from_here(
    staff_client: StaffClient, uccle: Municipality, mayor: User, run: Run
) -> None:
    elsewhere = UserFactory(mayor=uccle)
    desk = staff_client(UserFactory(editor=True))
    page = desk.get(place(run)).content.decode()
    assert mayor.email in page
    assert elsewhere.email not in page
    assert desk.post(again(run, elsewhere)).status_code == 404
    assert desk.get(place(run, "XXX")).status_code == 404


def test_whose_addresses_were_seen_is_recorded(staff_client: StaffClient, mayor: User, run: Run) -> None:
    spoc = UserFactory(spoc=True)
    staff_client(spoc).get(place(run))
    assert PersonalDataAccess.objects.filter(actor=spoc, person=mayor).count() == 1


def test_page_costs_the_same_with_many(
    staff_client: StaffClient, ixelles: Municipality, run: Run, django_assert_max_num_queries: Callable[..., object]
) -> None:
    desk = staff_client(UserFactory(editor=True))
    desk.get(place(run))
    with django_assert_max_num_queries(14) as few:
        desk.get(place(run))
    for _n in range(12):
        UserFactory(alderman=ixelles)
    with django_assert_max_num_queries(14) as many:
        desk.get(place(run))
    assert len(few) == len(many)
