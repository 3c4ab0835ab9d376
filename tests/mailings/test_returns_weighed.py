"""What a mail came to is told by the weightiest report; a mailing passes by an address that does not work."""

import itertools

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mailings import services
from mailings.audience import still_wanted
from mailings.models import AddressState, Delivery, MailEvent
from municipalities.models import User
from tests.factories import AddressStateFactory, DeliveryFactory, MailEventFactory, MailingFactory, MunicipalityFactory, UserFactory

pytestmark = pytest.mark.django_db
Kind, Outcome, Skip = MailEvent.Kind, Delivery.Outcome, Delivery.Skip


def _outcome(delivery: Delivery) -> str:
    return Delivery.objects.with_outcome().get(pk=delivery.pk).outcome


@pytest.mark.parametrize(
    ("traits", "outcome"),
    [
        ({}, Outcome.PENDING),
        ({"sent": True}, Outcome.SENT),
        ({"failed": True}, Outcome.FAILED),
        ({"in_doubt": True}, Outcome.IN_DOUBT),
        ({"skipped": True}, Outcome.SKIPPED),
    ],
    ids=lambda value: str(value),
)
def test_without_a_report_the_state_tells(traits: dict[str, bool], outcome: str) -> None:
    assert _outcome(DeliveryFactory(**traits)) == outcome


HEAVIER = [Kind.DEFERRED, Kind.DELIVERED, Kind.BOUNCED, Kind.COMPLAINED]
TOLD = [Outcome.SENT, Outcome.DELIVERED, Outcome.BOUNCED, Outcome.COMPLAINED]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=str)
def test_the_order_of_reports_changes_nothing(order: tuple[int, ...]) -> None:
    delivery = DeliveryFactory(sent=True)
    heaviest = -1
    for weight in order:
        MailEventFactory(delivery=delivery, kind=HEAVIER[weight])
        heaviest = max(heaviest, weight)
        assert _outcome(delivery) == TOLD[heaviest]


def test_a_mail_refused_for_now_came_back_and_one_in_doubt_that_arrived_arrived() -> None:
    assert _outcome(MailEventFactory(kind=Kind.SOFT).delivery) == Outcome.BOUNCED
    assert _outcome(MailEventFactory(kind=Kind.DELIVERED, delivery=DeliveryFactory(in_doubt=True)).delivery) == Outcome.DELIVERED


def test_outcomes_of_many_cost_one_query() -> None:
    for kind in Kind:
        MailEventFactory.create_batch(3, kind=kind)
    with CaptureQueriesContext(
        connection,
    ) as told:
        assert len(list(Delivery.objects.with_outcome().values_list("outcome", flat=True))) == 3 * len(Kind)
    assert len(told) == 1


def test_a_report_is_kept_once_and_never_changed_but_by_an_erasure() -> None:
    report = MailEventFactory(description="550 no such user")
    with pytest.raises(IntegrityError), transaction.atomic():
        MailEventFactory(event_id=report.event_id)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        MailEvent.objects.update(kind=Kind.BOUNCED)
    assert MailEvent.objects.update(description="") == 1
    report.delivery.delete()
    assert not MailEvent.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"since": None},
        {"state": AddressState.State.OK},
        {"state": AddressState.State.SOFT},
        {"state": AddressState.State.SOFT, "soft_bounces": 1},
        {"repaired_by": True},
    ],
    ids=str,
)
def test_states_without_their_dates_are_refused(wrong: dict[str, object]) -> None:
    if "repaired_by" in wrong:
        wrong = {"repaired_by": UserFactory(is_staff=True)}
    with pytest.raises(IntegrityError), transaction.atomic():
        AddressStateFactory(**wrong)


def test_each_address_has_one_state() -> None:
    known = AddressStateFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        AddressStateFactory(person=known.person, email=known.email.upper())
    AddressStateFactory(person=None, email="info@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        AddressStateFactory(person=None, email="Info@example.org")


def _mail_to(person: User) -> Delivery:
    return services.plan_run(MailingFactory(approved=True), by=None).deliveries.get(recipient=person)


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (AddressState.State.HARD, Skip.BOUNCED),
        (AddressState.State.SOFT, None),
        (AddressState.State.COMPLAINED, None),
        (AddressState.State.OK, None),
    ],
    ids=str,
)
def test_a_mailing_passes_by_an_address_that_does_not_work(state: str, reason: str | None) -> None:
    mayor = UserFactory(mayor=MunicipalityFactory())
    delivery = _mail_to(mayor)
    counted = {"soft_bounces": 1, "soft_since": timezone.now()} if state == AddressState.State.SOFT else {}
    AddressStateFactory(
        person=mayor, email=mayor.email.upper(), state=state, since=None if state == AddressState.State.OK else timezone.now(), **counted
    )
    assert still_wanted([delivery], timezone.localdate())[delivery.pk] == reason


def test_the_state_of_another_address_or_of_another_person_says_nothing() -> None:
    mayor, other = UserFactory(mayor=MunicipalityFactory()), UserFactory(alderman=MunicipalityFactory())
    delivery = _mail_to(mayor)
    AddressStateFactory(person=mayor, email="before@example.org")
    AddressStateFactory(person=other, email=mayor.email)
    AddressStateFactory(person=None, email=mayor.email)
    assert still_wanted([delivery], timezone.localdate())[delivery.pk] is None


def test_messages_about_ones_own_affairs_still_try_it() -> None:
    notice = DeliveryFactory(notice_mail=True)
    AddressStateFactory(person=notice.recipient)
    assert still_wanted([notice], timezone.localdate())[notice.pk] != Skip.BOUNCED


def test_only_the_address_a_person_has_now_is_current() -> None:
    mayor = UserFactory(mayor=MunicipalityFactory())
    now = AddressStateFactory(person=mayor, email=mayor.email.title())
    AddressStateFactory(person=mayor, email="before@example.org")
    institution = AddressStateFactory(person=None, email="info@example.org")
    assert set(AddressState.objects.refusing().current()) == {now, institution}
