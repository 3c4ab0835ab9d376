"""One row of a list: its cells as values of the register, and everything wrong with it, beside the column it stands in."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.models import Municipality
from municipalities.turnover.columns import LANGUAGES, Heading, plain
from municipalities.turnover.faults import Fault
from municipalities.turnover.files import RawRow
from municipalities.turnover.rows import TELEPHONE, Row, names_of, parsed_day

ESCAPED = tuple(f"'{sign}" for sign in ("=", "+", "-", "@", "\t", "\r"))  # as an export of the portal writes what begins like a formula
YES = frozenset({"oui", "ja", "yes", "x", "1", "true", "vrai", "waar"})
NO = frozenset({"non", "nee", "no", "0", "false", "faux", "onwaar"})


class What(models.TextChoices):
    ENTERED = "entered", gettext_lazy("New")
    CHANGED = "changed", gettext_lazy("Changed")
    SAME = "same", gettext_lazy("As it is")


@dataclass(frozen=True)
class Line:
    """What one row does: to what, in which municipality, and each value from what to what."""

    row: int
    what: What
    name: str
    municipality: Municipality
    changes: list[tuple[str, str, str]] = field(default_factory=list)


class Places:
    """The municipalities by every name they go by; asked once for the whole file."""

    def __init__(self, municipalities: Iterable[Municipality]) -> None:
        self._known = {plain(name): municipality for municipality in municipalities for name in names_of(municipality)}

    def meant(self, words: str) -> Municipality | None:
        known = {found for part in (words, *words.split("/")) if (found := self._known.get(plain(part)))}
        return known.pop() if len(known) == 1 else None


class ListRow(Row):
    """A row being taken over; `once` watches over the whole file, `why` stands in the histories."""

    def __init__(self, raw: RawRow, faults: list[Fault], *, places: Places, seen: dict[Any, int], why: str) -> None:
        super().__init__(raw, faults)
        self._places, self._seen, self._why = places, seen, why
        self.changes: list[tuple[str, str, str]] = []
        self.what = What.SAME

    @property
    def is_at_fault(self) -> bool:
        return any(fault.row == self.raw.number for fault in self._faults)

    def once(self, key: Any, column: Heading) -> None:
        """Refuse what stands in the file already: nobody could say which row holds."""
        other = self._seen.setdefault(key, self.raw.number)
        if other != self.raw.number:
            self.refuse(column, _("This stands in row %(row)d already.") % {"row": other})

    # --- Values ---------------------------------------------------------------------------------

    def text(self, column: Heading, *, longest: int | None = None) -> str:
        """What an export of the portal made harmless is read back as it was."""
        words = super().text(column, longest=longest)
        return words[1:] if words.startswith(ESCAPED) else words

    def municipality(self, column: Heading) -> Municipality | None:
        words = self.text(column)
        found = self._places.meant(words) if words else None
        if words and found is None:
            self.refuse(column, _("“%(words)s” is none of the municipalities.") % {"words": words})
        return found

    def day(self, column: Heading) -> dt.date | None:
        words = self.text(column)
        day = parsed_day(words) if words else None
        if words and day is None:
            self.refuse(column, _("“%(words)s” is not a day; write it like 2026-12-01 or 01/12/2026.") % {"words": words})
        return day

    def choice(self, column: Heading, choices: type[models.TextChoices]) -> Any:
        """The choice a word means, by its stored value or its name in any language; None for an empty cell."""
        words = self.text(column)
        found = _by_word(choices).get(plain(words)) if words else None
        if words and found is None:
            known = ", ".join(str(choice.label) for choice in choices)
            self.refuse(column, _("“%(words)s” is not one of: %(known)s.") % {"words": words, "known": known})
        return found

    def telephone(self, column: Heading) -> str:
        words = self.text(column)
        if words and not TELEPHONE.fullmatch(words):
            self.refuse(column, _("“%(words)s” is not a telephone number.") % {"words": words})
        return words

    def yes(self, column: Heading) -> bool | None:
        words = plain(self.text(column))
        if words and words not in YES | NO:
            self.refuse(column, _("Write yes or no."))
        return words in YES if words else None

    # --- Writing --------------------------------------------------------------------------------

    def put(self, record: models.Model, given: Mapping[str, Any], columns: Mapping[str, Heading], *, is_part: bool = False) -> bool:
        """Give a record the values the row gives (empty: what is known stays), by its own rules; whether it stands now.

        Whatever the record refuses is a fault beside the column of the field.
        """
        is_new = record.pk is None
        told = []
        for name, value in given.items():
            old = getattr(record, name)
            if value in ("", None, []) or value == old:
                continue
            setattr(record, name, value)
            told.append((_label(record, name), "" if is_new else _words(record, name, old), _words(record, name, value)))
        if not (is_new or told):
            return True
        try:
            record.full_clean(exclude=["password"])
        except ValidationError as error:
            self._refuse_all(error, columns)
            return False
        record._change_reason = self._why  # type: ignore[attr-defined]
        record.save()
        self.changes += told
        self._note(is_new=is_new and not is_part)
        return True

    def _note(self, *, is_new: bool) -> None:
        """A stage, a contact or a mandate changes what it belongs to; it is not entered for itself."""
        if is_new:
            self.what = What.ENTERED
        elif self.what == What.SAME:
            self.what = What.CHANGED

    def _refuse_all(self, error: ValidationError, columns: Mapping[str, Heading]) -> None:
        whole = next(iter(columns.values()), None)
        for name, messages in error.message_dict.items():
            column = whole if name == NON_FIELD_ERRORS else columns.get(name, whole)
            for message in messages:
                self.refuse(column, message)

    def line(self, name: str, municipality: Municipality) -> Line:
        return Line(self.raw.number, self.what, name, municipality, self.changes)


def _by_word(choices: type[models.TextChoices]) -> dict[str, Any]:
    words: dict[str, Any] = {}
    for language in LANGUAGES:
        with translation.override(language):
            words |= {plain(word): choice for choice in choices for word in (choice.value, str(choice.label))}
    return words


def _label(record: models.Model, name: str) -> str:
    model_field = next((f for f in record._meta.concrete_fields if f.name == name), None)
    return str(model_field.verbose_name) if model_field else name


def _words(record: models.Model, name: str, value: Any) -> str:
    """The value as a person reads it: the label of a choice, both days of a period, `–` for nothing."""
    model_field = next((f for f in record._meta.concrete_fields if f.name == name), None)
    labels = dict(getattr(getattr(model_field, "base_field", model_field), "flatchoices", None) or [])
    if isinstance(value, list | tuple):
        return ", ".join(str(labels.get(one, one)) for one in value)
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if hasattr(value, "lower") and hasattr(value, "upper_inc"):
        last = value.upper - dt.timedelta(days=1) if value.upper else None
        return f"{value.lower:%d/%m/%Y} – {last:%d/%m/%Y}" if last else f"{value.lower:%d/%m/%Y} –"
    return str(labels.get(value, value)) if value not in (None, "") else ""
