"""How a mailing becomes mails: planned once, in one transaction; paused, resumed; doubts settled in the open."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mailings.audience import chosen_for
from mailings.circles import circles_of
from mailings.doorbell import ring
from mailings.models import Addressee, Delivery, Mailing, Run, RunContent
from mailings.permissions import Action
from mailings.rendering import content_of
from mailings.services.errors import MailingActionNotAllowed, NoSuchMailing, NotApproved, NotDue
from mailings.services.moves import check_action, check_sender, lock_mailing, move_mailing
from municipalities.languages import CONTENT_LANGUAGES
from municipalities.models import User
from partnerships.models import Event
from partnerships.services.events import record_event

# Whoever unsubscribed gets a row as well, settled at once: the list shows who was left out, and why.
PLAN_DELIVERIES = """
INSERT INTO mailings_delivery (
    key, kind, priority, run_id, recipient_id, email, language, subject, body_text, body_html,
    state, skip_reason, attempts, next_attempt_at, planned_at, response
)
SELECT gen_random_uuid(), 'mailing', %s, %s, person.id, person.email, person.correspondence_language, '', '', '',
       CASE WHEN preference.unsubscribed_at IS NULL THEN 'pending' ELSE 'skipped' END,
       CASE WHEN preference.unsubscribed_at IS NULL THEN '' ELSE 'unsubscribed' END,
       0, now(), %s, ''
FROM municipalities_user AS person
LEFT JOIN mailings_mailpreference AS preference ON preference.user_id = person.id
WHERE person.id IN ({chosen})
ORDER BY person.id
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Started:
    """What the calendar did with one mailing whose hour had come."""

    mailing: Mailing
    run: Run | None
    held_reason: str = ""


@transaction.atomic
def plan_run(mailing: Mailing, *, by: User | None) -> Run:
    """Start the sending: the run, a frozen copy of the approved content per language, and one delivery per person; then ring.

    Asked again, or by many at once, it returns the run there is. Raises NotApproved unless the content as it stands now is
    approved, MailingActionNotAllowed in any other state.
    """
    mailing = lock_mailing(mailing)
    if mailing.state in Mailing.GONE_OUT:
        return Run.objects.get(mailing=mailing)
    check_action(mailing, Action.SEND, by)
    if not mailing.approval_in_force():
        raise NotApproved(Action.SEND, mailing)
    now = timezone.now()
    run = Run.objects.create(mailing=mailing, content_hash=mailing.content_hash(), planned_at=now)
    RunContent.objects.bulk_create(
        RunContent(run=run, language=language, content=content_of(mailing, language)) for language in CONTENT_LANGUAGES
    )
    planned = _plan_deliveries(run, now)
    move_mailing(mailing, Action.SEND, by=by, data={"run": run.pk, "deliveries": planned}, sent_at=now, held_reason="", scheduled_for=None)
    ring()
    return run


def _plan_deliveries(run: Run, now: dt.datetime) -> int:
    """One row per person, however many mandates they hold; a second time adds nobody."""
    chosen = chosen_for(run.mailing, timezone.localdate(now)).order_by().values("pk")
    sql, params = chosen.query.sql_with_params()
    priority = Delivery.PRIORITY[Delivery.Kind.MAILING]
    with connection.cursor() as cursor:
        cursor.execute(PLAN_DELIVERIES.format(chosen=sql), [priority, run.pk, now, *params])
        people = cursor.rowcount
    return people + _plan_addresses(run, now)


def _plan_addresses(run: Run, now: dt.datetime) -> int:
    """One row per address without an account; who has the mail as a person does not get it a second time."""
    found = circles_of(run.mailing, timezone.localdate(now)).addressees
    Addressee.objects.bulk_create([one for one in found if one.pk is None])
    priority = Delivery.PRIORITY[Delivery.Kind.MAILING]
    rows = [
        Delivery(
            kind=Delivery.Kind.MAILING, priority=priority, run=run, addressee=one, email=one.email, language=one.language, planned_at=now
        )
        for one in found
    ]
    Delivery.objects.bulk_create(rows)
    return len(rows)


def is_for_anybody(mailing: Mailing, on: dt.date) -> bool:
    return chosen_for(mailing, on).exists() or bool(circles_of(mailing, on).addressees)


def send_mailing_now(mailing: Mailing, *, by: User | None) -> Run:
    """Send an approved mailing at once, whatever its hour."""
    return plan_run(mailing, by=by)


# --- The clock ----------------------------------------------------------------------------------


def start_due_mailings(now: dt.datetime) -> list[Started]:
    """Start every scheduled mailing whose hour has come; hold those past the grace, and whatever was not released for its hour."""
    due = Mailing.objects.scheduled_by(now) | Mailing.objects.unscheduled_by(now)
    return [started for mailing in due.order_by("scheduled_for", "pk") if (started := start_if_due(mailing, now))]


@transaction.atomic
def start_if_due(mailing: Mailing, now: dt.datetime) -> Started | None:
    """Start or hold one mailing; None when another worker did it first or its hour was moved."""
    mailing = lock_mailing(mailing)
    hour = mailing.scheduled_for
    if mailing.state in {Mailing.State.HELD, *Mailing.GONE_OUT} or hour is None or hour > now:
        return None
    reason = _why_held(mailing, hour, now)
    if reason:
        data = {"reason": reason, "hour": hour.isoformat()}
        return Started(move_mailing(mailing, Action.HOLD, by=None, data=data, held_reason=reason), None, reason)
    run = plan_run(mailing, by=None)
    return Started(run.mailing, run)


