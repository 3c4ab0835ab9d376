"""Day 29 and day 90 come from the phases alone; they move with them, and are announced once each to municipality and SPOC."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from mailings.models import Delivery
from mailings.services import decide_notices
from mailings.tasks import calendar
from partnerships.compensation import Terms, stops, terms, windows, windows_of
from partnerships.models import CompensationReminder, Event, WorksPhase, WorksSite
from partnerships.services.works import remind_of_compensation
from tests.factories import RequestFactory, UserFactory, WorksPhaseFactory, WorksSiteFactory, days_from_today

START = dt.date(2027, 1, 1)
ONE_DAY = dt.timedelta(days=1)
RULE = Terms(29, 90, 10, 6, ((0, 1, 2000), (5, 9, 2700)), "https://example.org/", START)


def day(number: int) -> dt.date:
    return START + number * ONE_DAY


# --- The count ----------------------------------------------------------------------------------


def counted_day_by_day(periods: list[tuple[dt.date, dt.date]], rule: Terms) -> list[tuple[dt.date, dt.date]]:
    """Walk through the calendar one day after another, as a trader would count on a wall."""
    found, run = [], 0
    for number in range(-5, 400):
        is_stopped = any(first <= day(number) <= last for first, last in periods)
        run = run + 1 if is_stopped else 0
        if run == rule.first_day:
            began = day(number - run + 1)
            found.append((day(number), began + (rule.last_day - 1) * ONE_DAY))
    return found


phases = st.lists(
    st.tuples(st.integers(0, 200), st.integers(0, 70)).map(lambda pair: (day(pair[0]), day(pair[0] + pair[1]))), min_size=0, max_size=20
)
moves = st.lists(st.tuples(st.integers(0, 19), st.integers(-40, 40)), max_size=6)


def moved(periods: list[tuple[dt.date, dt.date]], by: list[tuple[int, int]]) -> list[tuple[dt.date, dt.date]]:
    """The same phases after some were put off or brought forward."""
    result = list(periods)
    for index, days in by:
        if result:
            first, last = result[index % len(result)]
            first = max(START, first + days * ONE_DAY)
            result[index % len(result)] = (first, max(first, last + days * ONE_DAY))
    return result


@given(phases, moves, st.integers(1, 45), st.integers(46, 120))
def test_the_days_are_those_of_a_count_day_by_day(periods, by, first_day, last_day):
    rule = Terms(first_day, last_day, 10, 6, (), "", START)
    for phases_now in (periods, moved(periods, by)):
        found = [(window.opens_on, window.closes_on) for window in windows(phases_now, rule)]
        assert found == counted_day_by_day(phases_now, rule)


@given(phases)
def test_the_order_and_the_cutting_of_phases_change_nothing(periods):
    cut = [(d, d) for first, last in periods for d in (first + n * ONE_DAY for n in range((last - first).days + 1))]
    assert stops(periods) == stops(reversed(periods)) == stops(cut)


@pytest.mark.parametrize(
    ("periods", "expected"),
    [
        pytest.param([(0, 27)], [], id="28 days are not enough"),
        pytest.param([(0, 28)], [(28, 89)], id="29 days open it on the 29th"),
        pytest.param([(0, 13), (14, 28)], [(28, 89)], id="phases that follow each other are one stop"),
        pytest.param([(0, 13), (15, 29)], [], id="a day with traffic begins the count anew"),
        pytest.param([(0, 20), (10, 28)], [(28, 89)], id="days in two phases count once"),
        pytest.param([(0, 40), (100, 140)], [(28, 89), (128, 189)], id="a second stop opens it again"),
        pytest.param([(5, 4)], [], id="a period the wrong way round is none"),
    ],
)
def test_known_cases(periods, expected):
    found = windows([(day(first), day(last)) for first, last in periods], RULE)
    assert [(window.opens_on, window.closes_on) for window in found] == [(day(a), day(b)) for a, b in expected]
    assert all(window.is_open(window.opens_on) and window.is_open(window.closes_on) for window in found)
    assert not any(window.is_open(window.opens_on - ONE_DAY) or window.is_open(window.closes_on + ONE_DAY) for window in found)


def test_the_rule_is_a_setting_with_source_and_date(settings):
    assert (terms().first_day, terms().last_day, terms().below_fte) == (29, 90, 10)
    assert (terms().lowest, terms().highest) == (2000, 2700)
    assert terms().source.startswith("https://")
    assert terms().source_date == dt.date(2019, 3, 25)
    settings.COMPENSATION = settings.COMPENSATION | {"first_day": 15}
    assert terms().first_day == 15


# --- The phases ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_only_phases_that_stop_traffic_count_and_only_their_days_without_it():
    site = WorksSiteFactory()
    WorksPhaseFactory(site=site, first=0, last=60)
    WorksPhaseFactory(site=site, first=61, last=120, direction_stopped="both", stopped=DateRange(days_from_today(70), days_from_today(99)))
    (window,) = windows_of(site.phases.all())
    assert (window.stop.first, window.stop.last, window.stop.days) == (days_from_today(70), days_from_today(98), 29)
    assert (window.opens_on, window.closes_on) == (days_from_today(98), days_from_today(159))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"stopped": DateRange(START, START + ONE_DAY), "direction_stopped": "one"}, "works_phase_stop_within_phase"),
        ({"stopped": DateRange(dt.date(2027, 6, 2), dt.date(2027, 6, 4))}, "works_phase_stop_has_direction"),
        ({"period": DateRange(dt.date(2027, 6, 1), None)}, "works_phase_has_first_and_last_day"),
        ({"position": 21}, "works_phase_among_twenty"),
    ],
)
def test_the_database_refuses_impossible_phases(fields: dict[str, Any], name: str):
    site = WorksSiteFactory()
    given = {"period": DateRange(dt.date(2027, 6, 1), dt.date(2027, 7, 1))} | fields
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        WorksPhaseFactory(site=site, **given)


# --- The reminders ------------------------------------------------------------------------------


@pytest.fixture
def site(cast) -> WorksSite:
    """Traffic stopped from today for a hundred days: day 29 in 28 days, day 90 in 89."""
    request = RequestFactory(kind="works", in_progress=True, municipality=cast.municipality, asked_by=cast.alderman, assignee=cast.spoc)
    site = WorksSiteFactory(request=request)
    WorksPhaseFactory(site=site, first=0, last=99, stopped_one=True)
    return site


def noon(day: int) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(days_from_today(day), dt.time(12)))


def announced() -> list[tuple[str, dt.date, bool]]:
    return list(CompensationReminder.objects.order_by("pk").values_list("day", "on", "is_ahead"))


def test_each_day_is_announced_a_week_before_and_on_the_day_once_each(site):
    for number in range(120):
        remind_of_compensation(noon(number))
        remind_of_compensation(noon(number))
    opens, closes = days_from_today(28), days_from_today(89)
    assert announced() == [("opens", opens, True), ("opens", opens, False), ("closes", closes, True), ("closes", closes, False)]
    events = Event.objects.about(site.request).filter(verb=Event.Verb.COMPENSATION_DAY_NEAR)
    assert [event.data["days_left"] for event in events] == [7, 0, 7, 0]
    assert all(event.actor is None and event.municipality == site.municipality for event in events)


def test_reminders_move_with_the_phases(site):
    remind_of_compensation(noon(21))
    phase = WorksPhase.objects.get(site=site)
    phase.period = DateRange(days_from_today(10), days_from_today(100))
    phase.save()
    assert remind_of_compensation(noon(28)) == 0  # the old day is no day any more
    for number in range(29, 40):
        remind_of_compensation(noon(number))
    new = days_from_today(38)
    assert announced() == [("opens", days_from_today(28), True), ("opens", new, True), ("opens", new, False)]


def test_what_passed_while_nobody_asked_is_not_announced(site):
    assert remind_of_compensation(noon(50)) == 0
    assert remind_of_compensation(noon(85)) == 1
    assert announced() == [("closes", days_from_today(89), True)]


@pytest.mark.parametrize("state", ["draft", "closed", "withdrawn", "declined"])
def test_nothing_is_announced_for_drafts_and_ended_requests(cast, state):
    request = RequestFactory(kind="works", municipality=cast.municipality, **{state: True})
    WorksPhaseFactory(site=WorksSiteFactory(request=request), first=0, last=99, stopped_one=True)
    assert remind_of_compensation(noon(25)) == 0


def test_the_database_keeps_one_announcement_per_site_day_and_date(site):
    fields = {"site": site, "day": "opens", "on": START, "is_ahead": True, "made_at": timezone.now()}
    CompensationReminder.objects.create(**fields)
    with pytest.raises(IntegrityError, match="compensation_day_announced_once"), transaction.atomic():
        CompensationReminder.objects.create(**fields)


def test_municipality_and_spoc_are_told_in_their_language_and_nobody_else(cast, site):
    cast.alderman.correspondence_language, cast.spoc.correspondence_language = "nl", "fr"
    cast.alderman.save()
    cast.spoc.save()
    UserFactory(former=cast.municipality)
    with time_machine.travel(noon(21), tick=False):
        calendar()
        calendar()
        decide_notices(timezone.now())
        decide_notices(timezone.now())
    mails = Delivery.objects.filter(notice__event__verb=Event.Verb.COMPENSATION_DAY_NEAR)
    assert {mail.recipient for mail in mails} == {cast.alderman, cast.spoc}
    by_person = {mail.recipient: mail for mail in mails}
    assert "vergoeding" in by_person[cast.alderman].subject
    assert "indemnisation" in by_person[cast.spoc].subject
    assert "29" in by_person[cast.alderman].body_text
    assert site.request.reference in by_person[cast.alderman].subject
    for person, name in ((cast.alderman, "works_site"), (cast.spoc, "admin:works_site")):
        assert f"{reverse(name, args=[site.request.key])}\n" in by_person[person].body_text
