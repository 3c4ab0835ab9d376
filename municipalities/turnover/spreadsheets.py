"""An XLSX of a stranger as rows of text: judged as a zip before it is opened, read row by row, never calculated."""

import datetime as dt
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from typing import Any, NamedTuple
from xml.etree.ElementTree import ParseError

import openpyxl
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from municipalities.turnover.faults import UnreadableFile

if not openpyxl.DEFUSEDXML:
    raise ImproperlyConfigured("Files of strangers are not read without defusedxml: entities in their XML could fill the memory.")

UNPACKED_AT_MOST = 40 * 1024 * 1024  # a list of 2,000 mandates unpacks to about 1 MB
PARTS_AT_MOST = 200
COLUMNS_READ = 60
ROWS_SCANNED = 20_000  # a sheet whose blank rows are formatted goes on far below its content
OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MALFORMED = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    InvalidFileException,
    KeyError,
    IndexError,
    ValueError,  # what defusedxml raises too
    TypeError,
    AttributeError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
)


class Cell(NamedTuple):
    """The text of a cell; a formula keeps what it calculates, and is never believed."""

    text: str
    is_formula: bool = False


Grid = list[tuple[int, list[Cell]]]


def sheets_of(data: bytes) -> Iterator[Grid]:
    """The grids of the visible sheets, in their order. Raises UnreadableFile."""
    _judge_zip(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        with closing(book):
            for sheet in book.worksheets:
                if sheet.sheet_state == "visible":
                    yield _grid_of(sheet)
    except MALFORMED as error:
        raise UnreadableFile(_("This is not a spreadsheet the portal can read. Save it again as XLSX.")) from error


def _judge_zip(data: bytes) -> None:
    """Refuse what is no spreadsheet, carries macros, or unpacks to far more than a list of mandates."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except MALFORMED as error:
        raise UnreadableFile(_("This is not a spreadsheet the portal can read. Save it again as XLSX.")) from error
    names = {part.filename for part in parts}
    if len(parts) > PARTS_AT_MOST or sum(part.file_size for part in parts) > UNPACKED_AT_MOST:
        raise UnreadableFile(_("This file unpacks to far more than a list of mandates needs, so it was not opened."))
    if "xl/workbook.xml" not in names:
        raise UnreadableFile(_("This is not a spreadsheet the portal can read. Save it again as XLSX."))
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise UnreadableFile(_("This spreadsheet carries macros. Save it as XLSX without macros."))


def _grid_of(sheet: Any) -> Grid:
    sheet.reset_dimensions()  # what the file says about its own size is not believed
    grid: Grid = []
    for number, cells in enumerate(sheet.iter_rows(max_col=COLUMNS_READ), start=1):
        if number > ROWS_SCANNED:
            raise UnreadableFile(
                _("This sheet has content or formatting below row %(rows)d. Copy the list to a new sheet.") % {"rows": ROWS_SCANNED}
            )
        row = [_cell(cell) for cell in cells]
        if any(cell.text for cell in row):
            grid.append((number, row))
    return grid


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return Cell("")
    if cell.data_type in {"f", "e"}:
        return Cell(str(value), is_formula=True)
    if isinstance(value, dt.datetime):
        return Cell(value.date().isoformat())
    if isinstance(value, float) and value.is_integer():
        return Cell(str(int(value)))
    return Cell(str(value).strip())
