"""The new SPOC is introduced to the officials in office, each once, in their language; colleagues hear what is planned."""

import datetime as dt
import uuid
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from mailings import services
from mailings.audience import still_wanted
from mailings.models import Delivery
from mailings.rendering import build_messages
from mailings.services import Place, preview_introduction
from municipalities.models import Mandate, Municipality, User
from partnerships.models import Event, SpocHandover
from partnerships.services import spocs
from tests.factories import MunicipalityFactory, RequestFactory, SpocAssignmentFactory, UserFactory, days_from_today
from tests.mailings.reading import assert_reads_well, words_of

pytestmark = pytest.mark.django_db
Verb = Event.Verb


class Region:
    """Two municipalities that are handed over, one that is not; officials of each language."""

    def __init__(self) -> None:
        self.place: Municipality = MunicipalityFactory()
        self.second: Municipality = MunicipalityFactory()
        self.elsewhere: Municipality = MunicipalityFactory()
        self.old: User = UserFactory(spoc=True, last_name="Vertrekker")
        self.new: User = UserFactory(spoc=True, last_name="Nieuwers", phone="+32 2 000 00 42")
        self.lead: User = UserFactory(lead=True)
        for place in (self.place, self.second, self.elsewhere):
            SpocAssignmentFactory(municipality=place, officer=self.old)
        self.french: User = UserFactory(alderman=self.place, correspondence_language="fr")
        self.dutch: User = UserFactory(officer=self.place, correspondence_language="nl")
        self.both: User = UserFactory(mayor=[self.place, self.second], correspondence_language="both")
        UserFactory(alderman=self.elsewhere)
        UserFactory(former=self.place)
        UserFactory(cabinet=True)

    def hand_over(self, *places: Municipality, **changes: Any) -> SpocHandover:
        given = {"by": self.lead, "to": self.new, "deputy": None, "starts_on": days_from_today(0), "note": "Flagey presse."}
        return spocs.hand_over(places or (self.place,), **given | {"token": uuid.uuid4()} | changes)


@pytest.fixture
def region() -> Region:
    return Region()


def _told(verb: str) -> list[Delivery]:
    services.decide_notices(timezone.now())
    return list(Delivery.objects.filter(notice__event__verb=verb).select_related("recipient").order_by("pk"))


def test_officials_in_office_hear_once_in_their_language_and_nobody_elsewhere(region: Region) -> None:
    region.hand_over(region.place, region.second)
    mails = _told(Verb.SPOC_INTRODUCED)
    assert {(mail.recipient, mail.language) for mail in mails} == {(region.french, "fr"), (region.dutch, "nl"), (region.both, "both")}
    assert len(mails) == 3
    assert _told(Verb.SPOC_INTRODUCED) == mails
    for mail in mails:
        assert_reads_well(mail.subject, mail.body_text, mail.body_html)
        assert mail.body_html.count("<h1") == (2 if mail.language == "both" else 1)
        assert all(person.full_name in mail.body_text for person in (region.new, region.old))
        assert "+32 2 000 00 42" in words_of(mail.body_html)
        assert "Flagey presse." not in mail.body_text + mail.body_html


def test_each_reads_of_their_own_municipalities_alone(region: Region) -> None:
    region.hand_over(region.place, region.second)
    texts = {mail.recipient: mail.body_text for mail in _told(Verb.SPOC_INTRODUCED)}
    assert region.second.name_fr not in texts[region.french]
    assert region.place.name_nl in texts[region.dutch]
    assert all(name in texts[region.both] for name in (region.place.name_fr, region.place.name_nl, region.second.name_fr))


def test_answers_reach_the_new_spoc(region: Region) -> None:
    region.hand_over()
    mails = _told(Verb.SPOC_INTRODUCED)
    assert {tuple(message.reply_to) for message in build_messages(mails).values()} == {(region.new.email,)}


def test_moved_requests_make_no_mail_of_their_own(region: Region) -> None:
    RequestFactory.create_batch(3, in_progress=True, audit=False, municipality=region.place, assignee=region.old)
    region.hand_over()
    assert _told(Verb.REQUEST_ASSIGNED) == []


def test_in_the_future_officials_hear_on_the_day_and_not_before(region: Region) -> None:
    region.hand_over(starts_on=days_from_today(4))
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    for days, hour, expected in ((0, 23, 0), (3, 23, 0), (4, 6, 0), (4, 7, 3), (4, 8, 3), (5, 7, 3)):
        with time_machine.travel(midnight + dt.timedelta(days=days, hours=hour), tick=False):
            spocs.begin_due_handovers(timezone.now())
            assert len(_told(Verb.SPOC_INTRODUCED)) == expected


def test_colleagues_hear_of_what_is_planned_and_called_off_with_the_note(region: Region) -> None:
    handover = region.hand_over(starts_on=days_from_today(4))
    planned = _told(Verb.SPOC_HANDOVER_PLANNED)
    spocs.cancel_handover(handover, by=region.lead)
    cancelled = _told(Verb.SPOC_HANDOVER_CANCELLED)
    for mails in (planned, cancelled):
        assert {mail.recipient for mail in mails} == {region.new, region.old}
        for mail in mails:
            assert_reads_well(mail.subject, mail.body_text, mail.body_html)
            assert "> Flagey presse." in mail.body_text
            assert f"/admin/partnerships/spochandover/{handover.pk}/change/" in mail.body_html


@pytest.mark.parametrize("verb", [Verb.SPOC_HANDOVER_PLANNED, Verb.SPOC_HANDOVER_CANCELLED])
@pytest.mark.parametrize("language", ["fr", "nl", "both"])
def test_mails_to_colleagues_render_in_each_language(region: Region, verb: str, language: str) -> None:
    User.objects.filter(pk=region.new.pk).update(correspondence_language=language)
    handover = region.hand_over(starts_on=days_from_today(4))
    spocs.cancel_handover(handover, by=region.lead)
    mail = next(mail for mail in _told(verb) if mail.recipient == region.new)
    assert mail.language == language
    assert_reads_well(mail.subject, mail.body_text, mail.body_html)


def test_who_left_office_between_planning_and_sending_gets_none(region: Region) -> None:
    region.hand_over(region.place, region.second)
    mails = _told(Verb.SPOC_INTRODUCED)
    Mandate.objects.filter(user=region.french).update(municipality=region.elsewhere)
    wanted = still_wanted(mails, timezone.localdate())
    assert {mail.recipient: wanted[mail.pk] for mail in mails} == {
        region.french: Delivery.Skip.NO_LONGER_CONCERNED,
        region.dutch: None,
        region.both: None,
    }


@pytest.mark.parametrize("language", ["fr", "nl", "both"])
def test_the_preview_is_the_mail(region: Region, language: str) -> None:
    User.objects.filter(pk=region.both.pk).update(correspondence_language=language)
    shown = preview_introduction(region.new, [Place(region.place, region.old, None)], days_from_today(0), language)
    Mandate.objects.filter(user=region.both, municipality=region.second).delete()
    region.hand_over()
    sent = next(mail for mail in _told(Verb.SPOC_INTRODUCED) if mail.recipient == region.both)
    assert sent.subject == shown.subject
    links = [line for line in shown.text.splitlines() if not line.startswith("http")]
    assert links == [line for line in sent.body_text.splitlines() if not line.startswith("http")]
