"""The 19 municipalities of the Brussels-Capital Region, as data.

NIS codes and names: Statbel REFNIS 2019. Population on 1 January 2020: Statbel, by way of bmesuere/belgium-topojson (CC0).
Postcodes: Statbel's conversion table (CC BY 4.0); some are shared, so a postcode never decides a municipality. Areas are
computed from the outlines; those are in `data/outlines.json` with their source and licence. The three letters are ours.
"""

import datetime as dt
import json
import unicodedata
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

POPULATION_ON = dt.date(2020, 1, 1)


class Reference(NamedTuple):
    """What the Region's registers say of one municipality."""

    nis_code: str
    code: str
    slug: str
    name_fr: str
    name_nl: str
    official_style_fr: str
    official_style_nl: str
    postcodes: str
    population: int
    area_km2: str
    website_fr: str
    website_nl: str


# fmt: off
MUNICIPALITIES = (
    Reference(
        "21001", "AND", "anderlecht", "Anderlecht", "Anderlecht",
        "Commune d'Anderlecht", "Gemeente Anderlecht",
        "1070", 120_887, "17.90", "anderlecht.be", "anderlecht.be",
    ),
    Reference(
        "21002", "AUD", "auderghem", "Auderghem", "Oudergem",
        "Commune d'Auderghem", "Gemeente Oudergem",
        "1160", 34_404, "8.98", "auderghem.be", "oudergem.be",
    ),
    Reference(
        "21003", "BSA", "berchem-sainte-agathe", "Berchem-Sainte-Agathe", "Sint-Agatha-Berchem",
        "Commune de Berchem-Sainte-Agathe", "Gemeente Sint-Agatha-Berchem",
        "1082", 25_502, "3.00", "berchem.brussels", "berchem.brussels",
    ),
    Reference(
        "21004", "BXL", "bruxelles", "Bruxelles", "Brussel",
        "Ville de Bruxelles", "Stad Brussel",
        "1000 1020 1040 1050 1120 1130", 185_103, "33.07", "bruxelles.be", "brussel.be",
    ),
    Reference(
        "21005", "ETB", "etterbeek", "Etterbeek", "Etterbeek",
        "Commune d'Etterbeek", "Gemeente Etterbeek",
        "1040", 48_473, "3.20", "etterbeek.brussels", "etterbeek.brussels",
    ),
    Reference(
        "21006", "EVR", "evere", "Evere", "Evere",
        "Commune d'Evere", "Gemeente Evere",
        "1140", 42_656, "5.12", "evere.brussels", "evere.brussels",
    ),
    Reference(
        "21007", "FOR", "forest", "Forest", "Vorst",
        "Commune de Forest", "Gemeente Vorst",
        "1190", 56_581, "6.32", "forest.brussels", "vorst.brussels",
    ),
    Reference(
        "21008", "GAN", "ganshoren", "Ganshoren", "Ganshoren",
        "Commune de Ganshoren", "Gemeente Ganshoren",
        "1083", 25_234, "2.44", "ganshoren.be", "ganshoren.be",
    ),
    Reference(
        "21009", "IXL", "ixelles", "Ixelles", "Elsene",
        "Commune d'Ixelles", "Gemeente Elsene",
        "1050", 87_632, "6.38", "ixelles.be", "elsene.be",
    ),
    Reference(
        "21010", "JET", "jette", "Jette", "Jette",
        "Commune de Jette", "Gemeente Jette",
        "1090", 52_728, "5.20", "jette.brussels", "jette.brussels",
    ),
    Reference(
        "21011", "KOE", "koekelberg", "Koekelberg", "Koekelberg",
        "Commune de Koekelberg", "Gemeente Koekelberg",
        "1081", 21_959, "1.16", "koekelberg.be", "koekelberg.be",
    ),
    Reference(
        "21012", "MOL", "molenbeek-saint-jean", "Molenbeek-Saint-Jean", "Sint-Jans-Molenbeek",
        "Commune de Molenbeek-Saint-Jean", "Gemeente Sint-Jans-Molenbeek",
        "1080", 97_979, "6.05", "molenbeek.irisnet.be", "molenbeek.irisnet.be",
    ),
    Reference(
        "21013", "SGI", "saint-gilles", "Saint-Gilles", "Sint-Gillis",
        "Commune de Saint-Gilles", "Gemeente Sint-Gillis",
        "1060", 49_678, "2.52", "stgilles.brussels", "stgilles.brussels",
    ),
    Reference(
        "21014", "SJO", "saint-josse-ten-noode", "Saint-Josse-ten-Noode", "Sint-Joost-ten-Node",
        "Commune de Saint-Josse-ten-Noode", "Gemeente Sint-Joost-ten-Node",
        "1210", 27_497, "1.16", "sjtn.brussels", "sjtn.brussels",
    ),
    Reference(
        "21015", "SCH", "schaerbeek", "Schaerbeek", "Schaarbeek",
        "Commune de Schaerbeek", "Gemeente Schaarbeek",
        "1030", 132_799, "7.92", "1030.be", "1030.be",
    ),
    Reference(
        "21016", "UCC", "uccle", "Uccle", "Ukkel",
        "Commune d'Uccle", "Gemeente Ukkel",
        "1180", 83_980, "22.82", "uccle.be", "ukkel.be",
    ),
    Reference(
        "21017", "WBO", "watermael-boitsfort", "Watermael-Boitsfort", "Watermaal-Bosvoorde",
        "Commune de Watermael-Boitsfort", "Gemeente Watermaal-Bosvoorde",
        "1170", 25_332, "12.98", "watermael-boitsfort.be", "watermaal-bosvoorde.be",
    ),
    Reference(
        "21018", "WSL", "woluwe-saint-lambert", "Woluwe-Saint-Lambert", "Sint-Lambrechts-Woluwe",
        "Commune de Woluwe-Saint-Lambert", "Gemeente Sint-Lambrechts-Woluwe",
        "1200", 57_712, "7.30", "woluwe1200.be", "woluwe1200.be",
    ),
    Reference(
        "21019", "WSP", "woluwe-saint-pierre", "Woluwe-Saint-Pierre", "Sint-Pieters-Woluwe",
        "Commune de Woluwe-Saint-Pierre", "Gemeente Sint-Pieters-Woluwe",
        "1150", 42_119, "8.93", "woluwe1150.be", "woluwe1150.be",
    ),
)
# fmt: on


@cache
def _outlines() -> dict[str, dict[str, str]]:
    text = resources.files("municipalities").joinpath("data/outlines.json").read_text(encoding="utf-8")
    outlines: dict[str, dict[str, str]] = json.loads(text)["outlines"]
    return outlines


def sort_key(name: str) -> str:
    """Return the name without accents, capitals and hyphens: the database sorts by code point alone."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return plain.lower().replace("-", " ")


def fields_of(reference: Reference) -> dict[str, Any]:
    """Return the row of a municipality as its model holds it, outline and sort keys included."""
    outline = _outlines()[reference.nis_code]
    return reference._asdict() | {
        "postcodes": reference.postcodes.split(),
        "area_km2": Decimal(reference.area_km2),
        "population_on": POPULATION_ON,
        "sort_key_fr": sort_key(reference.name_fr),
        "sort_key_nl": sort_key(reference.name_nl),
        "outline": outline["path"],
        "label_x": Decimal(outline["label_x"]),
        "label_y": Decimal(outline["label_y"]),
    }
