"""A whole campaign, every row recorded, against senders that record nothing and against one task per recipient.

All take turns within one run, on the same server: on a shared machine only their ratios say something. The server is
postfix's `smtp-sink` and the raw client its `smtp-source` with ten sessions, where they are installed (Debian: postfix);
otherwise a server and a bare loop in Python, which is said in the result.
"""

import json
import os
import shutil
import smtplib
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection
from django.utils import timezone

from mailings.models import Delivery, Mailing, Run
from mailings.rendering import build_messages
from mailings.services import plan_run
from municipalities.models import Mandate, Municipality, User
from tests.factories import MailingFactory, MeasureFactory, MunicipalityFactory, RequestFactory, since

ROUNDS = 3
ITEMS = 8
MUNICIPALITIES = 19
REQUESTS_EACH = 5
SENDERS = 2
SAMPLE = 200
ONE_TASK_EACH_UP_TO = 1  # recipients; beyond, it says nothing new and takes minutes
SESSIONS = 10


@dataclass
class Lap:
    """One pass over all recipients, and what its senders said of themselves."""

    seconds: float
    cpu: float = 0
    queries: int = 0
    peak_mib: float = 0


def measure(sizes: list[int]) -> Iterator[dict[str, Any]]:
    """One result per number of recipients."""
    with _server() as port, tempfile.TemporaryDirectory(prefix="portal-bench-") as journal:
        places = _places()
        for size in sizes:
            yield _campaign(size, port, journal, places)


def _campaign(size: int, port: int, journal: str, places: list[Municipality]) -> dict[str, Any]:
    run = _planned(size, places)
    contents = _sample(run)
    wire_bytes = sum(map(len, contents)) // len(contents)
    raw: list[Lap] = []
    loop: list[Lap] = []
    engine: list[Lap] = []
    for _ in range(ROUNDS):
        raw.append(_timed(lambda: _send_raw(port, wire_bytes, size, contents)))
        loop.append(_timed(lambda: _send_by_loop(port, contents, size)))
        engine.append(_send_by_engine(run, size, port, journal))
    each = _send_one_task_each(run, size, port) if size <= ONE_TASK_EACH_UP_TO else None
    seconds = _median(engine, "seconds")
    return {
        "benchmark": "campaign",
        "recipients": size,
        "bytes_per_mail": wire_bytes,
        "raw_client": "smtp-source -s10 -d" if shutil.which("smtp-source", path=_PATH) else "smtplib",
        "raw_per_second": round(size / _median(raw, "seconds")),
        "smtplib_per_second": round(size / _median(loop, "seconds")),
        "engine_per_second": round(size / seconds),
        "ratio_to_raw": round(_median(raw, "seconds") / seconds, 3),
        "ratio_to_smtplib": round(_median(loop, "seconds") / seconds, 3),
        "ratio_to_one_task_each": round(each.seconds / seconds, 1) if each else None,
        "cpu_us_per_mail": round(_median(engine, "cpu") / size * 1e6),
        "queries_per_mail": round(engine[-1].queries / size, 4),
        "peak_mib": round(max(lap.peak_mib for lap in engine), 1),
    }


def _median(laps: list[Lap], name: str) -> float:
    return statistics.median(getattr(lap, name) for lap in laps)


def _timed(work: Callable[[], None]) -> Lap:
    began = time.perf_counter()
    work()
    return Lap(time.perf_counter() - began)


# --- Senders ------------------------------------------------------------------------------------

_PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


def _send_raw(port: int, wire_bytes: int, size: int, contents: list[bytes]) -> None:
    """What the machine can do at all: ten sessions that send as much, build nothing and write nothing down."""
    source = shutil.which("smtp-source", path=_PATH)
    if source is None:
        _send_by_loop(port, contents, size)
        return
    command = [source, "-s", str(SESSIONS), "-d", "-l", str(wire_bytes), "-m", str(size), f"127.0.0.1:{port}"]
    subprocess.run(command, check=True, capture_output=True)


def _send_by_loop(port: int, contents: list[bytes], size: int) -> None:
    """What a bare client does: one connection, prebuilt bytes, four round trips, nothing written down."""
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        for number in range(size):
            smtp.sendmail("portal@example.org", [f"p{number}@example.org"], contents[number % len(contents)])


