"""Pictures of files: an image made small, the first page of a PDF. Made in a process of its own, with little time and memory.

Whatever a file does to the program that opens it, it does to that process alone. Without pypdfium2 (extra `previews`) a PDF
has no picture, and nothing else changes.
"""

import importlib.util
import subprocess
import sys
from pathlib import Path

from partnerships.uploads.kinds import IMAGES

SECONDS = 20
LARGEST_PREVIEW = 2 * 1024 * 1024
DRAWING = Path(__file__).with_name("drawing.py")


class NoPreview(Exception):
    """The file could not be drawn, or not in time."""


def can_be_shown(kind: str) -> bool:
    """Images, and PDF where the part that draws them is installed."""
    return kind in IMAGES or (kind == "pdf" and importlib.util.find_spec("pypdfium2") is not None)


def preview_of(content: bytes, kind: str) -> bytes:
    """A WebP picture of a file, small enough for a list. Raises NoPreview."""
    command = [sys.executable, "-I", str(DRAWING), kind]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, check=True, env={})
    except (subprocess.SubprocessError, OSError) as fault:
        raise NoPreview(type(fault).__name__) from fault
    if not done.stdout.startswith(b"RIFF") or len(done.stdout) > LARGEST_PREVIEW:
        raise NoPreview("no picture came back")
    return done.stdout
