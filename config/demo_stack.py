"""The processes of the demo: started in order, watched, and ended together."""

import contextlib
import fcntl
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from config.embedded import EmbeddedServiceError, Postgres, Valkey, data_folder_for, dies_with_parent, remove, socket_folder

READY_WITHIN = 120.0  # seconds from the start of the web process to the first good answer
STOPS_WITHIN = 15.0
RESTARTS_AFTER = 1.0
Say = Callable[[str], None]


class DemoError(Exception):
    """The demo cannot go on; the message says what to do."""


@dataclass
class Child:
    """A process of the demo in a session of its own, so that its whole family can be ended."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=dies_with_parent(signal.SIGTERM),  # noqa: PLW1509 - no threads here
            )  # fmt: skip

    def has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def signal_family(self, number: signal.Signals) -> None:
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)

    def last_words(self, lines: int = 12) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""


@dataclass
class DemoStack:
    """What `make demo` runs. `folder` keeps its data; a service whose address stands in the environment is not started."""

    base: Path
    folder: Path
    port: int
    say: Say
    welcome: str = ""
    _services: list[Postgres | Valkey] = field(default_factory=list)
    _children: list[Child] = field(default_factory=list)
    _lock: IO[str] | None = None

    @property
    def _addresses(self) -> Path:
        return self.folder / "environment"

    def run(self) -> None:
        """Start everything, say when it is ready, and stay until Ctrl-C or SIGTERM. Raises DemoError."""
        self._take_lock()
        try:
            self._set_up()
            self._stay()
        finally:
            self.stop()

    # --- Starting -------------------------------------------------------------------------------

    def _take_lock(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = (self.folder / "lock").open("a+")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DemoError("A demo of this checkout is already running: stop it with Ctrl-C first.") from error
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
            except OSError as error:
                raise DemoError(f"Port {self.port} is in use. Choose another one: `PORT={self.port + 1} make demo`.") from error

    def _set_up(self) -> None:
        (self.folder / "logs").mkdir(exist_ok=True)
        environment = self._environment()
        with self._step("Database: structure"):
            self._manage(environment, "migrate", "--no-input", "-v", "0")
        with self._step("Database: municipalities and demo data"):
            self._manage(environment, "seed_demo")
        self._launch(environment)
        self._await_ready()
        self._leave_addresses(environment)

    @contextlib.contextmanager
    def _step(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.say(f"  {name} … {time.monotonic() - began:.1f} s")

    def _environment(self) -> dict[str, str]:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONUNBUFFERED": "1",
            "DEMO_FOLDER": str(self.folder),
        }
        environment.setdefault("NOTICES_GATHER_SECONDS", "15")  # nobody trying it out waits ten minutes for a mail
        environment.setdefault("MEDIA_ROOT", str(self.folder / "media"))
        environment.setdefault("MAIL_JOURNAL", str(self.folder / "journal"))
        environment.setdefault("BASE_URL", f"http://127.0.0.1:{self.port}")
        if "DATABASE_URL" not in environment:
            with self._step("PostgreSQL"):
                postgres = Postgres(data_folder_for(self.folder / "postgres"), socket_folder())
                environment["DATABASE_URL"] = self._started(postgres)
        if "REDIS_URL" not in environment:
            with self._step("Valkey"):
                environment["REDIS_URL"] = self._started(Valkey(socket_folder()))
        if "EMAIL_URL" not in environment:
            port = _free_port()
            inbox = self.folder / "inbox"
            self._child("inbox", [sys.executable, "-m", "config.demo_inbox", str(inbox), str(port)], environment).start()
            environment |= {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "DEMO_INBOX": str(inbox)}
            _await_port(port)
        return environment

    def _started(self, service: Postgres | Valkey) -> str:
        try:
            service.start()
        except (EmbeddedServiceError, OSError) as error:
            raise DemoError(str(error)) from error
        finally:
            self._services.append(service)
        return service.url

    def _manage(self, environment: dict[str, str], *words: str) -> None:
        done = subprocess.run(
            [sys.executable, str(self.base / "manage.py"), *words], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise DemoError(
                f"`manage.py {' '.join(words)}` did not work:\n{(done.stderr or done.stdout).strip()[-2000:]}\n"
                "If the data are of an older version, `make demo-reset` begins anew."
            )

    def _child(self, name: str, command: list[str], environment: dict[str, str]) -> Child:
        child = Child(name, command, dict(environment), self.folder / "logs" / f"{name}.log")
        self._children.append(child)
        return child

    def _launch(self, environment: dict[str, str]) -> None:
        python = sys.executable
        celery = [python, "-m", "celery", "-A", "config"]
        beat_file = self.folder / "celerybeat-schedule"
        for old in self.folder.glob("celerybeat-schedule*"):
            old.unlink()
        commands = {
            "web": [python, "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{self.port}", "--workers", "2",
                    "--no-control-socket", "--access-logfile", str(self.folder / "logs" / "access.log")],
            "worker": [*celery, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "INFO",
                       "--hostname", "demo@%h"],
            "beat": [*celery, "beat", "--schedule", str(beat_file), "--pidfile=", "--loglevel", "INFO"],
        }  # fmt: skip
        for name, command in commands.items():
            self._child(name, command, environment).start()

    def _await_ready(self) -> None:
        with self._step("Web, worker and beat"):
            deadline = time.monotonic() + READY_WITHIN
            while not _answers_ready(self.port):
                self._look_after_children(may_restart=False)
                if time.monotonic() > deadline:
                    raise DemoError(f"The portal does not answer after {READY_WITHIN:.0f} s. See {self.folder / 'logs'}.")
                time.sleep(0.2)

    def _leave_addresses(self, environment: dict[str, str]) -> None:
        """Write where this demo's parts are, for `make manage` in another window; gone when the demo ends."""
        names = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "BASE_URL", "DEBUG", "DEMO")
        lines = [f"{name}={shlex.quote(environment[name])}" for name in names if name in environment]
        self._addresses.touch(mode=0o600)
        self._addresses.write_text("\n".join(lines) + "\n")

    # --- Staying and ending ---------------------------------------------------------------------

    def _stay(self) -> None:
        self.say(self.welcome)
        self.say(f"\nPortal ready: http://127.0.0.1:{self.port}/")
        while True:
            time.sleep(RESTARTS_AFTER)
            self._look_after_children(may_restart=True)

    def _look_after_children(self, *, may_restart: bool) -> None:
        for service in self._services:
            if service.process and service.process.poll() is not None:
                self._start_again(service)
        for child in self._children:
            if not child.has_ended():
                continue
            if not may_restart:
                raise DemoError(f"The {child.name} process ended at once:\n{child.last_words()}")
            self.say(f"  {child.name} has ended; it is started again.")
            child.signal_family(signal.SIGKILL)
            child.start()

    def _start_again(self, service: Postgres | Valkey) -> None:
        name = type(service).__name__
        self.say(f"  {name} has ended; it is started again.")
        try:
            service.start()
        except (EmbeddedServiceError, OSError) as error:
            raise DemoError(f"{name} does not come back: {error}") from error

    def stop(self) -> None:
        """End every process of the demo, those in front first, the database last; a second Ctrl-C does not interrupt it."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        children = list(reversed(self._children))
        for child in children:
            child.signal_family(signal.SIGTERM)
        deadline = time.monotonic() + STOPS_WITHIN
        for child in children:
            if child.process:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.1, deadline - time.monotonic()))
                child.signal_family(signal.SIGKILL)
        for service in reversed(self._services):
            service.stop()
            remove(service.sockets)
        self._addresses.unlink(missing_ok=True)
        if self._lock:
            self._lock.close()


def forget(folder: Path) -> None:
    """Remove all data of a demo that is not running. Raises DemoError when it is."""
    if not folder.exists():
        return
    with (folder / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DemoError("The demo is running: stop it with Ctrl-C first.") from error
        remove(data_folder_for(folder / "postgres"))
        remove(folder)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_port(port: int) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise DemoError("The inbox for mails does not start.")


def _answers_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
