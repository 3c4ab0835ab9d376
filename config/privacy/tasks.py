"""Beat asks; the tables answer whether today's retention was applied."""

from celery import shared_task
from django.utils import timezone

from config.privacy.retention import apply_retention_today


@shared_task(name="config.privacy.tasks.retention")
def retention() -> None:
    apply_retention_today(timezone.now())
