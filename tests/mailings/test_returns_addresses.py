"""What follows for an address: the whole table, the counting of soft bounces, refusals of our own server, and repair by hand."""

import datetime as dt
import itertools
from typing import Any

import pytest
from django.utils import timezone

from mailings.models import AddressChoice, Addressee, AddressState, Delivery, MailEvent
from mailings.services import RepairNotAllowed, Report, mark_address, note_refusals, record_report, repair_address
from mailings.services.returns import TRANSITIONS, Turn
from municipalities.models import User
from partnerships.models import Event
from tests.factories import AddressStateFactory, DeliveryFactory, MandateFactory, MunicipalityFactory, RunFactory, UserFactory

pytestmark = pytest.mark.django_db
Kind, Source, State = MailEvent.Kind, MailEvent.Source, AddressState.State
NUMBERS = itertools.count(1)
REPORTED = {Turn.ARRIVED: Kind.DELIVERED, Turn.SOFT: Kind.SOFT, Turn.HARD: Kind.BOUNCED, Turn.COMPLAINT: Kind.COMPLAINED}


def _report(mail: Delivery, kind: MailEvent.Kind, at: dt.datetime | None = None) -> bool:
    return record_report(mail.key, Report(kind, Source.PROVIDER, f"n{next(NUMBERS)}", at or timezone.now(), "550 5.1.1 unknown"))


def _known(mail: Delivery) -> AddressState:
    return AddressState.objects.get(person=mail.recipient, email=mail.email)


@pytest.fixture
def mail() -> Delivery:
    return DeliveryFactory(sent=True)


@pytest.fixture
def spoc() -> User:
    return UserFactory(spoc=True)


@pytest.mark.parametrize("turn", list(Turn), ids=str)
@pytest.mark.parametrize("state", list(State), ids=str)
def test_every_turn_from_every_state(mail: Delivery, spoc: User, state: State, turn: Turn) -> None:
    before = timezone.now() - dt.timedelta(hours=1)
    softly = {"soft_bounces": 1, "soft_since": before} if state == State.SOFT else {}
    since = None if state == State.OK else before
    known = AddressStateFactory(person=mail.recipient, email=mail.email, state=state, since=since, **softly)
    if turn == Turn.REPAIR:
        repair_address(known, by=spoc)
    else:
        _report(mail, REPORTED[turn])
    assert _known(mail).state == TRANSITIONS[turn].get(state, state)


def test_soft_bounces_are_counted_and_too_many_are_for_good(settings: Any, mail: Delivery) -> None:
    settings.MAIL_SOFT_BOUNCES, now = 3, timezone.now()
    for number in (1, 2):
        _report(mail, Kind.SOFT, now + dt.timedelta(days=number))
        assert (_known(mail).state, _known(mail).soft_bounces) == (State.SOFT, number)
    assert not Event.objects.filter(verb=Event.Verb.ADDRESS_BOUNCED).exists()
    _report(mail, Kind.SOFT, now + dt.timedelta(days=3))
    assert _known(mail).state == State.HARD
    assert Event.objects.filter(verb=Event.Verb.ADDRESS_BOUNCED).count() == 1


def test_soft_bounces_of_long_ago_are_forgotten(settings: Any, mail: Delivery) -> None:
    settings.MAIL_SOFT_BOUNCES, settings.MAIL_SOFT_BOUNCE_DAYS, now = 2, 30, timezone.now()
    _report(mail, Kind.SOFT, now - dt.timedelta(days=31))
    _report(mail, Kind.SOFT, now)
    assert (_known(mail).state, _known(mail).soft_bounces) == (State.SOFT, 1)


def test_what_arrived_before_the_soft_bounce_ends_no_counting(mail: Delivery) -> None:
    now = timezone.now()
    _report(mail, Kind.SOFT, now)
    _report(mail, Kind.DELIVERED, now - dt.timedelta(hours=1))
    assert _known(mail).state == State.SOFT
    _report(mail, Kind.DELIVERED, now + dt.timedelta(hours=1))
    assert (_known(mail).state, _known(mail).soft_bounces) == (State.OK, 0)


