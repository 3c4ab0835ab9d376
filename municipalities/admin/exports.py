"""Lists as files: CSV by the stream, XLSX row by row; nothing in them can run as a formula."""

import csv
import datetime as dt
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, Any

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from openpyxl import Workbook

CHUNK = 2_000  # rows fetched at a time; what belongs to them is asked once per chunk, so that any list fits into memory
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Column = tuple[Any, Callable[[Any], Any]]


def harmless(value: Any) -> str:
    """The value as text; what a spreadsheet would take for a formula begins with an apostrophe (OWASP, 'CSV Injection')."""
    text = "" if value is None else value.isoformat() if isinstance(value, dt.date | dt.datetime) else str(value)
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text


def lines_of(columns: Sequence[Column], rows: Iterable[Any]) -> Iterator[list[str]]:
    yield [harmless(label) for label, _read in columns]
    for row in rows:
        yield [harmless(read(row)) for _label, read in columns]


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def as_csv(name: str, lines: Iterable[list[str]]) -> StreamingHttpResponse:
    """With semicolons and a byte order mark, as spreadsheets set to French or Dutch expect."""
    writer = csv.writer(_Echo(), delimiter=";")
    content = (line.encode() for line in _with_mark(writer.writerow(line) for line in lines))
    response = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _with_mark(lines: Iterable[str]) -> Iterator[str]:
    yield "\ufeff"
    yield from lines


def as_xlsx(name: str, lines: Iterable[list[str]]) -> FileResponse:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name[:31])
    for line in lines:
        sheet.append(line)
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


FORMATS: dict[str, Callable[[str, Iterable[list[str]]], HttpResponseBase]] = {"csv": as_csv, "xlsx": as_xlsx}
