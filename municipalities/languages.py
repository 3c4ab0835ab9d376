"""The languages of the portal: of content, of correspondence, of the interface."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _

CONTENT_LANGUAGES = ("fr", "nl")
_preferred: ContextVar[str] = ContextVar("preferred_content_language", default="fr")


class ContentLanguage(models.TextChoices):
    """A language in which content exists: every text for many has both."""

    FRENCH = "fr", _("French")
    DUTCH = "nl", _("Dutch")


class CorrespondenceLanguage(models.TextChoices):
    """The language a person is written to in: both until they choose, never inferred (PRODUCT, Languages)."""

    FRENCH = "fr", _("French")
    DUTCH = "nl", _("Dutch")
    BOTH = "both", _("French and Dutch")

    @property
    def contents(self) -> tuple[str, ...]:
        """The content languages a mail to this person is made of."""
        return CONTENT_LANGUAGES if self is CorrespondenceLanguage.BOTH else (self.value,)


class FormOfAddress(models.TextChoices):
    """How a person wishes to be addressed; nothing, as long as they have not said, and never inferred."""

    MADAME = "madame", _("Madam")
    MONSIEUR = "monsieur", _("Sir")


class InterfaceLanguage(models.TextChoices):
    """The language of screens; names are written in the language itself."""

    FRENCH = "fr", "Français"
    DUTCH = "nl", "Nederlands"
    ENGLISH = "en", "English"


def content_language() -> str:
    """Return `fr` or `nl`: the active language, or for a reader in English the one they prefer of the two."""
    active = (translation.get_language() or "")[:2]
    return active if active in CONTENT_LANGUAGES else _preferred.get()


def prefer_content(language: str) -> None:
    """Remember for this request which content language a reader in English prefers."""
    _preferred.set(language if language in CONTENT_LANGUAGES else "fr")


@contextmanager
def reading_in(language: str) -> Iterator[None]:
    """Render what stands inside in one content language, interface words and content alike."""
    with translation.override(language):
        yield


class Bilingual:
    """Read `<name>_fr` or `<name>_nl` in the reader's language: `title = Bilingual("title")`.

    Two columns, so that constraints, search vectors and the admin see both (ARCHITECTURE, bilingual content).
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        return getattr(instance, f"{self.name}_{content_language()}")
