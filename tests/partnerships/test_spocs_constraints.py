"""SPOC and deputy: on any one day at most one of each, and two different people."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from partnerships.models import SpocAssignment
from tests.factories import MunicipalityFactory, SpocAssignmentFactory, UserFactory

pytestmark = pytest.mark.django_db
FIRST = dt.date(2025, 1, 6)
LAST = dt.date(2026, 6, 30)
AFTER = LAST + dt.timedelta(days=1)


@pytest.fixture
def place():
    return MunicipalityFactory()


def test_two_spocs_are_refused(place):
    SpocAssignmentFactory(municipality=place, period=DateRange(FIRST, None))
    with pytest.raises(IntegrityError, match="spoc_one_per_role_and_day"), transaction.atomic():
        SpocAssignmentFactory(municipality=place, period=DateRange(AFTER, None))


def test_spocs_who_share_a_single_day_are_refused(place):
    SpocAssignmentFactory(municipality=place, period=DateRange(FIRST, AFTER))
    with pytest.raises(IntegrityError, match="spoc_one_per_role_and_day"), transaction.atomic():
        SpocAssignmentFactory(municipality=place, period=DateRange(LAST, None))


def test_a_hand_over_leaves_no_day_without_spoc(place):
    leaving = SpocAssignmentFactory(municipality=place, period=DateRange(FIRST, AFTER))
    coming = SpocAssignmentFactory(municipality=place, period=DateRange(AFTER, None))
    assert (leaving.ends_on, coming.starts_on) == (LAST, AFTER)
    assert list(SpocAssignment.objects.for_municipalities([place.pk], LAST)) == [leaving]
    assert list(SpocAssignment.objects.for_municipalities([place.pk], AFTER)) == [coming]


def test_two_deputies_are_refused(place):
    SpocAssignmentFactory(municipality=place, deputy=True)
    with pytest.raises(IntegrityError, match="spoc_one_per_role_and_day"), transaction.atomic():
        SpocAssignmentFactory(municipality=place, deputy=True)


def test_spoc_and_deputy_are_two_people(place):
    spoc = SpocAssignmentFactory(municipality=place)
    with pytest.raises(IntegrityError, match="spoc_and_deputy_differ"), transaction.atomic():
        SpocAssignmentFactory(municipality=place, officer=spoc.officer, deputy=True)


def test_a_deputy_may_follow_the_spoc(place):
    officer = SpocAssignmentFactory(municipality=place, deputy=True, period=DateRange(FIRST, AFTER)).officer
    SpocAssignmentFactory(municipality=place, officer=officer, period=DateRange(AFTER, None))
    assert place.spoc_assignments.count() == 2


def test_one_officer_answers_for_several_municipalities():
    officer = UserFactory(spoc=True)
    SpocAssignmentFactory.create_batch(3, officer=officer)
    assert officer.spoc_assignments.count() == 3


def test_the_spoc_comes_before_the_deputy(place):
    deputy = SpocAssignmentFactory(municipality=place, deputy=True)
    spoc = SpocAssignmentFactory(municipality=place)
    assert list(SpocAssignment.objects.for_municipalities([place.pk], AFTER)) == [spoc, deputy]


@pytest.mark.parametrize("period", [DateRange(None, AFTER), DateRange(FIRST, FIRST)], ids=["no start", "empty"])
def test_an_assignment_has_a_start_and_lasts_a_day(place, period):
    with pytest.raises(IntegrityError, match="spoc_period_has_start"), transaction.atomic():
        SpocAssignmentFactory(municipality=place, period=period)


def test_only_staff_are_assigned(place):
    outsider = UserFactory(alderman=place)
    assignment = SpocAssignmentFactory.build(municipality=place, officer=outsider)
    with pytest.raises(ValidationError) as refusal:
        assignment.full_clean()
    assert "officer" in refusal.value.message_dict