def _why_held(mailing: Mailing, hour: dt.datetime, now: dt.datetime) -> str:
    if not mailing.approval_in_force():
        return Mailing.HeldReason.NOT_APPROVED
    if mailing.state != Mailing.State.SCHEDULED:
        return Mailing.HeldReason.NOT_SCHEDULED
    if now - hour > settings.MAILING_GRACE:
        return Mailing.HeldReason.TOO_LATE
    if not is_for_anybody(mailing, timezone.localdate(now)):
        return Mailing.HeldReason.NOBODY
    return ""


def send_weekly(*, year: int, week: int, now: dt.datetime, at_once: bool = False) -> Run:
    """Send the weekly mailing of an ISO week: when its hour has come, or at once when asked so; a second time changes nothing.

    Raises ValueError (no such week), NoSuchMailing, NotApproved, NotDue, MailingActionNotAllowed.
    """
    dt.date.fromisocalendar(year, week, 1)
    mailing = Mailing.objects.filter(kind=Mailing.Kind.WEEKLY, iso_year=year, iso_week=week).first()
    if mailing is None:
        raise NoSuchMailing(f"{year}-W{week:02d}")
    if mailing.state in Mailing.GONE_OUT:
        return mailing.run
    if not mailing.approval_in_force():
        raise NotApproved(Action.SEND, mailing)
    if at_once:
        return plan_run(mailing, by=None)
    started = start_if_due(mailing, now)
    if started is None or started.run is None:
        raise NotDue(started.held_reason if started else "")
    return started.run


# --- A sending on its way -----------------------------------------------------------------------


@transaction.atomic
def pause_run(run: Run, *, by: User) -> Run:
    """Stop handing out mails of this run; what is on the wire finishes."""
    return _switch(run, Action.PAUSE, source=Run.State.RUNNING, target=Run.State.PAUSED, by=by)


@transaction.atomic
def resume_run(run: Run, *, by: User) -> Run:
    """Go on with exactly the rest."""
    run = _switch(run, Action.RESUME, source=Run.State.PAUSED, target=Run.State.RUNNING, by=by)
    ring()
    return run


@transaction.atomic
def stop_run(run: Run, *, by: User, reason: str) -> Run:
    """End a sending for good: what has not gone out yet is skipped, what is on the wire finishes.

    The sweep ends the run once nothing of it is on the wire. A mail of it can still be sent to a person by name (`send_again`).
    Raises ValidationError without a reason, MailingActionNotAllowed once it is over.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Please say why the sending is stopped.")})
    mailing = lock_mailing(run.mailing)
    run = Run.objects.select_for_update(of=("self",)).get(pk=run.pk)
    check_action(mailing, Action.STOP, by)
    if run.state == Run.State.STOPPED:
        return run
    if run.state == Run.State.DONE:
        raise MailingActionNotAllowed(Action.STOP, mailing)
    run.state, run.stopped_at = Run.State.STOPPED, timezone.now()
    run.save(update_fields=["state", "stopped_at"])
    skipped = run.deliveries.pending().update(state=Delivery.State.SKIPPED, skip_reason=Delivery.Skip.STOPPED)
    move_mailing(mailing, Action.STOP, by=by, data={"run": run.pk, "skipped": skipped, "reason": reason.strip()})
    return run


def _switch(run: Run, action: Action, *, source: str, target: str, by: User) -> Run:
    mailing = lock_mailing(run.mailing)
    run = Run.objects.select_for_update(of=("self",)).get(pk=run.pk)
    check_action(mailing, action, by)
    if run.state == target:
        return run
    if run.state != source:
        raise MailingActionNotAllowed(action, mailing)
    faults = run.consecutive_faults
    run.state = target
    run.consecutive_faults = 0
    run.save(update_fields=["state", "consecutive_faults"])
    move_mailing(mailing, action, by=by, data={"run": run.pk, "faults": faults})
    return run


@transaction.atomic
def settle_doubt(delivery: Delivery, *, by: User, arrived: bool) -> Delivery:
    """Say what became of a mail in doubt: it arrived, or it goes out again with the same Message-ID.

    Raises MailingActionNotAllowed for somebody without the right to send, or a mail of no run. Settled before: unchanged.
    """
    run = Run.objects.select_related("mailing").filter(deliveries=delivery).first()
    mailing = lock_mailing(run.mailing) if run else Mailing()
    check_sender(mailing, by)
    delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    if delivery.state != Delivery.State.UNKNOWN:
        return delivery
    delivery.state = Delivery.State.SENT if arrived else Delivery.State.PENDING
    delivery.sent_at = timezone.now() if arrived else None
    delivery.handed_over_at = None
    delivery.next_attempt_at = Now()
    delivery.save(update_fields=["state", "sent_at", "handed_over_at", "next_attempt_at"])
    record_event(Event.Verb.DELIVERY_SETTLED, mailing, by=by, data={"delivery": delivery.pk, "arrived": arrived})
    if not arrived:
        ring()
    return Delivery.objects.get(pk=delivery.pk)
