"""A plan becomes people and mandates, in sets, with a history that says who; and each change is noted for undoing."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from municipalities.models import Mandate, User
from municipalities.turnover.models import Turnover, TurnoverChange
from municipalities.turnover.plans import Move, Plan

Kind = TurnoverChange.Kind
NOT_OF_THE_RECORD = frozenset({"password", "last_login"})  # they change at each log-in


def write_plan(plan: Plan, turnover: Turnover, *, by: User | None) -> None:
    """Enter and change people, end mandates, enter mandates: in this order, so that no day has two mayors."""
    why = reason_of(turnover)
    newcomers = _enter_people(plan.moves, by, why)
    changed = _change_people(plan.moves, by, why)
    ended = _end_mandates(plan.moves, by, why)
    entered = _enter_mandates(plan.moves, newcomers, by, why)
    notes = [
        *(_note(turnover, Kind.PERSON_ENTERED, person, {}) for person in newcomers.values()),
        *(_note(turnover, Kind.PERSON_CHANGED, person, before) for person, before in changed),
        *(_note(turnover, Kind.MANDATE_ENDED, mandate, before) for mandate, before in ended),
        *(_note(turnover, Kind.MANDATE_ENTERED, mandate, {}) for mandate in entered),
    ]
    TurnoverChange.objects.bulk_create(notes)


def reason_of(turnover: Turnover) -> str:
    """How histories name the import."""
    return f"import {turnover.pk}"


def digest(record: models.Model, names: Iterable[str] | None = None) -> str:
    """A checksum of a record as the database has it, or of some of its fields."""
    wanted = sorted(names or (f.attname for f in record._meta.concrete_fields if f.name not in NOT_OF_THE_RECORD))
    values = {name: _plain(getattr(record, name)) for name in wanted}
    return hashlib.sha256(json.dumps(values, sort_keys=True, cls=DjangoJSONEncoder).encode()).hexdigest()


def period_as_json(period: Any) -> list[str | None]:
    return [period.lower.isoformat(), period.upper.isoformat() if period.upper else None]


def _plain(value: Any) -> Any:
    return period_as_json(value) if isinstance(value, DateRange) else value


def _note(turnover: Turnover, kind: Kind, record: models.Model, before: dict[str, Any]) -> TurnoverChange:
    return TurnoverChange(turnover=turnover, kind=kind, object_id=record.pk, before=before, after_digest=digest(record, before or None))


# --- People -------------------------------------------------------------------------------------


def _enter_people(moves: Sequence[Move], by: User | None, why: str) -> dict[str, User]:
    """New people by their address; nobody has a password, and everybody is written to in both languages until they choose."""
    entries = {move.entry.email: move.entry for move in moves if move.entry and move.person is None}
    people = []
    for email, entry in entries.items():
        person = User(
            email=email,
            first_name=entry.first_name,
            last_name=entry.last_name,
            phone=entry.phone,
            job_title_fr=entry.job_title_fr,
            job_title_nl=entry.job_title_nl,
        )
        person.set_unusable_password()
        people.append(person)
    bulk_create_with_history(people, User, default_user=by, default_change_reason=why)
    return {person.email: person for person in people}


def _change_people(moves: Sequence[Move], by: User | None, why: str) -> list[tuple[User, dict[str, Any]]]:
    """Write what the file says otherwise; two rows of one person are one change."""
    before: dict[int, dict[str, Any]] = {}
    people: dict[int, User] = {}
    for move in moves:
        if move.person is None:
            continue
        changes = move.person_changes
        person = people.setdefault(move.person.pk, move.person) if changes else move.person
        for name, value in changes.items():
            before.setdefault(person.pk, {}).setdefault(name, getattr(person, name))
            setattr(person, name, value)
    names = sorted({name for fields in before.values() for name in fields})
    if people:
        bulk_update_with_history(list(people.values()), User, names, default_user=by, default_change_reason=why)
    return [(person, before[pk]) for pk, person in people.items()]


# --- Mandates -----------------------------------------------------------------------------------


def _end_mandates(moves: Sequence[Move], by: User | None, why: str) -> list[tuple[Mandate, dict[str, Any]]]:
    ended = []
    for move in moves:
        for mandate in move.ends:
            before = {"period": period_as_json(mandate.period)}
            ended.append((mandate, before, DateRange(mandate.period.lower, move.first_day)))
    for mandate, _before, period in ended:
        mandate.period = period
    if ended:
        bulk_update_with_history([mandate for mandate, *_rest in ended], Mandate, ["period"], default_user=by, default_change_reason=why)
    return [(mandate, before) for mandate, before, _period in ended]


def _enter_mandates(moves: Sequence[Move], newcomers: dict[str, User], by: User | None, why: str) -> list[Mandate]:
    mandates = [
        Mandate(
            user=move.person or newcomers[move.entry.email],
            municipality=move.municipality,
            role=move.entry.role.value,
            portfolios=list(move.entry.portfolios),
            period=DateRange(move.first_day, None),
        )
        for move in moves
        if move.makes_mandate and move.entry and move.entry.role
    ]
    bulk_create_with_history(mandates, Mandate, default_user=by, default_change_reason=why)
    return mandates
