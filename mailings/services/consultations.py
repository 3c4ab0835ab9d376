"""Mails about consultations: who hears, what they say, and the calendar file that goes with them."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mailings.audience import officials_of, staff_with
from mailings.rendering import portal_link
from mailings.rendering.invitation_links import invitation_token
from municipalities.models import User
from partnerships.calendars import invitation_file
from partnerships.models import Consultation, ConsultationAction, Event, Invitation

Verb = Event.Verb
OF_THE_CIRCLE = frozenset(
    {Verb.CONSULTATION_INVITED, Verb.CONSULTATION_CHANGED, Verb.CONSULTATION_CANCELLED, Verb.CONSULTATION_REMINDED, Verb.MINUTES_PUBLISHED}
)
WITH_A_CALENDAR = frozenset(
    {Verb.CONSULTATION_INVITED, Verb.CONSULTATION_CHANGED, Verb.CONSULTATION_CANCELLED, Verb.CONSULTATION_PLACE_FREED}
)


@dataclass(frozen=True)
class AnswerLink:
    """One of the four answers, and the address that chooses it beforehand; nothing is given before it is sent from there."""

    label: str | Promise
    url: str


def hearers_of_consultation(event: Event, subject: Consultation | Invitation | ConsultationAction, on: dt.date) -> list[User]:
    """The circle, as the event names it; of a free place who got it; of an action who is to do it (the agency's: who keeps them)."""
    if isinstance(subject, Consultation):
        named = [*event.data.get("people", []), *event.data.get("taken_off", [])] if event.verb in OF_THE_CIRCLE else []
        return list(User.objects.filter(pk__in=named, is_active=True).order_by("pk"))
    if isinstance(subject, Invitation):
        return [subject.person] if event.verb == Verb.CONSULTATION_PLACE_FREED else []
    if event.verb not in {Verb.ACTION_AGREED, Verb.ACTION_DUE}:
        return []
    if subject.municipality_id:
        return list(officials_of([subject.municipality_id], on))
    return list(staff_with("partnerships.change_consultation"))


def about_consultation(event: Event, subject: Consultation | Invitation | ConsultationAction, person: User) -> dict[str, Any]:
    """What the mail says beside the words of the event."""
    meeting = subject if isinstance(subject, Consultation) else subject.consultation
    own = meeting.invitations.select_related("person").filter(person=person).first()
    context = {
        "consultation": meeting,
        "action": subject if isinstance(subject, ConsultationAction) else None,
        "is_taken_off": person.pk in event.data.get("taken_off", []),
        "answers": _answers(meeting, own),
        "given": own,
        "days_left": event.data.get("days_left", 0),
    }
    if person.is_staff:
        page = portal_link("admin:partnerships_consultation_change", meeting.pk)
        return context | {"link": page, "link_label": _("Open the consultation in the administration")}
    return context | {"link": portal_link("consultation", meeting.key), "link_label": _("Open the consultation")}


def _answers(meeting: Consultation, invitation: Invitation | None) -> list[AnswerLink]:
    """The four answers, while there is something to answer."""
    is_open = meeting.state == Consultation.State.INVITED and meeting.starts_at > timezone.now()
    if invitation is None or invitation.withdrawn_at is not None or not is_open:
        return []
    address = portal_link("invitation_answer", invitation_token(invitation))
    return [AnswerLink(label, f"{address}?answer={value}") for value, label in Invitation.CHOICES]


def calendar_of(event: Event, person: User) -> str:
    """The calendar file of the mail: a REQUEST, a CANCEL for who is off the circle or when it is called off, or none."""
    subject = event.subject
    if event.verb not in WITH_A_CALENDAR or not isinstance(subject, Consultation | Invitation):
        return ""
    meeting = subject if isinstance(subject, Consultation) else subject.consultation
    invitation = meeting.invitations.filter(person=person).first()
    is_off = meeting.state == Consultation.State.CANCELLED or invitation is None or invitation.withdrawn_at is not None
    return invitation_file(meeting, person, answer=invitation.answer if invitation else "none", cancelled=is_off)
