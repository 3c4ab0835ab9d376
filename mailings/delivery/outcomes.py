"""What becomes of a mail that was not surely sent, and of the batch it was in."""

from dataclasses import dataclass, field

import structlog
from django.conf import settings

from mailings.delivery import claims
from mailings.delivery.claims import Claim
from mailings.delivery.recovery import may_resend
from mailings.delivery.runs import count_fault
from mailings.models import Delivery
from mailings.smtp import DeliveryFault, InDoubt, Refused

logger = structlog.get_logger(__name__)


@dataclass
class Outcome:
    """What became of a batch."""

    claimed: int = 0
    sent: int = 0
    skipped: int = 0
    failed: int = 0
    put_off: int = 0
    postponed: int = 0  # not tried: its provider has had enough for now
    in_doubt: int = 0
    ill: bool = False  # the server is: there is no use in going on
    faults: int = field(default=0, repr=False)  # of the server, one after the other
    refusals: int = field(default=0, repr=False)  # of whole mails, one after the other

    @property
    def settled(self) -> int:
        return self.sent + self.skipped + self.failed + self.put_off + self.postponed + self.in_doubt

    @property
    def leads_on(self) -> bool:
        """Something was settled and the server is well: the next batch is worth a try."""
        return not self.ill and bool(self.settled)

    def count_sent(self) -> None:
        self.sent += 1
        self.faults = self.refusals = 0


def settle_fault(claim: Claim, outcome: Outcome, delivery: Delivery, fault: DeliveryFault) -> bool:
    """Settle a mail that was not surely sent; True when its run paused over it.

    A doubt is left to the editor or sent again, as policy says; a refusal is for good; anything else waits and is tried
    again. Faults of the server are counted, and so are refusals in a row: a relay that refuses everybody (a blocked
    sender, a wrong setting) says nothing of the addresses, so the run pauses before it has used them all up.
    """
    logger.warning("delivery_fault", delivery=delivery.pk, fault=type(fault).__name__, of_server=fault.of_server)
    if isinstance(fault, InDoubt) and not may_resend(delivery):
        claims.settle_unknown(claim, delivery, fault.response)
        outcome.in_doubt += 1
    elif isinstance(fault, Refused) or delivery.attempts >= settings.MAIL_MAX_ATTEMPTS:
        claims.settle_failed(claim, delivery, fault.response)
        outcome.failed += 1
    else:
        claims.put_off(claim, delivery, fault.response)
        outcome.put_off += 1
    outcome.refusals = outcome.refusals + 1 if isinstance(fault, Refused) else 0
    if fault.of_server:
        return _count_fault(outcome, delivery)
    return outcome.refusals >= settings.MAIL_PAUSE_AFTER_REFUSALS and _count_fault(outcome, delivery)


def _count_fault(outcome: Outcome, delivery: Delivery) -> bool:
    """A fault of the server: too many in a row end the batch and pause the run."""
    outcome.faults += 1
    outcome.ill = outcome.faults >= settings.MAIL_PAUSE_AFTER_FAULTS
    return delivery.run is not None and count_fault(delivery.run)
