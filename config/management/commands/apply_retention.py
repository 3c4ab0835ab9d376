"""`apply_retention`: let go of what has been kept long enough."""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from config.privacy.retention import RULES, apply_retention, retention_due


class Command(BaseCommand):
    help = "Apply the retention rules as of today, as the workers do once a day; --dry-run counts what is due."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--on", type=dt.date.fromisoformat, help="count as of this day (with --dry-run only)")

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        counts = retention_due(options["on"] or today) if options["dry_run"] else apply_retention(today)
        for rule in RULES:
            self.stdout.write(f"{counts.get(rule.name, 0):10}  {rule.label}")
