"""Absent by date: the deputy in front on every screen, in mails, for new work; and back again by the clock alone."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import timezone

from mailings import services as mailings
from mailings.models import Delivery
from mailings.rendering.personal import personal_parts, render_personal
from partnerships.models import Absence, ServiceRequest, SpocAssignment
from partnerships.services.requests import assign_request, send_message, submit_request
from partnerships.worklists import Worklist, on_worklist
from tests.factories import AbsenceFactory, MunicipalityFactory, RequestFactory, SpocAssignmentFactory, UserFactory

pytestmark = pytest.mark.django_db
FIRST, LAST, BACK = dt.date(2026, 3, 9), dt.date(2026, 3, 13), dt.date(2026, 3, 14)
CLOCK = {
    "the day before": "2026-03-08T23:30:00",
    "first day": "2026-03-09T00:30:00",
    "last day": "2026-03-13T23:30:00",
    "back": "2026-03-14T00:30:00",
}
IN_FRONT = {"the day before": "spoc", "first day": "deputy", "last day": "deputy", "back": "spoc"}


class Place:
    def __init__(self) -> None:
        self.municipality = MunicipalityFactory()
        self.spoc = UserFactory(spoc=True, last_name="Absentier")
        self.deputy = UserFactory(spoc=True, last_name="Remplaçart")
        self.alderman = UserFactory(alderman=self.municipality)
        period = DateRange(dt.date(2025, 1, 1), None)
        SpocAssignmentFactory(municipality=self.municipality, officer=self.spoc, period=period)
        SpocAssignmentFactory(municipality=self.municipality, officer=self.deputy, deputy=True, period=period)
        AbsenceFactory(officer=self.spoc, period=DateRange(FIRST, BACK))


@pytest.fixture
def place() -> Iterator[Place]:
    with time_machine.travel("2026-03-02T09:00:00+01:00", tick=False):
        yield Place()


@pytest.fixture(params=CLOCK)
def moment(request: pytest.FixtureRequest, place: Place) -> Iterator[str]:
    with time_machine.travel(f"{CLOCK[request.param]}+01:00", tick=False):
        yield request.param


def test_every_screen_shows_who_is_there_first(place: Place, moment: str, enter: Any) -> None:
    client = enter(place.alderman)
    request = RequestFactory(in_progress=True, audit=False, municipality=place.municipality, asked_by=place.alderman, assignee=place.spoc)
    in_front = getattr(place, IN_FRONT[moment])
    behind = place.deputy if in_front == place.spoc else place.spoc
    for url in (reverse("home"), reverse("municipality", args=[place.municipality.slug]), reverse("requests")):
        text = client.get(url, headers={"accept-language": "en"}).content.decode()
        assert text.index(in_front.email) < text.index(behind.email)
        assert ("13 mars 2026" in text or "13 March 2026" in text) == (in_front == place.deputy)
    text = client.get(reverse("request", args=[request.key])).content.decode()
    assert (place.deputy.full_name in text.split("<footer")[0]) == (in_front == place.deputy)


def test_the_personal_part_of_a_mailing_names_who_is_there(place: Place, moment: str) -> None:
    personal = personal_parts([place.alderman.pk], timezone.localdate())[place.alderman.pk]
    html, text = render_personal(personal, ["fr", "nl"])
    for words in (html["box_fr"], text["box_fr"], html["box_nl"], text["box_nl"]):
        assert (place.deputy.email in words) == (IN_FRONT[moment] == "deputy")
        assert place.spoc.email in words
    if IN_FRONT[moment] == "deputy":
        assert text["box_nl"].index(place.deputy.email) < text["box_nl"].index(place.spoc.email)
        assert "13 maart 2026" in text["box_nl"]


def test_new_requests_and_their_notices_go_to_who_is_there(place: Place, moment: str) -> None:
    in_front = getattr(place, IN_FRONT[moment])
    request = submit_request(RequestFactory(draft=True, municipality=place.municipality, asked_by=place.alderman), by=place.alderman)
    assert request.assignee == in_front
    mailings.decide_notices(timezone.now())
    assert [mail.recipient for mail in Delivery.objects.all()] == [in_front]


def test_a_message_about_work_of_the_absent_reaches_the_deputy(place: Place, moment: str) -> None:
    request = RequestFactory(in_progress=True, audit=False, municipality=place.municipality, asked_by=place.alderman, assignee=place.spoc)
    send_message(request, by=place.alderman, body="Un mot.", language="fr")
    mailings.decide_notices(timezone.now())
    assert [mail.recipient for mail in Delivery.objects.all()] == [getattr(place, IN_FRONT[moment])]


def test_mails_to_officials_name_who_is_there(place: Place, moment: str) -> None:
    request = RequestFactory(in_progress=True, audit=False, municipality=place.municipality, asked_by=place.alderman, assignee=place.spoc)
    assert request.contact_on(timezone.localdate()) == getattr(place, IN_FRONT[moment])


def test_the_list_mine_holds_the_work_of_the_absent(place: Place, moment: str) -> None:
    theirs = RequestFactory(in_progress=True, audit=False, municipality=place.municipality, assignee=place.spoc)
    RequestFactory(in_progress=True, audit=False, assignee=place.spoc)  # elsewhere: no stand-in of the deputy
    mine = on_worklist(ServiceRequest.objects.all(), Worklist.MINE, place.deputy)
    assert list(mine) == ([theirs] if IN_FRONT[moment] == "deputy" else [])
    assert on_worklist(ServiceRequest.objects.all(), Worklist.MINE, place.spoc).count() == 2


def test_when_both_are_away_the_spoc_stays_in_front(place: Place) -> None:
    AbsenceFactory(officer=place.deputy, period=DateRange(FIRST, BACK))
    front = SpocAssignment.objects.in_front(FIRST).get()
    assert (front.officer, front.absent_until) == (place.spoc, LAST)
    request = RequestFactory(in_progress=True, audit=False, municipality=place.municipality, assignee=place.spoc)
    assert request.contact_on(FIRST) == place.spoc


def test_a_request_given_to_somebody_absent_by_name_tells_that_person(place: Place) -> None:
    lead = UserFactory(lead=True)
    request = RequestFactory(in_progress=True, audit=False, municipality=place.municipality, assignee=place.deputy)
    with time_machine.travel("2026-03-10T12:00:00+01:00", tick=False):
        assign_request(request, by=lead, to=place.spoc)
        mailings.decide_notices(timezone.now())
    assert [mail.recipient for mail in Delivery.objects.all()] == [place.spoc]


@pytest.mark.parametrize("count", [1, 6])
def test_standing_in_costs_one_query_however_many(place: Place, count: int, django_assert_num_queries: Callable[..., Any]) -> None:
    places = [Place() for _number in range(count)]
    with django_assert_num_queries(1):
        rows = list(SpocAssignment.objects.for_municipalities([one.municipality.pk for one in places], FIRST))
        assert {row.absent_until for row in rows} == {LAST, None}
    with django_assert_num_queries(1):
        assert len(SpocAssignment.objects.in_front(FIRST)) == count + 1


def test_two_absences_of_one_person_do_not_overlap(place: Place) -> None:
    with pytest.raises(IntegrityError, match="absence_once_per_officer_and_day"), transaction.atomic():
        AbsenceFactory(officer=place.spoc, period=DateRange(LAST, LAST + dt.timedelta(days=9)))
    AbsenceFactory(officer=place.spoc, period=DateRange(BACK, BACK + dt.timedelta(days=1)))
    AbsenceFactory(officer=place.deputy, period=DateRange(FIRST, BACK))


@pytest.mark.parametrize(
    "period", [DateRange(FIRST, None), DateRange(None, BACK), DateRange(FIRST, FIRST)], ids=["no end", "no start", "empty"]
)
def test_an_absence_has_a_first_and_a_last_day(place: Place, period: DateRange) -> None:
    with pytest.raises(IntegrityError, match="absence_has_first_and_last_day"), transaction.atomic():
        AbsenceFactory(officer=place.deputy, period=period)


def test_absences_are_kept_for_staff_only(place: Place) -> None:
    with pytest.raises(ValidationError):
        Absence(officer=place.alderman, period=DateRange(FIRST, BACK)).full_clean()
