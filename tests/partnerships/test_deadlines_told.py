"""Deadlines are told of once each, to those who can do something about it; another date is told to whoever asked."""

import datetime as dt
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mailings.models import Delivery
from mailings.services import decide_notices
from mailings.tasks import calendar
from partnerships.models import DeadlineNotice, DeadlineTarget, Event, Message, ServiceRequest
from partnerships.services import requests as services
from partnerships.services.deadlines import move_deadline, tell_of_deadlines
from partnerships.working_days import add_working_days
from tests.factories import AbsenceFactory, RequestFactory, SpocAssignmentFactory, UserFactory
from tests.partnerships.conftest import Cast

pytestmark = pytest.mark.django_db


def at(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12)))


def told(request: ServiceRequest) -> list[str]:
    return [event.verb for event in Event.objects.about(request) if event.verb.startswith("deadline_")]


def readers_of(verb: str) -> set[str]:
    decide_notices(timezone.now())
    return set(Delivery.objects.filter(notice__event__verb=verb).values_list("email", flat=True))


@pytest.fixture
def running(cast: Cast) -> ServiceRequest:
    """An audit in progress of a SPOC, due on Friday the 27th; the team is warned five working days before."""
    due = dt.date(2026, 11, 27)
    return RequestFactory(
        in_progress=True, municipality=cast.municipality, asked_by=cast.alderman, assignee=cast.spoc, due_on=due, language="fr"
    )


def test_near_and_passed_are_told_once_whatever_day_is_asked(running):
    for number in range(-20, 20):
        day = running.due_on + dt.timedelta(days=number)
        tell_of_deadlines(at(day))
        tell_of_deadlines(at(day))
    assert told(running) == ["deadline_near", "deadline_passed"]
    assert list(DeadlineNotice.objects.values_list("moment", flat=True)) == ["near", "passed"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param("2026-11-19", [], id="six working days before"),
        pytest.param("2026-11-20", ["deadline_near"], id="five working days before"),
        pytest.param("2026-11-27", ["deadline_near"], id="on the day itself"),
        pytest.param("2026-11-28", ["deadline_passed"], id="the day after, and nobody asked before"),
    ],
)
def test_the_moment_follows_the_days_left(running, day, expected):
    tell_of_deadlines(at(dt.date.fromisoformat(day)))
    assert told(running) == expected


def test_the_lead_sets_how_long_before(running):
    DeadlineTarget.objects.filter(what="audit").update(warn_before=1)
    assert tell_of_deadlines(at(dt.date(2026, 11, 25))) == 0
    assert tell_of_deadlines(at(dt.date(2026, 11, 26))) == 1


def test_receipt_has_a_deadline_of_its_own(cast):
    fresh = RequestFactory(submitted=True, municipality=cast.municipality, due_on=dt.date(2026, 11, 27))
    assert tell_of_deadlines(at(dt.date(2026, 11, 25))) == 0
    assert tell_of_deadlines(at(dt.date(2026, 11, 26))) == 1
    assert told(fresh) == ["deadline_near"]


@pytest.mark.parametrize("state", ["waiting", "completed", "closed", "declined", "withdrawn"])
def test_nothing_is_said_while_it_is_not_the_agencys_turn(cast, state):
    quiet = RequestFactory(municipality=cast.municipality, due_on=dt.date(2026, 11, 20), **{state: True})
    assert tell_of_deadlines(at(dt.date(2026, 11, 27))) == 0
    assert told(quiet) == []


def test_a_moved_day_is_a_new_day(cast, running):
    later = add_working_days(timezone.localdate(), 30)
    ServiceRequest.objects.filter(pk=running.pk).update(due_on=timezone.localdate() - dt.timedelta(days=1))
    tell_of_deadlines(timezone.now())
    running.refresh_from_db()
    move_deadline(running, by=cast.spoc, due_on=later, reason="Les chiffres manquent.", language="fr")
    tell_of_deadlines(at(later))
    tell_of_deadlines(at(later + dt.timedelta(days=1)))
    assert told(running) == ["deadline_passed", "deadline_moved", "deadline_near", "deadline_passed"]


def test_a_warning_goes_to_who_answers_for_it_that_day(cast, running):
    tell_of_deadlines(at(dt.date(2026, 11, 25)))
    assert readers_of("deadline_near") == {cast.spoc.email}


def test_while_the_assignee_is_away_the_warning_goes_to_who_stands_in_front(cast, running):
    deputy = SpocAssignmentFactory(municipality=cast.municipality, deputy=True).officer
    AbsenceFactory(officer=cast.spoc)
    tell_of_deadlines(at(running.due_on))
    assert readers_of("deadline_near") == {deputy.email}


def test_what_has_passed_goes_to_the_lead_as_well(cast, running):
    lead = UserFactory(lead=True)
    tell_of_deadlines(at(dt.date(2026, 11, 30)))
    assert readers_of("deadline_passed") == {cast.spoc.email, lead.email}
    mail = Delivery.objects.get(notice__event__verb="deadline_passed", email=lead.email)
    assert cast.spoc.full_name in mail.body_text
    assert reverse("admin:partnerships_servicerequest_change", args=[running.pk]) in mail.body_text


def test_the_calendar_asks(running):
    ServiceRequest.objects.filter(pk=running.pk).update(due_on=timezone.localdate())
    calendar()
    calendar()
    assert told(running) == ["deadline_near"]


