"""Mandates: the rules of the database, and access by date alone."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import translation

from municipalities.models import Mandate, User
from tests.factories import MandateFactory, MunicipalityFactory, UserFactory

pytestmark = pytest.mark.django_db
FIRST = dt.date(2024, 12, 2)
LAST = dt.date(2026, 11, 24)
AFTER = LAST + dt.timedelta(days=1)


@pytest.fixture
def place():
    return MunicipalityFactory()


def refused_by(name: str):
    return pytest.raises(IntegrityError, match=name)


def test_two_mayors_are_refused(place):
    MandateFactory(municipality=place, role="mayor", period=DateRange(FIRST, None))
    with refused_by("mandate_one_mayor_per_day"), transaction.atomic():
        MandateFactory(municipality=place, role="mayor", period=DateRange(AFTER, None))


def test_mayors_who_share_a_single_day_are_refused(place):
    MandateFactory(municipality=place, role="mayor", period=DateRange(FIRST, AFTER))
    with refused_by("mandate_one_mayor_per_day"), transaction.atomic():
        MandateFactory(municipality=place, role="mayor", period=DateRange(LAST, None))


def test_a_mayor_hands_over_from_one_day_to_the_next(place):
    leaving = MandateFactory(municipality=place, role="mayor", period=DateRange(FIRST, AFTER))
    coming = MandateFactory(municipality=place, role="mayor", period=DateRange(AFTER, None))
    assert (leaving.ends_on, coming.starts_on) == (LAST, AFTER)
    assert list(place.mandates.in_force(LAST)) == [leaving]
    assert list(place.mandates.in_force(AFTER)) == [coming]


def test_another_municipality_has_its_own_mayor(place):
    MandateFactory(municipality=place, role="mayor")
    MandateFactory(role="mayor")
    assert Mandate.objects.filter(role="mayor").count() == 2


def test_a_municipality_has_several_aldermen(place):
    MandateFactory.create_batch(3, municipality=place)
    assert place.mandates.count() == 3


def test_a_person_cannot_hold_the_same_mandate_twice_on_a_day(place):
    mandate = MandateFactory(municipality=place, period=DateRange(FIRST, AFTER))
    with refused_by("mandate_once_per_person_and_role"), transaction.atomic():
        MandateFactory(municipality=place, user=mandate.user, period=DateRange(LAST, None))
    MandateFactory(municipality=place, user=mandate.user, period=DateRange(AFTER, None))


@pytest.mark.parametrize("period", [DateRange(None, AFTER), DateRange(FIRST, FIRST)], ids=["no start", "empty"])
def test_a_mandate_has_a_start_and_lasts_a_day(place, period):
    with refused_by("mandate_period_has_start"), transaction.atomic():
        MandateFactory(municipality=place, period=period)


def test_the_admin_hears_the_rule_in_words(place):
    MandateFactory(municipality=place, role="mayor", period=DateRange(FIRST, None))
    second = MandateFactory.build(municipality=place, user=UserFactory(), role="mayor", period=DateRange(AFTER, None))
    with translation.override("en"), pytest.raises(ValidationError, match=r"is mayor of .* since .* There is one mayor at a time"):
        second.full_clean()


def test_a_role_in_error_is_told_without_a_crash(place):
    mandate = MandateFactory.build(municipality=place, user=UserFactory(), role="king")
    with pytest.raises(ValidationError) as refusal:
        mandate.full_clean()
    assert list(refusal.value.message_dict) == ["role"]


def test_an_unknown_portfolio_is_refused(place):
    mandate = MandateFactory.build(municipality=place, user=UserFactory(), portfolios=["astrology"])
    with pytest.raises(ValidationError) as refusal:
        mandate.full_clean()
    assert "portfolios" in refusal.value.message_dict


@pytest.mark.parametrize(
    ("day", "access"),
    [
        (FIRST - dt.timedelta(days=1), False),
        (FIRST, True),
        (LAST, True),
        (AFTER, False),
    ],
    ids=["the day before", "first day", "last day", "the day after"],
)
def test_access_follows_the_dates_of_the_mandate(place, day, access):
    user = MandateFactory(municipality=place, period=DateRange(FIRST, AFTER)).user
    assert user.has_access(day) is access
    assert (user in User.objects.with_access(day)) is access
    assert (user in User.objects.in_office(day)) is access


def test_a_person_switched_off_has_no_access_whatever_the_mandate(place):
    user = UserFactory(alderman=place, is_active=False)
    today = user.mandates.get().starts_on
    assert not user.has_access(today)
    assert user not in User.objects.with_access(today)


@pytest.mark.parametrize("trait", ["spoc", "lead", "editor", "administrator", "cabinet"])
def test_staff_and_reviewers_need_no_mandate(trait):
    user = UserFactory(**{trait: True})
    assert user.has_access(LAST)
    assert user in User.objects.with_access(LAST)
    assert user not in User.objects.in_office(LAST)


def test_addresses_are_unique_whatever_their_case():
    UserFactory(email="somebody@example.org")
    with refused_by("user_email_unique"), transaction.atomic():
        User.objects.bulk_create([User(email="Somebody@Example.org")])


def test_nobody_has_a_password():
    assert not UserFactory().has_usable_password()
