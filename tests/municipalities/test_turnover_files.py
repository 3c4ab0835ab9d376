"""A file is known by its content: encodings, delimiters, dates, formulas, and what is no list of mandates at all."""

import datetime as dt
import io
import zipfile
from typing import Any

import pytest
from django.utils import translation

from municipalities.services import load_reference
from municipalities.turnover import spreadsheets
from municipalities.turnover.columns import Column, column_of, portfolio_of, role_of
from municipalities.turnover.faults import UnreadableFile
from municipalities.turnover.files import read_file, safe_name
from municipalities.turnover.templates import csv_template, xlsx_template
from municipalities.turnover.uploads import plan_of, upload_turnover
from tests.municipalities.turnover_files import HEADINGS, college, csv_of, planned, row, uploaded, xlsx_of

TEXT = csv_of(college()).decode("utf-8-sig")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"], ids=["semicolon", "comma", "tab"])
def test_csv_is_read_in_every_encoding_and_with_every_delimiter(encoding: str, delimiter: str) -> None:
    text = TEXT.replace("Mobiliteit, Openbare werken", "Mobiliteit|Openbare werken").replace(";", delimiter)
    rows = read_file(text.encode(encoding)).rows
    assert [line.cells["first_name"] for line in rows] == ["Adèle", "Maëlle", "Tibo"]
    assert [line.number for line in rows] == [2, 3, 4]


def test_csv_with_quotes_blank_lines_comments_and_a_line_for_excel() -> None:
    text = 'sep=;\r\n# read by people;;\r\n\r\n"Commune";Mandat;Nom;Prénom;E-mail\r\nJette;Schepen;"de ""Clair""";Adèle;a@example.org\r\n'
    (only,) = read_file(text.encode()).rows
    assert (only.number, only.cells["last_name"]) == (5, 'de "Clair"')


@pytest.mark.parametrize(
    "day", ["2026-12-01", "01/12/2026", "1/12/2026", "01-12-2026", "01.12.2026", dt.date(2026, 12, 1), dt.datetime(2026, 12, 1)]
)
@pytest.mark.django_db
def test_days_are_understood(day: Any) -> None:
    load_reference()
    rows: list[list[Any]] = [[*line[:6], day, ""] for line in college()]
    turnover = upload_turnover(xlsx_of(rows), name="x.xlsx", by=None)
    assert plan_of(turnover).colleges[0].first_day == dt.date(2026, 12, 1)


def test_formula_is_never_believed() -> None:
    rows = college()
    rows[0][4] = '=CONCAT("a","@example.org")'
    for data in (xlsx_of(rows), csv_of(rows)):
        assert read_file(data).rows[0].formulas == ["email"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b"  \r\n ", "empty", id="blank"),
        pytest.param(b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0d", "neither a spreadsheet", id="picture"),
        pytest.param(b"%PDF-1.7 something", "Missing columns", id="pdf"),
        pytest.param(b"PK\x03\x04 no zip", "not a spreadsheet", id="broken zip"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "old XLS kind", id="xls"),
        pytest.param(csv_of([]), "no row below", id="headings alone"),
        pytest.param(csv_of(college(), HEADINGS[1:]), "Missing columns: Municipality", id="column missing"),
        pytest.param(csv_of(college(), ("Commune", "Gemeente", *HEADINGS[1:6], "Mandat")), "stand there twice", id="column twice"),
        pytest.param(csv_of(college() * 700), "more than 2000 rows", id="rows"),
        pytest.param(b"x" * (2 * 1024 * 1024 + 1), "larger than 2 MB", id="size"),
    ],
)
def test_what_is_no_list_of_mandates_is_refused_with_a_sentence(data: bytes, words: str) -> None:
    with translation.override("en"), pytest.raises(UnreadableFile, match=words):
        read_file(data)


def _zip(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _with_part(name: str, content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(xlsx_of(college()))) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    return _zip(parts | {name: content})


BOMB = b"<a/>" * (spreadsheets.UNPACKED_AT_MOST // 4 + 1)
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><workbook>&b;</workbook>'


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(_with_part("xl/worksheets/sheet1.xml", BOMB), "unpacks to far more", id="bomb"),
        pytest.param(_zip({f"{number}.xml": b"" for number in range(300)}), "unpacks to far more", id="many parts"),
        pytest.param(_zip({"word/document.xml": b"<w/>"}), "not a spreadsheet", id="a letter"),
        pytest.param(_with_part("xl/vbaProject.bin", b"Sub Auto_Open()"), "macros", id="macros"),
        pytest.param(_with_part("xl/workbook.xml", ENTITIES), "not a spreadsheet", id="entities"),
        pytest.param(_with_part("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row"), "not a spreadsheet", id="cut off"),
    ],
)
def test_spreadsheets_meant_to_harm_are_refused(data: bytes, words: str) -> None:
    with translation.override("en"), pytest.raises(UnreadableFile, match=words):
        read_file(data)


