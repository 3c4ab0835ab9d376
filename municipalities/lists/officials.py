"""Officials with one mandate a row: entered, or brought up to date; nobody goes because a list leaves them out."""

import datetime as dt
import re

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from municipalities.lists.headings import OfficialColumn as Column
from municipalities.lists.rows import Line, ListRow
from municipalities.models import Mandate, Municipality, Portfolio, User
from municipalities.turnover.columns import portfolio_of, role_of
from municipalities.turnover.matching import same_name

BETWEEN = re.compile(r"[,;|\n]")
ONE_DAY = dt.timedelta(days=1)


def enter_official(row: ListRow) -> Line | None:
    """Found by address; the same address under another name, or the same name here under another address, is a fault to look at."""
    municipality, role = row.municipality(Column.MUNICIPALITY), _role(row)
    names = {"first_name": row.text(Column.FIRST_NAME), "last_name": row.text(Column.LAST_NAME)}
    email, portfolios = row.text(Column.EMAIL).lower(), _portfolios(row)
    given = {
        "phone": row.telephone(Column.PHONE),
        "job_title_fr": row.text(Column.JOB_TITLE_FR),
        "job_title_nl": row.text(Column.JOB_TITLE_NL),
    }
    first, last = row.day(Column.FIRST_DAY), row.day(Column.LAST_DAY)
    if row.is_at_fault or municipality is None or role is None:
        return None
    row.once((email, municipality.pk, role), Column.EMAIL)
    person = _person(row, municipality, email, " ".join(names.values()))
    if row.is_at_fault or not row.put(person, (names | given) if person.pk is None else given, {f: Column[f.upper()] for f in PERSON}):
        return None
    _mandate(row, person, municipality, role, portfolios, first, last)
    return None if row.is_at_fault else row.line(person.full_name, municipality)


PERSON = ("email", "first_name", "last_name", "phone", "job_title_fr", "job_title_nl")


def _role(row: ListRow) -> Mandate.Role | None:
    words = row.text(Column.ROLE)
    role = role_of(words) if words else None
    if words and role is None:
        known = ", ".join(str(choice.label) for choice in Mandate.Role)
        row.refuse(Column.ROLE, _("“%(words)s” is not one of: %(known)s.") % {"words": words, "known": known})
    return role


def _portfolios(row: ListRow) -> list[str]:
    named = [words.strip() for words in BETWEEN.split(row.text(Column.PORTFOLIOS)) if words.strip()]
    found = {words: portfolio_of(words) for words in named}
    if unknown := [words for words, portfolio in found.items() if portfolio is None]:
        known = ", ".join(str(choice.label) for choice in Portfolio)
        row.refuse(Column.PORTFOLIOS, _("“%(words)s” is not one of: %(known)s.") % {"words": ", ".join(unknown), "known": known})
    return [portfolio.value for portfolio in Portfolio if portfolio in found.values()]


def _person(row: ListRow, municipality: Municipality, email: str, name: str) -> User:
    person = User.objects.filter(email__iexact=email).first()
    if person is None:
        here = User.objects.not_erased().filter(mandates__municipality=municipality).distinct().order_by("pk")
        if other := next((one for one in here if same_name(one.full_name, name)), None):
            words = {"name": other, "email": other.email}
            row.refuse(Column.EMAIL, _("%(name)s is known with the address %(email)s: change it on the page of the person first.") % words)
        person = User(email=email)
        person.set_unusable_password()
    elif not same_name(person.full_name, name):
        row.refuse(Column.EMAIL, _("%(email)s is the address of %(name)s.") % {"email": email, "name": person})
    elif person.is_staff or person.is_cabinet_reviewer:
        row.refuse(Column.EMAIL, _("%(name)s works for the agency or the cabinet: administrators change that by hand.") % {"name": person})
    return person


def _mandate(
    row: ListRow,
    person: User,
    municipality: Municipality,
    role: str,
    portfolios: list[str],
    first: dt.date | None,
    last: dt.date | None,
) -> None:
    """The mandate that begins on that day, or without a day the latest of this role; a new one needs its first day."""
    held = person.mandates.filter(municipality=municipality, role=role).order_by("-period")
    known = held.filter(period__startswith=first).first() if first else held.first()
    start = known.starts_on if known else first
    if start is None:
        row.refuse(Column.FIRST_DAY, _("A new mandate needs its first day."))
        return
    if last and last < start:
        row.refuse(Column.LAST_DAY, _("The last day is on or after the first day."))
        return
    mandate = known or Mandate(user=person, municipality=municipality, role=role)
    period = DateRange(start, last + ONE_DAY) if last else (known.period if known else DateRange(start, None))
    columns = {"period": Column.FIRST_DAY, "role": Column.ROLE, "portfolios": Column.PORTFOLIOS}
    row.put(mandate, {"period": period, "portfolios": portfolios}, columns, is_part=True)
