"""Dates and telephone numbers as a reader expects them."""

import datetime as dt

import pytest
from django.utils import translation

from municipalities.templatetags.reader import colon, day, day_and_hour, grouped, phone_link


@pytest.mark.parametrize(
    ("language", "date", "written"),
    [
        ("fr", dt.date(2026, 12, 1), "1er décembre 2026"),
        ("fr", dt.date(2026, 12, 11), "11 décembre 2026"),
        ("nl", dt.date(2026, 12, 1), "1 december 2026"),
        ("en", dt.date(2026, 12, 1), "1 December 2026"),
    ],
)
def test_days_are_written_as_the_language_does(language: str, date: dt.date, written: str) -> None:
    with translation.override(language):
        assert day(date) == written


def test_hours_are_those_of_brussels() -> None:
    with translation.override("nl"):
        assert day_and_hour(dt.datetime(2026, 6, 30, 22, 5, tzinfo=dt.UTC)) == "1 juli 2026, 00:05"
        assert (day(None), day_and_hour(None)) == ("", "")


def test_a_telephone_number_can_be_called() -> None:
    assert phone_link("+32 (0)2 422.00-20") == "tel:+32024220020"


@pytest.mark.parametrize(("language", "written"), [("fr", "87\xa0632"), ("nl", "87.632"), ("en", "87,632")])
def test_thousands_stand_apart_as_the_language_does(language: str, written: str) -> None:
    with translation.override(language):
        assert grouped(87_632) == written


@pytest.mark.parametrize(("language", "written"), [("fr", "Quand\u00a0:"), ("nl", "Quand:"), ("en", "Quand:")])
def test_a_colon_stands_as_the_language_wants_it(language, written):
    with translation.override(language):
        assert colon("Quand") == written
