"""The template to fill in, as XLSX and as CSV: headings in three languages, an example, and what each column wants."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from municipalities.models import Mandate, Portfolio
from municipalities.turnover.columns import LANGUAGES, Column, labels_in
from municipalities.turnover.files import COMMENT

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADING = PatternFill("solid", fgColor="DCE6F2")
EXAMPLE = {
    Column.MUNICIPALITY: f"{COMMENT}Ixelles / Elsene",
    Column.ROLE: "Échevin / Schepen",
    Column.LAST_NAME: "Exemple-Voorbeeld",
    Column.FIRST_NAME: "Camille",
    Column.EMAIL: "camille@example.org",
    Column.PHONE: "+32 2 000 00 00",
    Column.PORTFOLIOS: "Commerce, Développement économique",
    Column.JOB_TITLE_FR: "Échevine du Commerce",
    Column.JOB_TITLE_NL: "Schepen van Handel",
    Column.FIRST_DAY: "2026-12-01",
    Column.PERSON: "",
}


def explanation(column: Column) -> str:
    """What a column wants, in the active language."""
    roles, portfolios = (", ".join(str(choice.label) for choice in choices) for choices in (Mandate.Role, Portfolio))
    return {
        Column.MUNICIPALITY: _(
            "Name in French or Dutch, or NIS code. All members of one college stand in the file: it replaces the college."
        ),
        Column.ROLE: _("One of: %(known)s.") % {"known": roles},
        Column.LAST_NAME: _("Family name."),
        Column.FIRST_NAME: _("First name."),
        Column.EMAIL: _("Professional address, the person's own: log-in codes go there."),
        Column.PHONE: _("Office number. Empty: what is known stays."),
        Column.PORTFOLIOS: _("One or more of, with a comma between them: %(known)s.") % {"known": portfolios},
        Column.JOB_TITLE_FR: _("As it is written under a letter in French. Empty: what is known stays, unless the mandate changes."),
        Column.JOB_TITLE_NL: _("As it is written under a letter in Dutch. Empty: what is known stays, unless the mandate changes."),
        Column.FIRST_DAY: _("First day of the mandate, like 2026-12-01 or 01/12/2026. Empty: the day chosen for the whole file."),
        Column.PERSON: _("Only when the portal asks: the address of the person already known, or “new”."),
    }[column]


def general_rules() -> list[str]:
    return [
        _("One row for each mandate. Rows that begin with “#” are not read; the example is one of them."),
        _("Whoever is in a college today and not in the file goes: the mandate ends on the day before the new first day."),
        _("No party, national number, photo or private address: other columns are not kept."),
    ]


def csv_template() -> bytes:
    """With semicolons and the mark of UTF-8, as Excel opens it in Belgium."""
    rows = [
        [column.heading for column in Column],
        [_everywhere(explanation, column, first=column is Column.MUNICIPALITY) for column in Column],
    ]
    return as_csv([*rows, [EXAMPLE[column] for column in Column]])


def as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=";").writerows(rows)
    return stream.getvalue().encode("utf-8-sig")


def xlsx_template() -> bytes:
    return as_xlsx([[EXAMPLE[column] for column in Column]])


def as_xlsx(rows: Iterable[Sequence[Any]], *, formulas: bool = False) -> bytes:
    """A list as the portal reads it: headings with comments, the rows, a sheet that explains. Text is no formula unless asked."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Mandats - Mandaten"
    sheet.append([column.heading for column in Column])
    for index, column in enumerate(Column, start=1):
        _dress(sheet.cell(1, index), column)
        sheet.column_dimensions[get_column_letter(index)].width = 26
    for number, row in enumerate(rows, start=2):
        for index, value in enumerate(row, start=1):
            _write(sheet.cell(number, index), value, formulas=formulas)
    sheet.freeze_panes = "A2"
    sheet.row_dimensions[1].height = 48
    _explain(book.create_sheet("FR - NL - EN"))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _write(cell: Any, value: Any, *, formulas: bool) -> None:
    """Text stays text, whatever sign it begins with."""
    cell.value = value or None
    if isinstance(value, str) and value and not formulas:
        cell.data_type = "s"
    elif isinstance(value, dt.date):
        cell.number_format = "yyyy-mm-dd"


def _dress(cell: Any, column: Column) -> None:
    cell.font = Font(bold=True)
    cell.fill = HEADING
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    comment = Comment(_everywhere(explanation, column), "hub.brussels")
    comment.width, comment.height = 420, 260
    cell.comment = comment


def _explain(sheet: Worksheet) -> None:
    for language in LANGUAGES:
        with translation.override(language):
            sheet.append([language.upper()])
            sheet.cell(sheet.max_row, 1).font = Font(bold=True)
            for rule in general_rules():
                sheet.append(["", rule])
            for column in Column:
                sheet.append([str(column), explanation(column)])
                sheet.cell(sheet.max_row, 2).alignment = Alignment(wrap_text=True, vertical="top")
            for choices in (Mandate.Role, Portfolio):
                sheet.append(["", ", ".join(labels_in(language, choices))])
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 28, 110


def _everywhere(words_for: Any, column: Column, *, first: bool = False) -> str:
    """The same in all three languages; the first cell of a row is marked, so that the row is not read."""
    told = []
    for language in LANGUAGES:
        with translation.override(language):
            told.append(str(words_for(column)))
    return (COMMENT if first else "") + "\n\n".join(told)
