"""What beat asks for files: the answer to what is due stands in the tables."""

import datetime as dt

from celery import shared_task
from django.utils import timezone

from partnerships.services.file_care import care_for_files

TIME_FOR_A_TICK = dt.timedelta(seconds=150)  # well under the time limit of a task; the next tick goes on


@shared_task(name="partnerships.tasks.files")
def files() -> None:
    """Scan and picture what waits for it."""
    care_for_files(timezone.now() + TIME_FOR_A_TICK)
