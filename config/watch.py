"""How the portal is: each part asked once, shortly, for the health pages, the metrics and the operations team.

Nothing here holds a personal datum, and nothing changes anything. A part that does not answer is a finding, never an exception.
"""

import datetime as dt
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.db.models import Count, Max, Min
from django.db.models.functions import Now
from redis import Redis
from redis.exceptions import RedisError

from mailings.models import Delivery, Heartbeat, Mailing, Run

WORKER_DEAF_AFTER = dt.timedelta(minutes=3)
MAIL_LATE_AFTER = dt.timedelta(minutes=15)  # longer than the first retries of a mail the server did not want yet
WEEKLY_LATE_AFTER = dt.timedelta(days=8)  # a week and a day without a mailing: somebody should know why
STORAGE_PROBE = "health-probe"  # a name nothing has; that it can be asked for is the answer


@dataclass(frozen=True)
class Backlog:
    """Mail that should have left: how many rows wait, are held by a sender or are in doubt, and since when the oldest is due."""

    waiting: dict[str, int]
    sending: int
    in_doubt: int
    oldest_due: dt.datetime | None

    def is_late(self, now: dt.datetime) -> bool:
        return self.oldest_due is not None and now - self.oldest_due > MAIL_LATE_AFTER


def database_answers() -> bool:
    """Whether a query comes back."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone() == (1,)
    except DatabaseError:
        return False


def broker_answers() -> bool:
    """Whether Valkey answers within a second."""
    try:
        with Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as broker:
            return bool(broker.ping())
    except (RedisError, OSError):
        return False


def storage_answers() -> bool:
    """Whether documents could be kept: the folder can be written to, or the bucket answers."""
    if not settings.S3_BUCKET:
        return _is_writable(settings.MEDIA_ROOT)
    try:
        default_storage.exists(STORAGE_PROBE)
    except Exception:  # noqa: BLE001 - whatever the client of a bucket raises, the bucket does not answer
        return False
    return True


def _is_writable(folder: str) -> bool:
    """The folder, or the nearest above it that exists: it is made when the first document comes."""
    place = Path(folder).absolute()
    while not place.exists():
        place = place.parent
    return place.is_dir() and os.access(place, os.W_OK | os.X_OK)


def heartbeats() -> dict[str, float]:
    """Seconds since each part last wrote that it lives, by the clock of the database."""
    rows = Heartbeat.objects.annotate(now=Now()).values_list("name", "at", "now")
    return {name: (now - at).total_seconds() for name, at, now in rows}


def worker_hears() -> bool:
    """A worker took up a task within the last three minutes: one that is alive but deaf does not."""
    age = heartbeats().get("worker")
    return age is not None and age <= WORKER_DEAF_AFTER.total_seconds()


def backlog() -> Backlog:
    """Counted over the partial indexes of the working states alone, whatever has been sent in ten years."""
    waiting = dict(Delivery.objects.pending().order_by().values_list("kind").annotate(Count("pk")))
    held = dict(Delivery.objects.filter(state__in=["sending", "unknown"]).order_by().values_list("state").annotate(Count("pk")))
    oldest = Delivery.objects.due().order_by().aggregate(at=Min("next_attempt_at"))["at"]
    return Backlog(waiting, held.get("sending", 0), held.get("unknown", 0), oldest)


def last_weekly() -> dt.datetime | None:
    """When the last weekly mailing began to go out."""
    return Mailing.objects.filter(kind=Mailing.Kind.WEEKLY).order_by().aggregate(at=Max("sent_at"))["at"]


def weekly_is_late(now: dt.datetime) -> bool:
    """No weekly mailing for more than a week and a day; a portal that never sent one is new, not late."""
    at = last_weekly()
    return at is not None and now - at > WEEKLY_LATE_AFTER


def sendings() -> dict[str, int]:
    """How many sendings run or stand still."""
    return dict(Run.objects.exclude(state=Run.State.DONE).order_by().values_list("state").annotate(Count("pk")))


def parts() -> dict[str, bool]:
    """Each part the portal needs, and whether it answers; the worker only counts where the database does."""
    answers: dict[str, Callable[[], bool]] = {"database": database_answers, "broker": broker_answers, "storage": storage_answers}
    found = {name: ask() for name, ask in answers.items()}
    return found | {"worker": found["database"] and worker_hears()}
