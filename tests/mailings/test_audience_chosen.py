"""Who receives a mailing: by role, portfolio and the dates of mandates."""

import pytest
from django.utils import timezone

from mailings import services
from mailings.audience import chosen_for, left_out_of, recipients_of, staff_with
from mailings.models import Delivery
from municipalities.models import User
from tests.factories import MailingFactory, MandateFactory, MunicipalityFactory, UserFactory, days_from_today

pytestmark = pytest.mark.django_db


def _with(role: str, *portfolios: str) -> User:
    return MandateFactory(role=role, portfolios=list(portfolios)).user


@pytest.mark.parametrize(
    ("roles", "portfolios", "chosen"),
    [
        (["mayor", "alderman"], [], {"mayor", "trade", "mobility"}),
        (["mayor"], [], {"mayor"}),
        (["alderman"], ["trade"], {"trade"}),
        (["mayor", "alderman"], ["trade"], {"mayor", "trade"}),
        (["alderman"], ["trade", "mobility"], {"trade", "mobility"}),
        (["officer", "secretary", "collaborator"], ["trade"], {"officer", "secretary", "collaborator"}),
        ([], [], set()),
    ],
)
def test_roles_and_portfolios_choose(roles: list[str], portfolios: list[str], chosen: set[str]) -> None:
    people = {role: _with(role) for role in ("mayor", "officer", "secretary", "collaborator")}
    people |= {"trade": _with("alderman", "trade", "tourism"), "mobility": _with("alderman", "mobility")}
    mailing = MailingFactory(audience_roles=roles, audience_portfolios=portfolios)
    found = recipients_of(mailing, timezone.localdate())
    assert set(found) == {people[name] for name in chosen}


def test_mandates_count_by_their_dates() -> None:
    place = MunicipalityFactory()
    ended, future = MandateFactory(municipality=place, ended=True).user, MandateFactory(municipality=place, future=True).user
    mailing = MailingFactory()
    assert set(recipients_of(mailing, timezone.localdate())) == set()
    assert set(recipients_of(mailing, days_from_today(-1))) == {ended}
    assert set(recipients_of(mailing, days_from_today(1))) == {future}


def test_a_person_with_two_mandates_is_one_recipient() -> None:
    person = UserFactory(alderman=[MunicipalityFactory(), MunicipalityFactory()])
    assert list(recipients_of(MailingFactory(), timezone.localdate())) == [person]


def test_who_is_left_out_and_why() -> None:
    place = MunicipalityFactory()
    unsubscribed, shut_out, receives = UserFactory(alderman=place), UserFactory(alderman=place, is_active=False), UserFactory(mayor=place)
    officer = UserFactory(officer=place)
    services.unsubscribe(unsubscribed)
    services.unsubscribe(officer)
    mailing, today = MailingFactory(), timezone.localdate()
    assert {(out.user, out.reason) for out in left_out_of(mailing, today)} == {
        (unsubscribed, Delivery.Skip.UNSUBSCRIBED),
        (shut_out, Delivery.Skip.NO_ACCESS),
    }
    assert set(recipients_of(mailing, today)) == {receives}
    assert set(chosen_for(mailing, today)) == {receives, unsubscribed}


def test_staff_are_found_by_group_by_themselves_or_as_superuser() -> None:
    spoc, administrator = UserFactory(spoc=True), UserFactory(administrator=True)
    superuser = UserFactory(is_staff=True, is_superuser=True)
    UserFactory(editor=True)
    UserFactory(spoc=True, is_active=False)
    UserFactory(spoc=True, is_staff=False)
    assert list(staff_with("partnerships.handle_servicerequest")) == [spoc, administrator, superuser]
