"""Names of files: what a sender wrote is never used for storing, and only cleaned for showing."""

import re
import unicodedata
from pathlib import PurePosixPath

LONGEST_NAME = 120
LONGEST_ENDING = 10
SLASH, BACKSLASH = "∕", "⧵"  # what a path's separators become on arrival, so that a path is seen and refused
SEPARATORS = frozenset({"/", "\\", SLASH, BACKSLASH})
UNSAFE = re.compile(r'[<>:"/\\|?*∕⧵]')
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", flags=re.IGNORECASE)  # names Windows keeps for itself


def is_path(name: str) -> bool:
    """Whether a name leads somewhere else: it holds a separator, or is nothing but dots."""
    return bool(SEPARATORS & set(name)) or not name.strip(". ")


def ending_of(name: str) -> str:
    """`.pdf`, in lower case; empty where there is none."""
    return PurePosixPath(name).suffix.lower()


def clean_name(name: str) -> str:
    """The name as it is shown and given to a browser: accents and spaces stay, nothing that steers, hides or leads elsewhere."""
    last = re.split(r"[/\\∕⧵]", name)[-1]
    visible = "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] != "C" or c.isspace())
    plain = re.sub(r"\s+", " ", UNSAFE.sub("_", visible)).strip(". ")
    if DEVICES.match(plain):
        plain = f"_{plain}"
    return _shortened(plain) or "file"


def _shortened(name: str) -> str:
    """No longer than LONGEST_NAME, its ending kept."""
    ending = PurePosixPath(name).suffix
    if len(name) <= LONGEST_NAME or len(ending) > LONGEST_ENDING:
        return name[:LONGEST_NAME].strip(". ")
    return name[: LONGEST_NAME - len(ending)].rstrip(". ") + ending
