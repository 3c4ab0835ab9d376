"""A file of mandates or of another list, CSV or XLSX, known by its content and not by its name, as rows of text by column."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from municipalities.turnover.columns import Column, Heading, column_of
from municipalities.turnover.faults import UnreadableFile
from municipalities.turnover.spreadsheets import OLD_EXCEL, Cell, Grid, sheets_of

DELIMITERS = (";", ",", "\t")
COMMENT = "# "  # a row whose first cell begins so is read by people alone
NAME_KEPT = 100


@dataclass(frozen=True)
class RawRow:
    """One row as typed: text by column, and the columns in which a formula stood."""

    number: int
    cells: dict[str, str]
    formulas: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class RawFile:
    rows: list[RawRow]
    ignored: list[str]  # headings the portal does not know; what stands below them is not kept

    def as_json(self) -> dict[str, Any]:
        return {"rows": [[row.number, row.cells, row.formulas] for row in self.rows], "ignored": self.ignored}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "RawFile":
        return cls([RawRow(*row) for row in kept.get("rows", [])], kept.get("ignored", []))


def safe_name(name: str) -> str:
    """The last part of a file's name, of harmless letters only."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return get_valid_filename(last.lstrip(".") or "file")[-NAME_KEPT:]


def read_file(data: bytes, columns: type[Heading] = Column) -> RawFile:
    """The rows of a file with these columns. Raises UnreadableFile with a sentence for the reader."""
    if len(data) > settings.TURNOVER_FILE_BYTES:
        raise UnreadableFile(_("The file is larger than %(size)d MB.") % {"size": settings.TURNOVER_FILE_BYTES // 1024**2})
    if not data.strip():
        raise UnreadableFile(_("The file is empty."))
    if data.startswith(OLD_EXCEL):
        raise UnreadableFile(_("This is a spreadsheet of the old XLS kind, or one with a password. Save it as XLSX without a password."))
    grids = sheets_of(data) if data.startswith(b"PK") else [_grid_of_csv(_decoded(data), columns)]
    return _first_list(grids, columns)


# --- CSV ----------------------------------------------------------------------------------------


def _decoded(data: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with it, else Windows-1252, as Excel writes CSV in Belgium."""
    encodings = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise UnreadableFile(_("This is neither a spreadsheet (XLSX) nor a list in text (CSV)."))


def _grid_of_csv(text: str, columns: type[Heading]) -> Grid:
    """Read with the delimiter that makes the most headings known."""
    first, _newline, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == len("sep=;"):
        return _rows_of_csv(rest, first.strip()[-1], begin=2)
    return max((_rows_of_csv(text, delimiter) for delimiter in DELIMITERS), key=lambda grid: _known_headings(grid, columns))


def _rows_of_csv(text: str, delimiter: str, *, begin: int = 1) -> Grid:
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise UnreadableFile(_("This is neither a spreadsheet (XLSX) nor a list in text (CSV).")) from error
    rows = [(number, [_cell(words) for words in record]) for number, record in enumerate(records, start=begin)]
    return [(number, cells) for number, cells in rows if any(cell.text for cell in cells)]


def _cell(words: str) -> Cell:
    return Cell(words.strip(), is_formula=words.lstrip().startswith("="))


# --- Headings and rows --------------------------------------------------------------------------


def _known_headings(grid: Grid, columns: type[Heading]) -> int:
    return sum(column_of(cell.text, columns) is not None for cell in grid[0][1]) if grid else 0


def _first_list(grids: Iterable[Grid], columns: type[Heading]) -> RawFile:
    """The first sheet that has a list in it; a sheet of explanations before or after it is passed over."""
    best: Grid = []
    for raw in grids:
        grid = [(number, cells) for number, cells in raw if not cells[0].text.startswith(COMMENT)]
        if _known_headings(grid, columns) > _known_headings(best, columns):
            best = grid
        if _known_headings(best, columns) >= len(_required(columns)):
            break
    return _rows_below(best, columns)


def _required(columns: type[Heading]) -> list[Heading]:
    return [column for column in columns if column.is_required]


def _rows_below(grid: Grid, columns: type[Heading]) -> RawFile:
    headings = [cell.text for cell in grid[0][1]] if grid else []
    places = {index: column for index, heading in enumerate(headings) if (column := column_of(heading, columns))}
    _check_headings(list(places.values()), columns)
    if len(grid) - 1 > settings.TURNOVER_FILE_ROWS:
        raise UnreadableFile(_("The file has more than %(rows)d rows.") % {"rows": settings.TURNOVER_FILE_ROWS})
    if len(grid) < 2:
        raise UnreadableFile(_("The file has headings, but no row below them."))
    ignored = [heading for index, heading in enumerate(headings) if heading and index not in places]
    return RawFile([_raw_row(number, cells, places) for number, cells in grid[1:]], ignored)


def _check_headings(found: list[Heading], columns: type[Heading]) -> None:
    if missing := [column for column in _required(columns) if column not in found]:
        raise UnreadableFile(_("Missing columns: %(names)s. Take the template: its headings are known.") % {"names": _listed(missing)})
    if twice := sorted({column for column in found if found.count(column) > 1}, key=str):
        raise UnreadableFile(_("Columns that stand there twice: %(names)s.") % {"names": _listed(twice)})


def _listed(columns: list[Heading]) -> str:
    return ", ".join(str(column) for column in columns)


def _raw_row(number: int, cells: list[Cell], places: dict[int, Heading]) -> RawRow:
    known = [(column.key, cells[index]) for index, column in places.items() if index < len(cells)]
    kept = {key: cell.text.replace("\x00", "") for key, cell in known if cell.text}
    return RawRow(number, kept, [key for key, cell in known if cell.is_formula])
