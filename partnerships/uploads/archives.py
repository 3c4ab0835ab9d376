"""ZIP archives, and the Office files that are ZIP archives: looked through to the last byte before they are taken.

What the directory of an archive says is not believed: every entry is unpacked in memory and counted.
"""

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from partnerships.uploads.names import clean_name
from partnerships.uploads.refusals import refusal

MEGABYTE = 1024 * 1024
MOST_ENTRIES = 1000
LARGEST_ENTRY = 60 * MEGABYTE
LARGEST_TOTAL = 120 * MEGABYTE
HIGHEST_RATIO = 200  # text of a large workbook shrinks to a hundredth; a bomb to a thousandth
SMALL = MEGABYTE  # below this the ratio says nothing
ENCRYPTED = 0x1
FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError)
OF_THE_SYSTEM = re.compile(r"(^|/)(__MACOSX/.*|\.DS_Store|Thumbs\.db|desktop\.ini)$")  # what macOS and Windows slip in

MAIN_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
MACRO_PARTS = re.compile(r"(^|/)(vbaproject\.bin|vbadata\.xml|macrosheets/.*|activex/.*\.bin)$|^(basic|scripts)/.+", flags=re.IGNORECASE)
RUNNING_PARTS = re.compile(r"(^|/)embeddings/.*\.bin$", flags=re.IGNORECASE)
ODF_TYPE = re.compile(rb"application/vnd\.oasis\.opendocument\.(text|spreadsheet|presentation)")
ODF_KINDS = {b"text": "odt", b"spreadsheet": "ods", b"presentation": "odp"}


@contextmanager
def _opened(name: str, content: bytes) -> Iterator[zipfile.ZipFile]:
    """The archive, its entries checked; whatever is wrong with its bytes is one refusal."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_directory(name, archive.infolist())
            yield archive
    except FAULTS as error:
        raise refusal("damaged", name) from error


def kind_of_archive(name: str, content: bytes) -> str:
    """`docx`, `xlsx`, `pptx`, `odt`, `ods`, `odp` by the parts inside, else `zip`."""
    with _opened(name, content) as archive:
        parts = set(archive.namelist())
        if "[Content_Types].xml" in parts:
            return next((kind for kind, part in MAIN_PARTS.items() if part in parts), "zip")
        if "mimetype" in parts and archive.getinfo("mimetype").file_size < len(ODF_TYPE.pattern) * 2:
            found = ODF_TYPE.fullmatch(archive.read("mimetype").strip())
            return ODF_KINDS[found[1]] if found else "zip"
    return "zip"


def check_office(name: str, content: bytes) -> None:
    """A modern Office file: whole, without macros and without embedded objects that can run."""
    with _opened(name, content) as archive:
        for part in archive.namelist():
            if MACRO_PARTS.search(part):
                raise refusal("macros", name)
            if RUNNING_PARTS.search(part):
                raise refusal("embedded", name)
        if "[Content_Types].xml" in archive.namelist() and b"macroEnabled" in archive.read("[Content_Types].xml"):
            raise refusal("macros", name)
        for _info, _content in _unpacked(name, archive):
            pass


def check_zip(name: str, content: bytes, look_at: Callable[[str, bytes], object]) -> None:
    """A plain archive: `look_at` is asked about every file inside, and its refusal becomes that of the archive."""
    with _opened(name, content) as archive:
        if not archive.infolist():
            raise refusal("empty", name)
        for info, inside in _unpacked(name, archive):
            if not info.is_dir() and not OF_THE_SYSTEM.search(info.filename):
                look_at(info.filename, inside)


# --- Bounds -------------------------------------------------------------------------------------


def _check_directory(name: str, entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES:
        raise refusal("too_many", name, most=MOST_ENTRIES)
    if sum(entry.file_size for entry in entries) > LARGEST_TOTAL:
        raise refusal("bomb", name)
    for entry in entries:
        _check_entry(name, entry)


def _check_entry(name: str, entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & ENCRYPTED:
        raise refusal("encrypted", name)
    if _leads_out(entry):
        raise refusal("unsafe_entry", name, entry=clean_name(entry.orig_filename))
    is_shrunk = entry.file_size > SMALL and entry.file_size > HIGHEST_RATIO * max(entry.compress_size, 1)
    if entry.file_size > LARGEST_ENTRY or is_shrunk:
        raise refusal("bomb", name)


def _leads_out(entry: zipfile.ZipInfo) -> bool:
    """An absolute path, one with `..` or a drive, a backslash, a hidden end, or a link."""
    path = entry.orig_filename
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    return is_link or path.startswith("/") or "\\" in path or "\x00" in path or ":" in path or ".." in path.split("/")


def _unpacked(name: str, archive: zipfile.ZipFile) -> Iterator[tuple[zipfile.ZipInfo, bytes]]:
    """Every entry with its content; more bytes than announced, or a wrong checksum, is a fault of the archive."""
    total = 0
    for info in archive.infolist():
        with archive.open(info) as opened:
            inside = opened.read(LARGEST_ENTRY + 1)
        total += len(inside)
        if len(inside) > LARGEST_ENTRY or total > LARGEST_TOTAL:
            raise refusal("bomb", name)
        yield info, inside
