"""What beat and the doorbell ask for. A task owns no logic: it asks the tables, by one call, what is due.

Every tick may come twice, late or not at all: the answer is in the database, so nothing is sent twice or forgotten.
"""

from celery import shared_task
from django.utils import timezone

from mailings.delivery import deliver_queue
from mailings.delivery import sweep as sweep_deliveries
from mailings.heartbeat import beat
from mailings.services import decide_notices, draft_this_week, start_due_mailings


@shared_task(name="mailings.tasks.deliver")
def deliver() -> None:
    """The doorbell: send what is due."""
    deliver_queue()


@shared_task(name="mailings.tasks.sweep")
def sweep() -> None:
    """Find what nobody holds any more."""
    sweep_deliveries()


@shared_task(name="mailings.tasks.notices")
def notices() -> None:
    """Decide who hears of what happened."""
    decide_notices(timezone.now())


@shared_task(name="mailings.tasks.calendar")
def calendar() -> None:
    """Start the mailings whose hour has come, and lay this week's draft ready; the one never waits for the other."""
    now = timezone.now()
    try:
        start_due_mailings(now)
    finally:
        draft_this_week(now)


@shared_task(name="mailings.tasks.heartbeat")
def heartbeat() -> None:
    beat("worker")