def test_a_late_report_on_the_time_before_the_repair_breaks_nothing(mail: Delivery, spoc: User) -> None:
    _report(mail, Kind.BOUNCED)
    repair_address(_known(mail), by=spoc)
    _report(mail, Kind.BOUNCED, timezone.now() - dt.timedelta(hours=1))
    assert _known(mail).state == State.OK
    _report(mail, Kind.BOUNCED, timezone.now() + dt.timedelta(seconds=1))
    assert _known(mail).state == State.HARD


def test_a_repair_says_by_whom_and_is_in_the_history(mail: Delivery, spoc: User) -> None:
    _report(mail, Kind.BOUNCED)
    repaired = repair_address(_known(mail), by=spoc)
    assert (repaired.state, repaired.repaired_by, repaired.reason) == (State.OK, spoc, "")
    assert Event.objects.get(verb=Event.Verb.ADDRESS_REPAIRED).actor == spoc
    repair_address(repaired, by=spoc)
    assert Event.objects.filter(verb=Event.Verb.ADDRESS_REPAIRED).count() == 1


def test_a_telephone_call_marks_an_address(spoc: User) -> None:
    alderman = MandateFactory().user
    known = mark_address(alderman, by=spoc, reason="La boîte n'existe plus.")
    assert (known.state, known.email, known.reason) == (State.HARD, alderman.email, "La boîte n'existe plus.")
    assert Event.objects.get(verb=Event.Verb.ADDRESS_BOUNCED).actor == spoc
    assert mark_address(alderman, by=spoc, reason="Encore.").reason == "La boîte n'existe plus."


def _nobody(kind: str) -> User:
    if kind == "cabinet":
        return UserFactory(cabinet=True)
    if kind == "former":
        return MandateFactory(ended=True).user
    return UserFactory(alderman=MunicipalityFactory())


@pytest.mark.parametrize("kind", ["other municipality", "former", "cabinet"])
def test_nobody_but_the_team_says_whether_an_address_works(kind: str, mail: Delivery) -> None:
    _report(mail, Kind.BOUNCED)
    with pytest.raises(RepairNotAllowed):
        repair_address(_known(mail), by=_nobody(kind))
    with pytest.raises(RepairNotAllowed):
        mark_address(MandateFactory().user, by=_nobody(kind), reason="Non.")
    assert _known(mail).state == State.HARD
    assert AddressState.objects.count() == 1


def test_another_address_of_the_person_begins_anew(mail: Delivery) -> None:
    _report(mail, Kind.BOUNCED)
    User.objects.filter(pk=mail.recipient_id).update(email="new@example.org")
    assert not AddressState.objects.refusing().current().exists()


def test_a_complaint_of_an_address_without_an_account_unsubscribes_it(spoc: User) -> None:
    about = {"circle": "extra", "email": "desk@example.org", "name": "Desk", "reason": "asked", "added_by": spoc}
    run = RunFactory()
    desk = Addressee.objects.create(mailing=run.mailing, **about)
    mail = DeliveryFactory(kind="mailing", run=run, recipient=None, addressee=desk, email=desk.email, language="both")
    _report(mail, Kind.COMPLAINED)
    assert AddressChoice.objects.get(email="desk@example.org").unsubscribed_at
    assert _known(mail).state == State.COMPLAINED


@pytest.mark.parametrize(
    ("response", "state"),
    [
        ("550 5.1.1 <x@example.org>: unknown", State.HARD),
        ("550 No such user here", State.HARD),
        ("550 5.7.1 message looks like spam", None),
        ("554 5.7.1 relay denied", None),
        ("552 5.3.4 message too big", None),
    ],
    ids=str,
)
def test_what_our_own_server_refuses_counts_when_it_is_the_address(response: str, state: str | None) -> None:
    refused = DeliveryFactory(failed=True, response=response)
    assert note_refusals(timezone.now()) == (1 if state else 0)
    assert note_refusals(timezone.now()) == 0
    assert AddressState.objects.filter(person=refused.recipient).values_list("state", flat=True).first() == state
