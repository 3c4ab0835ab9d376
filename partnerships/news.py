"""What is new for all 19 municipalities: the one form in which every noun offers its news to the mailing."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from django.db import models
from django.utils.translation import gettext_lazy as _


class Section(models.TextChoices):
    """The parts of a mailing, in the order in which a new draft has them."""

    MEASURES = "measures", _("Measures of the authorities")
    ANSWERS = "answers", _("Answers of the Region")
    CONSULTATIONS = "consultations", _("Consultations")
    PRACTICES = "practices", _("Best practices")
    LIBRARY = "library", _("Studies and data")
    OTHER = "other", _("Also this week")


@dataclass(frozen=True)
class NewsItem:
    """One piece of news in both languages. `kind` and `key` name it for ever; `path` is its page in the portal, where it has one."""

    kind: str
    key: str
    section: Section
    title_fr: str
    title_nl: str
    body_fr: str
    body_nl: str
    source_url: str
    happened_on: dt.date
    path: str


class NewsProvider(Protocol):
    """Yields what became known after `since` and up to `until`, and of that only what may go to all 19."""

    def __call__(self, since: dt.datetime, until: dt.datetime) -> Iterable[NewsItem]: ...
