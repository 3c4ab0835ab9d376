"""The run as a whole: it pauses when the server is ill, and ends when nobody is left."""

from collections.abc import Iterable

import structlog
from django.conf import settings
from django.db.models import Exists, F, OuterRef

from mailings.models import Delivery, Run
from mailings.services import MailingActionNotAllowed, finish_run, pause_run

logger = structlog.get_logger(__name__)


def count_fault(run: Run) -> bool:
    """Count a fault of the server against this run; True when that made it pause, so that the editors hear of it once."""
    Run.objects.filter(pk=run.pk).update(consecutive_faults=F("consecutive_faults") + 1)
    run.refresh_from_db(fields=["consecutive_faults"])
    if run.consecutive_faults < settings.MAIL_PAUSE_AFTER_FAULTS:
        return False
    try:
        pause_run(run, by=None)
    except MailingActionNotAllowed:  # somebody ended or changed the run meanwhile
        logger.warning("run_not_paused", run=run.pk)
        return False
    logger.warning("run_paused", run=run.pk, faults=run.consecutive_faults)
    return True


def forgive_faults(run: Run) -> None:
    """A mail got through: what failed before was no mass failure."""
    if run.consecutive_faults:
        Run.objects.filter(pk=run.pk).update(consecutive_faults=0)
        run.consecutive_faults = 0


def finish_runs(among: Iterable[int] | None = None) -> None:
    """End every run (or those of the given keys) whose last mail is settled."""
    unsettled = Delivery.objects.unsettled().filter(run=OuterRef("pk"))
    over = Run.objects.exclude(state=Run.State.DONE).filter(~Exists(unsettled))
    if among is not None:
        over = over.filter(pk__in=list(among))
    for run in over.order_by("pk"):
        finish_run(run)
