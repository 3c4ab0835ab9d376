import os
import signal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.demo_stack import DemoError, DemoStack, forget
from config.translations import compile_catalogues

ACCOUNTS = """
Log in at http://127.0.0.1:{port}/demo/ with one click per role, or at /accounts/login/ with an address and the code
that arrives in the inbox, http://127.0.0.1:{port}/demo/inbox/

  Officials   alderman.ixl@example.org  mayor.ixl@example.org  officer.ixl@example.org  (and .and .aud .bsa .bxl .etb
              .evr .for .gan .jet .koe .mol .sgi .sjo .sch .ucc .wbo .wsl .wsp); former.ixl@example.org is shut out
  Agency      spoc1@example.org … spoc5@example.org  lead@example.org  editor@example.org  admin@example.org
  Cabinet     cabinet@example.org

Mail leaves through {email}. Logs and data lie in {folder}. Ctrl-C stops everything; `make demo-reset` clears the data."""


class Command(BaseCommand):
    help = "Run the whole portal for a try-out: PostgreSQL, Valkey, web, worker, beat and an inbox, in the foreground."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reset", action="store_true", help="Remove the data of the demo instead of running it.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO_DOORS:
            raise CommandError("The demo runs with DEBUG=1 and DEMO=1 alone, as `make demo` sets them.")
        folder = Path(os.environ.get("DEMO_FOLDER", settings.BASE_DIR / ".demo"))
        try:
            if options["reset"]:
                forget(folder)
                self.stdout.write("The data of the demo are gone.")
                return
            self._run(folder)
        except DemoError as error:
            raise CommandError(str(error)) from error

    def _run(self, folder: Path) -> None:
        port = self._port()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # SIGINT too: a shell's background jobs ignore it
            signal.signal(number, signal.default_int_handler)
        compile_catalogues()
        self._say("Setting up the portal (the first start takes a little longer):")
        stack = DemoStack(settings.BASE_DIR, folder, port, self._say)
        stack.welcome = ACCOUNTS.format(port=port, folder=folder, email=os.environ.get("EMAIL_URL", "the demo's own inbox").split("@")[-1])
        try:
            stack.run()
        except KeyboardInterrupt:
            self._say("\nStopped. The data are kept for the next start.")

    def _port(self) -> int:
        wanted = os.environ.get("PORT", "8000")
        if not wanted.isdecimal() or not 1 <= int(wanted) <= 65_535:
            raise CommandError(f"PORT must be a number from 1 to 65535, not {wanted!r}.")
        return int(wanted)

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()
