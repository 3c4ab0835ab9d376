"""The list to fill in, as XLSX and as CSV: its headings in three languages, and what the cells take."""

import io
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from municipalities.lists.models import ListImport
from municipalities.lists.runs import LISTS
from municipalities.models import Association, Mandate, Portfolio, Street
from municipalities.turnover.columns import LANGUAGES, labels_in
from municipalities.turnover.files import COMMENT
from municipalities.turnover.templates import XLSX, as_csv

Kind = ListImport.Kind
CHOICES: dict[str, dict[str, Any]] = {
    Kind.OFFICIALS: {"ROLE": Mandate.Role, "PORTFOLIOS": Portfolio},
    Kind.ASSOCIATIONS: {"STATE": Association.State},
    Kind.STREETS: {"KIND": Street.Kind},
}
EXAMPLES: dict[str, list[str]] = {
    Kind.OFFICIALS: ["Ixelles / Elsene", "Agent", "Exemple-Voorbeeld", "Camille", "camille@example.org"],
    Kind.ASSOCIATIONS: ["Ixelles / Elsene", "Les Commerçants de l'Exemple", "Active", "2024-09-01"],
    Kind.STREETS: ["Ixelles / Elsene", "Rue de l'Exemple", "Voorbeeldstraat", "Rue commerçante"],
}


def rules() -> list[str]:
    """What holds for every list, in the active language."""
    return [
        _("Rows that begin with “#” are not read; the example is one of them."),
        _("Empty cells change nothing, and nothing is ever removed: a list adds and brings up to date."),
        _("Days like 2026-12-01 or 01/12/2026. No formulas."),
    ]


def words_for(kind: str, language: str) -> list[str]:
    """The rules, and the words each column with a choice takes."""
    with translation.override(language):
        columns = LISTS[kind].columns
        return rules() + [f"{columns[name]}: {', '.join(labels_in(language, choices))}" for name, choices in CHOICES[kind].items()]


def csv_of(kind: str) -> bytes:
    example = EXAMPLES[kind]
    explained = [[f"{COMMENT}{words}"] for language in LANGUAGES for words in words_for(kind, language)]
    return as_csv([[column.heading for column in LISTS[kind].columns], *explained, [f"{COMMENT}{example[0]}", *example[1:]]])


def xlsx_of(kind: str) -> bytes:
    book, example = Workbook(), EXAMPLES[kind]
    sheet = book.active
    sheet.title = str(kind)
    sheet.append([column.heading for column in LISTS[kind].columns])
    for index in range(1, len(LISTS[kind].columns) + 1):
        sheet.cell(1, index).font = Font(bold=True)
        sheet.cell(1, index).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(index)].width = 28
    sheet.append([f"{COMMENT}{example[0]}", *example[1:]])
    sheet.freeze_panes = "A2"
    explained = book.create_sheet("FR - NL - EN")
    explained.column_dimensions["A"].width = 110
    for language in LANGUAGES:
        explained.append([language.upper()])
        for words in words_for(kind, language):
            explained.append([words])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


FILES = {"csv": ("text/csv; charset=utf-8", csv_of), "xlsx": (XLSX, xlsx_of)}
