"""`python -m tests.chaos`: CHAOS_ROUNDS rounds (20); the last line sums up rounds, lost, duplicates, doubts."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SUMMARY = "rounds "


def main() -> int:
    environment = os.environ | {"CHAOS_ROUNDS": os.environ.get("CHAOS_ROUNDS", "20")}
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
