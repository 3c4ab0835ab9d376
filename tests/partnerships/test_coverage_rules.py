"""What covers a municipality on a day, and since when something is missing."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import translation

from config.seed.holes import PLANTED
from config.seed.seeding import seed
from mailings.coverage import board
from municipalities.models import Municipality
from municipalities.services import load_reference
from partnerships.coverage import Need, Stretch, cell_on
from tests.factories import DeliveryFactory, MandateFactory, MunicipalityFactory, UserFactory, days_from_today, since

DAY = dt.date(2026, 3, 10)


def stretch(lower: int, upper: int | None, words: str = "X") -> Stretch:
    return Stretch(DAY + dt.timedelta(days=lower), None if upper is None else DAY + dt.timedelta(days=upper), words)


def test_hole_is_dated_from_the_end_of_the_last_stretch() -> None:
    cell = cell_on(Need.MAYOR, [stretch(-90, -30), stretch(-200, -90), stretch(5, None)], DAY)
    assert (cell.is_covered, cell.since) == (False, DAY - dt.timedelta(days=30))


def test_hole_that_always_was_has_no_date() -> None:
    assert cell_on(Need.MAYOR, [stretch(1, None)], DAY).since is None
    assert cell_on(Need.MAYOR, [], DAY).is_covered is False


def test_the_last_day_still_covers_and_the_next_does_not() -> None:
    only = [stretch(-5, 1, "Ann")]
    assert cell_on(Need.SPOC, only, DAY).words == "Ann"
    assert cell_on(Need.SPOC, only, DAY + dt.timedelta(days=1)).since == DAY + dt.timedelta(days=1)


def test_what_was_covered_meanwhile_by_a_longer_stretch_does_not_date_the_hole_early() -> None:
    assert cell_on(Need.TRADE, [stretch(-90, -5), stretch(-30, -20)], DAY).since == DAY - dt.timedelta(days=5)


# --- Addresses ----------------------------------------------------------------------------------


@pytest.fixture
def place(db: None) -> Municipality:
    return MunicipalityFactory()


def address_of(place: Municipality, on: dt.date) -> tuple[bool, dt.date | None]:
    row = next(row for row in board(on) if row.municipality == place)
    cell = next(cell for cell in row.cells if cell.need == Need.ADDRESS)
    return cell.is_covered, cell.since


def test_address_works_until_a_mail_fails_and_again_when_one_arrives(place: Municipality) -> None:
    alderman = UserFactory(alderman=place)
    today = days_from_today(0)
    assert address_of(place, today) == (True, None)
    DeliveryFactory(recipient=alderman, failed=True)
    DeliveryFactory(recipient=alderman, failed=True)
    assert address_of(place, today) == (False, today)
    DeliveryFactory(recipient=alderman, sent=True)
    assert address_of(place, today) == (True, None)


def test_one_working_address_is_enough(place: Municipality) -> None:
    DeliveryFactory(recipient=UserFactory(mayor=place), failed=True)
    UserFactory(officer=place)
    assert address_of(place, days_from_today(0)) == (True, None)


def test_nobody_in_office_is_no_address_since_the_mandate_ended(place: Municipality) -> None:
    MandateFactory(municipality=place, period=since(300, until=-10))
    assert address_of(place, days_from_today(0)) == (False, days_from_today(-10))


def test_failure_is_read_as_of_the_day_asked_for(place: Municipality) -> None:
    DeliveryFactory(recipient=UserFactory(alderman=place), failed=True)
    assert address_of(place, days_from_today(-1)) == (True, None)


# --- The board of the demo ----------------------------------------------------------------------


@pytest.fixture
def seeded(db: None) -> None:
    seed()


@pytest.mark.parametrize("moment", PLANTED, ids=lambda moment: moment.name)
def test_the_board_finds_exactly_the_planted_holes(seeded: None, moment: PLANTED) -> None:  # type: ignore[valid-type]
    on = moment.day(days_from_today(0))
    found = {(row.municipality.code, cell.need, cell.since) for row in board(on) for cell in row.holes}
    assert found == moment.holes(days_from_today(0))


def test_board_costs_the_same_for_one_and_for_many(db: None, django_assert_num_queries: Callable[..., object]) -> None:
    load_reference()
    board(days_from_today(0))
    with django_assert_num_queries(6):  # nothing was sent: nobody is asked who received it
        assert len(board(days_from_today(0))) == 19
    seed()
    for _n in range(40):
        MandateFactory(period=DateRange(days_from_today(-9), None))
    with django_assert_num_queries(7):
        assert len(board(days_from_today(0))) == 59


@pytest.mark.parametrize(("language", "place"), [("fr", 8), ("nl", 2)])
def test_board_is_in_the_readers_order(db: None, language: str, place: int) -> None:
    load_reference()
    with translation.override(language):
        rows = board(days_from_today(0))
    keys = [getattr(row.municipality, f"sort_key_{language}") for row in rows]
    assert keys == sorted(keys)
    names = [str(getattr(row.municipality, f"name_{language}")) for row in rows]
    assert names.index({"fr": "Ixelles", "nl": "Elsene"}[language]) == place
