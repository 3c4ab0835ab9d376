"""`erase_person EMAIL`: what the person did stays, under a number; who they are goes."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.privacy.erasure import ErasureRefused, Outcome, erase_person, preview_erasure, refusal
from config.privacy.models import Erasure
from municipalities.models import User


class Command(BaseCommand):
    help = "Erase a person from every table; --dry-run shows, table by table, what would be done and what stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--basis", choices=[Erasure.Basis.ASKED, Erasure.Basis.MISTAKE], default=Erasure.Basis.ASKED)

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(email__iexact=options["email"]).first()
        if person is None:
            raise CommandError("Nobody has this address (any more).")
        if options["dry_run"]:
            self._tell(preview_erasure(person))
            if reason := refusal(person):
                self.stdout.write(f"It would be refused today: {reason}")
            return
        try:
            self._tell(erase_person(person, by=None, basis=options["basis"]))
        except ErasureRefused as refused:
            raise CommandError(f"Not erased. {refused.reason}") from refused
        self.stdout.write(f"Erased: from now on number {person.pk}.")

    def _tell(self, outcome: Outcome) -> None:
        self.stdout.write(f"{'what':45} {'removed':>8} {'emptied':>8} {'scrubbed':>8} {'kept':>8}  why kept")
        for line in outcome.lines:
            row = f"{line.name:45} {line.removed:8} {line.emptied:8} {line.scrubbed:8} {line.kept:8}"
            self.stdout.write(f"{row}  {line.why}".rstrip())
        self.stdout.write(f"Sessions ended: {outcome.sessions}")
        for words in outcome.left_alone:
            self.stdout.write(f"Left alone in free text, because somebody else bears it too: {words}")
