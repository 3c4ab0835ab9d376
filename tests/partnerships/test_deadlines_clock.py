"""The agency's clock: what was left when it stopped is left when it goes on, shown against a count day by day."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partnerships.deadlines import due_day, expected_on, resumed
from partnerships.models import DeadlineTarget, ServiceRequest
from partnerships.services import requests as services
from partnerships.services.deadlines import move_deadline
from partnerships.working_days import is_working_day, working_days_between
from tests.factories import RequestFactory
from tests.partnerships.conftest import Cast

ONE = dt.timedelta(days=1)
DAYS = st.dates(dt.date(2026, 1, 1), dt.date(2028, 12, 31))
# each stop: days after the clock went on before it stops, and how many days it stands still
STOPS = st.lists(st.tuples(st.integers(0, 25), st.integers(0, 40)), max_size=5)


def counted(start: dt.date, target: int, stops: list[tuple[dt.date, dt.date]]) -> dt.date:
    """The due day by walking the calendar: a day counts when offices are open and the clock did not stand still.

    The day of asking still counts, the days after it up to the answer do not; and nothing is due in the evening of a day on
    which the answer is still awaited.
    """
    day, left = start, target
    while True:
        day += ONE
        stands = any(asked < day <= answered for asked, answered in stops)
        awaits_in_the_evening = any(asked <= day < answered for asked, answered in stops)
        if is_working_day(day) and not stands:
            left -= 1
        if left <= 0 and is_working_day(day) and not awaits_in_the_evening:
            return day


@settings(max_examples=400, deadline=None)
@given(start=DAYS, target=st.integers(1, 70), stops=STOPS)
def test_the_due_day_is_what_a_count_day_by_day_gives(start, target, stops):
    due, day, known = due_day(start, target), start, []
    for runs, stands in stops:
        asked = day + dt.timedelta(days=runs)
        answered = asked + dt.timedelta(days=stands)
        if due < asked:
            break  # late already: no later stop changes that
        due = resumed(due, stopped_on=asked, resumed_on=answered)
        known.append((asked, answered))
        day = answered
    assert due == counted(start, target, known)
    assert is_working_day(due)


@pytest.mark.parametrize(
    ("due", "asked", "answered", "expected"),
    [
        pytest.param("2026-04-03", "2026-04-01", "2026-04-07", "2026-04-09", id="Easter Monday is no working day"),
        pytest.param("2026-05-04", "2026-04-29", "2026-05-05", "2026-05-07", id="the first of May is none either"),
        pytest.param("2026-12-23", "2026-12-23", "2026-12-25", "2026-12-28", id="asked on the last day, answered at Christmas"),
        pytest.param("2026-11-20", "2026-11-23", "2026-11-27", "2026-11-20", id="late before it was asked, late afterwards"),
        pytest.param("2026-11-27", "2026-11-25", "2026-11-25", "2026-11-27", id="answered on the same day"),
    ],
)
def test_how_a_stop_moves_the_due_day(due, asked, answered, expected):
    day = dt.date.fromisoformat
    assert resumed(day(due), stopped_on=day(asked), resumed_on=day(answered)) == day(expected)


def test_days_between_count_the_second_and_not_the_first():
    assert working_days_between(dt.date(2026, 11, 25), dt.date(2026, 11, 27)) == 2
    assert working_days_between(dt.date(2026, 11, 27), dt.date(2026, 11, 30)) == 1
    assert working_days_between(dt.date(2026, 11, 27), dt.date(2026, 11, 25)) == 0


# --- Through the services -----------------------------------------------------------------------


def noon(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12)))


def acknowledged(cast: Cast, on: dt.date, target: int) -> ServiceRequest:
    DeadlineTarget.objects.update_or_create(what="audit", defaults={"working_days": target, "warn_before": 0})
    request = RequestFactory(submitted=True, municipality=cast.municipality, asked_by=cast.alderman)
    with time_machine.travel(noon(on), tick=False):
        return services.acknowledge_request(request, by=cast.spoc)


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=DAYS, target=st.integers(1, 60), stops=STOPS)
def test_questions_and_answers_keep_the_count(cast, start, target, stops):
    request, day, known = acknowledged(cast, start, target), start, []
    for runs, stands in stops:
        asked, answered = day + dt.timedelta(days=runs), day + dt.timedelta(days=runs + stands)
        if request.due_on < asked:
            break
        with time_machine.travel(noon(asked), tick=False):
            request = services.ask_municipality(request, by=cast.spoc, question="Quand ?", language="fr")
        assert request.clock_stopped_on == asked
        with time_machine.travel(noon(answered), tick=False):
            services.send_message(request, by=cast.alderman, body="Demain.", language="fr")
        request.refresh_from_db()
        known.append((asked, answered))
        day = answered
    assert request.clock_stopped_on is None
    assert request.due_on == counted(start, target, known)


@pytest.mark.django_db
def test_while_it_waits_the_honest_day_moves_on_with_every_day(cast):
    request = acknowledged(cast, dt.date(2026, 11, 2), 10)  # due on the 17th: the 11th is a holiday
    assert request.due_on == dt.date(2026, 11, 17)
    with time_machine.travel(noon(dt.date(2026, 11, 5)), tick=False):
        request = services.ask_municipality(request, by=cast.spoc, question="Quand ?", language="fr")
    assert expected_on(request, dt.date(2026, 11, 5)) == dt.date(2026, 11, 17)
    assert expected_on(request, dt.date(2026, 11, 19)) == dt.date(2026, 11, 30)


@pytest.mark.django_db
def test_a_day_set_by_hand_stands_still_like_any_other(cast):
    request = acknowledged(cast, dt.date(2026, 11, 2), 5)
    with time_machine.travel(noon(dt.date(2026, 11, 3)), tick=False):
        request = move_deadline(request, by=cast.spoc, due_on=dt.date(2026, 11, 20), reason="Le comptage dure.", language="fr")
        request = services.ask_municipality(request, by=cast.spoc, question="Quand ?", language="fr")
    with time_machine.travel(noon(dt.date(2026, 11, 10)), tick=False):
        services.send_message(request, by=cast.alderman, body="Voilà.", language="fr")
    request.refresh_from_db()
    assert request.due_on == dt.date(2026, 11, 27)


@pytest.mark.django_db
def test_a_new_figure_counts_for_what_begins_from_then_on(cast):
    promised = acknowledged(cast, dt.date(2026, 11, 2), 5)
    later = acknowledged(cast, dt.date(2026, 11, 2), 8)
    promised.refresh_from_db()
    assert (promised.due_on, later.due_on) == (dt.date(2026, 11, 9), dt.date(2026, 11, 13))
