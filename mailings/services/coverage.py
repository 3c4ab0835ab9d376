"""The weekly note: once per ISO week the board of coverage is looked at, and the lead is told what is open."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mailings.holes import WORDS, Hole, holes_on
from mailings.models import CoverageNote
from mailings.rendering import portal_link
from mailings.services.endings import overseers
from municipalities.languages import content_language
from municipalities.models import Municipality, User
from partnerships.coverage import Need
from partnerships.models import Event
from partnerships.services.events import record_event


def note_coverage(now: dt.datetime) -> CoverageNote | None:
    """Look at the board from Monday's hour in Brussels on, once per ISO week; return the note when it was made just now.

    What opens later in the week waits for the next Monday. A Monday on which nothing ran is made up for.
    """
    local = timezone.localtime(now)
    year, week, weekday = local.isocalendar()
    if weekday == 1 and local.hour < settings.COVERAGE_NOTE_HOUR:
        return None
    if CoverageNote.objects.filter(iso_year=year, iso_week=week).exists():
        return None
    return _look(year, week, now)


@transaction.atomic
def _look(year: int, week: int, now: dt.datetime) -> CoverageNote | None:
    """The row decides who of many was first; with nothing open, nobody hears of it."""
    holes = [_kept(hole) for hole in holes_on(timezone.localdate(now))]
    note, is_new = CoverageNote.objects.get_or_create(iso_year=year, iso_week=week, defaults={"at": now, "holes": holes})
    if not is_new:
        return None
    if holes:
        record_event(Event.Verb.COVERAGE_NOTED, note, by=None, data={"week": str(note), "open": len(holes)})
    return note


def _kept(hole: Hole) -> dict[str, Any]:
    return {
        "municipality": hole.municipality.pk,
        "need": hole.need.value,
        "since": hole.since.isoformat() if hole.since else None,
        "path": hole.url,
    }


# --- The mail -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class OpenPoint:
    """One hole as the mail tells of it."""

    label: Any
    since: dt.date | None
    link: str


class OpenPlaces:
    """The municipalities with open points, in the order of whichever language is being written."""

    def __init__(self, holes: list[dict[str, Any]]) -> None:
        self.points: dict[int, list[OpenPoint]] = defaultdict(list)
        for hole in holes:
            since = dt.date.fromisoformat(hole["since"]) if hole["since"] else None
            self.points[hole["municipality"]].append(OpenPoint(WORDS[Need(hole["need"])], since, settings.BASE_URL + hole["path"]))
        self.municipalities = list(Municipality.objects.defer("outline").filter(pk__in=self.points))

    def __iter__(self) -> Iterator[tuple[Municipality, list[OpenPoint]]]:
        key = f"sort_key_{content_language()}"
        for municipality in sorted(self.municipalities, key=lambda one: str(getattr(one, key))):
            yield municipality, self.points[municipality.pk]


def hearers_of_coverage(event: Event) -> list[User]:
    """The lead alone."""
    return overseers() if event.verb == Event.Verb.COVERAGE_NOTED else []


def about_coverage(note: CoverageNote) -> dict[str, Any]:
    return {
        "note": note,
        "open_count": len(note.holes),
        "places": OpenPlaces(note.holes),
        "link": portal_link("admin:coverage"),
        "link_label": _("Open the board of coverage"),
    }
