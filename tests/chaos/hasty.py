"""The portal's Celery application in a hurry: the sweep is asked for every half second. For the rounds of chaos alone."""

from config.celery import app

app.conf.beat_schedule = {"sweep": {"task": "mailings.tasks.sweep", "schedule": 0.5, "options": {"expires": 5}}}
