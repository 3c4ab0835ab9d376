"""A whole campaign, every row recorded, against a bare smtplib loop over the same messages on the same server.

Both are taken in turns within one run: on a shared machine only their ratio says something.
"""

import smtplib
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from mailings.delivery import deliver_queue
from mailings.models import Delivery, Mailing, Run
from mailings.rendering import build_messages
from mailings.services import plan_run
from municipalities.models import Mandate, User
from tests.factories import MailingFactory, MeasureFactory, MunicipalityFactory, since

ROUNDS = 3
ITEMS = 8


@dataclass
class Lap:
    """One pass over all recipients."""

    seconds: float
    cpu: float
    queries: int = 0


def measure(sizes: list[int]) -> Iterator[dict[str, Any]]:
    """One result per number of recipients."""
    with _sink() as port:
        settings.EMAIL_BACKEND = "mailings.smtp.PhasedEmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        for size in sizes:
            yield _campaign(size, port)


def _campaign(size: int, port: int) -> dict[str, Any]:
    run = _planned(size)
    contents = _prebuilt(run)
    wire_bytes = sum(len(content) for _, content in contents) // size
    laps: dict[str, list[Lap]] = {"raw": [], "engine": []}
    for _ in range(ROUNDS):
        laps["raw"].append(_timed(lambda: _send_raw(port, contents)))
        _rewind(run)
        laps["engine"].append(_timed(lambda: deliver_queue(seconds=3600)))
        _check_all_sent(run, size)
    raw, engine = (statistics.median(lap.seconds for lap in laps[name]) for name in ("raw", "engine"))
    return {
        "benchmark": "campaign",
        "recipients": size,
        "bytes_per_mail": wire_bytes,
        "raw_per_second": round(size / raw),
        "engine_per_second": round(size / engine),
        "ratio": round(raw / engine, 3),
        "cpu_us_per_mail": round(statistics.median(lap.cpu for lap in laps["engine"]) / size * 1e6),
        "queries_per_mail": round(laps["engine"][-1].queries / size, 3),
    }


def _timed(work: Callable[[], None]) -> Lap:
    queries = 0

    def count(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(*arguments)

    with connection.execute_wrapper(count):
        began, cpu = time.perf_counter(), time.process_time()
        work()
        return Lap(time.perf_counter() - began, time.process_time() - cpu, queries)


def _send_raw(port: int, contents: list[tuple[str, bytes]]) -> None:
    """What a bare client does: one connection, prebuilt bytes, four round trips, nothing written down."""
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        for address, content in contents:
            smtp.sendmail("portal@example.org", [address], content)


def _planned(size: int) -> Run:
    """A real mailing of eight measures to so many aldermen, half of them in Dutch, through the real services."""
    Mandate.objects.all().delete()
    place = MunicipalityFactory()
    people = User.objects.bulk_create(
        User(
            email=f"p{size}-{number}@example.org",
            first_name="P",
            last_name=str(number),
            correspondence_language="nl" if number % 2 else "fr",
        )
        for number in range(size)
    )
    Mandate.objects.bulk_create(
        Mandate(user=person, municipality=place, role=Mandate.Role.ALDERMAN, portfolios=["trade"], period=since(30)) for person in people
    )
    return plan_run(MailingFactory(approved=True, items=MeasureFactory.create_batch(ITEMS)), by=None)


def _prebuilt(run: Run) -> list[tuple[str, bytes]]:
    deliveries = list(run.deliveries.order_by("pk"))
    messages = build_messages(deliveries)
    return [(delivery.email, messages[delivery.pk].message().as_bytes(linesep="\r\n")) for delivery in deliveries]


def _rewind(run: Run) -> None:
    """As planned a moment ago."""
    run.deliveries.update(state=Delivery.State.PENDING, sent_at=None, attempts=0, handed_over_at=None, response="")
    Run.objects.filter(pk=run.pk).update(state=Run.State.RUNNING, finished_at=None)
    Mailing.objects.filter(run=run).update(state=Mailing.State.SENDING, sent_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE mailings_delivery")


def _check_all_sent(run: Run, size: int) -> None:
    sent = run.deliveries.filter(state=Delivery.State.SENT).count()
    if sent != size:
        raise RuntimeError(f"{sent} of {size} were sent: the figures would mean nothing")


@contextmanager
def _sink() -> Iterator[int]:
    command = [sys.executable, "-m", "tests.benchmarks.sink"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield int(process.stdout.readline())  # type: ignore[union-attr]
        finally:
            process.terminate()
