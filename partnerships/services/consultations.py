"""Acts on a consultation: drawing it up, inviting its circle, changing, calling off, holding it. Calendars follow by its sequence."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from municipalities.models import Mandate, Municipality, User
from partnerships.consultation_table import STEPS, Step, StepNotAllowed, check_step, may_keep
from partnerships.models import Consultation, ConsultationFile, Event, Invitation, Theme
from partnerships.services.events import record_event
from partnerships.services.invitations import promote_waiting
from partnerships.uploads import Checked

State = Consultation.State
WORDS = (
    "title_fr", "title_nl", "host_fr", "host_nl", "agenda_fr", "agenda_nl", "practical_fr", "practical_nl",
    "starts_at", "ends_at", "link", "place", "seats", "roles", "portfolios",
)  # fmt: skip
NO_NEWS = frozenset({"seats", "roles", "portfolios"})  # whom it goes to and how many: nobody's calendar has to know


class NobodyToInvite(Exception):
    """The circle is empty: no mandate in force fits what was chosen."""


class TooEarly(Exception):
    """It has not begun yet, so it was not held."""


class TooLate(Exception):
    """It lies behind us: there is nobody to invite to it any more."""


# --- The circle ---------------------------------------------------------------------------------


def circle_of(consultation: Consultation, on: dt.date) -> QuerySet[Mandate]:
    """The mandates that lead to an invitation: chosen by role, portfolio and municipality, in force that day and when it is held."""
    chosen = Q(role__in=consultation.roles)
    if consultation.portfolios:
        chosen &= ~Q(role=Mandate.Role.ALDERMAN) | Q(portfolios__overlap=consultation.portfolios)
    if places := list(consultation.municipalities.values_list("pk", flat=True)):
        chosen &= Q(municipality__in=places)
    held = Mandate.objects.in_force(on).in_force(consultation.starts_on)
    return held.filter(chosen, user__is_active=True, user__is_staff=False).select_related("user", "municipality").order_by("pk")


def differences_of(consultation: Consultation, on: dt.date) -> tuple[list[Mandate], list[Invitation]]:
    """Who of the circle is not invited yet, each once; and who is invited and belongs to it no more."""
    standing = {one.person_id: one for one in consultation.invitations.standing().select_related("person", "municipality")}
    circle: dict[int, Mandate] = {}
    for mandate in circle_of(consultation, on):
        circle.setdefault(mandate.user_id, mandate)
    new = [mandate for person, mandate in circle.items() if person not in standing]
    return new, [one for person, one in standing.items() if person not in circle]


# --- Drawing up ---------------------------------------------------------------------------------


@transaction.atomic
def save_consultation(
    consultation: Consultation, *, by: User, municipalities: Iterable[Municipality] = (), themes: Iterable[Theme] = ()
) -> Consultation:
    """Keep a draft, or change what is announced: then what calendars show raises the sequence and goes to who has not said no.

    Raises StepNotAllowed, and ValidationError by field.
    """
    if consultation.pk is None:
        return _draft(consultation, by, municipalities, themes)
    before = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
    step = Step.EDIT if before.state == State.DRAFT else Step.CHANGE
    check_step(by, step, before)
    changed = [name for name in WORDS if getattr(before, name) != getattr(consultation, name)]
    for name in changed:
        setattr(before, name, getattr(consultation, name))
    before.full_clean(exclude=["created_by"])
    if changed:
        before.save(update_fields=changed)
    before.municipalities.set(municipalities)
    before.themes.set(themes)
    if step == Step.CHANGE and "seats" in changed:
        promote_waiting(before)
    if step == Step.CHANGE and set(changed) - NO_NEWS:
        _tell_change(before, by, sorted(set(changed) - NO_NEWS))
    return before


def _draft(consultation: Consultation, by: User, municipalities: Iterable[Municipality], themes: Iterable[Theme]) -> Consultation:
    if not may_keep(by):
        raise StepNotAllowed(Step.EDIT, State.DRAFT)
    consultation.created_by = by
    consultation.full_clean(exclude=["created_by"])
    consultation.save(force_insert=True)
    consultation.municipalities.set(municipalities)
    consultation.themes.set(themes)
    record_event(Event.Verb.CONSULTATION_DRAFTED, consultation, by=by)
    return consultation


def _tell_change(consultation: Consultation, by: User, changed: Sequence[str]) -> None:
    people = list(consultation.invitations.not_declined().values_list("person", flat=True))
    _raise(consultation)
    record_event(Event.Verb.CONSULTATION_CHANGED, consultation, by=by, data={"people": people, "changed": list(changed)})


def _raise(consultation: Consultation, **columns: Any) -> None:
    """Give it the next sequence, with what changes along."""
    consultation.sequence += 1
    consultation.changed_at = timezone.now()
    for name, value in columns.items():
        setattr(consultation, name, value)
    consultation.save(update_fields=["sequence", "changed_at", *columns])


@transaction.atomic
def add_files(consultation: Consultation, *, by: User, files: Iterable[Checked]) -> None:
    """Keep documents that passed the check; the same content again is kept once."""
    if not may_keep(by) or consultation.state == State.CANCELLED:
        raise StepNotAllowed(Step.EDIT, consultation.state)
    known = set(consultation.files.values_list("sha256", flat=True))
    for checked in files:
        if checked.sha256 not in known:
            facts = {"name": checked.name, "kind": checked.kind, "size": checked.size, "sha256": checked.sha256}
            file = ConsultationFile(consultation=consultation, added_by=by, **facts)
            file.file.save(checked.name, ContentFile(checked.content), save=False)
            file.save(force_insert=True)


# --- Inviting -----------------------------------------------------------------------------------


@transaction.atomic
def invite_circle(consultation: Consultation, *, by: User) -> Consultation:
    """Announce a draft to its circle: one frozen invitation a person. Raises StepNotAllowed, NobodyToInvite, TooLate."""
    consultation = _locked(consultation)
    check_step(by, Step.INVITE, consultation)
    now = timezone.now()
    if consultation.starts_at <= now:
        raise TooLate
    new, _gone = differences_of(consultation, timezone.localdate(now))
    if not new:
        raise NobodyToInvite
    people = _invite(consultation, new, now)
    consultation.state, consultation.invited_at, consultation.changed_at = STEPS[Step.INVITE].target or "", now, now
    consultation.save(update_fields=["state", "invited_at", "changed_at"])
    record_event(STEPS[Step.INVITE].verb, consultation, by=by, data={"people": people})
    return consultation


@transaction.atomic
def renew_circle(consultation: Consultation, *, by: User) -> tuple[int, int]:
    """Bring the invitations in line with the circle as it is now: how many are new, how many were taken off.

    Who is new gets the current invitation; who is taken off gets the cancellation for their calendar, and their place is free.
    """
    consultation = _locked(consultation)
    check_step(by, Step.CHANGE, consultation)
    now = timezone.now()
    if consultation.starts_at <= now:
        raise TooLate
    new, gone = differences_of(consultation, timezone.localdate(now))
    if gone:
        _take_off(consultation, gone, by, now)
    if new:
        record_event(Event.Verb.CONSULTATION_INVITED, consultation, by=by, data={"people": _invite(consultation, new, now)})
    return len(new), len(gone)


def _invite(consultation: Consultation, circle: Iterable[Mandate], now: dt.datetime) -> list[int]:
    """Who was taken off and is back begins anew."""
    people = []
    for mandate in circle:
        fresh = {"municipality": mandate.municipality, "answer": Invitation.Answer.NONE, "answered_at": None, "answered_by": ""}
        blank = {"substitute_name": "", "substitute_email": "", "waiting": None, "invited_at": now, "withdrawn_at": None}
        Invitation.objects.update_or_create(consultation=consultation, person=mandate.user, defaults=fresh | blank)
        people.append(mandate.user_id)
    return people


def _take_off(consultation: Consultation, gone: Sequence[Invitation], by: User, now: dt.datetime) -> None:
    """The sequence grows, so that a later invitation of the same people is the newer one for their calendars."""
    Invitation.objects.filter(pk__in=[one.pk for one in gone]).update(withdrawn_at=now, waiting=None)
    _raise(consultation)
    record_event(Event.Verb.CONSULTATION_CHANGED, consultation, by=by, data={"taken_off": [one.person_id for one in gone]})
    promote_waiting(consultation)


# --- Calling off, holding -----------------------------------------------------------------------


@transaction.atomic
def cancel_consultation(consultation: Consultation, *, by: User, reason_fr: str, reason_nl: str) -> Consultation:
    """Call off what was announced, with a reason in both languages; calendars drop it."""
    consultation = _locked(consultation)
    check_step(by, Step.CANCEL, consultation)
    people = list(consultation.invitations.not_declined().values_list("person", flat=True))
    reason = {"reason_fr": reason_fr.strip(), "reason_nl": reason_nl.strip()}
    _raise(consultation, state=State.CANCELLED, cancelled_at=timezone.now(), **reason)
    record_event(Event.Verb.CONSULTATION_CANCELLED, consultation, by=by, data={"people": people})
    return consultation


@transaction.atomic
def hold_consultation(consultation: Consultation, *, by: User, attended: Iterable[Invitation]) -> Consultation:
    """Note who was there, and with that, that it was held; the same page corrects it until the minutes are out. Raises TooEarly."""
    consultation = _locked(consultation)
    if consultation.state != State.HELD:
        check_step(by, Step.HOLD, consultation)
    elif not may_keep(by):
        raise StepNotAllowed(Step.HOLD, consultation.state)
    if consultation.starts_at > timezone.now():
        raise TooEarly
    there = {one.pk for one in attended}
    standing = consultation.invitations.standing()
    standing.filter(pk__in=there).update(attended=True)
    standing.exclude(pk__in=there).update(attended=False)
    if consultation.state != State.HELD:
        consultation.state = State.HELD
        consultation.save(update_fields=["state"])
        record_event(Event.Verb.CONSULTATION_HELD, consultation, by=by, data={"attended": len(there)})
    return consultation


def _locked(consultation: Consultation) -> Consultation:
    return Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
