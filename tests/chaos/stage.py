"""What a round of chaos is played on: real workers, the real broker and database, a sink, and hands that pull plugs."""

import atexit
import math
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from redis import Redis

from config.embedded import Valkey
from mailings.models import Delivery, Run
from mailings.services import plan_run, resume_run
from municipalities.models import Mandate, User
from tests.factories import MailingFactory, MunicipalityFactory, UserFactory, since
from tests.mailings.sink import Sink

ROOT = Path(__file__).resolve().parent.parent.parent
# As in production, with less patience: a dead sender's rows are free again in seconds.
IMPATIENT = {
    "MAIL_ANSWER_TIMEOUT": "2",
    "MAIL_LEASE_SECONDS": "10",
    "MAIL_RETRY_SECONDS": "1",
    "MAIL_BATCH_SIZE": "20",
    "EMAIL_TIMEOUT": "2",
    "LOG_LEVEL": "ERROR",
}
OWN_PARTS = bool(os.environ.get("CHAOS_OWN_PARTS"))  # else somebody else uses them too, and they are only cut off
FROZEN_LONGER_THAN_THE_LEASE = 13  # seconds
UNANSWERED = ("drop after dot", "take and drop")  # nobody can know: these are doubts by right
LONGEST_ROUND = 120  # seconds after the last hit


@dataclass
class Part:
    """A process of the portal, alone with its children in a process group of its own."""

    sink: Sink
    journal: str = ""
    process: "subprocess.Popen[bytes]" = field(init=False)
    words: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        command = [sys.executable, "-m", "celery", "--quiet", *self.words, "--loglevel=CRITICAL"]
        environment = os.environ | IMPATIENT | {"DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": _database_url()}
        environment |= {"REDIS_URL": settings.REDIS_URL, "EMAIL_URL": self.sink.url, "MAIL_JOURNAL": self.journal}
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True, stderr=subprocess.DEVNULL)

    def signal(self, number: signal.Signals) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, number)

    def kill(self) -> None:
        """kill -9, child and all: no handler runs, nothing is given back."""
        self.signal(signal.SIGKILL)
        self.process.wait()


class Worker(Part):
    words = ("-A", "config.celery", "worker", "--concurrency=1", "--without-gossip", "--without-mingle", "--without-heartbeat")


class Beat(Part):
    """Celery's own beat, ringing twice a second where the portal's rings twice a minute."""

    words = ("-A", "tests.chaos.hasty", "beat", "--pidfile=", "--scheduler=celery.beat:Scheduler")


@dataclass
class Tally:
    """What a round, or all of them, came to."""

    rounds: int = 0
    people: int = 0
    lost: int = 0
    duplicates: int = 0
    doubts: int = 0
    doubts_allowed: int = 0
    seconds: float = 0

    def add(self, other: "Tally") -> None:
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def __str__(self) -> str:
        return (
            f"rounds {self.rounds}, recipients {self.people}, lost {self.lost}, duplicates {self.duplicates}, "
            f"doubts {self.doubts} (at most {self.doubts_allowed})"
        )


