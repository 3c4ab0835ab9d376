"""Every visible word of the code, and what the catalogues lack of it."""

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polib
from babel.messages.extract import extract_python
from django.conf import settings
from django.utils.translation.template import templatize

from config.translations import LANGUAGES, catalogue_path

KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
ROOMS = ("config", "mailings", "municipalities", "partnerships")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]")


@dataclass(frozen=True, order=True)
class Word:
    """A visible text: singular, plural ('' when it has none), context ('' when it has none)."""

    msgid: str
    plural: str = ""
    context: str = ""


def _sources() -> Iterator[tuple[Path, str]]:
    base: Path = settings.BASE_DIR
    for room in ROOMS:
        for path in sorted((base / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, path.read_text()
    for path in sorted((base / "templates").rglob("*")):
        if path.suffix in {".html", ".txt", ".svg"}:
            # Indentation means nothing in a template, but would in the Python-like text that comes of it.
            yield path, "\n".join(line.strip() for line in templatize(path.read_text(), origin=str(path)).splitlines())


def _words_in(function: str) -> int:
    """How many texts stand first in a call: the number that follows a plural is none."""
    return len(KEYWORDS[function] or (1,))


def _word(function: str, messages: str | Iterable[Any]) -> Word | None:
    parts = [messages] if isinstance(messages, str) else list(messages)[: _words_in(function)]
    if not all(isinstance(part, str) and part for part in parts):
        return None
    if function.startswith("npgettext"):
        return Word(parts[1], parts[2], parts[0])
    if function.startswith("pgettext"):
        return Word(parts[1], "", parts[0])
    if function.startswith("ngettext"):
        return Word(parts[0], parts[1])
    return Word(parts[0])


def collect() -> dict[Word, list[str]]:
    """Return each visible text with the files it stands in."""
    found: dict[Word, list[str]] = {}
    for path, text in _sources():
        place = str(path.relative_to(settings.BASE_DIR))
        for _line, function, messages, _comments in extract_python(io.BytesIO(text.encode()), KEYWORDS, [], {"encoding": "utf-8"}):
            word = _word(str(function), messages)
            if word and place not in found.setdefault(word, []):
                found[word].append(place)
    return found


def _of(entry: polib.POEntry) -> Word:
    return Word(entry.msgid, entry.msgid_plural or "", entry.msgctxt or "")


def _faults_of(entry: polib.POEntry) -> Iterator[str]:
    if entry.fuzzy:
        yield "is marked fuzzy"
    texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if not texts or not all(texts):
        yield "has no translation"
        return
    wanted = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
    if set(PLACEHOLDER.findall(texts[-1])) != wanted:
        yield "has other placeholders than its source"
    if texts[0].startswith("\n") != entry.msgid.startswith("\n") or texts[0].endswith("\n") != entry.msgid.endswith("\n"):
        yield "begins or ends with another line break than its source"


def faults() -> list[str]:
    """Say what a translator still has to do: missing, empty, fuzzy, broken or needless entries, per language."""
    words = collect()
    said = []
    for language in LANGUAGES:
        catalogue = polib.pofile(str(catalogue_path(language)))
        entries = {_of(entry): entry for entry in catalogue if not entry.obsolete}
        said += [f"{language}: missing: {word.msgid!r} ({', '.join(words[word])})" for word in sorted(set(words) - set(entries))]
        said += [f"{language}: not used any more: {word.msgid!r}" for word in sorted(set(entries) - set(words))]
        for entry in entries.values():
            said += [f"{language}: {entry.msgid!r} {fault}" for fault in _faults_of(entry)]
    return said


def update() -> None:
    """Bring the catalogues in line with the code: new texts empty, unused ones gone, in a stable order."""
    words = collect()
    for language in LANGUAGES:
        path = catalogue_path(language)
        old = {_of(entry): entry for entry in polib.pofile(str(path))} if path.exists() else {}
        fresh = polib.POFile(wrapwidth=110)
        fresh.metadata = {
            "Project-Id-Version": "local-partnerships-portal",
            "Language": language,
            "MIME-Version": "1.0",
            "Content-Type": "text/plain; charset=utf-8",
            "Content-Transfer-Encoding": "8bit",
            "Plural-Forms": "nplurals=2; plural=(n > 1);" if language == "fr" else "nplurals=2; plural=(n != 1);",
        }
        for word in sorted(words):
            fresh.append(_entry(word, old.get(word), words[word]))
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.save(str(path))


def _entry(word: Word, old: polib.POEntry | None, places: Iterable[str]) -> polib.POEntry:
    entry = polib.POEntry(msgid=word.msgid, msgctxt=word.context or None, occurrences=[(place, "") for place in places])
    entry.flags = ["python-format"] if PLACEHOLDER.search(word.plural or word.msgid) else []
    if word.plural:
        entry.msgid_plural = word.plural
        entry.msgstr_plural = dict(old.msgstr_plural) if old else {0: "", 1: ""}
    else:
        entry.msgstr = old.msgstr if old else ""
    return entry
