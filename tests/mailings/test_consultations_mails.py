"""Mails about consultations, the calendar file in them, and the answer by one click."""

import datetime as dt
import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from mailings import services
from mailings.models import Delivery
from mailings.rendering.invitation_links import invitation_token
from mailings.rendering.messages import build_messages
from municipalities.models import Mandate, User
from partnerships.models import Consultation, Event, Invitation
from partnerships.services.consultations import cancel_consultation, invite_circle, renew_circle, save_consultation
from partnerships.services.invitations import answer_invitation
from tests.factories import (
    ConsultationActionFactory,
    ConsultationFactory,
    EventFactory,
    InvitationFactory,
    MunicipalityFactory,
    UserFactory,
    since,
)
from tests.mailings.reading import assert_reads_well, links_in_html

pytestmark = pytest.mark.django_db
REQUIRED = ("UID", "SEQUENCE", "DTSTAMP", "LAST-MODIFIED", "DTSTART", "DTEND", "SUMMARY", "ORGANIZER", "ATTENDEE", "STATUS", "URL")
AWKWARD = "L'avenir de la rue; élan, « commerces » \\ 100 % : " + "très long " * 15


def _alderman(language: str = "fr") -> User:
    return UserFactory(alderman=MunicipalityFactory(), correspondence_language=language)


def _told() -> list[Delivery]:
    services.decide_notices(timezone.now())
    return list(Delivery.objects.order_by("pk"))


