"""The list of what burns: late, due within three working days, or urgent, while it is the agency's turn."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from partnerships.models import ServiceRequest
from partnerships.worklists import Worklist, on_worklist
from tests.factories import RequestFactory
from tests.partnerships.conftest import Cast

TODAY = dt.date(2026, 12, 23)  # a Wednesday; Friday is Christmas


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "days", "urgent", "burns"),
    [
        pytest.param("in_progress", -1, False, True, id="late"),
        pytest.param("in_progress", 0, False, True, id="due today"),
        pytest.param("acknowledged", 6, False, True, id="due after two working days, Christmas and a weekend"),
        pytest.param("acknowledged", 7, False, False, id="a working day later"),
        pytest.param("submitted", 30, True, True, id="urgent"),
        pytest.param("submitted", 30, False, False, id="time enough"),
        pytest.param("waiting", -1, True, False, id="the turn of the municipality"),
        pytest.param("closed", -1, True, False, id="ended"),
    ],
)
def test_what_burns(cast: Cast, state: str, days: int, urgent: bool, burns: bool) -> None:
    noon = timezone.make_aware(dt.datetime.combine(TODAY, dt.time(12)))
    request = RequestFactory(municipality=cast.municipality, due_on=TODAY + dt.timedelta(days=days), urgent=urgent, **{state: True})
    with time_machine.travel(noon, tick=False):
        found = on_worklist(ServiceRequest.objects.visible_to(cast.spoc), Worklist.BURNING, cast.spoc)
        assert list(found) == ([request] if burns else [])


@pytest.mark.django_db
def test_what_is_urgent_stands_behind_what_is_late_and_before_all_else(cast: Cast) -> None:
    def made(state: str, days: int, *, urgent: bool = False) -> ServiceRequest:
        due = TODAY + dt.timedelta(days=days)
        return RequestFactory(municipality=cast.municipality, due_on=due, urgent=urgent, **{state: True})

    calm, urgent, late = made("in_progress", 1), made("submitted", 30, urgent=True), made("in_progress", -1)
    late_and_urgent, waiting = made("in_progress", -2, urgent=True), made("waiting", -5, urgent=True)
    assert list(ServiceRequest.objects.burning_first(TODAY)) == [late_and_urgent, late, urgent, calm, waiting]
