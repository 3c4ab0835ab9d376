"""All that is held on a person, table by table: as data for a machine, and as text for the person."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import models
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from config.privacy.holdings import rows_linked
from config.privacy.purposes import Entry, Link, Use
from config.privacy.register import is_free_text, registered_models
from mailings.models import Mailing
from municipalities.models import Municipality, User

NAMED = (
    Municipality,
    Mailing,
    Group,
    Permission,
    ContentType,
)  # what a relation may name; people never, and nothing that holds words of others


def data_of(person: User) -> dict[str, Any]:
    """Everything held on the person: what is about them and what they wrote in full, what they merely handled without others' words."""
    return {
        "person": person.email,
        "made_on": timezone.localtime().isoformat(timespec="seconds"),
        "tables": [table for model, entry in registered_models() for table in _tables(model, entry, person)],
        "sessions": _sessions_words(person),
    }


def _tables(model: type[models.Model], entry: Entry, person: User) -> Iterator[dict[str, Any]]:
    whole = rows_linked(model, entry, person, Link.ABOUT, Link.WROTE)
    acted = rows_linked(model, entry, person, Link.ACTED).exclude(pk__in=whole.order_by().values("pk"))
    for rows, with_words in ((whole, True), (acted, False)):
        fields = _fields_told(model, entry, with_words=with_words)
        told = [_row(row, fields, person) for row in rows.iterator(chunk_size=1000)]
        if told:
            yield {
                "table": model._meta.db_table,
                "name": capfirst(str(model._meta.verbose_name_plural)),
                "purposes": _once(str(entry.fields[field.name].purpose.label) for field in fields),
                "retention": _once(entry.fields[field.name].retention.words for field in fields),
                "whole": with_words,
                "rows": told,
            }


def _fields_told(model: type[models.Model], entry: Entry, *, with_words: bool) -> list[models.Field]:
    """Without secrets; and without free text where the words are somebody else's."""
    fields = [field for field in model._meta.concrete_fields if not entry.fields[field.name].is_secret]
    return fields if with_words else [field for field in fields if not _may_hold_words(field, entry.fields[field.name])]


def _may_hold_words(field: models.Field, use: Use) -> bool:
    return is_free_text(field) or isinstance(field, models.EmailField) or use.erase != use.erase.KEEP


def _row(row: models.Model, fields: list[models.Field], person: User) -> dict[str, Any]:
    return {field.name: _value(row, field, person) for field in fields}


def _value(row: models.Model, field: models.Field, person: User) -> Any:
    value = getattr(row, field.attname)
    if value is None or not isinstance(field, models.ForeignKey):
        return _plain(value)
    if issubclass(field.related_model, User):
        return _("you") if value == person.pk else _("somebody else")
    if issubclass(field.related_model, NAMED):
        return str(getattr(row, field.name))
    return value


def _plain(value: Any) -> Any:
    """What JSON knows; periods by their first and last day."""
    if hasattr(value, "lower") and hasattr(value, "upper_inc"):
        last = value.upper - dt.timedelta(days=1) if value.upper else None
        return {"from": _plain(value.lower), "until": _plain(last)}
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, list | dict | str | int | float | bool) or value is None:
        return value
    return str(value)


def _once(values: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _sessions_words(person: User) -> list[dict[str, str]]:
    """Where the person is logged in: the end of each session, and nothing that would open it."""
    sessions = Session.objects.filter(expire_date__gte=timezone.now()).order_by("expire_date").iterator(chunk_size=500)
    return [{"ends": s.expire_date.isoformat()} for s in sessions if s.get_decoded().get("_auth_user_id") == str(person.pk)]


# --- For the person to read ---------------------------------------------------------------------


def readable(data: dict[str, Any]) -> str:
    """The same, in the reader's language."""
    lines = [_("All that the portal holds on %(person)s") % {"person": data["person"]}, data["made_on"], ""]
    for table in data["tables"]:
        lines += [f"== {table['name']} ({table['table']})"]
        if not table["whole"]:
            lines.append(_("What others wrote is left out of these rows: you only had a part in them."))
        lines += [_("Why: %(purposes)s") % {"purposes": "; ".join(table["purposes"])}]
        lines += [_("How long: %(retention)s") % {"retention": "; ".join(table["retention"])}, ""]
        for row in table["rows"]:
            lines += [f"  {name}: {value}" for name, value in row.items() if value not in (None, "", [], {})] + [""]
    lines += [_("Open sessions: %(number)d") % {"number": len(data["sessions"])}]
    return "\n".join(lines) + "\n"
