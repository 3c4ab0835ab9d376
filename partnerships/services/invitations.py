"""Answers to invitations: changeable until it begins; with limited places, the first come have them and the others wait in order."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.models import User
from partnerships.models import Consultation, Event, Invitation
from partnerships.services.events import record_event

Answer = Invitation.Answer


class AnswerNotAllowed(Exception):
    """Not the person who is invited, or they stand nowhere any more, or it has begun, was called off, or they were taken off the circle."""


def may_answer(person: User, invitation: Invitation, now: dt.datetime | None = None) -> bool:
    """The person themselves, while they stand in a municipality and it has not begun."""
    moment = now or timezone.now()
    meeting = invitation.consultation
    is_open = meeting.state == Consultation.State.INVITED and meeting.starts_at > moment and invitation.withdrawn_at is None
    is_theirs = person.is_active and invitation.person_id == person.pk
    return is_open and is_theirs and bool(person.municipality_ids_on(timezone.localdate(moment)))


@transaction.atomic
def answer_invitation(
    invitation: Invitation, *, by: User, answer: str, way: str, substitute_name: str = "", substitute_email: str = ""
) -> Invitation:
    """Keep the answer, in place of the one before; the same answer twice changes nothing. Whoever changes keeps a place they hold.

    Raises AnswerNotAllowed, and ValidationError by field.
    """
    consultation = Consultation.objects.select_for_update(of=("self",)).get(pk=invitation.consultation_id)  # one answer after the other
    invitation = Invitation.objects.select_related("person").get(pk=invitation.pk)
    invitation.consultation = consultation
    if not may_answer(by, invitation):
        raise AnswerNotAllowed
    name, email = _substitute(answer, substitute_name, substitute_email)
    if (invitation.answer, invitation.substitute_name, invitation.substitute_email) == (answer, name, email):
        return invitation
    was_seated, before = invitation.is_seated, invitation.answer
    invitation.waiting = _place_in_line(consultation, invitation, answer)
    invitation.answer, invitation.substitute_name, invitation.substitute_email = answer, name, email
    invitation.answered_at, invitation.answered_by = timezone.now(), way
    invitation.save()
    data = {"answer": answer, "before": before, "waiting": invitation.waiting}
    record_event(Event.Verb.CONSULTATION_REPLIED, invitation, by=by, municipality=invitation.municipality, data=data)
    if was_seated and not invitation.is_seated:
        promote_waiting(consultation)
    return invitation


def _substitute(answer: str, name: str, email: str) -> tuple[str, str]:
    """Who sends somebody says whom; any other answer names nobody."""
    if answer not in Answer.values or answer == Answer.NONE:
        raise ValidationError({"answer": _("Choose one of the answers.")})
    if answer != Answer.SUBSTITUTE:
        return "", ""
    name, email = name.strip(), email.strip()
    if not name:
        raise ValidationError({"substitute_name": _("Please name the substitute.")})
    if email:
        try:
            validate_email(email)
        except ValidationError as wrong:
            raise ValidationError({"substitute_email": wrong.messages}) from wrong
    return name[:160], email


def _place_in_line(consultation: Consultation, invitation: Invitation, answer: str) -> int | None:
    """None for who holds a place or wants none; else their number in the line, which they keep."""
    if answer not in Invitation.COMING or consultation.seats is None or invitation.is_seated:
        return None
    if invitation.waiting is not None:
        return invitation.waiting
    if consultation.invitations.seated().count() < consultation.seats:
        return None
    last = consultation.invitations.aggregate(last=Max("waiting"))["last"]
    return (last or 0) + 1


def promote_waiting(consultation: Consultation) -> int:
    """Give free places to the first in the line, and tell them; return how many moved up. The consultation is locked by the caller."""
    line = list(consultation.invitations.in_line().select_related("person", "municipality"))
    free = len(line) if consultation.seats is None else consultation.seats - consultation.invitations.seated().count()
    for invitation in line[: max(0, free)]:
        invitation.waiting = None
        invitation.save(update_fields=["waiting"])
        record_event(Event.Verb.CONSULTATION_PLACE_FREED, invitation, by=None, municipality=invitation.municipality)
    return min(len(line), max(0, free))
