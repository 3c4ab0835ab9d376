"""Beat asks; the tables answer whether today's retention was applied."""

from celery import shared_task
from django.utils import timezone

from config.privacy.retention import apply_retention_today
from partnerships.services.file_care import sweep_files


@shared_task(name="config.privacy.tasks.retention")
def retention() -> None:
    """Apply what is due; on the day it is done, compare the files with the tables too."""
    now = timezone.now()
    run = apply_retention_today(now)
    if run and run.finished_at:
        sweep_files(now)
