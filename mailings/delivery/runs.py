"""The run as a whole: it pauses when the server is ill, and ends when nobody is left."""

from collections.abc import Iterable

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, QuerySet
from django.db.models.functions import Now

from mailings.models import Delivery, Mailing, Run
from partnerships.models import Event
from partnerships.services.events import record_event

logger = structlog.get_logger(__name__)


def count_fault(run: Run) -> bool:
    """Count a fault of the server against this run; True when that made it pause."""
    Run.objects.filter(pk=run.pk).update(consecutive_faults=F("consecutive_faults") + 1)
    run.refresh_from_db(fields=["consecutive_faults"])
    if run.consecutive_faults < settings.MAIL_PAUSE_AFTER_FAULTS:
        return False
    pause_ill_run(run)
    return True


def forgive_faults(run: Run) -> None:
    """A mail got through: what failed before was no mass failure."""
    if run.consecutive_faults:
        Run.objects.filter(pk=run.pk).update(consecutive_faults=0)
        run.consecutive_faults = 0


def forgive_runs(runs: Iterable[int]) -> None:
    """The same for all runs of a set."""
    Run.objects.filter(pk__in=list(runs), consecutive_faults__gt=0).update(consecutive_faults=0)


@transaction.atomic
def pause_ill_run(run: Run) -> None:
    """Pause by the portal itself, so that the editors are told once; resuming continues with exactly the rest."""
    mailing = Mailing.objects.select_for_update(of=("self",)).get(run=run)
    if Run.objects.running().filter(pk=run.pk).update(state=Run.State.PAUSED):
        record_event(Event.Verb.MAILING_PAUSED, mailing, by=None, data={"run": run.pk, "faults": run.consecutive_faults})
        logger.warning("run_paused", run=run.pk, faults=run.consecutive_faults)


def skip_stopped() -> None:
    """What a sender gave back of a sending that was stopped meanwhile goes out no more."""
    left = Delivery.objects.pending().filter(run__state=Run.State.STOPPED)
    left.update(state=Delivery.State.SKIPPED, skip_reason=Delivery.Skip.STOPPED)


def finish_runs(among: Iterable[int] | None = None) -> None:
    """End every run (or those of the given keys) whose last mail is settled; a mail in doubt is, by its name on the list."""
    over = _over()
    if among is not None:
        over = over.filter(pk__in=list(among))
    for run in over.order_by("pk"):
        _finish(run)


def _over() -> QuerySet[Run]:
    unsettled = Delivery.objects.unsettled().filter(run=OuterRef("pk"))
    return Run.objects.exclude(state=Run.State.DONE).filter(~Exists(unsettled))


@transaction.atomic
def _finish(run: Run) -> None:
    mailing = Mailing.objects.select_for_update(of=("self",)).get(run=run)
    if not _over().filter(pk=run.pk).update(state=Run.State.DONE, finished_at=Now()):
        return  # another worker did it first, or somebody put a mail back
    mailing.state = Mailing.State.SENT
    mailing.save(update_fields=["state"])
    counts = dict(Delivery.objects.filter(run=run).order_by().values_list("state").annotate(Count("pk")))
    record_event(Event.Verb.MAILING_SENT, mailing, by=None, data={"run": run.pk, "deliveries": counts})
    logger.info("run_done", run=run.pk, **counts)
