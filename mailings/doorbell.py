"""The doorbell: tells a worker that there is work. The work itself is in the table, so a lost ring costs seconds at most."""

import structlog
from celery import current_app
from celery.exceptions import OperationalError
from django.db import transaction

logger = structlog.get_logger(__name__)
DELIVER = "mailings.tasks.deliver"
# One try, no waiting: the sweep finds what nobody heard of.
IMPATIENT = {"max_retries": 0, "interval_start": 0, "interval_step": 0, "socket_connect_timeout": 1, "socket_timeout": 2}


def ring() -> None:
    """Once this transaction is committed, ask a worker to look at the queue; a broker that is away stops nobody."""
    transaction.on_commit(_press, robust=True)


def _press() -> None:
    try:
        with current_app.connection_for_write() as connection:
            connection.transport_options = {**(connection.transport_options or {}), **IMPATIENT}
            current_app.send_task(DELIVER, connection=connection, retry=False, ignore_result=True)
    except (OperationalError, OSError) as fault:
        logger.warning("doorbell_unheard", fault=type(fault).__name__)
