"""Who has seen a request last: one row per person, names for staff, the agency as a whole for the municipality."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from partnerships.models import Event, ServiceRequest, Sighting
from partnerships.services.requests import send_message
from partnerships.services.sightings import look_at
from tests.factories import RequestFactory
from tests.partnerships.conftest import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(cast: Cast) -> ServiceRequest:
    return RequestFactory(in_progress=True, municipality=cast.municipality, asked_by=cast.alderman)


def portal(asked: ServiceRequest) -> str:
    return reverse("request", args=[asked.key])


def admin(asked: ServiceRequest) -> str:
    return reverse("admin:partnerships_servicerequest_change", args=[asked.pk])


def test_the_municipality_reads_when_the_agency_looked_but_not_who(cast: Cast, enter: Any, asked: ServiceRequest) -> None:
    assert not enter(cast.alderman).get(portal(asked)).context["seen"].agency
    enter(cast.spoc).get(admin(asked))
    page = enter(cast.alderman).get(portal(asked))
    assert page.context["seen"].agency == Sighting.objects.get(person=cast.spoc).at
    text = page.content.decode()
    assert 'class="seen' in text
    assert cast.spoc.full_name not in text[text.index('class="seen') :].split("</ul>")[0]


def test_staff_read_who_of_the_municipality_looked(cast: Cast, enter: Any, asked: ServiceRequest) -> None:
    enter(cast.alderman).get(portal(asked))
    enter(cast.colleague).get(portal(asked))
    page = enter(cast.spoc).get(admin(asked))
    assert {one.person for one in page.context["seen"].people} == {cast.alderman, cast.colleague}
    assert cast.colleague.full_name in page.content.decode()


def test_a_hundred_looks_are_one_row_and_no_event(cast: Cast, asked: ServiceRequest) -> None:
    start = timezone.now()
    for minutes in range(0, 1000, 10):
        look_at(asked, by=cast.alderman, now=start + dt.timedelta(minutes=minutes))
    assert Sighting.objects.get().at == start + dt.timedelta(minutes=990)
    assert not Event.objects.exists()


def test_within_five_minutes_nothing_is_written(cast: Cast, asked: ServiceRequest, django_assert_num_queries: Any) -> None:
    now = timezone.now()
    look_at(asked, by=cast.alderman, now=now)
    with django_assert_num_queries(1):
        look_at(asked, by=cast.alderman, now=now + dt.timedelta(minutes=4))


def test_a_draft_leaves_no_trace(cast: Cast, enter: Any) -> None:
    draft = RequestFactory(draft=True, municipality=cast.municipality, asked_by=cast.alderman)
    enter(cast.colleague).get(portal(draft))
    assert not Sighting.objects.exists()


def test_a_stranger_leaves_no_trace_and_sees_none(cast: Cast, enter: Any, asked: ServiceRequest) -> None:
    for person in (cast.other_alderman, cast.former, cast.editor):
        enter(person).get(portal(asked))
        enter(person).get(admin(asked))
    assert not Sighting.objects.exists()


def test_what_others_wrote_since_the_last_visit_is_marked_as_new(cast: Cast, enter: Any, asked: ServiceRequest) -> None:
    with time_machine.travel(timezone.now() - dt.timedelta(hours=2), tick=False):
        enter(cast.alderman).get(portal(asked))
    send_message(asked, by=cast.spoc, body="Du neuf.", language="fr")
    client = enter(cast.alderman)
    assert client.get(portal(asked)).content.decode().count("badge--info") == 1
    assert "badge--info" not in client.get(portal(asked)).content.decode()
