"""One sender of the engine, in a process of its own: warm, it waits for a line; done, it says what it cost."""

import json
import os
import resource
import sys
from typing import Any


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.db import connection
    from django.urls import get_resolver

    from mailings.delivery import deliver_queue

    connection.ensure_connection()
    _ = get_resolver().reverse_dict  # a worker that has made one mail knows the addresses of the portal
    queries = 0

    def count(execute: Any, *arguments: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(*arguments)

    print("ready", flush=True)  # noqa: T201
    sys.stdin.readline()
    before = resource.getrusage(resource.RUSAGE_SELF)
    with connection.execute_wrapper(count):
        deliver_queue(seconds=3600)
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"cpu": cpu, "queries": queries, "peak_mib": used.ru_maxrss / 1024}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
