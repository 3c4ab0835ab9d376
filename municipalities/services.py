"""Acts on the register of municipalities, and on people."""

from typing import Any, NamedTuple

from django.db import transaction

from municipalities.models import Municipality, User
from municipalities.reference import MUNICIPALITIES, fields_of

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
    return Loaded(made, changed)


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
def update_preferences(user: User, *, interface_language: str, correspondence_language: str, phone: str) -> User:
    """Let a person set their own languages and telephone: `fr`, `nl` or `en` for screens; `fr`, `nl` or `both` for mail."""
    person = User.objects.select_for_update().get(pk=user.pk)
    person.interface_language = interface_language
    person.correspondence_language = correspondence_language
    person.phone = phone.strip()
    person.full_clean()
    person.save(update_fields=["interface_language", "correspondence_language", "phone"])
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