def read_strictly(text: str) -> tuple[Calendar, Any]:
    """As RFC 5545 asks: CRLF, at most 75 octets a line, required properties, and the same again when written anew."""
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    calendar = Calendar.from_ical(text)
    assert calendar.to_ical().decode() == text
    assert str(calendar["VERSION"]) == "2.0"
    assert not list(getattr(calendar, "errors", []))
    zones = [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")]
    assert zones == ["Europe/Brussels"]
    (event,) = calendar.walk("VEVENT")
    assert not [name for name in REQUIRED if name not in event]
    assert event["DTSTART"].params["TZID"] == "Europe/Brussels"
    return calendar, event


def test_the_zone_of_a_file_tells_the_hour_of_brussels_by_rule() -> None:
    """Against the zone database, on every day of three years."""
    _alderman("nl")
    invite_circle(ConsultationFactory(), by=UserFactory(editor=True))
    (mail,) = _told()
    calendar, _event = read_strictly(mail.calendar)
    (zone,) = calendar.walk("VTIMEZONE")
    assert "RDATE" not in mail.calendar
    told, wanted = zone.to_tz(lookup_tzid=False), ZoneInfo("Europe/Brussels")
    hours = [dt.datetime(2026, 1, 1, 12) + dt.timedelta(days=number) for number in range(3 * 365)]
    assert all(hour.replace(tzinfo=told).utcoffset() == hour.replace(tzinfo=wanted).utcoffset() for hour in hours)


def test_a_french_text_writes_its_colons_apart() -> None:
    _alderman("fr")
    invite_circle(ConsultationFactory(place="Salle Agora"), by=UserFactory(editor=True))
    (mail,) = _told()
    labels = [line for line in mail.body_text.splitlines() if re.match(r"(Quand|Hôte|Lieu|Je participe)", line)]
    assert len(labels) >= 4
    assert all("\u00a0:" in line for line in labels)


@pytest.mark.parametrize("language", ["fr", "nl", "both"])
def test_an_invitation_carries_a_request_that_a_strict_parser_reads(language: str) -> None:
    person = _alderman(language)
    consultation = invite_circle(ConsultationFactory(title_fr=AWKWARD[:200].strip(), agenda_nl=AWKWARD), by=UserFactory(editor=True))
    (mail,) = _told()
    assert_reads_well(mail.subject, mail.body_text, mail.body_html)
    calendar, event = read_strictly(mail.calendar)
    assert (str(calendar["METHOD"]), str(event["UID"]), event["SEQUENCE"]) == ("REQUEST", consultation.uid, 0)
    assert event["DTSTART"].dt == consultation.starts_at
    assert str(event["ATTENDEE"]) == f"mailto:{person.email}"
    assert event["ATTENDEE"].params["RSVP"] == "TRUE"
    assert str(event["STATUS"]) == "CONFIRMED"
    expected = {"fr": [consultation.title_fr], "nl": [consultation.title_nl], "both": [consultation.title_fr, consultation.title_nl]}
    assert str(event["SUMMARY"]) == " / ".join(expected[language])
    assert reverse("consultation", args=[consultation.key]) in str(event["URL"])


def test_the_message_has_the_calendar_as_a_version_and_as_a_file() -> None:
    _alderman()
    invite_circle(ConsultationFactory(), by=UserFactory(editor=True))
    (mail,) = _told()
    message = build_messages([mail])[mail.pk].message()
    parts = [(part.get_content_type(), part.get_param("method"), part.get_filename()) for part in message.walk()]
    assert ("text/calendar", "REQUEST", None) in parts
    assert ("application/ics", None, "invite.ics") in parts
    alternative = next(part for part in message.walk() if part.get_content_type() == "multipart/alternative")
    assert [part.get_content_type() for part in alternative.get_payload()] == ["text/plain", "text/html", "text/calendar"]
    inline = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
    attached = next(part for part in message.walk() if part.get_filename())
    assert inline.get_payload(decode=True).decode().splitlines() == mail.calendar.splitlines()
    assert attached.get_payload(decode=True).decode() == mail.calendar


def test_other_mails_carry_no_calendar() -> None:
    mail = Delivery(kind="notice", email="a@example.org", language="fr", body_text="Oui", body_html="<p>Oui</p>")
    types = [part.get_content_type() for part in build_messages([mail])[mail.pk].message().walk()]
    assert types == ["multipart/alternative", "text/plain", "text/html"]


def test_a_change_keeps_the_uid_and_raises_the_sequence_and_a_cancellation_cancels() -> None:
    _alderman()
    editor = UserFactory(editor=True)
    consultation = invite_circle(ConsultationFactory(), by=editor)
    _told()
    consultation.place = "Chaussée de Charleroi 110"
    save_consultation(consultation, by=editor)
    mails = _told()
    cancel_consultation(consultation, by=editor, reason_fr="Grève", reason_nl="Staking")
    mails = _told()
    read = [read_strictly(mail.calendar) for mail in mails]
    assert {str(event["UID"]) for _calendar, event in read} == {consultation.uid}
    assert [event["SEQUENCE"] for _calendar, event in read] == [0, 1, 2]
    assert [str(calendar["METHOD"]) for calendar, _event in read] == ["REQUEST", "REQUEST", "CANCEL"]
    assert str(read[2][1]["STATUS"]) == "CANCELLED"
    assert "Grève" in mails[2].body_text
    assert [mail.notice.event.verb for mail in mails] == ["consultation_invited", "consultation_changed", "consultation_cancelled"]


def test_who_said_no_hears_of_no_change_and_who_is_off_the_circle_gets_a_cancellation() -> None:
    declined, leaving = _alderman(), _alderman()
    editor = UserFactory(editor=True)
    consultation = invite_circle(ConsultationFactory(), by=editor)
    _told()
    answer_invitation(consultation.invitations.get(person=declined), by=declined, answer="no", way="mail")
    place = leaving.mandates.get().municipality
    UserFactory(officer=place)  # somebody stays in office there
    Mandate.objects.filter(user=leaving).update(role=Mandate.Role.OFFICER)
    successor = UserFactory(alderman=place)
    renew_circle(consultation, by=editor)
    consultation.refresh_from_db()
    consultation.link = "https://meet.example.org/nouveau"
    save_consultation(consultation, by=editor)
    got = {person: [mail for mail in _told() if mail.recipient == person] for person in (declined, leaving, successor)}
    assert [read_strictly(mail.calendar)[0]["METHOD"] for mail in got[leaving]] == ["REQUEST", "CANCEL"]
    assert [read_strictly(mail.calendar)[1]["SEQUENCE"] for mail in got[leaving]] == [0, 1 + 1]
    assert len(got[declined]) == 1
    assert "https://meet.example.org/nouveau" in got[successor][-1].body_text
    assert not any("https://meet.example.org/nouveau" in mail.body_text for mail in got[leaving])


@pytest.mark.parametrize("language", ["fr", "nl", "both"])
@pytest.mark.parametrize(
    "verb",
    [
        "consultation_changed",
        "consultation_cancelled",
        "consultation_place_freed",
        "consultation_reminded",
        "minutes_published",
        "action_agreed",
        "action_due",
    ],
)
def test_every_mail_about_a_consultation_reads_well(verb: str, language: str) -> None:
    state = {"minutes_published": "published", "consultation_cancelled": "cancelled"}.get(verb, "announced")
    place = MunicipalityFactory()
    person = UserFactory(alderman=place, correspondence_language=language)
    meeting = ConsultationFactory(
        **{state: True}, title_fr="L'avenir & <b>la rue</b>", place="Rue X 1", practical_fr="Badge", practical_nl="Badge"
    )
    invitation = InvitationFactory(consultation=meeting, person=person, municipality=place)
    subject = {"consultation_place_freed": invitation}.get(verb, meeting)
    if verb.startswith("action"):
        subject = ConsultationActionFactory(consultation=ConsultationFactory(published=True), municipality=place)
    EventFactory(verb=verb, subject=subject, actor=None, municipality=None, data={"people": [person.pk], "days_left": 7})
    (mail,) = _told()
    assert mail.recipient == person
    assert_reads_well(mail.subject, mail.body_text, mail.body_html)
    assert mail.body_html.count("<h1") == (2 if language == "both" else 1)
    assert bool(mail.calendar) == (verb in {"consultation_changed", "consultation_cancelled", "consultation_place_freed"})


# --- One click ----------------------------------------------------------------------------------


def _link(mail: Delivery, answer: str) -> str:
    return next(link for link in links_in_html(mail.body_html) if link.endswith(f"?answer={answer}")).removeprefix("http://testserver")


def test_the_answer_is_given_from_the_mail_without_logging_in(client: Client) -> None:
    _alderman("nl")
    invite_circle(ConsultationFactory(), by=UserFactory(editor=True))
    (mail,) = _told()
    page = client.get(_link(mail, "maybe"))
    assert page.headers["Content-Language"] == "nl"
    assert re.search(r'value="maybe"[^>]*checked', page.content.decode())
    assert Invitation.objects.get().answer == "none"
    client.post(_link(mail, "maybe").split("?")[0], {"answer": "yes"})
    assert (Invitation.objects.get().answer, Invitation.objects.get().answered_by) == ("yes", "mail")
    client.post(_link(mail, "maybe").split("?")[0], {"answer": "substitute"})
    assert Invitation.objects.get().answer == "yes"  # a substitute is named


def test_looking_at_every_link_of_the_mail_changes_nothing(client: Client) -> None:
    _alderman()
    invite_circle(ConsultationFactory(), by=UserFactory(editor=True))
    (mail,) = _told()
    before = (list(Invitation.objects.values()), list(Consultation.objects.values()), Event.objects.count())
    for link in links_in_html(mail.body_html):
        if link.startswith("http://testserver"):
            client.get(link.removeprefix("http://testserver"))
            client.head(link.removeprefix("http://testserver"))
    assert (list(Invitation.objects.values()), list(Consultation.objects.values()), Event.objects.count()) == before


@pytest.mark.parametrize("why", ["forged", "mandate over", "invited anew"])
def test_a_link_that_no_longer_stands_for_anybody_is_not_found(client: Client, why: str) -> None:
    invitation = InvitationFactory()
    token = invitation_token(invitation)
    if why == "forged":
        token = token.replace("-", "0-", 1)
    elif why == "mandate over":
        Mandate.objects.filter(user=invitation.person).update(period=since(100, until=0))
    else:
        Invitation.objects.update(invited_at=timezone.now() + dt.timedelta(minutes=5))
    address = reverse("invitation_answer", args=[token])
    assert client.get(address).status_code == 404
    assert client.post(address, {"answer": "yes"}).status_code == 404


def test_after_the_beginning_the_link_says_so_and_keeps_nothing(client: Client) -> None:
    invitation = InvitationFactory()
    Consultation.objects.update(starts_at=timezone.now() - dt.timedelta(minutes=1))
    answer = client.post(reverse("invitation_answer", args=[invitation_token(invitation)]), {"answer": "yes"})
    assert answer.status_code == 200
    assert Invitation.objects.get().answer == "none"
