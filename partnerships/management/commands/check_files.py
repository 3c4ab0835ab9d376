"""`check_files [--sweep]`: the storage of private files against the tables."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from partnerships.services.file_care import compare_with_storage, sweep_files


class Command(BaseCommand):
    help = "Say which private files no row knows and which rows miss their file; with --sweep remove the former."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sweep", action="store_true", help="remove the files no row knows")

    def handle(self, *args: Any, **options: Any) -> None:
        found = sweep_files(timezone.now()) if options["sweep"] else compare_with_storage(timezone.now())
        done = "removed" if options["sweep"] else "found"
        self.stdout.write(f"{len(found.orphans)} files without a row {done}, {len(found.lost)} rows without their file.")
        for name in found.lost:
            self.stdout.write(f"lost: {name}")
