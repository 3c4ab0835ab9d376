"""The delivery engine (ARCHITECTURE, 'The delivery engine'): claim, re-check, send, finish; reconcile and sweep.

What it promises: exactly-once effects in the database, one Message-ID per delivery for ever, nobody forgotten, and at most
one named doubt per killed sender. How: a row is marked durably just before its final dot (`handed_over_at`) and settled
durably before the next one, both by an update that holds only while the claim and its lease do. So a dead sender's rows
are told apart by the mark alone, and a sender that stalled past its lease cannot put a dot on anything.
"""

from mailings.delivery.claims import Claim, claim
from mailings.delivery.outcomes import Outcome
from mailings.delivery.recovery import reconcile, sweep
from mailings.delivery.sending import deliver_batch, deliver_queue

__all__ = ["Claim", "Outcome", "claim", "deliver_batch", "deliver_queue", "reconcile", "sweep"]
