"""Where files are kept: under random names that say nothing of who sent what."""

import uuid
from typing import Any

FOLDER = "private"


def private_path(_row: Any, _name: str) -> str:
    """A name nobody can guess, without the sender's own name or ending; the folders keep each other small."""
    random = uuid.uuid4().hex
    return f"{FOLDER}/{random[:2]}/{random}"
