"""The measures of spring 2020, published as if in the weeks before the try-out starts."""

import datetime as dt
import json
from importlib import resources
from typing import Any

from config.seed.clock import Clock, at_hour
from mailings.models import Measure
from municipalities.models import Municipality

# How many measures, oldest first, the mailings of the last four weeks and of this one took; the rest came in since.
TAKEN_BY_WEEKS = (5, 5, 4, 4, 4)


def make_measures(municipalities: dict[str, Municipality], clock: Clock) -> list[list[Measure]]:
    """Make all measures; return them in groups: one per weekly mailing up to this week's, oldest first, and what came in since."""
    text = resources.files("config.seed").joinpath("data/measures.json").read_text(encoding="utf-8")
    entries = sorted(json.loads(text)["measures"], key=lambda entry: (entry["date"], entry["id"]))
    by_nis = {municipality.nis_code: municipality for municipality in municipalities.values()}
    friday = clock.monday - dt.timedelta(weeks=len(TAKEN_BY_WEEKS) - 1, days=3)
    groups = []
    start = 0
    for number, size in enumerate(TAKEN_BY_WEEKS):
        published_at = at_hour(friday + dt.timedelta(weeks=number), "15:30")
        groups.append([_measure(entry, by_nis, published_at) for entry in entries[start : start + size]])
        start += size
    this_tuesday = clock.not_later(at_hour(clock.monday + dt.timedelta(days=1), "16:30"), minutes_ago=300)
    return [*groups, [_measure(entry, by_nis, this_tuesday) for entry in entries[start:]]]


def _measure(entry: dict[str, Any], by_nis: dict[str, Municipality], published_at: dt.datetime) -> Measure:
    authority_fr, authority_nl = _authority(entry, by_nis)
    fields = {
        "level": entry["level"],
        "authority_fr": authority_fr,
        "authority_nl": authority_nl,
        "title_fr": entry["title_fr"],
        "title_nl": entry["title_nl"],
        "summary_fr": entry["summary_fr"],
        "summary_nl": entry["summary_nl"],
        "audience": entry["audience"],
        "valid_from": dt.date.fromisoformat(entry["date"]),
        "valid_until": dt.date.fromisoformat(entry["deadline"]) if "deadline" in entry else None,
        "source_name": entry["source_name"],
        "source_url": entry["source_url"],
        "is_demo": True,
        "published_at": published_at,
    }
    measure, _made = Measure.objects.get_or_create(slug=entry["id"], defaults=fields)
    return measure


def _authority(entry: dict[str, Any], by_nis: dict[str, Municipality]) -> tuple[str, str]:
    if "nis" in entry:
        municipality = by_nis[entry["nis"]]
        return municipality.official_style_fr, municipality.official_style_nl
    french, dutch = entry["authority"].split(" / ")
    return french, dutch
