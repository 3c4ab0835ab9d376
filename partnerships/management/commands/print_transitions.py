"""Print the table of requests: who may do what, from which state to which."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from partnerships.transitions_table import markdown


class Command(BaseCommand):
    help = "Print the table of requests as Markdown: `manage.py print_transitions > docs/REQUESTS.md`."

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            self.stdout.write(markdown(), ending="")
