"""What comes back of a mail: written down once, and what follows for the address.

A report is known by the number of whoever made it, so it may come twice, late, in any order and by many at once. What
follows depends on the state of the address alone, by the one table below, and never goes backwards: only a person repairs.
"""

import datetime as dt
import enum
import uuid
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from mailings.bounces import is_about_the_address
from mailings.models import AddressState, Delivery, MailEvent
from mailings.services.addresses import unsubscribe_address
from mailings.services.preferences import unsubscribe
from municipalities.models import Mandate, User
from partnerships.models import Event
from partnerships.services.events import record_event

logger = structlog.get_logger(__name__)
Kind = MailEvent.Kind
State = AddressState.State
LONGEST_DESCRIPTION = 300
REFUSED_WITHIN = dt.timedelta(days=7)  # longer than any beat is away
REFUSALS_AT_ONCE = 500
MAY_REPAIR = "municipalities.change_official"
KEEP_ONCE = """
INSERT INTO mailings_mailevent (delivery_id, kind, source, event_id, at, received_at, description)
VALUES (%s, %s, %s, %s, %s, statement_timestamp(), %s) ON CONFLICT (event_id) DO NOTHING
"""


class Turn(enum.StrEnum):
    """What moves the state of an address."""

    ARRIVED = "arrived"
    SOFT = "soft"
    HARD = "hard"
    COMPLAINT = "complaint"
    REPAIR = "repair"


TRANSITIONS: dict[Turn, dict[State, State]] = {
    Turn.ARRIVED: {State.SOFT: State.OK},
    Turn.SOFT: {State.OK: State.SOFT, State.SOFT: State.SOFT},
    Turn.HARD: {State.OK: State.HARD, State.SOFT: State.HARD, State.COMPLAINED: State.HARD},
    Turn.COMPLAINT: {State.OK: State.COMPLAINED, State.SOFT: State.COMPLAINED},
    Turn.REPAIR: {State.SOFT: State.OK, State.HARD: State.OK, State.COMPLAINED: State.OK},
}
TURNS = {Kind.DELIVERED: Turn.ARRIVED, Kind.SOFT: Turn.SOFT, Kind.BOUNCED: Turn.HARD, Kind.COMPLAINED: Turn.COMPLAINT}
TOLD = {State.HARD: Event.Verb.ADDRESS_BOUNCED, State.COMPLAINED: Event.Verb.ADDRESS_COMPLAINED}


class RepairNotAllowed(Exception):
    """Whoever may not change people may not say either whether their address works."""


@dataclass(frozen=True)
class Report:
    """What somebody said of one mail; `event_id` is the same whenever they say it again."""

    kind: MailEvent.Kind
    source: MailEvent.Source
    event_id: str
    at: dt.datetime
    description: str = ""


def record_report(key: uuid.UUID | None, report: Report) -> bool:
    """Write a report on the mail of this key down, with what follows from it; False for a mail nobody knows, and for a repetition."""
    delivery = Delivery.objects.select_related("recipient", "addressee").filter(key=key).first() if key else None
    if delivery is None:
        logger.info("report_on_unknown_mail", kind=report.kind, source=report.source)
        return False
    with transaction.atomic():
        if not _is_new(delivery, report):
            return False
        if delivery.state == Delivery.State.UNKNOWN:
            _settle(delivery, report)
        _turn_by(delivery, report)
    return True


def _is_new(delivery: Delivery, report: Report) -> bool:
    """Added unless it is there already, whoever adds it at the same moment."""
    words = " ".join(report.description.replace("\x00", "").split())[:LONGEST_DESCRIPTION]
    with connection.cursor() as cursor:
        cursor.execute(KEEP_ONCE, [delivery.pk, report.kind, report.source, report.event_id[:200], report.at, words])
        return cursor.rowcount == 1


def _settle(delivery: Delivery, report: Report) -> None:
    """Whoever can tell what became of a mail in doubt has taken it: the doubt is over."""
    doubt = Delivery.objects.in_doubt().filter(pk=delivery.pk)
    doubt.update(state=Delivery.State.SENT, sent_at=Coalesce("handed_over_at", report.at))


def note_refusals(now: dt.datetime) -> int:
    """Mails our own server was told not to send, because there is no such address: asked of the table, each once."""
    failed = Delivery.objects.filter(state=Delivery.State.FAILED, planned_at__gt=now - REFUSED_WITHIN)
    unheard = failed.exclude(reports__source=MailEvent.Source.SMTP).filter(response__regex=r"^55[013]").order_by("pk")
    told = [(key, words) for key, words in unheard.values_list("key", "response")[:REFUSALS_AT_ONCE] if is_about_the_address(words)]
    return sum(record_report(key, Report(Kind.BOUNCED, MailEvent.Source.SMTP, f"smtp:{key}", now, words)) for key, words in told)


