"""Celery: a doorbell. Tasks carry ids or nothing; what is due stands in the tables (ARCHITECTURE, 'The delivery engine')."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Each tick asks what is due; none of them means 'send now'. Missed, doubled or late ticks change nothing.
app.conf.beat_schedule = {
    "sweep": {"task": "mailings.tasks.sweep", "schedule": 30.0, "options": {"expires": 30}},
    "notices": {"task": "mailings.tasks.notices", "schedule": 10.0, "options": {"expires": 10}},
    "calendar": {"task": "mailings.tasks.calendar", "schedule": 60.0, "options": {"expires": 60}},
    "heartbeat": {"task": "mailings.tasks.heartbeat", "schedule": 30.0, "options": {"expires": 30}},
}
