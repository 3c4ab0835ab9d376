"""The usual sender, to compare with: a Celery task per recipient, on a real worker with two processes.

`python -m tests.benchmarks.one_task_each KEY …` puts a task per key on the queue, waits until all are done, prints the seconds.
As a Celery application (`-A tests.benchmarks.one_task_each`) it is the worker's side.
"""
# ruff: noqa: E402 - models can be imported only once Django is set up

import json
import os
import subprocess
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from celery import Celery
from django.conf import settings
from django.utils import timezone

from mailings.models import Delivery
from mailings.rendering import build_messages

QUEUE = "one-task-each"
LONGEST = 300  # seconds
app = Celery("one_task_each", broker=settings.CELERY_BROKER_URL)
app.conf.update(task_ignore_result=True, task_default_queue=QUEUE, worker_prefetch_multiplier=1, task_acks_late=True)


@app.task(name="benchmarks.send_one")  # by name: the sender of tasks runs this module as __main__
def send(key: int) -> None:
    delivery = Delivery.objects.get(pk=key)
    build_messages([delivery])[key].send()
    Delivery.objects.filter(pk=key).update(state=Delivery.State.SENT, sent_at=timezone.now())


def main(keys: list[int]) -> None:
    command = [sys.executable, "-m", "celery", "--quiet", "-A", "tests.benchmarks.one_task_each", "worker", "--concurrency=2", "-Q", QUEUE]
    command += ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=ERROR"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as worker:
        try:
            send.delay(keys[0])
            _wait_until_left(keys, len(keys) - 1)  # the worker is up and warm
            began = time.perf_counter()
            for key in keys[1:]:
                send.delay(key)
            _wait_until_left(keys, 0)
            print(json.dumps({"seconds": (time.perf_counter() - began) * len(keys) / (len(keys) - 1)}))  # noqa: T201
        finally:
            worker.terminate()


def _wait_until_left(keys: list[int], number: int) -> None:
    until = time.monotonic() + LONGEST
    while Delivery.objects.filter(pk__in=keys, state=Delivery.State.PENDING).count() > number:
        time.sleep(0.02)
        if time.monotonic() > until:
            raise TimeoutError("The worker does not get through.")


if __name__ == "__main__":
    main([int(key) for key in sys.argv[1:]])
