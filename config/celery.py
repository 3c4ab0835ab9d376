"""Celery: a doorbell. Tasks carry ids or nothing; what is due stands in the tables (ARCHITECTURE, 'The delivery engine')."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Each tick asks what is due; none of them means 'send now'. Missed, doubled or late ticks change nothing.
app.conf.beat_schedule = {
    "sweep": {"task": "mailings.tasks.sweep", "schedule": 30.0, "options": {"expires": 30}},
    "notices": {"task": "mailings.tasks.notices", "schedule": 5.0, "options": {"expires": 5}},
    "calendar": {"task": "mailings.tasks.calendar", "schedule": 60.0, "options": {"expires": 60}},
    "files": {"task": "partnerships.tasks.files", "schedule": 10.0, "options": {"expires": 10}},
    "retention": {"task": "config.privacy.tasks.retention", "schedule": 900.0, "options": {"expires": 900}},
    "bounces": {"task": "mailings.tasks.bounces", "schedule": 300.0, "options": {"expires": 300}},
    "heartbeat": {"task": "mailings.tasks.heartbeat", "schedule": 30.0, "options": {"expires": 30}},
}


@worker_ready.connect
def ask_at_once(**_: Any) -> None:
    """A worker that starts does not wait for the next tick: it shows that it hears, and takes up what lay there meanwhile."""
    for name in ("heartbeat", "sweep"):
        app.send_task(f"mailings.tasks.{name}", expires=30)
