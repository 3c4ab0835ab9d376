"""What is wrong with a file: named by row, by column and by reason, in the reader's language."""

from typing import NamedTuple

from municipalities.turnover.columns import Heading


class Fault(NamedTuple):
    """A reason why nothing is imported; `row` as the spreadsheet counts it, None when it is about the whole file."""

    row: int | None
    column: Heading | None
    reason: str


class UnreadableFile(Exception):
    """The file cannot be read as a list at all; says why in the reader's language."""
