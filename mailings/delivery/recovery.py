"""What nobody holds any more is found again: rows of dead senders, work nobody was rung for, runs nobody ended."""

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from mailings.delivery.claims import State, blank_login_codes, unreached
from mailings.delivery.runs import finish_runs
from mailings.doorbell import ring
from mailings.models import Delivery, Run

logger = structlog.get_logger(__name__)
DIED = "The sender stopped after handing over; no answer was written down."


def sweep() -> None:
    """Put the house in order; ring once, however much is due."""
    reconcile()
    finish_runs()
    if settings.MAIL_START_HELD:
        logger.warning("sender_held", reason="MAIL_START_HELD")
    elif Delivery.objects.due().exists():
        ring()


@transaction.atomic
def reconcile() -> None:
    """Rows whose lease ran out: the marked one may have been taken, so policy decides; the rest surely were not."""
    abandoned = Delivery.objects.abandoned().select_related("run")
    rows = list(abandoned.select_for_update(skip_locked=True, of=("self",), no_key=True).order_by("priority", "pk"))
    doubtful = [row for row in rows if row.handed_over_at]
    untouched = [row.pk for row in rows if not row.handed_over_at]
    again = [row.pk for row in doubtful if may_resend(row)]
    unknown = [row.pk for row in doubtful if not may_resend(row)]
    if untouched:
        Delivery.objects.filter(pk__in=untouched).update(**unreached())
    if again:
        _release(again, state=State.PENDING, next_attempt_at=Now(), handed_over_at=None)
    if unknown:
        _release(unknown, state=State.UNKNOWN, **blank_login_codes())
    if rows:
        logger.warning("claims_reconciled", given_back=len(untouched), sent_again=again, in_doubt=unknown)


def may_resend(delivery: Delivery) -> bool:
    """Policy for a doubt: a code, notice or test goes again under its Message-ID; a mailing as its run says."""
    if delivery.attempts >= settings.MAIL_MAX_ATTEMPTS:
        return False
    return delivery.run is None or delivery.run.doubt_policy == Run.DoubtPolicy.RESEND


def _release(keys: list[int], **changes: object) -> None:
    Delivery.objects.filter(pk__in=keys).update(claim=None, lease_until=None, response=DIED, **changes)
