"""Take the name, addresses and telephone of a person out of free text, wherever it stands in the database.

The search runs in PostgreSQL, one statement a table, by patterns that stop at the borders of words: 'Jan Peeters' is not
found in 'Jan Peetersen'. What somebody else bears too (a namesake, the telephone of a secretariat) is left alone.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from config.privacy.purposes import Entry, Erase
from municipalities.models import User

SEPARATORS = r"[\s./()-]*"
BELGIUM = "32"
SHORTEST_NUMBER = 7  # national digits; anything shorter could be a year or a house number
IN_EVERY_ROW = (Erase.SCRUB, Erase.WIPE)


@dataclass(frozen=True)
class Identifiers:
    """By what a person is recognised in a text."""

    names: tuple[str, ...]
    addresses: tuple[str, ...]
    phones: tuple[str, ...]
    last_names: tuple[str, ...]
    left_alone: tuple[str, ...]  # which of them somebody else bears too

    @property
    def patterns(self) -> dict[str, str]:
        """The regular expressions of PostgreSQL: for names, and for everything that reaches the person."""
        names = [pattern for name in self.names for pattern in _name_patterns(name)]
        reach = [_address_pattern(address) for address in self.addresses] + [_phone_pattern(phone) for phone in self.phones]
        return {"name": "|".join(names), "reach": "|".join(reach)}


def identifiers_of(person: User) -> Identifiers:
    """Names, addresses and telephones of today and of every earlier day, from the history."""
    records = [person, *User.history.filter(id=person.pk).order_by("history_id")]
    known = [record for record in records if record.last_name and not record.last_name.startswith("#")]
    names = _once((record.first_name.strip(), record.last_name.strip()) for record in known)
    addresses = _once(record.email.lower() for record in known if record.email)
    phones = _once(record.phone for record in known if len(_digits(record.phone)) >= SHORTEST_NUMBER)
    others = User.objects.exclude(pk=person.pk)
    shared_names = [name for name in names if others.filter(first_name__iexact=name[0], last_name__iexact=name[1]).exists()]
    shared_addresses = [address for address in addresses if others.filter(email__iexact=address).exists()]
    taken = {_digits(phone) for phone in others.exclude(phone="").values_list("phone", flat=True)} if phones else set()
    shared_phones = [phone for phone in phones if _digits(phone) in taken]
    return Identifiers(
        names=tuple(f"{first}\t{last}" for first, last in names if (first, last) not in shared_names and first),
        addresses=tuple(address for address in addresses if address not in shared_addresses),
        phones=tuple(phone for phone in phones if phone not in shared_phones),
        last_names=tuple(_once(last for _first, last in names)),
        left_alone=tuple([" ".join(name) for name in shared_names] + shared_addresses + shared_phones),
    )


def _once(values: Iterator) -> list:
    return list(dict.fromkeys(values))


def _digits(phone: str) -> str:
    """The national digits: `+32 2 555 00 00`, `0032…` and `02 555 00 00` are one number."""
    digits = re.sub(r"\D", "", re.sub(r"\(0\)", "", phone)).removeprefix("00")
    return digits.removeprefix(BELGIUM) if digits.startswith(BELGIUM) and len(digits) > SHORTEST_NUMBER + 2 else digits.lstrip("0")


def _quoted(words: str) -> str:
    return r"\s+".join(re.sub(r"([^\w\s])", r"\\\1", word) for word in words.split())


def _spellings(words: str) -> list[str]:
    """As typed, and as it stands in HTML."""
    return _once(iter([words, html.escape(words)]))


def _name_patterns(name: str) -> Iterator[str]:
    """First name and last name in both orders, with or without a comma."""
    first, last = name.split("\t")
    for one, other in zip(_spellings(first), _spellings(last), strict=False):
        yield rf"(?<!\w){_quoted(one)}\s+{_quoted(other)}(?!\w)"
        yield rf"(?<!\w){_quoted(other)},?\s+{_quoted(one)}(?!\w)"


def _address_pattern(address: str) -> str:
    return rf"(?<![\w.+-]){_quoted(address)}(?!\.?[\w-])"


def _phone_pattern(phone: str) -> str:
    national = SEPARATORS.join(_digits(phone))
    return rf"(?<!\d)(?:(?:\+|00)?{SEPARATORS}{SEPARATORS.join(BELGIUM)}{SEPARATORS}(?:0{SEPARATORS})?|0{SEPARATORS})?{national}(?!\d)"


def last_name_pattern(identifiers: Identifiers) -> str:
    return "|".join(rf"(?<!\w){_quoted(spelling)}(?!\w)" for name in identifiers.last_names for spelling in _spellings(name))


# --- In the tables ------------------------------------------------------------------------------


def scrub_table(model: type[models.Model], entry: Entry, identifiers: Identifiers, *, name: str) -> int:
    """Put the pseudonym for the name, and `…` for what reaches the person, into every free text of a table; return the rows changed."""
    columns = [field for field in model._meta.concrete_fields if entry.fields[field.name].erase in IN_EVERY_ROW]
    patterns = identifiers.patterns
    if not columns or not any(patterns.values()):
        return 0
    found = "|".join(pattern for pattern in patterns.values() if pattern)
    sets, params = [], []
    for column in columns:
        expression, more = _replaced(column, patterns, name)
        sets.append(f"{_name(column.column)} = {expression}")
        params += more
    where = " OR ".join(f"{_text(column)} ~* %s" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL portal.scrubbing = 'on'")  # what is fixed for everybody else may lose a name
        cursor.execute(  # names of columns come from the models alone, values are parameters
            f"UPDATE {_name(model._meta.db_table)} SET {', '.join(sets)} WHERE {where}",  # noqa: S608
            [*params, *([found] * len(columns))],
        )
        changed = cursor.rowcount
        cursor.execute("SET LOCAL portal.scrubbing = 'off'")
        return changed


def _replaced(column: models.Field, patterns: dict[str, str], name: str) -> tuple[str, list[str]]:
    expression, params = _text(column), []
    for kind, replacement in (("name", name), ("reach", "…")):
        if patterns[kind]:
            expression = f"regexp_replace({expression}, %s, %s, 'gi')"
            params += [patterns[kind], replacement]
    if isinstance(column, models.CharField) and column.max_length:
        expression = f"left({expression}, {column.max_length})"
    return f"({expression})::{_type(column)}", params


def _text(column: models.Field) -> str:
    return f"{_name(column.column)}::text"


def _type(column: models.Field) -> str:
    return str(column.db_type(connection)) if isinstance(column, models.JSONField | ArrayField) else "text"


def _name(identifier: str | None) -> str:
    return connection.ops.quote_name(str(identifier))
