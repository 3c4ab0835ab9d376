"""Agreements: no two in force at once, and a state that is read from the dates."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import translation

from partnerships.models import Agreement
from tests.factories import AgreementFactory, MunicipalityFactory

pytestmark = pytest.mark.django_db
State = Agreement.State
SIGNED = dt.date(2020, 3, 16)
FIRST = dt.date(2020, 4, 1)
LAST = dt.date(2024, 12, 31)
AFTER = LAST + dt.timedelta(days=1)


def agreement(**fields):
    return AgreementFactory(**{"signed_on": SIGNED, "college_decision_on": None, "period": DateRange(FIRST, AFTER)} | fields)


def test_two_in_force_on_one_day_are_refused():
    first = agreement()
    with pytest.raises(IntegrityError, match="agreement_one_in_force_per_day"), transaction.atomic():
        agreement(municipality=first.municipality, period=DateRange(LAST, None))


def test_a_renewal_follows_on_the_next_day():
    first = agreement()
    renewal = agreement(municipality=first.municipality, period=DateRange(AFTER, None), predecessor=first)
    assert first.successor == renewal
    assert Agreement.objects.in_force(LAST).get() == first
    assert Agreement.objects.in_force(AFTER).get() == renewal


def test_a_draft_may_overlap_until_it_is_signed():
    first = agreement()
    draft = agreement(municipality=first.municipality, signed_on=None)
    draft.signed_on = SIGNED
    with pytest.raises(IntegrityError, match="agreement_one_in_force_per_day"), transaction.atomic():
        draft.save()


def test_another_municipality_has_its_own():
    agreement()
    agreement()
    assert Agreement.objects.in_force(LAST).count() == 2


def test_the_admin_hears_the_rule_in_words():
    first = agreement()
    second = AgreementFactory.build(municipality=first.municipality, signed_on=SIGNED, college_decision_on=None, period=first.period)
    with translation.override("en"), pytest.raises(ValidationError, match="Another signed agreement of this municipality"):
        second.full_clean()


def test_an_agreement_covers_at_least_one_known_service():
    place = MunicipalityFactory()
    for services in ([], ["catering"]):
        with pytest.raises(IntegrityError, match="agreement_covers_known_services"), transaction.atomic():
            agreement(municipality=place, services=services)


@pytest.mark.parametrize("period", [DateRange(None, AFTER), DateRange(FIRST, FIRST)], ids=["no start", "empty"])
def test_an_agreement_has_a_start_and_lasts_a_day(period):
    with pytest.raises(IntegrityError, match="agreement_period_has_start"), transaction.atomic():
        agreement(period=period)


def test_the_college_decides_before_the_signature():
    late = AgreementFactory.build(municipality=MunicipalityFactory(), signed_on=SIGNED, college_decision_on=FIRST)
    with pytest.raises(ValidationError) as refusal:
        late.full_clean()
    assert "signed_on" in refusal.value.message_dict


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (SIGNED, State.SIGNED),
        (FIRST - dt.timedelta(days=1), State.SIGNED),
        (FIRST, State.IN_FORCE),
        (LAST - dt.timedelta(days=181), State.IN_FORCE),
        (LAST - dt.timedelta(days=180), State.EXPIRING),
        (LAST, State.EXPIRING),
        (AFTER, State.EXPIRED),
    ],
    ids=["day of signature", "eve", "first day", "181 days left", "180 days left", "last day", "day after"],
)
def test_state_is_read_from_signature_and_period(day, state):
    assert agreement().state_on(day) == state


def test_without_signature_it_is_a_draft_whatever_the_day():
    assert agreement(signed_on=None).state_on(FIRST) == State.DRAFT


def test_without_end_it_never_expires():
    assert agreement(period=DateRange(FIRST, None)).state_on(dt.date(2099, 1, 1)) == State.IN_FORCE


@pytest.mark.parametrize("day", [FIRST, LAST, AFTER, FIRST - dt.timedelta(days=1)])
def test_the_queryset_agrees_with_the_state(day):
    one = agreement()
    in_force = one.state_on(day) in {State.IN_FORCE, State.EXPIRING}
    assert Agreement.objects.in_force(day).filter(pk=one.pk).exists() is in_force
