"""The end of an agreement is announced 180, 90 and 30 days before it: once each, to SPOC and lead, by the clock alone."""

import datetime as dt

import pytest
import time_machine
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from mailings.models import Delivery
from mailings.services import decide_notices
from mailings.tasks import calendar
from partnerships.models import Agreement, AgreementReminder, Event
from partnerships.services.agreements import remind_of_ends
from tests.factories import AgreementFactory, RequestFactory, SpocAssignmentFactory, UserFactory

pytestmark = pytest.mark.django_db
LAST = dt.date(2031, 6, 30)


def noon(days_before: int) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(LAST - dt.timedelta(days=days_before), dt.time(12)))


@pytest.fixture
def agreement() -> Agreement:
    return AgreementFactory(
        signed_on=dt.date(2025, 1, 2), college_decision_on=None, period=DateRange(dt.date(2025, 1, 3), LAST + dt.timedelta(days=1))
    )


def announced() -> list[int]:
    return list(AgreementReminder.objects.order_by("pk").values_list("days_before", flat=True))


def test_each_distance_is_announced_once_over_all_days(agreement):
    for days in range(200, -5, -1):
        remind_of_ends(noon(days))
        remind_of_ends(noon(days))
    assert announced() == [180, 90, 30]
    days_left = [event.data["days_left"] for event in Event.objects.about(agreement)]
    assert days_left == [180, 90, 30]


@pytest.mark.parametrize(("back_on", "expected"), [(181, []), (100, [180]), (85, [90]), (90, [90]), (10, [30]), (0, [30]), (-1, [])])
def test_after_downtime_only_the_nearest_is_announced(agreement, back_on, expected):
    remind_of_ends(noon(back_on))
    assert announced() == expected


def test_a_moved_end_is_a_new_end(agreement):
    remind_of_ends(noon(20))
    agreement.period = DateRange(agreement.period.lower, agreement.period.upper + dt.timedelta(days=60))
    agreement.save()
    assert remind_of_ends(noon(20)) == 1
    assert announced() == [30, 90]
    agreement.period = DateRange(agreement.period.lower, LAST + dt.timedelta(days=1))
    agreement.save()
    assert remind_of_ends(noon(19)) == 0


def test_no_word_once_the_successor_is_signed_nor_for_drafts(agreement):
    renewal = AgreementFactory(municipality=agreement.municipality, draft=True, predecessor=agreement, period=DateRange(LAST, None))
    assert remind_of_ends(noon(80)) == 1
    renewal.signed_on, renewal.period = LAST - dt.timedelta(days=60), DateRange(LAST + dt.timedelta(days=1), None)
    renewal.save()
    assert remind_of_ends(noon(20)) == 0


def test_spoc_and_lead_get_one_mail_in_their_language(agreement):
    spoc, lead = UserFactory(spoc=True, correspondence_language="nl"), UserFactory(lead=True, correspondence_language="fr")
    SpocAssignmentFactory(municipality=agreement.municipality, officer=spoc, period=DateRange(dt.date(2025, 1, 1), None))
    SpocAssignmentFactory(municipality=agreement.municipality, deputy=True, period=DateRange(dt.date(2025, 1, 1), None))
    UserFactory(alderman=agreement.municipality)
    with time_machine.travel(noon(90), tick=False):
        calendar()
        calendar()
        decide_notices(timezone.now())
        decide_notices(timezone.now())
    told = Delivery.objects.filter(notice__event__verb=Event.Verb.AGREEMENT_ENDING)
    mails = {mail.recipient: mail for mail in told}
    assert set(mails) == {spoc, lead}
    assert told.count() == 2
    assert all(agreement.reference in mail.subject and "90" in mail.body_text and "90" in mail.body_html for mail in mails.values())


def test_the_lead_hears_of_a_request_outside_the_agreement(cast):
    lead = UserFactory(lead=True)
    inside = RequestFactory(municipality=cast.municipality, submitted=True)
    outside = RequestFactory(municipality=cast.municipality, submitted=True, outside_agreement=True)
    for request in (inside, outside):
        Event.objects.create(verb=Event.Verb.REQUEST_SUBMITTED, subject=request, actor=cast.alderman, municipality=cast.municipality)
    decide_notices(timezone.now())
    heard = {(mail.recipient, mail.notice.event.object_id) for mail in Delivery.objects.select_related("notice__event")}
    assert heard == {(cast.spoc, inside.pk), (cast.spoc, outside.pk), (lead, outside.pk)}
