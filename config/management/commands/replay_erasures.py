"""`replay_erasures [FILE]`: after a restore from a backup, erase again whoever was erased since it was made."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.privacy.erasure import ErasureRefused, erase_person
from config.privacy.models import Erasure
from config.privacy.tombstones import come_back, tombstone_of, tombstones_in


class Command(BaseCommand):
    help = "Erase again, after a restore, the people in the list of erasures: that of the database, and FILE (see ERASURES_FILE)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="only say how many have come back")

    def handle(self, *args: Any, **options: Any) -> None:
        stones = [tombstone_of(erasure) for erasure in Erasure.objects.order_by("pk")]
        if options["file"]:
            stones += tombstones_in(options["file"].read_text(encoding="utf-8").splitlines())
        people = come_back(stones)
        self.stdout.write(f"{len(people)} of {len(stones)} erasures have come back.")
        if options["dry_run"]:
            return
        refused = 0
        for person in people:
            try:
                erase_person(person, by=None, basis=Erasure.Basis.REPLAY)
            except ErasureRefused as error:
                refused += 1
                self.stderr.write(f"Number {person.pk} not erased. {error.reason}")
        self.stdout.write(f"{len(people) - refused} erased again.")
        if refused:
            raise CommandError(f"{refused} could not be erased: do what is said above, then run this again.")
