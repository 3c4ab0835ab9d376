"""Whatever is written, in whatever order and at whatever moment: on one day one SPOC, one deputy, one mayor, one agreement."""

import datetime as dt
import itertools
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from municipalities.models import Mandate, Municipality
from partnerships.models import Absence, Agreement, SpocAssignment
from partnerships.models.spocs import uncovered
from tests.factories import AbsenceFactory, AgreementFactory, MandateFactory, MunicipalityFactory, SpocAssignmentFactory, UserFactory

START = dt.date(2026, 1, 1)
HORIZON = 40  # days
DAYS = [START + dt.timedelta(days=number) for number in range(HORIZON)]
WRITERS, ROUNDS = 6, 6


def _range(first: int, length: int | None) -> DateRange:
    start = START + dt.timedelta(days=first)
    return DateRange(start, None if length is None else start + dt.timedelta(days=length))


periods = st.builds(_range, st.integers(0, HORIZON - 1), st.one_of(st.none(), st.integers(1, 15)))
# A write: make a row, move the one with that number to other days, or remove it.
writes = st.lists(st.tuples(st.sampled_from(["make", "make", "move", "remove"]), st.integers(0, 9), periods), min_size=1, max_size=14)


class Kind:
    """A thing of which a municipality has one per day."""

    def __init__(self, rows: Callable[[Municipality], Any], make: Callable[[Municipality, DateRange], Any]) -> None:
        self.rows, self.make = rows, make


KINDS = {
    "SPOC": Kind(
        lambda place: SpocAssignment.objects.primary().filter(municipality=place),
        lambda place, period: SpocAssignmentFactory(municipality=place, period=period),
    ),
    "deputy": Kind(
        lambda place: SpocAssignment.objects.filter(municipality=place, role=SpocAssignment.Role.DEPUTY),
        lambda place, period: SpocAssignmentFactory(municipality=place, period=period, deputy=True),
    ),
    "mayor": Kind(
        lambda place: Mandate.objects.filter(municipality=place, role=Mandate.Role.MAYOR),
        lambda place, period: MandateFactory(municipality=place, period=period, role=Mandate.Role.MAYOR, portfolios=[]),
    ),
    "agreement": Kind(
        lambda place: Agreement.objects.signed().filter(municipality=place),
        lambda place, period: AgreementFactory(municipality=place, period=period),
    ),
}


def _covers(period: DateRange, day: dt.date) -> bool:
    return period.lower <= day and (period.upper is None or day < period.upper)


def _most_on_one_day(held: Iterable[DateRange]) -> int:
    return max(Counter(day for period in held for day in DAYS if _covers(period, day)).values(), default=0)


def _write(kind: Kind, place: Municipality, what: str, number: int, period: DateRange) -> bool:
    """Return whether the database took it."""
    try:
        with transaction.atomic():
            known = list(kind.rows(place).order_by("pk"))
            if what == "make" or not known:
                kind.make(place, period)
            elif what == "move":
                chosen = known[number % len(known)]
                chosen.period = period
                chosen.save()
            else:
                known[number % len(known)].delete()
    except IntegrityError:
        return False
    return True


@pytest.mark.django_db
@pytest.mark.parametrize("name", KINDS)
@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=writes)
def test_never_two_on_one_day_whatever_the_order(name: str, script: list[tuple[str, int, DateRange]]) -> None:
    kind, place = KINDS[name], MunicipalityFactory()
    for what, number, period in script:
        before = list(kind.rows(place).values_list("period", flat=True))
        taken = _write(kind, place, what, number, period)
        after = list(kind.rows(place).values_list("period", flat=True))
        assert _most_on_one_day(after) <= 1
        if what == "make" and before:
            assert taken == (_most_on_one_day([*before, period]) <= 1)  # nothing is refused without need


@pytest.mark.django_db
@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=st.lists(periods.filter(lambda period: period.upper is not None), min_size=1, max_size=10))
def test_an_officer_is_never_absent_twice_on_one_day(script: list[DateRange]) -> None:
    officer = UserFactory(is_staff=True)
    mine = Absence.objects.filter(officer=officer)
    kind = Kind(lambda _place: mine, lambda _place, period: AbsenceFactory(officer=officer, period=period))
    for period in script:
        _write(kind, MunicipalityFactory.build(), "make", 0, period)
    assert _most_on_one_day(mine.values_list("period", flat=True)) <= 1


@given(held=st.lists(periods, max_size=8), first=st.integers(0, HORIZON - 1), length=st.integers(0, 20))
def test_gaps_are_exactly_the_days_nothing_covers(held: list[DateRange], first: int, length: int) -> None:
    from_day = START + dt.timedelta(days=first)
    asked = [from_day + dt.timedelta(days=number) for number in range(length + 1)]
    gaps = uncovered(held, from_day, asked[-1])
    in_gaps = [day for gap in gaps for day in asked if _covers(gap, day)]
    assert in_gaps == [day for day in asked if not any(_covers(period, day) for period in held)]
    assert all(gap.lower in asked and gap.upper - dt.timedelta(days=1) in asked for gap in gaps)
    assert all(one.upper < other.lower for one, other in itertools.pairwise(gaps))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", KINDS)
def test_never_two_on_one_day_under_concurrent_transactions(name: str) -> None:
    """Real transactions, begun together, each unaware of the others until it commits; many rounds of random periods."""
    kind, chance = KINDS[name], random.Random(name)
    for _round in range(ROUNDS):
        place, barrier = MunicipalityFactory(), threading.Barrier(WRITERS)
        scripts = [[_random_period(chance) for _number in range(3)] for _writer in range(WRITERS)]
        outcomes: list[bool] = []
        threads = [threading.Thread(target=_write_together, args=(kind, place, script, barrier, outcomes)) for script in scripts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        held = list(kind.rows(place).values_list("period", flat=True))
        assert len(outcomes) == WRITERS * 3
        assert len(held) == outcomes.count(True) > 0
        assert _most_on_one_day(held) == 1


def _write_together(kind: Kind, place: Municipality, script: list[DateRange], barrier: threading.Barrier, outcomes: list[bool]) -> None:
    try:
        barrier.wait(timeout=20)
        outcomes.extend([_taken(kind, place, period) for period in script])
    finally:
        connection.close()


def _random_period(chance: random.Random) -> DateRange:
    return _range(chance.randrange(HORIZON), chance.choice([None, 1, 2, 3, 5, 9]))


def _taken(kind: Kind, place: Municipality, period: DateRange) -> bool:
    """A deadlock between two refusals is a refusal too: nothing was written."""
    try:
        with transaction.atomic():
            kind.make(place, period)
    except DatabaseError:
        return False
    return True
