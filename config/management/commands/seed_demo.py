from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.seed.seeding import RealPeople, seed


class Command(BaseCommand):
    help = "Make the invented people, requests and mailings of the try-out that are missing; a second run adds nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", type=int, default=1, metavar="N", help="N times the history of requests, for benchmarks")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["scale"] < 1:
            raise CommandError("--scale takes a whole number from 1.")
        try:
            made = seed(scale=options["scale"])
        except RealPeople:
            raise CommandError("This database holds real people; the try-out belongs in one of its own. Nothing was written.") from None
        self.stdout.write(f"demo data added: {made.people} people, {made.requests} requests, {made.mailings} mailings")
