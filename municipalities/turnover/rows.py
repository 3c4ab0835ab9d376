"""Rows of text as entries of a college, and everything wrong with each of them, not only the first thing."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from municipalities.models import Mandate, Municipality, Portfolio, User
from municipalities.turnover.columns import COLUMNS, Column, Heading, labels_in, plain, portfolio_of, role_of
from municipalities.turnover.faults import Fault
from municipalities.turnover.files import RawRow

A_YEAR = dt.timedelta(days=366)
LONGEST_PAST, LONGEST_FUTURE = 8 * A_YEAR, A_YEAR  # a day further away is a typing error
DAY_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
BETWEEN_PORTFOLIOS = re.compile(r"[,;|\n]")
TELEPHONE = re.compile(r"\+?[\d\s./()-]{6,}")
NEW_PERSON = "new"
SAYS_NEW = frozenset({"new", "nouveau", "nouvelle", "nouvelle personne", "nieuw", "nieuwe persoon", "new person"})


@dataclass(frozen=True)
class Entry:
    """One row as understood; what was at fault is empty or None. `person` is the decision typed: '', 'new' or an address."""

    row: int
    municipality: Municipality | None
    role: Mandate.Role | None
    last_name: str
    first_name: str
    email: str
    phone: str
    portfolios: tuple[str, ...]
    job_title_fr: str
    job_title_nl: str
    first_day: dt.date | None
    person: str

    @property
    def is_whole(self) -> bool:
        return bool(self.municipality and self.role and self.first_day and self.email and self.last_name and self.first_name)

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def is_of_college(self) -> bool:
        return self.role in Mandate.POLITICAL


class Reader:
    """Understands the rows of one file; `faults` holds what it could not."""

    def __init__(self, municipalities: Iterable[Municipality], *, today: dt.date, first_day: dt.date | None = None) -> None:
        self.faults: list[Fault] = []
        self._today = today
        self._first_day = first_day  # for rows that leave the column empty
        self._municipalities = {plain(name): municipality for municipality in municipalities for name in names_of(municipality)}

    def read(self, rows: Iterable[RawRow]) -> list[Entry]:
        entries = [self._entry(row) for row in rows]
        self.faults += faults_between(entries)
        self.faults.sort(key=lambda fault: (fault.row or 0, COLUMNS.index(fault.column) if fault.column else -1))
        return entries

    def _entry(self, raw: RawRow) -> Entry:
        row = Row(raw, self.faults)
        return Entry(
            row=raw.number,
            municipality=self._municipality(row),
            role=_role(row),
            last_name=row.text(Column.LAST_NAME, longest=_longest("last_name")),
            first_name=row.text(Column.FIRST_NAME, longest=_longest("first_name")),
            email=_email(row, Column.EMAIL),
            phone=_phone(row),
            portfolios=_portfolios(row),
            job_title_fr=row.text(Column.JOB_TITLE_FR, longest=_longest("job_title_fr")),
            job_title_nl=row.text(Column.JOB_TITLE_NL, longest=_longest("job_title_nl")),
            first_day=self._day(row),
            person=_person(row),
        )

    def _municipality(self, row: "Row") -> Municipality | None:
        words = row.text(Column.MUNICIPALITY)
        found = [self._municipalities.get(plain(part)) for part in (words, *words.split("/"))] if words else []
        known = {municipality for municipality in found if municipality}
        if words and len(known) != 1:
            row.refuse(Column.MUNICIPALITY, _("“%(words)s” is none of the municipalities.") % {"words": words})
        return known.pop() if len(known) == 1 else None

    def _day(self, row: "Row") -> dt.date | None:
        words = row.text(Column.FIRST_DAY)
        if not words:
            if self._first_day is None and Column.FIRST_DAY.key not in row.raw.formulas:
                row.refuse(Column.FIRST_DAY, _("No day is given, neither in the row nor for the whole file."))
            return self._first_day
        day = parsed_day(words)
        if day is None:
            row.refuse(Column.FIRST_DAY, _("“%(words)s” is not a day; write it like 2026-12-01 or 01/12/2026.") % {"words": words})
        elif not self._today - LONGEST_PAST <= day <= self._today + LONGEST_FUTURE:
            row.refuse(Column.FIRST_DAY, _("%(day)s is too far away to be meant.") % {"day": date_format(day, "DATE_FORMAT")})
            return None
        return day


class Row:
    """A row being read: gives the text of a column, and notes what is wrong with it."""

    def __init__(self, raw: RawRow, faults: list[Fault]) -> None:
        self.raw = raw
        self._faults = faults

    def refuse(self, column: Heading | None, reason: str) -> None:
        self._faults.append(Fault(self.raw.number, column, reason))

    def text(self, column: Heading, *, longest: int | None = None) -> str:
        """The text of a column; empty when it is missing, too long, or comes from a formula."""
        words = self.raw.cells.get(column.key, "")
        if column.key in self.raw.formulas:
            self.refuse(column, _("There is a formula in this cell; type its value instead."))
            return ""
        if not words and column.is_required:
            self.refuse(column, _("This cell is empty."))
        if longest is not None and len(words) > longest:
            self.refuse(column, _("Longer than %(count)d signs.") % {"count": longest})
            return ""
        return words


def names_of(municipality: Municipality) -> tuple[str, ...]:
    styles = (municipality.official_style_fr, municipality.official_style_nl)
    names = (municipality.name_fr, municipality.name_nl, municipality.code, municipality.nis_code, municipality.slug)
    return tuple(name for name in (*names, *styles) if name)


def _longest(field: str) -> int | None:
    longest: int | None = getattr(User._meta.get_field(field), "max_length", None)
    return longest


def _role(row: Row) -> Mandate.Role | None:
    words = row.text(Column.ROLE)
    role = role_of(words) if words else None
    if words and role is None:
        known = ", ".join(labels_in(get_language() or "fr", Mandate.Role))
        row.refuse(Column.ROLE, _("“%(words)s” is not one of: %(known)s.") % {"words": words, "known": known})
    return role


def _portfolios(row: Row) -> tuple[str, ...]:
    named = [words.strip() for words in BETWEEN_PORTFOLIOS.split(row.text(Column.PORTFOLIOS)) if words.strip()]
    found = {words: portfolio_of(words) for words in named}
    if unknown := [words for words, portfolio in found.items() if portfolio is None]:
        known = ", ".join(labels_in(get_language() or "fr", Portfolio))
        words = {"words": ", ".join(unknown), "known": known}
        row.refuse(Column.PORTFOLIOS, _("“%(words)s” is not one of: %(known)s.") % words)
    return tuple(portfolio.value for portfolio in Portfolio if portfolio in found.values())


def _email(row: Row, column: Column) -> str:
    words = row.text(column, longest=_longest("email")).lower()
    try:
        if words:
            validate_email(words)
    except ValidationError:
        row.refuse(column, _("“%(words)s” is not an e-mail address.") % {"words": words})
        return ""
    return words


def _phone(row: Row) -> str:
    words = row.text(Column.PHONE, longest=_longest("phone"))
    if words and not TELEPHONE.fullmatch(words):
        row.refuse(Column.PHONE, _("“%(words)s” is not a telephone number.") % {"words": words})
    return words


def _person(row: Row) -> str:
    words = row.text(Column.PERSON)
    if not words:
        return ""
    return NEW_PERSON if plain(words) in SAYS_NEW else _email(row, Column.PERSON)


def parsed_day(words: str) -> dt.date | None:
    for form in DAY_FORMS:
        try:
            return dt.datetime.strptime(words, form).date()  # noqa: DTZ007 - a day on the calendar, not a moment
        except ValueError:
            continue
    return None


# --- Between rows -------------------------------------------------------------------------------


def faults_between(entries: Iterable[Entry]) -> Iterator[Fault]:
    """What no row shows alone: a college without a mayor or with two, two first days, a person named twice."""
    by_municipality: dict[Municipality, list[Entry]] = defaultdict(list)
    by_email: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.municipality:
            by_municipality[entry.municipality].append(entry)
        if entry.email:
            by_email[entry.email].append(entry)
    for municipality, of_municipality in by_municipality.items():
        college = [entry for entry in of_municipality if entry.is_of_college]
        yield from _mayors(municipality, of_municipality, college)
        yield from _first_days(municipality, college)
    for of_person in by_email.values():
        yield from _named_twice(of_person)


def _mayors(municipality: Municipality, entries: list[Entry], college: list[Entry]) -> Iterator[Fault]:
    mayors = [entry for entry in college if entry.role == Mandate.Role.MAYOR]
    names = {"municipality": municipality}
    if college and not mayors and all(entry.role for entry in entries):
        reason = _("The file replaces the whole college, and names no mayor for %(municipality)s.") % names
        yield Fault(college[0].row, Column.ROLE, reason)
    for second in mayors[1:]:
        other = {"name": mayors[0].full_name, "row": mayors[0].row}
        yield Fault(
            second.row, Column.ROLE, _("%(municipality)s has two mayors: %(name)s stands in row %(row)d already.") % (names | other)
        )


def _first_days(municipality: Municipality, college: list[Entry]) -> Iterator[Fault]:
    """A college begins on one day; a row that says another is at fault against the day most rows say."""
    days = [entry.first_day for entry in college if entry.first_day]
    usual = max(days, key=lambda day: (days.count(day), day)) if days else None
    for entry in college:
        if usual and entry.first_day and entry.first_day != usual:
            words = {"municipality": municipality, "day": date_format(usual, "DATE_FORMAT")}
            yield Fault(entry.row, Column.FIRST_DAY, _("The college of %(municipality)s begins on %(day)s in the other rows.") % words)


def _named_twice(entries: list[Entry]) -> Iterator[Fault]:
    first = entries[0]
    places = {(first.municipality, first.is_of_college)}
    for entry in entries[1:]:
        words = {"row": first.row, "name": first.full_name, "email": entry.email}
        place = (entry.municipality, entry.is_of_college)
        if entry.first_name and first.last_name and plain(entry.full_name) != plain(first.full_name):
            yield Fault(entry.row, Column.EMAIL, _("%(email)s is the address of %(name)s in row %(row)d.") % words)
        elif entry.municipality and place in places:
            yield Fault(entry.row, Column.EMAIL, _("%(name)s stands in row %(row)d already, for the same municipality.") % words)
        places.add(place)
