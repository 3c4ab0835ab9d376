"""The proof of information as a picture: a line per municipality or per mailing, a tile per group; number and colour say the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from mailings.proof import Row

NAME_WIDTH, CELL_WIDTH, CELL_HEIGHT, GAP, HEAD = 190, 96, 24, 4, 34
TONES = {"all": ("#1c6237", "#ffffff"), "some": ("#f2c14e", "#1d2733"), "no": ("#b3261e", "#ffffff"), "none": ("#e4e8ed", "#1d2733")}


@dataclass(frozen=True)
class Tile:
    """One cell of the heat map: number and colour say the same."""

    x: int
    words: str
    fill: str
    ink: str

    @property
    def middle(self) -> int:
        return self.x + CELL_WIDTH // 2


@dataclass(frozen=True)
class Line:
    name: str
    y: int
    tiles: list[Tile]
    spoken: str

    @property
    def baseline(self) -> int:
        return self.y + 16


@dataclass(frozen=True)
class Picture:
    """A small heat map: a line per municipality (or per mailing), a tile per group."""

    lines: list[Line]
    heads: list[tuple[int, Any]]
    width: int = NAME_WIDTH + 3 * (CELL_WIDTH + GAP)
    tile_width: int = CELL_WIDTH
    tile_height: int = CELL_HEIGHT

    @property
    def height(self) -> int:
        return HEAD + len(self.lines) * (CELL_HEIGHT + GAP)


def picture_of(rows: Iterable[tuple[str, Row]]) -> Picture:
    heads = [(_x(number) + CELL_WIDTH // 2, words) for number, words in enumerate((_("mayor"), _("trade"), _("others")))]
    return Picture([_line(number, name, row) for number, (name, row) in enumerate(rows)], heads)


def _x(number: int) -> int:
    return NAME_WIDTH + number * (CELL_WIDTH + GAP)


def _line(number: int, name: str, row: Row) -> Line:
    tiles = [Tile(_x(place), cell.short, *TONES[cell.tone]) for place, cell in enumerate(row.cells)]
    spoken = ", ".join(f"{label} {cell.short}" for label, cell in row.labelled)
    return Line(name, HEAD + number * (CELL_HEIGHT + GAP), tiles, f"{name}: {spoken}")