@pytest.mark.parametrize(
    ("name", "safe"),
    [("../../etc/passwd", "passwd"), ("C:\\lists\\collège 2026.xlsx", "collège_2026.xlsx"), ("..", "file"), ('a"\r\nb<c>.csv', "abc.csv")],
)
def test_file_names_are_made_harmless(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@pytest.mark.parametrize("heading", [column.heading for column in Column] + [word for column in Column for word in column.value[:3]])
def test_headings_are_known_in_every_language(heading: str) -> None:
    column = column_of(heading.upper())
    assert column is not None
    assert heading in (column.heading, *column.value[:3])


@pytest.mark.parametrize(
    "word", ["alderman", "Échevin", "échevine", "ECHEVIN", "Schepen", "Échevin / Échevine", "Échevin / Schepen", "Alderman / alderwoman"]
)
def test_roles_are_known_by_value_and_by_label(word: str) -> None:
    assert role_of(word) == "alderman"


@pytest.mark.parametrize("word", ["trade", "Commerce", "Handel", "Trade", "commerce / handel"])
def test_portfolios_are_known_by_value_and_by_label(word: str) -> None:
    assert portfolio_of(word) == "trade"
    assert role_of(word) is None


@pytest.mark.parametrize("template", [csv_template, xlsx_template])
@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_template_has_every_heading_and_an_example_that_is_not_read(template: Any, language: str) -> None:
    with translation.override(language), pytest.raises(UnreadableFile) as refused:
        read_file(template())
    with translation.override("en"), pytest.raises(UnreadableFile, match="no row below"):
        read_file(template())
    assert str(refused.value)


@pytest.mark.django_db
def test_columns_nobody_asked_for_are_neither_kept_nor_refused() -> None:
    load_reference()
    rows = [[*line, "a party"] for line in college()]
    turnover = upload_turnover(csv_of(rows, (*HEADINGS, "Parti")), name="x.csv", by=None)
    assert plan_of(turnover).ignored == ["Parti"]
    assert "a party" not in str(turnover.content)


# --- Faults -------------------------------------------------------------------------------------

FAULTS = {
    "municipality": (row("Ixel", "Échevin", "Lindepas", "Maëlle"), {"municipality"}),
    "role": (row("Ixelles", "Roi", "Lindepas", "Maëlle"), {"role"}),
    "second mayor": (row("Ixelles", "Burgemeester", "Lindepas", "Maëlle"), {"role"}),
    "no name": (row("Ixelles", "Échevin", "Lindepas", "", email="m@example.org"), {"first_name"}),
    "email": (row("Ixelles", "Échevin", "Lindepas", "Maëlle", email="nobody"), {"email"}),
    "portfolio": (row("Ixelles", "Échevin", "Lindepas", "Maëlle", portfolios="Commerce, Cultes"), {"portfolios"}),
    "no such day": (row("Ixelles", "Échevin", "Lindepas", "Maëlle", day="31/11/2026"), {"first_day"}),
    "no day": (row("Ixelles", "Échevin", "Lindepas", "Maëlle", day=""), {"first_day"}),
    "far day": (row("Ixelles", "Échevin", "Lindepas", "Maëlle", day="2126-12-01"), {"first_day"}),
    "another day": (row("Ixelles", "Échevin", "Lindepas", "Maëlle", day="2026-12-08"), {"first_day"}),
    "twice": (row("Ixelles", "Échevin", "Montclair", "Adèle"), {"email"}),
    "address of another": (row("Ixelles", "Échevin", "Lindepas", "Maëlle", email="adele.montclair@example.org"), {"email"}),
    "unknown person": (row("Ixelles", "Échevin", "Lindepas", "Maëlle", person="who@example.org"), {"person"}),
    "too long": (row("Ixelles", "Échevin", "L" * 81, "Maëlle", email="l@example.org"), {"last_name"}),
    "two at once": (row("Ixel", "Roi", "Lindepas", "Maëlle", email="nobody"), {"municipality", "role", "email"}),
}


@pytest.mark.parametrize(("line", "columns"), FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.django_db
def test_every_fault_of_a_row_is_named_with_its_column(line: list[str], columns: set[str]) -> None:
    load_reference()
    rows = [*college()[::2], line]
    faults = planned(rows).faults
    assert [(fault.row, fault.column and fault.column.key) for fault in faults] == [
        (4, column.key) for column in Column if column.key in columns
    ]


@pytest.mark.django_db
def test_second_mayor_is_told_who_the_first_is_in_the_language_of_the_reader() -> None:
    load_reference()
    turnover = uploaded([*college(), row("Elsene", "Burgemeester", "Ander", "Kaat")])
    with translation.override("en"):
        (fault,) = plan_of(turnover).faults
    assert "Adèle Montclair stands in row 2" in fault.reason


@pytest.mark.django_db
def test_college_without_mayor_is_refused() -> None:
    load_reference()
    (fault,) = planned(college()[1:]).faults
    assert (fault.row, fault.column) == (2, Column.ROLE)
