"""Acts on the register of municipalities, and on people."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import transaction

from municipalities.models import Municipality, Neighbourhood, Street, User
from municipalities.places import Place
from municipalities.reference import MUNICIPALITIES, fields_of
from municipalities.streets import STREETS

# --- Municipalities -----------------------------------------------------------------------------

KEPT_BY_THE_TEAM = frozenset({"population", "population_on", "website_fr", "website_nl"})  # they change; the admin is where


class Loaded(NamedTuple):
    """How many municipalities a load made and changed."""

    made: int
    changed: int


@transaction.atomic
def load_reference() -> Loaded:
    """Make the 19 municipalities as `reference.py` has them, found by NIS code; a second load changes nothing.

    What differs is written, and nothing else, so that history stays quiet. Population and websites are the team's to
    keep up to date: they are filled in where empty and otherwise left as they are.
    """
    known = {m.nis_code: m for m in Municipality.objects.select_for_update()}
    made = changed = 0
    for reference in MUNICIPALITIES:
        municipality = known.get(reference.nis_code)
        if municipality is None:
            Municipality.objects.create(**fields_of(reference))
            made += 1
            continue
        changed += _take_over(municipality, fields_of(reference))
    _load_streets()
    return Loaded(made, changed)


def _load_streets() -> None:
    """Make the neighbourhoods and streets of the list that are missing and correct what differs; others are the team's own."""
    municipalities = {municipality.nis_code: municipality for municipality in Municipality.objects.defer("outline")}
    neighbourhoods = {(one.municipality_id, one.name_fr): one for one in Neighbourhood.objects.all()}
    streets = {(one.municipality_id, one.name_fr): one for one in Street.objects.all()}
    for row in STREETS:
        municipality = municipalities[row.nis_code]
        names = {"municipality": municipality, "name_fr": row.neighbourhood_fr, "name_nl": row.neighbourhood_nl}
        neighbourhood = _as_listed(Neighbourhood, neighbourhoods, names)
        names = {"municipality": municipality, "name_fr": row.name_fr, "name_nl": row.name_nl}
        _as_listed(Street, streets, names | {"neighbourhood": neighbourhood, "kind": row.kind})


def _as_listed(model: type[Place], known: dict[tuple[int, str], Any], fields: dict[str, Any]) -> Any:
    """The row with these fields, found by municipality and French name."""
    key = (fields["municipality"].pk, fields["name_fr"])
    row = known.setdefault(key, model(**fields))
    differing = [name for name, value in fields.items() if getattr(row, name) != value]
    for name in differing:
        setattr(row, name, fields[name])
    if row.pk is None or differing:
        row.save()
    return row


def _take_over(municipality: Municipality, fields: dict[str, Any]) -> bool:
    """Write what differs from the reference; say whether anything did."""
    names = [name for name, value in fields.items() if getattr(municipality, name) != value]
    names = [name for name in names if name not in KEPT_BY_THE_TEAM or not getattr(municipality, name)]
    for name in names:
        setattr(municipality, name, fields[name])
    if names:
        municipality.save(update_fields=names)
    return bool(names)


# --- People -------------------------------------------------------------------------------------


@transaction.atomic
def update_preferences(user: User, *, interface_language: str, correspondence_language: str, phone: str, form_of_address: str = "") -> User:
    """Let a person set their own languages and telephone: `fr`, `nl` or `en` for screens; `fr`, `nl` or `both` for mail."""
    person = User.objects.select_for_update().get(pk=user.pk)
    person.interface_language = interface_language
    person.correspondence_language = correspondence_language
    person.phone = phone.strip()
    person.form_of_address = form_of_address
    person.full_clean()
    person.save(update_fields=["interface_language", "correspondence_language", "phone", "form_of_address"])
    return person


def choose_interface_language(user: User, language: str) -> None:
    """Remember the language of the screens a person switched to."""
    User.objects.filter(pk=user.pk).exclude(interface_language=language).update(interface_language=language)


@transaction.atomic
def choose_correspondence_language(user: User, language: str) -> User:
    """Write to a person wholly in the language they chose from a mail or on their page."""
    person = User.objects.select_for_update().get(pk=user.pk)
    person.correspondence_language = language
    person.full_clean()
    person.save(update_fields=["correspondence_language"])
    return person


@dataclass(frozen=True)
class Origin:
    """Who entered a person and when; `by` is None for an import or the team without a name."""

    by: User | None
    at: dt.datetime


def origin_of(person: User) -> Origin:
    """Where the data of a person came from, as their history has it."""
    first = User.history.filter(id=person.pk, history_type="+").select_related("history_user").order_by("history_id").first()
    by = first.history_user if first else None
    return Origin(by if by and by.pk != person.pk else None, person.date_joined)
