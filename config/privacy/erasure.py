"""Erase a person: what they did stays, under a number; what says who they are goes, from every table the register names.

The dry run is the real run, rolled back at its end, so it cannot tell another story.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from config.privacy.holdings import rows_linked, rows_of
from config.privacy.models import Erasure
from config.privacy.pseudonyms import pseudonym_values
from config.privacy.purposes import Entry, Erase, Link, Purpose
from config.privacy.record import name_of
from config.privacy.register import registered_models
from config.privacy.scrubbing import Identifiers, identifiers_of, last_name_pattern, scrub_table
from config.privacy.tombstones import fingerprint, note_down
from municipalities.models import User
from municipalities.reference import sort_key
from partnerships.models import Event, SpocAssignment
from partnerships.services.events import record_event

logger = structlog.get_logger(__name__)
IN_OWN_ROWS = (Erase.CLEAR, Erase.WIPE, Erase.PSEUDONYM)


class ErasureRefused(Exception):
    """The person still has a function: that is ended first, by the act made for it, never by an erasure in passing."""

    def __init__(self, reason: Any) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True)
class Line:
    """What happens to one table."""

    table: str
    name: str  # what a reader calls its rows
    removed: int
    emptied: int
    scrubbed: int
    kept: int
    why: str  # what stays, stays for these purposes

    @property
    def touched(self) -> int:
        return self.removed + self.emptied + self.scrubbed


@dataclass(frozen=True)
class Outcome:
    """What an erasure did, or in a dry run would do."""

    person: User
    lines: list[Line]
    left_alone: tuple[str, ...]
    sessions: int
    is_change: bool


class _OnlyPreview(Exception):
    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome


def refusal(person: User) -> Any:
    """Why the person cannot be erased today, or None."""
    today = timezone.localdate()
    if person.mandates.filter(models.Q(period__endswith__gt=today) | models.Q(period__endswith__isnull=True)).exists():
        return _("This person holds a mandate that has not ended: give it its last day first.")
    if person.is_staff or person.is_cabinet_reviewer or person.is_superuser:
        return _("This person works for the agency or the cabinet: take their role away first.")
    current = SpocAssignment.objects.filter(officer=person)
    if current.filter(models.Q(period__endswith__gt=today) | models.Q(period__endswith__isnull=True)).exists():
        return _("This person is SPOC or deputy of a municipality: hand that over first.")
    return None


def preview_erasure(person: User) -> Outcome:
    """What an erasure would do, table by table; nothing stays of it."""
    try:
        with transaction.atomic():
            raise _OnlyPreview(_erase(_locked(person)))
    except _OnlyPreview as preview:
        return preview.outcome


@transaction.atomic
def erase_person(person: User, *, by: User | None, basis: str) -> Outcome:
    """Erase; a second time changes nothing. Raises ErasureRefused while the person has a mandate or works for the agency."""
    locked = _locked(person)
    if reason := refusal(locked):
        raise ErasureRefused(reason)
    addresses = _addresses(locked)
    outcome = _erase(locked)
    if not outcome.is_change:
        return outcome
    counts = {line.table: line.touched for line in outcome.lines if line.touched}
    erasure = Erasure.objects.create(person=person, by=by, basis=basis, address_hashes=[fingerprint(a) for a in addresses], counts=counts)
    record_event(Event.Verb.PERSON_ERASED, erasure, by=by, data={"person": person.pk, "basis": str(basis)})
    transaction.on_commit(partial(note_down, erasure))
    logger.info("person_erased", person=person.pk, basis=str(basis), rows=sum(counts.values()))
    return outcome


def _locked(person: User) -> User:
    return User.objects.select_for_update(of=("self",)).get(pk=person.pk)


def _addresses(person: User) -> list[str]:
    """Every address the person ever had here, today's first."""
    earlier = User.history.filter(id=person.pk).order_by("-history_id").values_list("email", flat=True)
    known = dict.fromkeys(address.lower() for address in [person.email, *earlier])
    return [address for address in known if not address.endswith(".invalid")]


def _erase(person: User) -> Outcome:
    identifiers = identifiers_of(person)
    values = pseudonym_values(person)
    name = values["last_name"]  # the number alone: a text keeps its language, and pages say the rest in the reader's
    sessions = _end_sessions(person)
    entries = sorted(registered_models(), key=lambda pair: _order(*pair))
    lines = [_erase_from(model, entry, person, identifiers, values, name) for model, entry in entries]
    told = sorted((line for line in lines if line.touched or line.kept), key=lambda line: sort_key(line.name))
    return Outcome(person, told, identifiers.left_alone, sessions, is_change=any(line.touched for line in lines))


