"""Files of mandates as registries write them, and the whole state of the register to compare."""

import io
from typing import Any

from openpyxl import Workbook

from municipalities.models import Mandate, Municipality, User
from municipalities.turnover.columns import unaccented
from municipalities.turnover.models import Turnover
from municipalities.turnover.plans import Plan
from municipalities.turnover.templates import as_csv
from municipalities.turnover.uploads import plan_of, upload_turnover

HEADINGS = ("Commune", "Mandat", "Nom", "Prénom", "Adresse e-mail", "Compétences", "Premier jour", "Personne connue")
DAY = "2026-12-01"


def row(municipality: str, role: str, last: str, first: str, **given: str) -> list[str]:
    """One mandate; the address follows from the name unless given."""
    email = given.get("email", unaccented(f"{first}.{last}@example.org"))
    return [municipality, role, last, first, email, given.get("portfolios", ""), given.get("day", DAY), given.get("person", "")]


def college(municipality: str = "Ixelles") -> list[list[str]]:
    """A mayor and two aldermen nobody knows yet."""
    return [
        row(municipality, "Bourgmestre", "Montclair", "Adèle"),
        row(municipality, "Échevin", "Lindepas", "Maëlle", portfolios="Commerce"),
        row(municipality, "Schepen", "Malcampré", "Tibo", portfolios="Mobiliteit, Openbare werken"),
    ]


def csv_of(rows: list[list[str]], headings: tuple[str, ...] = HEADINGS) -> bytes:
    return as_csv([headings, *rows])


def xlsx_of(rows: list[list[Any]], headings: tuple[str, ...] = HEADINGS) -> bytes:
    """A plain spreadsheet; text that begins with = is a formula, as Excel has it."""
    book = Workbook()
    for line in (headings, *rows):
        book.active.append(list(line))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def uploaded(rows: list[list[str]], by: User | None = None) -> Turnover:
    return upload_turnover(csv_of(rows), name="college.csv", by=by)


def planned(rows: list[list[str]]) -> Plan:
    return plan_of(uploaded(rows))


def state() -> dict[str, list[dict[str, Any]]]:
    """Everything the register holds about people and mandates."""
    return {
        "people": list(User.objects.order_by("pk").values()),
        "mandates": list(Mandate.objects.order_by("pk").values()),
        "municipalities": list(Municipality.objects.order_by("pk").values()),
    }
