"""The history of an object in words: who changed which field from what to what, and when."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib.admin.utils import display_for_field
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from municipalities.models import User, first_day, last_day

SHOWN_AT_MOST = 200
NOTHING = "–"
UNTOLD = frozenset({"key", "revision", "sort_key_fr", "sort_key_nl"})  # the machinery's own, of no meaning to a reader
KINDS_OF_CHANGE = {
    "+": pgettext_lazy("kind of change", "Entered"),
    "~": pgettext_lazy("kind of change", "Changed"),
    "-": pgettext_lazy("kind of change", "Removed"),
}


@dataclass(frozen=True)
class FieldChange:
    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """One save of one object."""

    at: dt.datetime
    by: User | None
    kind: Any
    about: str
    fields: list[FieldChange] = field(default_factory=list)


def changes_of(*histories: models.QuerySet) -> list[Change]:
    """Every change in these histories, newest first, those that changed nothing left out.

    The first history is the object's own, the others are its parts': of a part that comes or goes its fields are told too.
    """
    own = histories[0].model.instance_type if histories else None
    changes = [change for history in histories for change in _changes_in(history, own)]
    return sorted(changes, key=lambda change: change.at, reverse=True)


def _changes_in(history: models.QuerySet, own: Any) -> Iterator[Change]:
    tracked = history.model.tracked_fields
    told = [] if history.model.instance_type is own else [f for f in tracked if f.related_model is not own and not f.primary_key]
    relations = [f.name for f in tracked if f.is_relation]
    records = history.select_related("history_user", *relations).order_by("-history_date", "-history_id")[:SHOWN_AT_MOST]
    following: dict[Any, Any] = {}
    for record in records:
        newer = following.get(record.instance.pk)
        if newer is not None and (change := _change(record, newer, tracked, told)):
            yield change
        following[record.instance.pk] = record
    for oldest in following.values():
        yield _change(None, oldest, tracked, told) or Change(oldest.history_date, oldest.history_user, "", "")


def _change(older: Any, record: Any, tracked: Iterable[models.Field], told: Iterable[models.Field]) -> Change | None:
    if record.history_type == "~":
        fields = _fields_changed(older, record, tracked) if older else []
        if older and not fields:
            return None
    else:
        fields = _fields_given(record, told)
    about = str(record.instance._meta.verbose_name)
    return Change(record.history_date, record.history_user, KINDS_OF_CHANGE[record.history_type], about, fields)


def _fields_given(record: Any, told: Iterable[models.Field]) -> list[FieldChange]:
    """What a part brought with it when it came, or took away when it went; fields without a value are passed over."""
    given = [(str(f.verbose_name), shown(f, record)) for f in told if f.name not in UNTOLD]
    worded = [(label, words) for label, words in given if words not in ("", NOTHING)]
    if record.history_type == "-":
        return [FieldChange(label, words, NOTHING) for label, words in worded]
    return [FieldChange(label, NOTHING, words) for label, words in worded]


def _fields_changed(older: Any, record: Any, tracked: Iterable[models.Field]) -> list[FieldChange]:
    return [
        FieldChange(str(f.verbose_name), shown(f, older), shown(f, record))
        for f in tracked
        if f.name not in UNTOLD and getattr(older, f.attname) != getattr(record, f.attname)
    ]


def shown(db_field: models.Field, record: Any) -> str:
    """The value of a field as a person reads it: labels for choices, names for relations, inclusive days for periods."""
    value = getattr(record, db_field.name)
    if isinstance(db_field, DateRangeField):
        return period_words(value)
    if isinstance(db_field, ArrayField):
        labels = dict(db_field.base_field.flatchoices)
        return ", ".join(str(labels.get(item, item)) for item in value or []) or NOTHING
    if isinstance(db_field, models.FileField):
        return str(value).rpartition("/")[2] or NOTHING
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if db_field.is_relation:
        return str(value) if value is not None else NOTHING
    return str(display_for_field(value, db_field, NOTHING))


def period_words(period: Any) -> str:
    """`1 janvier 2025 – 31 décembre 2026`, both days included; an open end says so."""
    start, end = first_day(period), last_day(period)
    words = {"first": date_format(start, "j F Y") if start else NOTHING, "last": date_format(end, "j F Y") if end else ""}
    if end is None:
        return str(_("from %(first)s, no end set") % words)
    return str(_("from %(first)s to %(last)s included") % words)
