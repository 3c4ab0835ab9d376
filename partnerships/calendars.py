"""A consultation as calendars read it (RFC 5545, RFC 5546): one UID for ever, a sequence that grows, the hour in Brussels."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parseaddr
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress, vRecur, vText

from municipalities.languages import CorrespondenceLanguage, reading_in
from municipalities.models import User
from partnerships.models import Consultation, Invitation

BRUSSELS = ZoneInfo("Europe/Brussels")
LAST_SUNDAY_OF_1996 = {3: 31, 10: 27}
PRODUCT = "-//hub.brussels//Local Partnerships portal//FR-NL"
PARTSTAT = {"none": "NEEDS-ACTION", "yes": "ACCEPTED", "maybe": "TENTATIVE", "no": "DECLINED", "substitute": "DELEGATED"}


@dataclass(frozen=True)
class Words:
    """What a calendar shows of a meeting, in one language or in both."""

    title: str
    agenda: str


def invitation_file(consultation: Consultation, person: User, *, answer: str = "none", cancelled: bool = False) -> str:
    """What goes with an invitation: REQUEST, or CANCEL for who no longer needs it. It names the one person it is sent to, nobody else."""
    calendar = _calendar("CANCEL" if cancelled else "REQUEST")
    entry = _entry(consultation, person.correspondence_language, cancelled=cancelled)
    guest = vCalAddress(f"mailto:{person.email}")
    guest.params["CN"] = vText(person.full_name)
    guest.params["ROLE"] = vText("REQ-PARTICIPANT")
    guest.params["PARTSTAT"] = vText(PARTSTAT[answer] if answer != "substitute" else "TENTATIVE")
    guest.params["RSVP"] = vText("FALSE" if cancelled else "TRUE")
    entry.add("attendee", guest, encode=False)
    return _written(calendar, [entry])


def calendar_file(invitations: Iterable[Invitation], language: str) -> str:
    """The consultations of one person, as a calendar fetches them again and again; what was called off says so."""
    calendar = _calendar("PUBLISH")
    with reading_in(language if language in ("fr", "nl") else "fr"):
        name = _("Consultations – hub.brussels")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", str(BRUSSELS))
    calendar.add("x-published-ttl", "PT1H")
    return _written(calendar, [_published(one, language) for one in invitations])


def _published(invitation: Invitation, language: str) -> Event:
    entry = _entry(invitation.consultation, language, cancelled=invitation.consultation.state == Consultation.State.CANCELLED)
    if invitation.answer in (Invitation.Answer.NO, Invitation.Answer.NONE):
        entry["TRANSP"] = vText("TRANSPARENT")
    return entry


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def _entry(consultation: Consultation, language: str, *, cancelled: bool) -> Event:
    words = _words(consultation, language)
    entry = Event()
    entry.add("uid", consultation.uid)
    entry.add("sequence", consultation.sequence)
    entry.add("dtstamp", consultation.changed_at)
    entry.add("last-modified", consultation.changed_at)
    entry.add("created", consultation.created_at)
    entry.add("dtstart", consultation.starts_at.astimezone(BRUSSELS))
    entry.add("dtend", consultation.ends_at.astimezone(BRUSSELS))
    entry.add("summary", words.title)
    entry.add("description", words.agenda)
    entry.add("location", consultation.place or consultation.link)
    entry.add("url", settings.BASE_URL + reverse("consultation", args=[consultation.key]))
    entry.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    entry.add("transp", "TRANSPARENT" if cancelled else "OPAQUE")
    entry.add("organizer", _organizer(), encode=False)
    return entry


def _organizer() -> vCalAddress:
    """The address mails come from: calendars send their replies there, and nobody reads them."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    organizer = vCalAddress(f"mailto:{address}")
    organizer.params["CN"] = vText(name or "hub.brussels")
    return organizer


def _words(consultation: Consultation, language: str) -> Words:
    """Whoever is written to in both languages finds both in the calendar too."""
    titles, agendas = [], []
    for one in CorrespondenceLanguage(language).contents:
        with reading_in(one):
            titles.append(consultation.title)
            parts = [consultation.agenda, consultation.practical, consultation.link]
            agendas.append("\n\n".join(part for part in parts if part))
    return Words(" / ".join(titles), "\n\n– – –\n\n".join(agendas))


def _zone() -> Timezone:
    """The hour of Brussels by its rule, since 1996 (Directive 2000/84/EC): what calendars expect in place of a list of days."""
    zone = Timezone()
    zone.add("tzid", BRUSSELS.key)
    for kind, name, month, hour, before, after in ((TimezoneDaylight, "CEST", 3, 2, 1, 2), (TimezoneStandard, "CET", 10, 3, 2, 1)):
        half = kind()
        half.add("dtstart", dt.datetime(1996, month, LAST_SUNDAY_OF_1996[month], hour))  # noqa: DTZ001 - RFC 5545, 3.6.5: in the local hour
        half.add("tzname", name)
        half.add("tzoffsetfrom", dt.timedelta(hours=before))
        half.add("tzoffsetto", dt.timedelta(hours=after))
        half.add("rrule", vRecur(freq="YEARLY", bymonth=month, byday="-1SU"))
        zone.add_component(half)
    return zone


def _written(calendar: Calendar, entries: Iterable[Event]) -> str:
    calendar.add_component(_zone())
    for entry in entries:
        calendar.add_component(entry)
    return calendar.to_ical().decode()
