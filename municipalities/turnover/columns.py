"""The columns of the file, by name in three languages, and the words accepted in them.

A file format, not an interface: a file made in French is read by a colleague in Dutch, so every language holds at once.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import Enum
from functools import cache
from typing import Any

from django.utils import translation

from municipalities.models import Mandate, Portfolio

LANGUAGES = ("fr", "nl", "en")


class Heading(Enum):
    """The columns of one kind of file. Value: the name in French, Dutch and English; whether every row needs it."""

    @property
    def key(self) -> str:
        return self.name.lower()

    @property
    def is_required(self) -> bool:
        return bool(self.value[3])

    @property
    def heading(self) -> str:
        """As the template bears it: all three languages at once."""
        return " / ".join(self.value[:3])

    def __str__(self) -> str:
        """In the reader's language."""
        language = (translation.get_language() or "en")[:2]
        names: tuple[str, ...] = self.value[:3]
        return names[LANGUAGES.index(language) if language in LANGUAGES else 2]


class Column(Heading):
    """The columns of a file of colleges."""

    MUNICIPALITY = ("Commune", "Gemeente", "Municipality", True)
    ROLE = ("Mandat", "Mandaat", "Mandate", True)
    LAST_NAME = ("Nom", "Naam", "Last name", True)
    FIRST_NAME = ("Prénom", "Voornaam", "First name", True)
    EMAIL = ("Adresse e-mail", "E-mailadres", "E-mail address", True)
    PHONE = ("Téléphone", "Telefoon", "Telephone", False)
    PORTFOLIOS = ("Compétences", "Bevoegdheden", "Portfolios", False)
    JOB_TITLE_FR = ("Titre en français", "Titel in het Frans", "Title in French", False)
    JOB_TITLE_NL = ("Titre en néerlandais", "Titel in het Nederlands", "Title in Dutch", False)
    FIRST_DAY = ("Premier jour", "Eerste dag", "First day", False)
    PERSON = ("Personne connue", "Bekende persoon", "Known person", False)


COLUMNS: list[Heading] = list(Column)  # in the order in which faults are told
ALSO_HEADED = {"e mail": "EMAIL", "email": "EMAIL", "courriel": "EMAIL", "gsm": "PHONE"}


def unaccented(words: str) -> str:
    """Small letters without accents, the rest as it stands."""
    decomposed = unicodedata.normalize("NFKD", words)
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign)).casefold().strip()


def plain(words: str) -> str:
    """What remains of words when accents, capitals, hyphens, apostrophes and double blanks are taken away."""
    return " ".join(re.findall(r"\w+", unaccented(words).replace("_", " ")))


@cache
def _columns_by_heading(columns: type[Heading]) -> dict[str, Heading]:
    headings = {plain(name): column for column in columns for name in (*column.value[:3], column.key)}
    also = {words: columns[name] for words, name in ALSO_HEADED.items() if name in columns.__members__}
    return headings | also


def column_of(heading: str, columns: type[Heading] = Column) -> Heading | None:
    """The column with this heading: in one language, or in several with a slash between them."""
    for part in (heading, *heading.split("/")):
        if found := _columns_by_heading(columns).get(plain(part)):
            return found
    return None


# --- Roles and portfolios -----------------------------------------------------------------------

ALSO_SAID = {
    "bourgmestre": Mandate.Role.MAYOR,
    "burgemeester": Mandate.Role.MAYOR,
    "echevin": Mandate.Role.ALDERMAN,
    "echevine": Mandate.Role.ALDERMAN,
    "echevin e": Mandate.Role.ALDERMAN,
    "schepen": Mandate.Role.ALDERMAN,
    "alderwoman": Mandate.Role.ALDERMAN,
    "commerce": Portfolio.TRADE,
    "handel": Portfolio.TRADE,
    "classes moyennes": Portfolio.SMALL_BUSINESS,
    "middenstand": Portfolio.SMALL_BUSINESS,
    "economie": Portfolio.ECONOMY,
    "economy": Portfolio.ECONOMY,
}


@cache
def _choices_by_word(choices: Any) -> dict[str, Any]:
    """Every word that means one of the choices: its stored value, its label in each language, each part of a double label."""
    words: dict[str, Any] = {word: choice for word, choice in ALSO_SAID.items() if isinstance(choice, choices)}
    for language in LANGUAGES:
        with translation.override(language):
            for choice in choices:
                for word in (choice.value, str(choice.label), *str(choice.label).split(" / ")):
                    words[plain(word)] = choice
    return words


def role_of(word: str) -> Mandate.Role | None:
    return _meant(word, Mandate.Role)


def portfolio_of(word: str) -> Portfolio | None:
    return _meant(word, Portfolio)


def _meant(word: str, choices: Any) -> Any:
    """The choice a word means; of several words with slashes between them, when all that are known mean the same."""
    known = _choices_by_word(choices)
    if found := known.get(plain(word)):
        return found
    meant = {known[plain(part)] for part in word.split("/") if plain(part) in known}
    return meant.pop() if len(meant) == 1 else None


def labels_in(language: str, choices: Iterable[Any]) -> list[str]:
    with translation.override(language):
        return [str(choice.label) for choice in choices]
