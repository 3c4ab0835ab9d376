"""The weekly note on coverage: to the lead alone, once per ISO week, from Monday morning on, and only when something is open."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from mailings.models import CoverageNote, Delivery
from mailings.services import decide_notices, note_coverage
from mailings.tasks import calendar
from municipalities.models import Municipality
from partnerships.models import Event
from tests.factories import (
    AgreementFactory,
    DeliveryFactory,
    MandateFactory,
    MunicipalityFactory,
    RunFactory,
    SpocAssignmentFactory,
    UserFactory,
    since,
)
from tests.mailings.reading import assert_reads_well, links_in_html

pytestmark = pytest.mark.django_db
BRUSSELS = ZoneInfo("Europe/Brussels")


def monday(hour: str = "07:00", weeks: int = 1) -> dt.datetime:
    """A Monday to come, by the clock in Brussels."""
    today = timezone.localdate()
    day = today - dt.timedelta(days=today.weekday()) + dt.timedelta(weeks=weeks)
    return dt.datetime.combine(day, dt.time.fromisoformat(hour), tzinfo=BRUSSELS)


@pytest.fixture
def covered() -> Municipality:
    """A municipality that lacks nothing."""
    place = MunicipalityFactory()
    UserFactory(mayor=place)
    UserFactory(alderman=place)
    SpocAssignmentFactory(municipality=place)
    SpocAssignmentFactory(municipality=place, deputy=True)
    AgreementFactory(municipality=place)
    return place


def told(verb: str = "coverage_noted") -> list[Delivery]:
    decide_notices(timezone.now())
    return list(Delivery.objects.filter(notice__event__verb=verb).order_by("pk"))


def test_nothing_is_sent_when_nothing_is_open_and_the_week_is_settled(covered):
    UserFactory(lead=True)
    assert note_coverage(monday()).holes == []
    assert told() == []
    covered.mandates.filter(role="mayor").update(period=since(300, until=0))
    assert note_coverage(monday() + dt.timedelta(days=1)) is None  # what opens on Tuesday waits for the next Monday
    assert [hole["need"] for hole in note_coverage(monday(weeks=2)).holes] == ["mayor"]
    assert len(told()) == 1


def test_not_before_mondays_hour_in_brussels_and_once_a_week(db):
    MunicipalityFactory()
    assert note_coverage(monday("06:59")) is None
    assert note_coverage(monday("07:00"))
    assert note_coverage(monday("07:01")) is None
    assert note_coverage(monday("23:00") + dt.timedelta(days=6)) is None
    assert note_coverage(monday("07:00", weeks=2))
    assert Event.objects.filter(verb=Event.Verb.COVERAGE_NOTED).count() == 2


@pytest.mark.parametrize("moment", ["2027-01-04T06:30:00+00:00", "2026-12-28T06:30:00+00:00", "2026-03-30T05:30:00+00:00"])
def test_weeks_at_the_turn_of_years_and_clocks(db, moment):
    """Week 1 and week 53 by ISO, and the Monday after clocks went forward: 7:30 in Brussels each time."""
    MunicipalityFactory()
    now = dt.datetime.fromisoformat(moment)
    assert note_coverage(now - dt.timedelta(hours=1)) is None
    assert str(note_coverage(now)) == f"{now.isocalendar().year}-W{now.isocalendar().week:02d}"


def test_a_monday_without_workers_is_made_up_for(db):
    MunicipalityFactory()
    assert note_coverage(monday("05:00") + dt.timedelta(days=2))


def test_the_database_refuses_a_second_note_in_a_week(db):
    CoverageNote.objects.create(iso_year=2026, iso_week=48)
    with pytest.raises(IntegrityError, match="coverage_note_once_per_iso_week"), transaction.atomic():
        CoverageNote.objects.create(iso_year=2026, iso_week=48)
    with pytest.raises(IntegrityError, match="coverage_note_week_exists"), transaction.atomic():
        CoverageNote.objects.create(iso_year=2026, iso_week=54)


@pytest.mark.django_db(transaction=True)
def test_four_workers_make_one_note():
    MunicipalityFactory()

    def ask(_number: int) -> bool:
        try:
            return note_coverage(monday()) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        assert sorted(workers.map(ask, range(4))) == [False, False, False, True]
    assert Event.objects.filter(verb=Event.Verb.COVERAGE_NOTED).count() == 1


def test_the_calendar_asks_and_only_the_lead_hears(covered):
    lead = UserFactory(lead=True)
    for other in ({"spoc": True}, {"editor": True}, {"administrator": True}, {"cabinet": True}, {"former": covered}):
        UserFactory(**other)
    covered.agreements.update(period=since(300, until=-40))
    with time_machine.travel(monday("09:00"), tick=False):
        calendar()
        calendar()
        mails = told()
    assert [mail.recipient for mail in mails] == [lead]


@pytest.mark.parametrize("language", ["fr", "nl", "both"])
def test_mail_names_each_hole_with_its_day_and_the_form_that_closes_it(covered, language):
    UserFactory(lead=True, correspondence_language=language)
    covered.spoc_assignments.filter(role="deputy").update(period=since(300, until=-12))
    covered.mandates.filter(role="alderman").delete()
    note = note_coverage(monday())
    (mail,) = told()
    assert_reads_well(mail.subject, mail.body_text, mail.body_html)
    versions = 2 if language == "both" else 1
    assert {hole["need"]: hole["since"] is None for hole in note.holes} == {"trade": True, "deputy": False}
    for hole in note.holes:
        address = f"http://testserver{hole['path']}"
        assert address in links_in_html(mail.body_html)
        assert mail.body_text.count(address) == versions
    gone = timezone.localdate() - dt.timedelta(days=12)
    assert mail.body_text.count(str(gone.year)) >= versions
    assert f"http://testserver{reverse('admin:coverage')}" in links_in_html(mail.body_html)
    assert (covered.name_fr in mail.body_text, covered.name_nl in mail.body_text) == (language != "nl", language != "fr")


# --- Where the two holes of mails lead ----------------------------------------------------------


def paths(needs: set[str]) -> dict[str, str]:
    return {hole["need"]: hole["path"] for hole in note_coverage(monday()).holes if hole["need"] in needs}


def test_hole_of_an_address_opens_the_person_to_repair_first_the_mayor(covered):
    for person in (covered.mandates.get(role="alderman").user, covered.mandates.get(role="mayor").user):
        DeliveryFactory(recipient=person, failed=True)
    mayor = covered.mandates.get(role="mayor").user
    assert paths({"address"}) == {"address": reverse("admin:municipalities_official_change", args=[mayor.pk]) + "#id_email"}


def test_hole_of_an_address_without_officials_opens_the_form_to_enter_one(db):
    place = MunicipalityFactory()
    assert paths({"address"})["address"].startswith(reverse("admin:municipalities_official_add") + f"?municipality={place.pk}&")


def test_hole_of_the_last_mailing_opens_that_sending_in_that_municipality(covered):
    run = RunFactory(done=True)
    DeliveryFactory(mailing=True, run=run, recipient=covered.mandates.get(role="mayor").user, failed=True)
    assert paths({"mailing"}) == {"mailing": reverse("admin:mailings_run_municipality", args=[run.pk, covered.code])}


def test_somebody_out_of_office_is_not_the_one_to_repair(covered):
    for mandate in covered.mandates.all():
        DeliveryFactory(recipient=mandate.user, failed=True)
    gone = MandateFactory(municipality=covered, role="officer", ended=True).user
    DeliveryFactory(recipient=gone, failed=True)
    assert f"/{gone.pk}/" not in paths({"address"})["address"]
