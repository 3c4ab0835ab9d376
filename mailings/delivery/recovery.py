"""What nobody holds any more is found again: rows of dead senders, work nobody was rung for, runs nobody ended."""

import uuid
from collections.abc import Iterable

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from mailings.delivery import journal
from mailings.delivery.claims import State, blank_login_codes, unreached
from mailings.delivery.runs import finish_runs, skip_stopped
from mailings.doorbell import ring
from mailings.models import Delivery, Run

logger = structlog.get_logger(__name__)
DIED = "The sender stopped after handing over; no answer was written down."


def sweep() -> None:
    """Put the house in order; ring once, however much is due."""
    reconcile()
    forget_old_journals()
    skip_stopped()
    finish_runs()
    if settings.MAIL_START_HELD:
        logger.warning("sender_held", reason="MAIL_START_HELD")
    elif Delivery.objects.due().exists():
        ring()


@transaction.atomic
def reconcile() -> None:
    """Rows whose lease ran out. The one that was handed over may have been taken, so policy decides; the rest surely was not.

    Which one that is stands in the row, or in the journal of its sender: this host's journals are read, those of another
    host are waited for, and given up with it after MAIL_JOURNAL_PATIENCE.
    """
    host = journal.host() if journal.is_kept() else ""
    abandoned = Delivery.objects.abandoned().readable_at(host).select_related("run")
    rows = list(abandoned.select_for_update(skip_locked=True, of=("self",), no_key=True).order_by("priority", "pk"))
    read = {claim: journal.read(claim) for claim in {row.claim for row in rows if host and row.journal == host and row.claim}}
    taken = {row.pk: read[row.claim].answered[row.pk] for row in rows if row.claim in read and row.pk in read[row.claim].answered}
    left = [row for row in rows if row.pk not in taken]
    doubtful = [row for row in left if _may_have_been_taken(row, read)]
    untouched = [row.pk for row in left if not _may_have_been_taken(row, read)]
    again = [row.pk for row in doubtful if may_resend(row)]
    unknown = [row.pk for row in doubtful if not may_resend(row)]
    for pk, response in taken.items():
        Delivery.objects.filter(pk=pk).update(state=State.SENT, sent_at=Now(), response=response, claim=None, lease_until=None)
    if untouched:
        Delivery.objects.filter(pk__in=untouched).update(**unreached())
    if again:
        _release(again, state=State.PENDING, next_attempt_at=Now(), handed_over_at=None)
    if unknown:
        _release(unknown, state=State.UNKNOWN, **blank_login_codes())
    if rows:
        logger.warning("claims_reconciled", journals=len(read), taken=len(taken), given_back=len(untouched), again=again, in_doubt=unknown)
    transaction.on_commit(lambda: _forget(read))


def _may_have_been_taken(row: Delivery, read: dict[uuid.UUID, journal.Entries]) -> bool:
    if not row.journal:
        return row.handed_over_at is not None
    entries = read.get(row.claim) if row.claim else None
    return entries is None or row.pk in entries.doubtful  # without its journal nobody knows of any mail of a set


def _forget(claims: Iterable[uuid.UUID]) -> None:
    for claim in claims:
        journal.forget(claim)


def forget_old_journals() -> None:
    """Journals whose rows were settled, though their sender did not live to tidy up."""
    for claim in journal.left_behind():
        if not Delivery.objects.held_by(claim).exists():
            journal.forget(claim)


def may_resend(delivery: Delivery) -> bool:
    """Policy for a doubt: a code, notice or test goes again under its Message-ID; a mailing as its run says."""
    if delivery.attempts >= settings.MAIL_MAX_ATTEMPTS:
        return False
    return delivery.run is None or delivery.run.doubt_policy == Run.DoubtPolicy.RESEND


def _release(keys: list[int], **changes: object) -> None:
    Delivery.objects.filter(pk__in=keys).update(claim=None, lease_until=None, response=DIED, **changes)