# --- The address --------------------------------------------------------------------------------


def _turn_by(delivery: Delivery, report: Report) -> None:
    if report.kind == Kind.DELIVERED:
        _forgive(delivery, report)
    elif report.kind in TURNS:
        known = _locked(delivery.recipient, delivery.email)
        if known.repaired_at is None or report.at > known.repaired_at:  # a late report on a time before says nothing of now
            _turn(known, TURNS[report.kind], at=report.at, reason=report.description, about=delivery)
        if report.kind == Kind.COMPLAINED:
            unsubscribe(delivery.recipient) if delivery.recipient else unsubscribe_address(delivery.email)


def _forgive(delivery: Delivery, report: Report) -> None:
    """What arrives after a soft bounce ends the counting; in one statement, for most reports are of this kind."""
    soft = AddressState.objects.filter(person=delivery.recipient, email=delivery.email.lower(), state=State.SOFT, since__lt=report.at)
    soft.update(state=TRANSITIONS[Turn.ARRIVED][State.SOFT], since=None, soft_bounces=0, soft_since=None, reason="")


def _locked(person: User | None, email: str) -> AddressState:
    """The state of this address of this person; made when it is the first that is heard of it."""
    about: dict[str, Any] = {"person": person, "email": email.lower()}
    AddressState.objects.bulk_create([AddressState(**about)], ignore_conflicts=True)
    return AddressState.objects.select_for_update(of=("self",)).get(**about)


def _turn(known: AddressState, turn: Turn, *, at: dt.datetime, reason: str, about: Delivery | None = None, by: User | None = None) -> bool:
    """Move the state as the table says; False where it says nothing. Softly refused too often becomes hard."""
    before = State(known.state)
    after = TRANSITIONS[turn].get(before)
    if after is None:
        return False
    if turn == Turn.SOFT:
        after = _counted(known, at)
    known.state, known.since = after, max(at, known.since) if known.since and after == State.SOFT else at
    known.reason = reason[:LONGEST_DESCRIPTION]
    if after in {State.HARD, State.COMPLAINED}:
        known.soft_since = known.soft_since or at
    known.save()
    if after in TOLD and after != before:
        _tell(known, TOLD[after], by=by, addressee=about.addressee if about else None)
    return True


def _counted(known: AddressState, at: dt.datetime) -> State:
    """One more; those longer ago than the days of the settings are forgotten with the first of them."""
    is_new_row = known.soft_since is None or abs(at - known.soft_since) > dt.timedelta(days=settings.MAIL_SOFT_BOUNCE_DAYS)
    if is_new_row:
        known.soft_bounces, known.soft_since = 0, at
    known.soft_bounces += 1
    return State.HARD if known.soft_bounces >= settings.MAIL_SOFT_BOUNCES else State.SOFT


def _tell(known: AddressState, verb: str, *, by: User | None, addressee: Any = None) -> None:
    """Once per change, about the person, or about the address without an account; in the municipality of the mandate."""
    subject = known.person or addressee or known
    mandate = Mandate.objects.in_force(timezone.localdate()).filter(user=known.person).select_related("municipality").order_by("pk").first()
    municipality = mandate.municipality if mandate else getattr(addressee, "municipality", None)
    record_event(verb, subject, by=by, municipality=municipality, data={"state": known.state})


# --- By hand ------------------------------------------------------------------------------------


def _check(by: User) -> None:
    if not by.has_perm(MAY_REPAIR):
        raise RepairNotAllowed


@transaction.atomic
def mark_address(person: User, *, by: User, reason: str) -> AddressState:
    """Say that mails do not reach a person at the address they have (a telephone call told so): no more mailings until it is repaired.

    An address that is known not to work stays as it is. Raises RepairNotAllowed.
    """
    _check(by)
    known = _locked(person, person.email)
    _turn(known, Turn.HARD, at=timezone.now(), reason=reason, by=by)
    return known


@transaction.atomic
def repair_address(known: AddressState, *, by: User) -> AddressState:
    """Say that an address works again: mailings go there from now on. One that works is left as it is. Raises RepairNotAllowed.

    Whoever reported mail as unwanted stays unsubscribed: that is theirs to take back.
    """
    _check(by)
    known = AddressState.objects.select_for_update(of=("self",)).get(pk=known.pk)
    if State(known.state) not in TRANSITIONS[Turn.REPAIR]:
        return known
    known.state, known.since, known.soft_bounces, known.soft_since, known.reason = State.OK, None, 0, None, ""
    known.repaired_at, known.repaired_by = timezone.now(), by
    known.save()
    _tell(known, Event.Verb.ADDRESS_REPAIRED, by=by)
    return known
