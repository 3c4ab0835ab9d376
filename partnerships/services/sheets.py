"""The words of the sheet for traders in both languages: what goes to many exists in French and in Dutch, never as a mixture."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from municipalities.models import User
from partnerships.models import Event, PlanLine, PlanMeasure, PlanVersion, SheetText, WorksPhase, WorksSite
from partnerships.services.works import lock_site, record

OTHER = {"fr": "nl", "nl": "fr"}
ON_SHEET = (PlanMeasure.State.AGREED, PlanMeasure.State.RUNNING, PlanMeasure.State.DONE)


@dataclass(frozen=True)
class Words:
    """A text, and the language it is in."""

    text: str
    language: str


class Said:
    """What was typed, in the language of a sheet; where nobody put it into that language, as it was typed."""

    def __init__(self, site: WorksSite, language: str) -> None:
        self.typed_in, self.language = site.request.language, language
        texts = site.sheet_texts.all() if language != self.typed_in else []
        self.found = {text.source: text.words for text in texts}

    def __call__(self, text: str) -> Words:
        if text in self.found:
            return Words(self.found[text], self.language)
        return Words(text, self.typed_in)


def other_language(site: WorksSite) -> str:
    return OTHER[site.request.language]


def texts_of_phase(phase: WorksPhase) -> tuple[str, str, str, str]:
    return phase.what, phase.stretch, phase.lines_diverted, phase.deliveries


def measures_on_sheet(site: WorksSite) -> Any:
    """The lines of the agreed plan whose measures traders can count on, by their day."""
    lines = PlanLine.objects.filter(version__site=site, version__state=PlanVersion.State.AGREED, measure__state__in=ON_SHEET)
    return lines.order_by("due_on", "position", "pk")


def texts_of(site: WorksSite) -> list[str]:
    """Every text of the sheet that somebody typed, each once, in the order of the sheet."""
    phases = [text for phase in site.phases.all() for text in texts_of_phase(phase)]
    measures = measures_on_sheet(site).values_list("what", flat=True)
    return list(dict.fromkeys(text for text in (str(site), *phases, *measures, site.traders_contact) if text))


def untranslated(site: WorksSite) -> list[str]:
    """The texts that the sheet in the other language still lacks."""
    known = set(site.sheet_texts.values_list("source", flat=True))
    return [text for text in texts_of(site) if text not in known]


@transaction.atomic
def translate_sheet(site: WorksSite, *, by: User, words: Mapping[str, str]) -> None:
    """Keep the words of the other language for these texts; nothing written takes the words away. Raises WorksNotAllowed."""
    site, _side = lock_site(site, by)
    for source, text in words.items():
        if text.strip():
            SheetText.objects.update_or_create(site=site, source=source, defaults={"words": text.strip()})
        else:
            SheetText.objects.filter(site=site, source=source).delete()
    record(Event.Verb.SITE_CHANGED, site, by=by, data={"act": "sheet"})
