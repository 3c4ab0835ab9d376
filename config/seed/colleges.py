"""Nineteen new colleges to try an import with: invented people, some of whom the try-out knows already.

`data/colleges.xlsx` and `data/colleges-ten-faults.xlsx` are made of these rows; a test holds them together.
"""

import datetime as dt
from collections.abc import Iterator

from config.seed.people import DOMAIN, OFFICIALS, Person
from municipalities.reference import MUNICIPALITIES, Reference, sort_key
from municipalities.turnover.columns import Column
from municipalities.turnover.templates import as_xlsx


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST_DAY = dt.date(2026, 12, 1)
FIRST_NAMES = _words(
    """
    Adèle Bastien Clémence Dorian Eléonore Fernand Gwendoline Hendrik Imane Jeroen Kaat Lander Maëlle Noor Octave Prune
    Quinten Rosalie Saskia Tibo Ursule Veerle Wassim Xavier Yara Zacharie Amandine Brecht Corentin Delphine
    """
)
LAST_NAMES = _words(
    """
    Aartsenaar Bellecombe Chantraine-Dor Dambrugge Esselinck Fromageot Gravenhout Haspelslagh Isenbaert Jolimontois
    Kastelijns Lamourette Meerschaut Noirchêne Oosterdamme Plancenoy Quatrevoie Roodenbeek Saintonge Tulpinck Uytterdonck
    Vertpré Wauterlingen Ypersteen Zwaluwen Abrassine Boterdaal Crèvelande Driesmolen Estienpré Fluwijnen Grandruelle
    Hertogsveld Ixembroek Jasmintot Kruisheide Lindepas Malcampré Netelbosch Ormenielle Puttenaar Quesnelier Rozenaak
    Sterrewegge Tilleulbois Uilenspiegh Vaucresson Wilgenaard Xhorremont Yzerkouter Zandloper Appelterre Brandewiel
    Courtebraie Dorpelinck Epinoisette Ferdinois Galgenhof Houtsaeger Ilvoorde Jachthoorn Koningslo Lavoirelle Mosselbaai
    Nachtegael Ooievaars Pannenhuys Queridal Ravensteyn Sablonette Tournepierre Uccelois Vlasbloem Waterleliaan Xantriche
    Yseboom Zeebriese Amblebois Bruyneput Cambreleng Duivenhok Escailloux Fonteynaar Groenhage Havrincel
    """
)
PORTFOLIOS = (
    ("Commerce, Développement économique", "Commerce / Handel"),
    ("Emploi", "Werkgelegenheid"),
    ("Travaux publics, Mobilité", "Openbare werken, Mobiliteit"),
    ("Urbanisme", "Stedenbouw"),
    ("Tourisme, Classes moyennes", "Toerisme, Middenstand"),
)
Row = list[object]


def colleges() -> list[Row]:
    """One row per mandate: a mayor and five aldermen for each of the 19, in the order of the template's columns."""
    newcomers = _newcomers()
    return [row for number, municipality in enumerate(MUNICIPALITIES) for row in _college(number, municipality, newcomers)]


def _newcomers() -> Iterator[tuple[str, str]]:
    for number, last in enumerate(LAST_NAMES):
        yield FIRST_NAMES[number * 7 % len(FIRST_NAMES)], last
    for number, last in enumerate(LAST_NAMES):
        yield FIRST_NAMES[(number * 7 + 3) % len(FIRST_NAMES)], last


def _college(number: int, municipality: Reference, newcomers: Iterator[tuple[str, str]]) -> Iterator[Row]:
    """By turns: all stay; the alderman becomes mayor; a new alderman for trade; a mayor who stays under a new address."""
    mayor, alderman, _officer, _former = OFFICIALS[municipality.code]
    code, turn = municipality.code.lower(), number % 4
    of_trade, *rest = PORTFOLIOS
    if turn == 1:
        yield _row(municipality, "Bourgmestre", (alderman.first, alderman.last), f"alderman.{code}@{DOMAIN}", ("", ""))
    elif turn == 3:
        new_address = f"{sort_key(mayor.first).replace(' ', '-')}.{code}@{DOMAIN}"
        yield _row(municipality, "Burgemeester", (mayor.first, _double_name(mayor)), new_address, ("", ""), f"mayor.{code}@{DOMAIN}")
    else:
        yield _row(municipality, "Burgemeester", (mayor.first, mayor.last), f"mayor.{code}@{DOMAIN}", ("", ""))
    if turn in {0, 3}:
        yield _row(municipality, "Échevin / Échevine", (alderman.first, alderman.last.upper()), f"alderman.{code}@{DOMAIN}", of_trade)
    else:
        yield _new(municipality, of_trade, newcomers)
    for portfolios in rest:
        yield _new(municipality, portfolios, newcomers)


def _double_name(person: Person) -> str:
    """The name another registry gives: the person's own, and that of a spouse."""
    return f"{person.last}-Desmarets"


def _new(municipality: Reference, portfolios: tuple[str, str], newcomers: Iterator[tuple[str, str]]) -> Row:
    first, last = next(newcomers)
    address = f"{sort_key(first)}.{sort_key(last).replace(' ', '-')}.{municipality.code.lower()}@{DOMAIN}"
    return _row(municipality, "Schepen" if len(last) % 2 else "Échevin", (first, last), address, portfolios)


def _row(municipality: Reference, role: str, name: tuple[str, str], email: str, portfolios: tuple[str, str], known: str = "") -> Row:
    """Written by turns as a French-speaking and as a Dutch-speaking registry would write it."""
    in_dutch = int(municipality.nis_code) % 2
    values: dict[Column, object] = {
        Column.MUNICIPALITY: municipality.name_nl if in_dutch else municipality.name_fr,
        Column.ROLE: role,
        Column.LAST_NAME: name[1],
        Column.FIRST_NAME: name[0],
        Column.EMAIL: email,
        Column.PORTFOLIOS: portfolios[0 if not in_dutch else 1] if portfolios[0] else "",
        Column.FIRST_DAY: FIRST_DAY if in_dutch else FIRST_DAY.strftime("%d/%m/%Y"),
        Column.PERSON: known,
    }
    return [values.get(column, "") for column in Column]


# --- With ten faults ----------------------------------------------------------------------------


def ten_faults() -> list[tuple[int, Column, object]]:
    """Row as the spreadsheet counts it, column, and what is written there instead; two of them in one row."""
    return [
        (4, Column.MUNICIPALITY, "Anderlek"),
        (10, Column.ROLE, "Bourgmestre"),  # the second one of its college
        (16, Column.EMAIL, "camille(at)example.org"),
        (23, Column.PORTFOLIOS, "Commerce, Cultes"),
        (29, Column.FIRST_DAY, "31/11/2026"),
        (35, Column.EMAIL, '=CONCAT("a","@example.org")'),
        (47, Column.FIRST_NAME, ""),
        (47, Column.ROLE, "Conseiller communal"),
        (66, Column.FIRST_DAY, dt.date(2027, 1, 4)),  # its college begins on 1 December
        (107, Column.PHONE, "sur demande"),
    ]


def colleges_with_ten_faults() -> list[Row]:
    rows = [list(row) for row in colleges()]
    for number, column, value in ten_faults():
        rows[number - 2][list(Column).index(column)] = value
    return rows


def college_files() -> dict[str, bytes]:
    """The two spreadsheets, by the name they have in `data/`."""
    return {"colleges.xlsx": as_xlsx(colleges()), "colleges-ten-faults.xlsx": as_xlsx(colleges_with_ten_faults(), formulas=True)}
