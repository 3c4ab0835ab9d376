"""Who holds a row, and every change of its state: conditional on the claim token, by the clock of the database."""

import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Case, F, TextField, Value, When
from django.db.models.functions import Greatest, Now

from mailings.models import Delivery

logger = structlog.get_logger(__name__)
State = Delivery.State
LONGEST_DELAY = timedelta(hours=4)
SETTLING_SLACK = 5  # seconds between the server's last moment to answer and the end of the lease
# The two updates that each mail costs, written out: composing them anew for every mail took longer than running them.
HAND_OVER = """
UPDATE mailings_delivery SET handed_over_at = statement_timestamp()
WHERE id = %s AND state = 'sending' AND claim = %s AND lease_until > statement_timestamp() + make_interval(secs => %s)
  AND NOT EXISTS (
    SELECT 1 FROM mailings_run WHERE mailings_run.id = mailings_delivery.run_id AND mailings_run.state IN ('paused', 'stopped')
  )
"""
SETTLE_SENT = """
UPDATE mailings_delivery
SET state = 'sent', sent_at = statement_timestamp(), response = %s, claim = NULL, lease_until = NULL,
    body_text = CASE kind WHEN 'login_code' THEN '' ELSE body_text END,
    body_html = CASE kind WHEN 'login_code' THEN '' ELSE body_html END
WHERE id = %s AND state = 'sending' AND claim = %s
"""
POSTPONE = """
UPDATE mailings_delivery AS delivery
SET state = 'pending', claim = NULL, journal = '', lease_until = NULL, attempts = greatest(attempts - 1, 0),
    next_attempt_at = statement_timestamp() + make_interval(secs => waits.seconds)
FROM unnest(%s::bigint[], %s::float8[]) AS waits (id, seconds)
WHERE delivery.id = waits.id AND delivery.state = 'sending' AND delivery.claim = %s
"""
WAITS_FOR_DATABASE = (0.2, 0.5, 1, 2, 4, 8, 8)


class ClaimLost(Exception):
    """Somebody reconciled this sender: it must not touch anything any more."""


class TakenBack(Exception):
    """The mail must not go out now (its run was paused, or the lease is too short to hear the answer)."""


@dataclass(frozen=True)
class Claim:
    """A few rows in their fixed order, held under one token until a lease ends."""

    token: uuid.UUID
    deliveries: list[Delivery]
    ends: float  # by time.monotonic(), taken before the lease was written: never later than the lease

    def has_time(self) -> bool:
        """Time enough to send one more and hear the answer. A guess that saves work: `hand_over` asks the database."""
        return time.monotonic() + margin() < self.ends


def margin() -> int:
    """How much of a lease must be left at the final dot: the longest wait for an answer, and time to write it down."""
    return settings.MAIL_ANSWER_TIMEOUT + SETTLING_SLACK


def claim(*, limit: int | None = None, urgent_only: bool = False) -> Claim:
    """Take the next rows, most urgent first, past those others hold; committed before anything touches the wire."""
    token, started = uuid.uuid4(), time.monotonic()
    due = Delivery.objects.due()
    if urgent_only:
        due = due.filter(priority__lt=Delivery.PRIORITY[Delivery.Kind.MAILING])
    with transaction.atomic():
        locked = due.select_for_update(skip_locked=True, of=("self",), no_key=True).order_by("priority", "pk").only("pk")
        keys = [row.pk for row in locked[: limit or settings.MAIL_BATCH_SIZE]]
        if keys:
            Delivery.objects.filter(pk__in=keys).update(
                state=State.SENDING,
                claim=token,
                journal="",
                lease_until=Now() + timedelta(seconds=settings.MAIL_LEASE_SECONDS),
                attempts=F("attempts") + 1,
                handed_over_at=None,
            )
    # Prefetched, not joined: the rows of one run share one Run object, which counts its faults.
    rows = Delivery.objects.filter(pk__in=keys).prefetch_related("run").order_by("priority", "pk") if keys else ()
    return Claim(token, list(rows), started + settings.MAIL_LEASE_SECONDS)


def live_claims() -> int:
    """How many senders are at work, over all workers."""
    return Delivery.objects.claimed().order_by().values("claim").distinct().count()


