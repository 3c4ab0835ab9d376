"""`python -m tests.chaos`: CHAOS_ROUNDS rounds (20); the last line sums up rounds, lost, duplicates, doubts.

It has a PostgreSQL that keeps what it promised when it crashes, and a Valkey, of its own: both are killed in the rounds.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.embedded import Postgres, Valkey, remove, socket_folder

ROOT = Path(__file__).resolve().parent.parent.parent
SUMMARY = "rounds "


@contextmanager
def own_parts() -> Iterator[dict[str, str]]:
    """The addresses of a database and a broker that nobody else uses."""
    folder = Path(tempfile.mkdtemp(prefix="portal-chaos-"))
    folder.chmod(0o755)
    postgres, valkey = Postgres(folder / "postgres", socket_folder()), Valkey(socket_folder())
    try:
        postgres.start()
        valkey.start()
        yield {
            "DATABASE_URL": postgres.url,
            "REDIS_URL": valkey.url,
            "CHAOS_OWN_PARTS": "1",
            "DJANGO_SETTINGS_MODULE": "config.test_settings",
        }
    finally:
        postgres.stop()
        valkey.stop()
        for place in (folder, postgres.sockets, valkey.sockets):
            remove(place)


def main() -> int:
    with own_parts() as addresses:
        return play(os.environ | addresses | {"CHAOS_ROUNDS": os.environ.get("CHAOS_ROUNDS", "20")})


def play(environment: dict[str, str]) -> int:
    """Run the rounds, show what they say, and end with their sum."""
    command = [sys.executable, "-m", "pytest", "tests/chaos", "-m", "chaos", "-q", "-p", "no:randomly", *sys.argv[1:]]
    last = "rounds 0: the rounds did not finish"
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as rounds:
        for line in rounds.stdout or ():
            print(line, end="", flush=True)  # noqa: T201
            if line.startswith(SUMMARY):
                last = line.strip()
    print(last, flush=True)  # noqa: T201
    return rounds.returncode


if __name__ == "__main__":
    sys.exit(main())