class Stage:
    """One run of a real mailing, and everything that can happen to it."""

    def __init__(self, sink: Sink, people: int, *, workers: int = 2, by_journal: bool = False, beats: int = 1) -> None:
        self.sink = sink
        self.journal = tempfile.mkdtemp(prefix="portal-chaos-") if by_journal else ""
        self.run = _started_run(people)
        self.editor = UserFactory(editor=True)
        self.killed = 0
        self.faults = 0
        self.workers = [Worker(sink, self.journal) for _ in range(workers)]
        self.beats = [Beat(sink, self.journal) for _ in range(beats)]
        self._later: list[tuple[float, Callable[[], None]]] = []

    # --- hits -----------------------------------------------------------------------------------

    def kill_worker(self) -> None:
        """One worker dies and another is started in its place."""
        victim = random.choice(self.workers)
        victim.kill()
        self.killed += 1
        self.workers[self.workers.index(victim)] = Worker(self.sink, self.journal)

    def freeze_worker(self) -> None:
        """One worker stands still until its lease is over and others have taken its mails, then it wakes up and goes on."""
        victim = random.choice(self.workers)
        victim.signal(signal.SIGSTOP)
        self.killed += 1
        self._in(FROZEN_LONGER_THAN_THE_LEASE, lambda: victim.signal(signal.SIGCONT))

    def kill_beat(self) -> None:
        """Nobody rings for three seconds; then two do."""
        for beat in self.beats:
            beat.kill()
        self._in(3, lambda: self.beats.extend(Beat(self.sink, self.journal) for _ in range(2)))

    def kill_broker(self) -> None:
        """Valkey dies with all it held, and comes back empty a second later."""
        if not OWN_PARTS:
            return self.flush_broker()
        os.kill(_broker_pid(), signal.SIGKILL)
        return self._in(1, _start_broker)

    def freeze_broker(self) -> None:
        """Valkey does not answer for two seconds."""
        if OWN_PARTS:
            pid = _broker_pid()
            os.kill(pid, signal.SIGSTOP)
            self._in(2, lambda: os.kill(pid, signal.SIGCONT))

    def crash_database(self) -> None:
        """One of its processes is killed: PostgreSQL throws everybody out and recovers what was committed."""
        if not OWN_PARTS:
            return self.cut_database()
        self.killed += len(self.workers)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            [pid] = cursor.fetchone()
        os.kill(pid, signal.SIGKILL)
        return connection.close()

    def flush_broker(self) -> None:
        """Every queue, ring and unacknowledged message is gone."""
        with Redis.from_url(settings.REDIS_URL) as valkey:
            valkey.flushall()

    def cut_connections(self) -> None:
        """The mail server restarts: whatever is on the wire breaks."""
        self.faults += len(self.workers)
        self.sink.drop_all()

    def cut_database(self) -> None:
        """The database closes every connection but this one."""
        self.killed += len(self.workers)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    def misbehave(self) -> None:
        """The server has a bad day with every seventh recipient."""
        addresses = self.run.deliveries.order_by("pk").values_list("email", flat=True)
        faults = ("4xx at RCPT", "drop at RCPT", "4xx after dot", "drop after dot", "take and drop", "slow")
        for address in addresses[::7]:
            fault = random.choice(faults)
            self.sink.script.setdefault(address, [fault])
            self.faults += fault in UNANSWERED

    # --- time -----------------------------------------------------------------------------------

    def wait_for_mails(self, number: int) -> None:
        """Until the sink has taken so many: the moment to strike."""
        self._wait_until(lambda: self.sink.taken >= number or self._is_done())

    def play_out(self) -> None:
        """Until the run has ended by itself, and whatever was to come back did."""
        self._wait_until(lambda: self._is_done() and not self._later)

    def _wait_until(self, reached: Callable[[], bool]) -> None:
        """Play the editor meanwhile, who resumes an ill run."""
        began = looked = time.monotonic()
        while not reached():
            time.sleep(0.003)
            now = time.monotonic()
            self._do_what_is_due(now)
            if now - began > LONGEST_ROUND:
                raise TimeoutError(f"{self.counts()} after {LONGEST_ROUND} s")
            if now - looked > 0.5:
                looked = now
                self._resume_if_ill()

    def _in(self, seconds: float, act: Callable[[], None]) -> None:
        self._later.append((time.monotonic() + seconds, act))

    def _do_what_is_due(self, now: float) -> None:
        due = [act for moment, act in self._later if moment <= now]
        self._later = [(moment, act) for moment, act in self._later if moment > now]
        for act in due:
            act()

    def _resume_if_ill(self) -> None:
        try:
            self.run.refresh_from_db()
            if self.run.state == Run.State.PAUSED:
                resume_run(self.run, by=self.editor)
        except (OperationalError, InterfaceError):  # it is being cut, or recovers
            connection.close()

    def _is_done(self) -> bool:
        return self.run.state == Run.State.DONE

    def counts(self) -> dict[str, int]:
        states = list(self.run.deliveries.values_list("state", flat=True))
        return {state: states.count(state) for state in sorted(set(states))}

    def tally(self) -> Tally:
        """Compare what the table says with what the sink took."""
        tally = Tally(rounds=1)
        for delivery in self.run.deliveries.all():
            came = self.sink.ids_of(delivery.email)
            tally.people += 1
            tally.doubts += delivery.state == Delivery.State.UNKNOWN
            settled = delivery.state in {Delivery.State.UNKNOWN, Delivery.State.SENT}
            tally.lost += not settled or (delivery.state == Delivery.State.SENT and not came)
            tally.duplicates += len(came) > 1 or not set(came) <= {delivery.message_id}
        tally.doubts_allowed = self.killed + self.faults
        return tally

    def close(self) -> None:
        for part in (*self.workers, *self.beats):
            part.kill()
        self._do_what_is_due(math.inf)
        self.flush_broker()
        if self.journal:
            shutil.rmtree(self.journal, ignore_errors=True)


def _started_run(people: int) -> Run:
    """An approved mailing, planned by the real service, to so many aldermen."""
    Mandate.objects.all().delete()  # those of an earlier round have had their mail
    place = MunicipalityFactory()
    users = User.objects.bulk_create(
        User(email=f"c{number}-{time.time_ns()}@example.org", first_name="C", last_name=str(number), correspondence_language="fr")
        for number in range(people)
    )
    Mandate.objects.bulk_create(
        Mandate(user=user, municipality=place, role=Mandate.Role.ALDERMAN, portfolios=["trade"], period=since(30)) for user in users
    )
    return plan_run(MailingFactory(approved=True), by=None)


_brokers: list[Valkey] = []  # those started in place of one that was killed


def _start_broker() -> None:
    for dead in _brokers:
        dead.stop()
    broker = Valkey(Path(urlsplit(settings.REDIS_URL).path).parent)
    broker.start()
    _brokers[:] = [broker]
    atexit.register(broker.stop)


def _broker_pid() -> int:
    with Redis.from_url(settings.REDIS_URL) as valkey:
        return int(valkey.info("server")["process_id"])


def _database_url() -> str:
    """The address of the database of the tests, for another process."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
