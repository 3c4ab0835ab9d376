"""`print_register`: the record of processing (GDPR, article 30) in French, Dutch or English, as Markdown."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation

from config.privacy.record import record_of_processing
from municipalities.languages import InterfaceLanguage


class Command(BaseCommand):
    help = "The record of processing activities, made from the register of purposes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--language", choices=InterfaceLanguage.values, default="fr")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"]):
            self.stdout.write(record_of_processing(), ending="")
