"""The last import taken back: exactly what was, or nothing and the reasons why not."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from simple_history.utils import bulk_update_with_history

from municipalities.models import Mandate, User
from municipalities.turnover.models import Turnover, TurnoverChange
from municipalities.turnover.writing import digest, reason_of

Kind = TurnoverChange.Kind
MODEL_OF: dict[str, Any] = {
    Kind.PERSON_ENTERED: User,
    Kind.PERSON_CHANGED: User,
    Kind.MANDATE_ENDED: Mandate,
    Kind.MANDATE_ENTERED: Mandate,
}
ENTERED = frozenset({Kind.PERSON_ENTERED, Kind.MANDATE_ENTERED})


class UndoRefused(Exception):
    """Undoing would lose what somebody did since; `reasons` are sentences for the reader."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def reasons_against_undoing(turnover: Turnover, *, now: dt.datetime | None = None) -> list[str]:
    """Why this import cannot be taken back; empty when it can."""
    if turnover.applied_at is None:
        return [_("This file was never imported.")]
    if turnover.undone_at:
        return [_("This import is undone already.")]
    if Turnover.objects.standing().filter(applied_at__gt=turnover.applied_at).exists():
        return [_("There is a later import. Only the last one can be undone.")]
    changes = list(turnover.changes.order_by("pk"))
    if (turnover.undo_until and (now or timezone.now()) > turnover.undo_until) or (turnover.summary and not changes):
        return [_("What undoing needs is not kept any more.")]
    return [*_edited_since(changes), *_used_since(changes)]


def revert(turnover: Turnover, *, by: User | None) -> None:
    """Put everything back, the last change first. Raises UndoRefused; call it inside a transaction."""
    if reasons := reasons_against_undoing(turnover):
        raise UndoRefused(reasons)
    changes = list(turnover.changes.order_by("pk"))
    why = f"{reason_of(turnover)} undone"
    try:
        with transaction.atomic():
            _remove(Mandate, _ids(changes, Kind.MANDATE_ENTERED), by, why)
            _put_back(Mandate, _of_kind(changes, Kind.MANDATE_ENDED), by, why)
            _put_back(User, _of_kind(changes, Kind.PERSON_CHANGED), by, why)
            _remove(User, _ids(changes, Kind.PERSON_ENTERED), by, why)
    except (IntegrityError, models.ProtectedError) as error:
        raise UndoRefused(
            [_("Something entered since does not go together with what was before: a mandate on the same days, or an address.")]
        ) from error
    turnover.changes.all().delete()


def _of_kind(changes: Iterable[TurnoverChange], kind: Kind) -> list[TurnoverChange]:
    return [change for change in changes if change.kind == kind]


def _ids(changes: Iterable[TurnoverChange], kind: Kind) -> list[int]:
    return [change.object_id for change in _of_kind(changes, kind)]


# --- Putting back -------------------------------------------------------------------------------


def _remove(model: Any, ids: list[int], by: User | None, why: str) -> None:
    """Delete what the import entered, each with its line in the history."""
    records = model.objects.filter(pk__in=ids).order_by("pk")
    for record in records:
        record._history_user = by
        record._change_reason = why
        record.delete()


def _put_back(model: Any, changes: list[TurnoverChange], by: User | None, why: str) -> None:
    records = model.objects.in_bulk([change.object_id for change in changes])
    names: set[str] = set()
    for change in changes:
        for name, value in change.before.items():
            setattr(records[change.object_id], name, _value(name, value))
            names.add(name)
    if records:
        bulk_update_with_history(list(records.values()), model, sorted(names), default_user=by, default_change_reason=why)


def _value(name: str, kept: Any) -> Any:
    if name != "period":
        return kept
    first, beyond = (dt.date.fromisoformat(day) if day else None for day in kept)
    return DateRange(first, beyond)


# --- What would be lost -------------------------------------------------------------------------


def _edited_since(changes: list[TurnoverChange]) -> Iterator[str]:
    """Records that do not stand as the import left them."""
    for model in (User, Mandate):
        of_model = [change for change in changes if MODEL_OF[change.kind] is model]
        standing = model.objects.in_bulk([change.object_id for change in of_model])
        edited = [change for change in of_model if not _stands(change, standing.get(change.object_id))]
        latest = _latest_edits(model, edited)
        for change in edited:
            yield _edit_words(standing.get(change.object_id), latest.get(change.object_id))


def _stands(change: TurnoverChange, record: Any) -> bool:
    return record is not None and digest(record, change.before or None) == change.after_digest


def _latest_edits(model: Any, changes: list[TurnoverChange]) -> dict[int, Any]:
    """The newest line in the history of each."""
    ids = [change.object_id for change in changes]
    lines = model.history.filter(id__in=ids).select_related("history_user").order_by("id", "-history_date", "-history_id").distinct("id")
    return {line.id: line for line in lines}


def _edit_words(record: Any, line: Any) -> str:
    words = {
        "what": record or (line.instance if line else ""),
        "who": (line and line.history_user) or _("the portal itself"),
        "when": date_format(timezone.localtime(line.history_date), "SHORT_DATETIME_FORMAT") if line else "",
    }
    return _("%(what)s was changed since: %(who)s, %(when)s.") % words


def _used_since(changes: list[TurnoverChange]) -> Iterator[str]:
    """People and mandates the import entered, to which something hangs since."""
    mandates = _ids(changes, Kind.MANDATE_ENTERED)
    people = User.objects.in_bulk(_ids(changes, Kind.PERSON_ENTERED))
    for person in people.values():
        if person.last_login:
            yield _("%(name)s has logged in since.") % {"name": person}
    for model, ids in ((User, list(people)), (Mandate, mandates)):
        for record_id, named in sorted(_hanging_on(model, ids, but_mandates=mandates).items()):
            record = people.get(record_id) if model is User else Mandate.objects.select_related("user", "municipality").get(pk=record_id)
            yield _("%(what)s is named elsewhere since: %(where)s.") % {"what": record, "where": ", ".join(sorted(named))}


def _hanging_on(model: Any, ids: list[int], *, but_mandates: list[int]) -> dict[int, set[str]]:
    """By record: the kinds of things that refer to it, histories and the import's own mandates aside."""
    found: dict[int, set[str]] = defaultdict(set)
    for relation in model._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and relation.is_relation and not relation.concrete) or relation.many_to_many:
            continue
        other = relation.related_model
        if hasattr(other, "history_type") or other._meta.proxy:
            continue
        rows = other._base_manager.filter(**{f"{relation.field.name}__in": ids})
        if other is Mandate:
            rows = rows.exclude(pk__in=but_mandates)
        for record_id in rows.values_list(relation.field.attname, flat=True).order_by(relation.field.attname).distinct():
            found[record_id].add(str(other._meta.verbose_name))
    return found
