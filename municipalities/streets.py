"""Shopping streets and streets known for their works, as data, with the neighbourhood each lies in.

Street names: © OpenStreetMap contributors, by way of EqualStreetNames.Brussels, Open Database License (ODbL) 1.0; what is
taken from where stands beside the file, in `data/STREETS-SOURCE.md`.
"""

import csv
from importlib import resources
from typing import NamedTuple


class StreetRow(NamedTuple):
    """One street in one municipality."""

    nis_code: str
    kind: str
    name_fr: str
    name_nl: str
    neighbourhood_fr: str
    neighbourhood_nl: str


def _rows() -> tuple[StreetRow, ...]:
    text = resources.files("municipalities").joinpath("data/streets.csv").read_text(encoding="utf-8")
    return tuple(StreetRow(**row) for row in csv.DictReader(text.splitlines()))


STREETS = _rows()
