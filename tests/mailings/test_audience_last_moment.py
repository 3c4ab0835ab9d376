"""Just before sending, everything is asked again."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mailings import services
from mailings.audience import still_wanted
from mailings.models import Delivery
from municipalities.models import Mandate, User
from tests.factories import (
    DeliveryFactory,
    EventFactory,
    MailingFactory,
    MandateFactory,
    MunicipalityFactory,
    NoticeFactory,
    UserFactory,
    days_from_today,
)

pytestmark = pytest.mark.django_db
Skip = Delivery.Skip


def _asked(delivery: Delivery) -> Delivery.Skip | None:
    return still_wanted([delivery], timezone.localdate())[delivery.pk]


def _mailing_to(person: User, **fields: object) -> Delivery:
    run = services.plan_run(MailingFactory(approved=True, **fields), by=None)
    return run.deliveries.get(recipient=person)


@pytest.fixture
def mayor() -> User:
    return UserFactory(mayor=MunicipalityFactory())


def test_nothing_changed(mayor: User) -> None:
    assert _asked(_mailing_to(mayor)) is None


def test_the_mandate_ended_meanwhile(mayor: User) -> None:
    delivery = _mailing_to(mayor)
    Mandate.objects.filter(user=mayor).update(period=(days_from_today(-400), days_from_today(0)))
    assert _asked(delivery) == Skip.NO_ACCESS


def test_another_mandate_that_the_mailing_is_not_for(mayor: User) -> None:
    delivery = _mailing_to(mayor)
    Mandate.objects.filter(user=mayor).update(role="officer")
    assert _asked(delivery) == Skip.NO_LONGER_CONCERNED


def test_a_portfolio_given_away() -> None:
    alderman = MandateFactory(portfolios=["trade"]).user
    delivery = _mailing_to(alderman, audience_portfolios=["trade"])
    assert _asked(delivery) is None
    Mandate.objects.filter(user=alderman).update(portfolios=["mobility"])
    assert _asked(delivery) == Skip.NO_LONGER_CONCERNED


def test_unsubscribing_meanwhile_stops_mailings_but_no_notices(mayor: User) -> None:
    delivery = _mailing_to(mayor)
    notice = _notice_to(mayor, mayor.mandates.get().municipality)
    services.unsubscribe(mayor)
    assert _asked(delivery) == Skip.UNSUBSCRIBED
    assert _asked(notice) is None


def test_the_address_changed_meanwhile(mayor: User) -> None:
    delivery = _mailing_to(mayor)
    User.objects.filter(pk=mayor.pk).update(email="ailleurs@example.org")
    assert _asked(delivery) == Skip.ADDRESS_CHANGED


def test_shut_out_meanwhile(mayor: User) -> None:
    delivery = _mailing_to(mayor)
    User.objects.filter(pk=mayor.pk).update(is_active=False)
    assert _asked(delivery) == Skip.NO_ACCESS


def _notice_to(person: User, place: object) -> Delivery:
    event = EventFactory(municipality=place)
    return DeliveryFactory(notice_mail=True, notice=NoticeFactory(event=event), recipient=person, email=person.email)


def test_a_notice_goes_to_nobody_who_changed_municipality(mayor: User) -> None:
    place = mayor.mandates.get().municipality
    notice = _notice_to(mayor, place)
    assert _asked(notice) is None
    Mandate.objects.filter(user=mayor).update(municipality=MunicipalityFactory())
    assert _asked(notice) == Skip.NO_LONGER_CONCERNED


def test_a_notice_to_staff_needs_no_mandate() -> None:
    assert _asked(_notice_to(UserFactory(spoc=True), MunicipalityFactory())) is None


def test_a_code_that_ran_out_is_not_sent(mayor: User) -> None:
    delivery = services.queue_login_code(mayor, code="BCDF-GHJK")
    assert _asked(delivery) is None
    delivery.planned_at -= dt.timedelta(minutes=11)
    assert _asked(delivery) == Skip.NO_LONGER_CONCERNED


def test_no_code_to_a_person_without_access() -> None:
    assert _asked(services.queue_login_code(UserFactory(former=MunicipalityFactory()), code="X")) == Skip.NO_ACCESS


def test_a_batch_of_twenty_costs_the_queries_of_a_batch_of_two() -> None:
    for _number in range(10):
        person = UserFactory(mayor=MunicipalityFactory())
        _notice_to(person, person.mandates.get().municipality)
    services.plan_run(MailingFactory(approved=True), by=None)
    rows = list(Delivery.objects.order_by("kind", "pk"))
    pairs = [rows[0], rows[-1]]
    assert {row.kind for row in pairs} == {"mailing", "notice"}
    counts = []
    for batch in (pairs, rows):
        with CaptureQueriesContext(connection) as captured:
            still_wanted(batch, timezone.localdate())
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 6
    assert len(rows) > 20
