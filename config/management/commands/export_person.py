"""`export_person EMAIL`: all that is held on a person, with purposes and retention, as JSON or to be read."""

import json
import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from config.privacy.access import record_access
from config.privacy.export import data_of, readable
from config.privacy.models import PersonalDataAccess
from municipalities.languages import InterfaceLanguage
from municipalities.models import User

OWNER_ONLY = 0o600


class Command(BaseCommand):
    help = "Everything the portal holds on a person: JSON, or text in their language; to stdout or to a file only its owner may read."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--format", choices=["json", "text"], default="json")
        parser.add_argument("--language", choices=InterfaceLanguage.values, help="of the words around the data")
        parser.add_argument("--output", type=Path, help="a new file, made with mode 0600; stdout without it")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(email__iexact=options["email"]).first()
        if person is None:
            raise CommandError("Nobody has this address.")
        with translation.override(options["language"] or language_of(person)):
            data = data_of(person)
            text = readable(data) if options["format"] == "text" else json.dumps(data, ensure_ascii=False, indent=2) + "\n"
        record_access(User.objects.filter(pk=person.pk), by=None, page=PersonalDataAccess.Page.EXPORT)
        if options["output"]:
            _write(options["output"], text)
            self.stderr.write(f"Written to {options['output']}.")
        else:
            self.stdout.write(text, ending="")


def language_of(person: User) -> str:
    """French for somebody who chose neither a screen nor one language of correspondence."""
    known = (person.interface_language, person.correspondence_language)
    return next((language for language in known if language in InterfaceLanguage.values), "fr")


def _write(path: Path, text: str) -> None:
    """Never over something that exists: the file is made with its mode, so nobody reads it in between."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