def _order(model: type[models.Model], entry: Entry) -> tuple[int, str]:
    """What hangs on something that is removed goes before it; the person, by whom all else is found, comes last."""
    depth = max((lookup.count("__") for lookup in entry.links), default=0)
    return (2 if issubclass(model, User) else 1, f"{9 - depth}{model._meta.label}")


def _erase_from(model: type[models.Model], entry: Entry, person: User, identifiers: Identifiers, values: dict[str, Any], name: str) -> Line:
    own = rows_linked(model, entry, person, Link.ABOUT)
    removed = emptied = 0
    if entry.is_removed:
        removed = own.order_by().delete()[0]
    else:
        emptied = _empty(model, entry, own, values) + _empty_contacts(model, entry, person, identifiers)
    scrubbed = scrub_table(model, entry, identifiers, name=name)
    kept = rows_linked(model, entry, person, *Link).count()
    return Line(model._meta.db_table, name_of(model), removed, emptied, scrubbed, kept, _why_kept(entry) if kept else "")


def _why_kept(entry: Entry) -> str:
    """The purposes for which rows of a table stay under the pseudonym."""
    purposes = {use.purpose for use in entry.fields.values() if use.erase != Erase.CLEAR}
    return "; ".join(str(purpose.label) for purpose in Purpose if purpose in purposes and purpose.is_personal)


def _empty(model: type[models.Model], entry: Entry, own: models.QuerySet, values: dict[str, Any]) -> int:
    """Give the fields of the rows about the person their pseudonym or nothing; rows that have it already are not counted."""
    fields = [field for field in model._meta.concrete_fields if entry.fields[field.name].erase in IN_OWN_ROWS]
    wanted = {field.name: _emptied(field, values) for field in fields}
    compared = {name: value for name, value in wanted.items() if name != "password"}
    if not compared:
        return 0
    as_wanted = models.Q()
    for name, value in compared.items():
        as_wanted &= models.Q(**{f"{name}__isnull": True}) if value is None else models.Q(**{name: value})
    differing = rows_of(model).filter(pk__in=own.order_by().values("pk")).exclude(as_wanted)
    return differing.update(**wanted)


def _emptied(field: models.Field, values: dict[str, Any]) -> Any:
    if field.name in values:
        return values[field.name]
    if field.null:
        return None
    if isinstance(field, models.BooleanField):
        return False
    return field.get_default() if field.has_default() else field.to_python("")


def _empty_contacts(model: type[models.Model], entry: Entry, person: User, identifiers: Identifiers) -> int:
    """Empty the fields that name somebody to call, where that is the person; in what they wrote the last name alone is enough."""
    columns = [field.name for field in model._meta.concrete_fields if entry.fields[field.name].erase == Erase.CONTACT]
    found = "|".join(pattern for pattern in identifiers.patterns.values() if pattern)
    last_name = last_name_pattern(identifiers)
    emptied = 0
    for column in columns:
        matching = models.Q(pk__in=[])
        if found:
            matching |= models.Q(**{f"{column}__iregex": found})
        if last_name:
            theirs = rows_linked(model, entry, person, Link.ABOUT, Link.WROTE).order_by().values("pk")
            matching |= models.Q(**{f"{column}__iregex": last_name, "pk__in": theirs})
        emptied += rows_of(model).filter(matching).update(**{column: ""})
    return emptied


# --- Sessions -----------------------------------------------------------------------------------


def _end_sessions(person: User) -> int:
    """Remove the sessions of the person from the database and, once this is certain, from the cache."""
    keys = [session.session_key for session in _sessions_of(person)]
    Session.objects.filter(session_key__in=keys).delete()
    transaction.on_commit(partial(_forget_sessions, keys))
    return len(keys)


def _forget_sessions(keys: list[str]) -> None:
    store = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    for key in keys:
        store(key).delete()


def _sessions_of(person: User) -> Iterable[Session]:
    for session in Session.objects.order_by("session_key").iterator(chunk_size=500):
        if session.get_decoded().get("_auth_user_id") == str(person.pk):
            yield session
