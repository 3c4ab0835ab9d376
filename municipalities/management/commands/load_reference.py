from typing import Any

from django.core.management.base import BaseCommand

from municipalities.services import load_reference


class Command(BaseCommand):
    help = "Load the 19 municipalities with outlines and postcodes; a second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = load_reference()
        self.stdout.write(f"municipalities made: {loaded.made}, changed: {loaded.changed}")
