"""The sending itself: a batch at a time, one mail after the other over one connection."""

import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from mailings.audience import still_wanted
from mailings.delivery import claims
from mailings.delivery.campaigns import Campaigns
from mailings.delivery.claims import Claim, ClaimLost, TakenBack
from mailings.delivery.outcomes import Outcome, settle_fault
from mailings.delivery.pace import pace
from mailings.delivery.runs import finish_runs, forgive_faults
from mailings.delivery.wire import Wire
from mailings.doorbell import ring
from mailings.models import Delivery
from mailings.rendering import build_messages
from mailings.smtp import DeliveryFault, NotTaken

logger = structlog.get_logger(__name__)
Build = Callable[[Sequence[Delivery]], Mapping[int, EmailMessage]]
Recheck = Callable[[Sequence[Delivery], date], Mapping[int, Delivery.Skip | None]]
# Short turns: the other tasks of the worker get theirs, and a worker asked to stop does so between two mails,
# well within its soft shutdown. A ring costs nothing, so the queue is taken up again at once.
TURN_SECONDS = 15


def deliver_queue(*, seconds: float = TURN_SECONDS) -> None:
    """Send what is due until nothing is left or this turn is over; then ring for the rest."""
    if settings.MAIL_START_HELD:
        logger.warning("sender_held", reason="MAIL_START_HELD")
        return
    until = time.monotonic() + seconds
    urgent_only = claims.live_claims() >= settings.MAIL_SENDERS
    with Wire() as wire:
        campaigns = Campaigns(wire, until) if Campaigns.may_be_used(wire) else None
        has_called = urgent_only
        while time.monotonic() < until:
            if not _deliver_next(wire, until, urgent_only, campaigns).leads_on:
                return  # what is left, if anything, waits for the sweep
            has_called = has_called or _call_another()
    if Delivery.objects.due().exists():
        ring()


def _call_another() -> bool:
    """There is work for more than one: ring once a turn for another sender, who does the same, up to MAIL_SENDERS at a time."""
    if claims.live_claims() + 1 < settings.MAIL_SENDERS and Delivery.objects.due().exists():
        ring()
    return True


def _deliver_next(wire: Wire, until: float, urgent_only: bool, campaigns: Campaigns | None) -> Outcome:
    """Codes and notices mail by mail, before every set of a mailing; without a journal mailings go so as well."""
    outcome = deliver_batch(wire=wire, until=until, urgent_only=urgent_only or campaigns is not None)
    if outcome.claimed or urgent_only or campaigns is None:
        return outcome
    return campaigns.deliver_set()


def deliver_batch(
    *,
    wire: Wire | None = None,
    until: float | None = None,
    urgent_only: bool = False,
    build: Build = build_messages,
    recheck: Recheck = still_wanted,
) -> Outcome:
    """Claim a batch, drop who need not have it any more, send the rest; what is not reached goes back."""
    claim = claims.claim(urgent_only=urgent_only)
    outcome = Outcome(claimed=len(claim.deliveries))
    if not claim.deliveries:
        return outcome
    batch = _Batch(claim, outcome, wire or Wire(), until)
    try:
        batch.send_all(batch.drop_unwanted(recheck), build)
    except ClaimLost:
        logger.warning("claim_lost", claim=str(claim.token))
    finally:
        claims.hand_back(claim)
        if wire is None:
            batch.wire.close()
    finish_runs({delivery.run_id for delivery in claim.deliveries if delivery.run_id})
    logger.info("batch_done", claim=str(claim.token), outcome=str(outcome))
    return outcome


@dataclass
class _Batch:
    claim: Claim
    outcome: Outcome
    wire: Wire
    until: float | None

    def drop_unwanted(self, recheck: Recheck) -> list[Delivery]:
        """The last moment to notice that a mandate ended or that somebody unsubscribed."""
        reasons = recheck(self.claim.deliveries, timezone.localdate())
        unwanted = [delivery for delivery in self.claim.deliveries if reasons.get(delivery.pk)]
        by_reason = sorted(unwanted, key=lambda delivery: str(reasons[delivery.pk]))
        for reason, group in groupby(by_reason, key=lambda delivery: reasons[delivery.pk]):
            claims.settle_skipped(self.claim, group, Delivery.Skip(str(reason)))
        self.outcome.skipped = len(unwanted)
        return self._in_time([delivery for delivery in self.claim.deliveries if not reasons.get(delivery.pk)])

    def _in_time(self, deliveries: list[Delivery]) -> list[Delivery]:
        """Without mails of mailings whose provider has had enough for now; those wait, and nobody behind them does."""
        waits = pace().too_soon((delivery.pk, delivery.email) for delivery in deliveries if delivery.run_id)
        claims.postpone(self.claim, waits)
        self.outcome.postponed = len(waits)
        return [delivery for delivery in deliveries if delivery.pk not in waits]

    def send_all(self, deliveries: list[Delivery], build: Build) -> None:
        messages = _built(deliveries, build)
        paused: set[int | None] = set()
        for delivery in deliveries:
            if delivery.run_id and delivery.run_id in paused:
                continue
            if not self._may_go_on() or (delivery.run_id and not pace().wait(claims.SETTLING_SLACK)):
                return
            try:
                if self._send(delivery, messages.get(delivery.pk)):
                    paused.add(delivery.run_id)
            except TakenBack:
                paused.add(delivery.run_id)  # or the lease runs out, which the next round sees

    def _may_go_on(self) -> bool:
        over = self.until is not None and time.monotonic() >= self.until
        return self.claim.has_time() and not over and not self.outcome.ill

    def _send(self, delivery: Delivery, message: EmailMessage | None) -> bool:
        """Send one mail and settle it; True when its run paused over it."""
        try:
            if message is None:
                raise NotTaken("The mail could not be made.", of_server=True)
            response = self.wire.send(message, before_dot=lambda: claims.hand_over(self.claim, delivery))
        except DeliveryFault as fault:
            return settle_fault(self.claim, self.outcome, delivery, fault)
        claims.settle_sent(self.claim, delivery, response)
        self.outcome.count_sent()
        if delivery.run:
            forgive_faults(delivery.run)
        return False


def _built(deliveries: list[Delivery], build: Build) -> Mapping[int, EmailMessage]:
    """All messages of the batch at once; if one cannot be made, each on its own, so that it stops nobody else."""
    if not deliveries:
        return {}
    try:
        return build(deliveries)
    except Exception as fault:  # noqa: BLE001 - whatever it is, it must not stop the others
        logger.error("batch_not_built", fault=type(fault).__name__, place=_place_of(fault))  # noqa: TRY400
    messages: dict[int, EmailMessage] = {}
    for delivery in deliveries:
        try:
            messages.update(build([delivery]))
        except Exception as fault:  # noqa: BLE001
            logger.error("mail_not_built", delivery=delivery.pk, fault=type(fault).__name__)  # noqa: TRY400
    return messages


def _place_of(fault: Exception) -> str:
    """Where it happened; the words of an exception may hold personal data, and logs hold none."""
    last = traceback.extract_tb(fault.__traceback__)[-1]
    return f"{last.filename}:{last.lineno}"