def test_the_database_refuses_a_second_notice(running):
    DeadlineNotice.objects.create(request=running, due_on=running.due_on, moment="near")
    with pytest.raises(IntegrityError, match="deadline_told_once"), transaction.atomic():
        DeadlineNotice.objects.create(request=running, due_on=running.due_on, moment="near")


def test_waiting_without_a_stopped_clock_is_refused(running):
    with pytest.raises(IntegrityError, match="request_clock_stands_while_waiting"), transaction.atomic():
        ServiceRequest.objects.filter(pk=running.pk).update(state="waiting")


@pytest.mark.django_db(transaction=True)
def test_two_calendars_at_once_tell_once(cast):
    for _number in range(5):
        RequestFactory(in_progress=True, municipality=cast.municipality, due_on=dt.date(2026, 11, 20))

    def ask() -> None:
        tell_of_deadlines(at(dt.date(2026, 11, 25)))
        connection.close()

    threads = [threading.Thread(target=ask) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Event.objects.filter(verb="deadline_passed").count() == DeadlineNotice.objects.count() == 5


# --- Another expected date ----------------------------------------------------------------------


def test_another_date_is_told_with_its_reason(cast, running):
    day = add_working_days(timezone.localdate(), 12)
    moved = move_deadline(running, by=cast.spoc, due_on=day, reason="Le comptage dure une semaine de plus.", language="fr")
    assert moved.due_on == day
    event = Event.objects.about(running).get(verb="deadline_moved")
    assert event.data["due_on"] == str(day)
    assert event.data["was"] == "2026-11-27"
    assert Message.objects.get(pk=event.data["message"]).body == "Le comptage dure une semaine de plus."
    assert readers_of("deadline_moved") == {cast.alderman.email}
    assert "Le comptage dure une semaine de plus." in Delivery.objects.get().body_text


@pytest.mark.parametrize("day", [dt.date(2027, 12, 25), dt.date(2020, 1, 6), dt.date(2031, 1, 6)], ids=["holiday", "past", "far away"])
def test_a_day_that_cannot_be_meant_is_refused_beside_its_field(cast, running, day):
    with pytest.raises(ValidationError) as refusal:
        move_deadline(running, by=cast.spoc, due_on=day, reason="Parce que.", language="fr")
    assert list(refusal.value.message_dict) == ["due_on"]
    running.refresh_from_db()
    assert running.due_on == dt.date(2026, 11, 27)
    assert not Message.objects.exists()


def test_through_the_page_of_the_administration(cast, running, enter):
    client = enter(cast.spoc)
    url = reverse("admin:partnerships_servicerequest_move_deadline", args=[running.pk])
    words = {"words": "Une enquête de plus.", "language": "fr", "token": "c0ffee00-0000-4000-8000-000000000001"}
    refused = client.post(url, words | {"due_on": "2020-01-06"})
    assert refused.status_code == 200
    assert "Une enquête de plus." in refused.content.decode()
    day = add_working_days(timezone.localdate(), 6)
    assert client.post(url, words | {"due_on": str(day)}).status_code == 302
    running.refresh_from_db()
    assert running.due_on == day


@pytest.mark.parametrize("who", ["alderman", "editor"])
def test_nobody_else_sets_a_date(cast, running, enter, who):
    url = reverse("admin:partnerships_servicerequest_move_deadline", args=[running.pk])
    response = enter(cast.person(who)).post(url, {"due_on": "2027-01-11", "words": "x", "language": "fr", "token": "0" * 32})
    assert response.status_code in {302, 403, 404}
    with pytest.raises(services.ActionNotAllowed):
        move_deadline(running, by=cast.person(who), due_on=add_working_days(timezone.localdate(), 9), reason="x", language="fr")
    running.refresh_from_db()
    assert running.due_on == dt.date(2026, 11, 27)


# --- Shown honestly -----------------------------------------------------------------------------


def page_of(client: Client, request: ServiceRequest) -> str:
    return client.get(reverse("request", args=[request.key]), headers={"accept-language": "en"}).content.decode()


def test_the_alderman_reads_an_honest_date(cast, enter):
    ours = {"municipality": cast.municipality, "asked_by": cast.alderman}
    cast.alderman.language = "en"
    cast.alderman.save()
    client = enter(cast.alderman)
    assert "expects to come back to you with a result by" in page_of(client, RequestFactory(in_progress=True, **ours))
    assert "It is late: a result was expected by" in page_of(client, RequestFactory(overdue=True, **ours))
    waiting = page_of(client, RequestFactory(waiting=True, **ours))
    assert "clock stands still while you are asked" in waiting
    assert "With your answer today" in waiting


# --- The figures --------------------------------------------------------------------------------


def test_the_lead_keeps_the_figures_and_others_read_them(cast, enter):
    target = DeadlineTarget.objects.get(what="works")
    url = reverse("admin:partnerships_deadlinetarget_change", args=[target.pk])
    figures = {"working_days": 20, "warn_before": 25, "source_fr": "Charte 2026", "source_nl": "Charter 2026", "_revision": ""}
    assert enter(cast.spoc).post(url, figures).status_code == 403
    lead = enter(UserFactory(lead=True))
    assert lead.post(url, figures).status_code == 200  # a warning before the start
    target.refresh_from_db()
    assert target.working_days == 15
    assert lead.post(url, figures | {"warn_before": 4}).status_code == 302
    target.refresh_from_db()
    assert (target.working_days, target.warn_before) == (20, 4)
    assert target.history.count() == 1