def hand_over(claim: Claim, delivery: Delivery) -> None:
    """Write down, just before the final dot, that from here on only an answer settles this mail; or refuse the dot."""
    if _rows_changed(HAND_OVER, [delivery.pk, claim.token, margin()]) == 1:
        return
    if Delivery.objects.held_by(claim.token).filter(pk=delivery.pk).exists():
        raise TakenBack
    raise ClaimLost


def settle_sent(claim: Claim, delivery: Delivery, response: str) -> None:
    """Taken by the server: durably, before the next final dot."""
    if _durably(lambda: _rows_changed(SETTLE_SENT, [response, delivery.pk, claim.token])) != 1:
        raise ClaimLost


def settle_failed(claim: Claim, delivery: Delivery, response: str) -> None:
    _settle(claim, [delivery], state=State.FAILED, response=response)


def settle_unknown(claim: Claim, delivery: Delivery, response: str) -> None:
    _settle(claim, [delivery], state=State.UNKNOWN, response=response)


def settle_skipped(claim: Claim, deliveries: Iterable[Delivery], reason: Delivery.Skip) -> None:
    _settle(claim, list(deliveries), state=State.SKIPPED, skip_reason=reason)


def put_off(claim: Claim, delivery: Delivery, response: str) -> None:
    """Back to waiting, with a delay that grows at each attempt."""
    again_at = Now() + delay_after(delivery.attempts)
    _settle(claim, [delivery], state=State.PENDING, next_attempt_at=again_at, handed_over_at=None, response=response)


def postpone(claim: Claim, seconds: Mapping[int, float]) -> None:
    """Give rows back for so many seconds each: never tried, so not counted as an attempt."""
    if not seconds:
        return
    changed = rows_changed_durably(POSTPONE, [list(seconds), list(seconds.values()), claim.token])
    if changed != len(seconds):
        raise ClaimLost


def delay_after(attempts: int) -> timedelta:
    doublings = min(max(attempts - 1, 0), 20)
    return min(timedelta(seconds=settings.MAIL_RETRY_SECONDS * 2**doublings), LONGEST_DELAY)


def hand_back(claim: Claim) -> int:
    """Give back what was not reached: never tried, so not counted as an attempt."""
    untouched = Delivery.objects.held_by(claim.token).filter(handed_over_at__isnull=True)
    return untouched.update(**unreached())


def unreached() -> dict[str, Any]:
    """The changes that make a claimed row one that waits, as if it had never been claimed."""
    return {"state": State.PENDING, "claim": None, "journal": "", "lease_until": None, "attempts": Greatest(F("attempts") - 1, 0)}


def blank_login_codes() -> dict[str, Any]:
    """A code has done its work once its mail is settled: nobody reads it in the table afterwards."""
    is_code = When(kind=Delivery.Kind.LOGIN_CODE, then=Value(""))
    return {name: Case(is_code, default=F(name), output_field=TextField()) for name in ("body_text", "body_html")}


def _settle(claim: Claim, deliveries: list[Delivery], *, state: State, **changes: Any) -> None:
    """The one way out of a claim: a conditional update. Fewer rows than asked means that somebody reconciled this sender."""
    if state not in Delivery.UNSETTLED:
        changes |= blank_login_codes()
    mine = Delivery.objects.held_by(claim.token).filter(pk__in=[delivery.pk for delivery in deliveries])
    changed = _durably(lambda: mine.update(state=state, claim=None, lease_until=None, **changes))
    if changed != len(deliveries):
        raise ClaimLost


def _rows_changed(sql: str, parameters: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.rowcount


def rows_changed_durably(sql: str, parameters: list[Any]) -> int:
    """Run one statement, waiting out a database that is away for some seconds; return how many rows it changed."""
    return _durably(lambda: _rows_changed(sql, parameters))


def _durably(write: Callable[[], int]) -> int:
    """Write, and wait out a database that is away for some seconds; an answer that is not written down becomes a doubt."""
    for pause in WAITS_FOR_DATABASE:
        try:
            return write()
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block:
                raise
            logger.warning("database_away_while_settling", waiting=pause)
            connection.close()
            time.sleep(pause)
    return write()
