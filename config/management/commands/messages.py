from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.messages import faults, update
from config.translations import compile_catalogues


class Command(BaseCommand):
    help = "Bring the French and Dutch catalogues in line with the code and say what still has to be translated."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="Change nothing; fail when anything is left to translate.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            update()
        left = faults()
        for line in left:
            self.stdout.write(line)
        if options["check"] and left:
            raise CommandError(f"{len(left)} things to translate.")
        compile_catalogues()
        self.stdout.write(f"{len(left)} things to translate.")
