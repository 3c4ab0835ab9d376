"""What is wrong with a file: named by row, by column and by reason, in the reader's language."""

from typing import NamedTuple

from municipalities.turnover.columns import Column


class Fault(NamedTuple):
    """A reason why nothing is imported; `row` as the spreadsheet counts it, None when it is about the whole file."""

    row: int | None
    column: Column | None
    reason: str


class UnreadableFile(Exception):
    """The file cannot be read as a list of mandates at all; says why in the reader's language."""