def _send_by_engine(run: Run, size: int, port: int, journal: str) -> Lap:
    """Two senders, as two workers would be; started and warm before the clock runs."""
    _rewind(run)
    environment = _environment(port) | {"MAIL_JOURNAL": journal, "MAIL_SENDERS": str(SENDERS)}
    command = [sys.executable, "-m", "tests.benchmarks.sender"]
    senders = [subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(SENDERS)]
    for sender in senders:
        sender.stdout.readline()  # type: ignore[union-attr]
    began = time.perf_counter()
    for sender in senders:
        sender.stdin.write("go\n")  # type: ignore[union-attr]
        sender.stdin.flush()  # type: ignore[union-attr]
    said = [json.loads(sender.communicate()[0]) for sender in senders]
    lap = Lap(
        time.perf_counter() - began,
        sum(one["cpu"] for one in said),
        sum(one["queries"] for one in said),
        max(one["peak_mib"] for one in said),
    )
    _check_all_sent(run, size)
    return lap


def _send_one_task_each(run: Run, size: int, port: int) -> Lap:
    """The usual way: a Celery task per recipient, each with its own look at the table, message, connection and update."""
    _rewind(run)
    keys = list(run.deliveries.order_by("pk").values_list("pk", flat=True))
    command = [sys.executable, "-m", "tests.benchmarks.one_task_each", *map(str, keys)]
    done = subprocess.run(command, env=_environment(port), check=True, capture_output=True, text=True)
    _check_all_sent(run, size)
    return Lap(json.loads(done.stdout.splitlines()[-1])["seconds"])


def _environment(port: int) -> dict[str, str]:
    """For another process: the same database, this server."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    database = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database,
        "REDIS_URL": settings.REDIS_URL,
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "LOG_LEVEL": "ERROR",
    }


# --- The campaign -------------------------------------------------------------------------------


def _places() -> list[Municipality]:
    """Nineteen municipalities with five open requests each: what the personal part of a mail is made of."""
    places = [MunicipalityFactory() for _ in range(MUNICIPALITIES)]
    for place in places:
        RequestFactory.create_batch(REQUESTS_EACH, municipality=place, submitted=True)
    return places


def _planned(size: int, places: list[Municipality]) -> Run:
    """A real mailing of eight measures to so many aldermen, half of them in Dutch, through the real services."""
    Mandate.objects.all().delete()
    people = User.objects.bulk_create(
        (
            User(
                email=f"p{size}-{number}@example.org",
                first_name="P",
                last_name=str(number),
                correspondence_language="nl" if number % 2 else "fr",
            )
            for number in range(size)
        ),
        batch_size=5000,
    )
    Mandate.objects.bulk_create(
        (
            Mandate(
                user=person,
                municipality=places[number % len(places)],
                role=Mandate.Role.ALDERMAN,
                portfolios=["trade"],
                period=since(30),
            )
            for number, person in enumerate(people)
        ),
        batch_size=5000,
    )
    return plan_run(MailingFactory(approved=True, items=MeasureFactory.create_batch(ITEMS)), by=None)


def _sample(run: Run) -> list[bytes]:
    deliveries = list(run.deliveries.order_by("pk")[:SAMPLE])
    return [message.message().as_bytes(linesep="\r\n") for message in build_messages(deliveries).values()]


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


# --- The server ---------------------------------------------------------------------------------


@contextmanager
def _server() -> Iterator[int]:
    sink = shutil.which("smtp-sink", path=_PATH)
    with _python_sink() if sink is None else _postfix_sink(sink) as port:
        yield port


@contextmanager
def _postfix_sink(sink: str) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    with subprocess.Popen([sink, *user, "-c", f"127.0.0.1:{port}", "1000"], stdout=subprocess.DEVNULL) as process:
        try:
            _await(port)
            yield port
        finally:
            process.terminate()


def _await(port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("smtp-sink does not answer")


@contextmanager
def _python_sink() -> Iterator[int]:
    command = [sys.executable, "-m", "tests.benchmarks.sink"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield int(process.stdout.readline())  # type: ignore[union-attr]
        finally:
            process.terminate()
