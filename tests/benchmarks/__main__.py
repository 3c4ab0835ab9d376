"""`python -m tests.benchmarks [recipients …]`: a line of JSON per result, a table, and last the headline ratios.

PostgreSQL is the one of DATABASE_URL, or one started for this with fsync on: rows that are durable in earnest.
"""

import atexit
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from config.embedded import Postgres, remove, socket_folder

DEFAULT_SIZES = [1_000, 10_000]


def _start_durable_postgres() -> None:
    folder = Path(tempfile.mkdtemp(prefix="portal-bench-"))
    folder.chmod(0o755)
    postgres = Postgres(folder / "postgres", socket_folder())
    postgres.start()
    os.environ["DATABASE_URL"] = postgres.url
    atexit.register(lambda: (postgres.stop(), remove(folder), remove(postgres.sockets)))


def _print_table(results: list[dict[str, Any]]) -> None:
    columns = list(results[0])
    widths = [max(len(name), *(len(str(result[name])) for result in results)) for name in columns]
    for row in (dict(zip(columns, columns, strict=True)), *results):
        print("  ".join(str(row[name]).rjust(width) for name, width in zip(columns, widths, strict=True)))  # noqa: T201


def _headline(results: list[dict[str, Any]]) -> dict[str, Any]:
    """The ratios that are promised: throughput to the raw limit per size, and how memory grows from the smallest to the largest."""
    ratios = {f"campaign_{result['recipients']}_ratio_to_raw": result["ratio_to_raw"] for result in results}
    smallest, largest = results[0], results[-1]
    return ratios | {
        "one_task_each_ratio": smallest["ratio_to_one_task_each"],
        "memory_largest_to_smallest": round(largest["peak_mib"] / smallest["peak_mib"], 3),
    }


def main(sizes: list[int]) -> None:
    import django
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    django.setup()
    from tests.benchmarks.campaign import measure

    setup_test_environment(debug=False)
    made = setup_databases(verbosity=0, interactive=False)
    try:
        results = []
        for result in measure(sizes):
            print(json.dumps(result), flush=True)  # noqa: T201
            results.append(result)
        _print_table(results)
        print(json.dumps(_headline(results)))  # noqa: T201
    finally:
        teardown_databases(made, verbosity=0)


if __name__ == "__main__":
    if "DATABASE_URL" not in os.environ:
        _start_durable_postgres()
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.test_settings"
    main([int(size) for size in sys.argv[1:]] or DEFAULT_SIZES)
