"""Take in returned mails and complaints from files."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mailings.services.returned import take_in_files


class Command(BaseCommand):
    help = "Takes in returned mails (DSN) and complaints (ARF) from .eml or mbox files; says which could not be read."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        missing = [str(path) for path in files if not path.is_file()]
        if missing:
            raise CommandError(f"No such file: {', '.join(missing)}")
        harvest = take_in_files(files)
        for name, reason in harvest.set_aside:
            self.stderr.write(f"Set aside: {name} ({reason})")
        self.stdout.write(f"Noted: {harvest.noted}. Passed over: {harvest.passed_over}. Set aside: {len(harvest.set_aside)}.")
