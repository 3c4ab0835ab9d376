"""Which kinds of file are taken, and how a kind is known: by its first bytes and its parts, never by its name."""

import codecs
import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

TEXT_LOOKED_AT = 4096
ODF = "application/vnd.oasis.opendocument."
OOXML = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True)
class FileKind:
    """A kind of file that is taken: the endings its name may have, and the type under which it is given out again."""

    label: Any
    endings: tuple[str, ...]
    content_type: str


KINDS: dict[str, FileKind] = {
    "pdf": FileKind(_("a PDF document"), (".pdf",), "application/pdf"),
    "docx": FileKind(_("a Word document"), (".docx",), f"{OOXML}wordprocessingml.document"),
    "xlsx": FileKind(_("an Excel workbook"), (".xlsx",), f"{OOXML}spreadsheetml.sheet"),
    "pptx": FileKind(_("a PowerPoint presentation"), (".pptx",), f"{OOXML}presentationml.presentation"),
    "odt": FileKind(_("an OpenDocument text"), (".odt",), f"{ODF}text"),
    "ods": FileKind(_("an OpenDocument spreadsheet"), (".ods",), f"{ODF}spreadsheet"),
    "odp": FileKind(_("an OpenDocument presentation"), (".odp",), f"{ODF}presentation"),
    "png": FileKind(_("a PNG image"), (".png",), "image/png"),
    "jpeg": FileKind(_("a JPEG image"), (".jpg", ".jpeg"), "image/jpeg"),
    "webp": FileKind(_("a WebP image"), (".webp",), "image/webp"),
    "csv": FileKind(_("a table as CSV"), (".csv",), "text/csv; charset=utf-8"),
    "text": FileKind(_("a plain text"), (".txt", ".csv"), "text/plain; charset=utf-8"),
    "zip": FileKind(_("a ZIP archive"), (".zip",), "application/zip"),
}
IMAGES = frozenset({"png", "jpeg", "webp"})
ENDINGS = frozenset(ending for kind in KINDS.values() for ending in kind.endings)
ACCEPT = ",".join(sorted(ENDINGS))  # what a browser offers to choose; the check never relies on it

# What is recognised in order to be refused with its own reason.
REFUSED: dict[str, Any] = {
    "svg": _("“%(name)s” is an SVG drawing, which can hold programs. Please send it as PNG or PDF."),
    "html": _("“%(name)s” is a web page, which can hold programs. Please print it to a PDF and send that."),
    "program": _("“%(name)s” is a program. Programs are never accepted."),
    "old_office": _("“%(name)s” is in an old Office format that can hold programs. Please save it as .docx, .xlsx or .pptx."),
    "heic": _("“%(name)s” is a photograph in a format that few programs read. Please save it as JPEG."),
    "gif": _("“%(name)s” is a GIF image. Please save it as PNG or JPEG."),
    "archive": _("“%(name)s” is an archive of a kind that cannot be looked into. Please send the files themselves, or a ZIP."),
}
MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_office"),
    (b"\x7fELF", "program"),
    (b"\xfe\xed\xfa", "program"),
    (b"\xce\xfa\xed\xfe", "program"),
    (b"\xcf\xfa\xed\xfe", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
    (b"#!", "program"),
    (b"Rar!\x1a\x07", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ\x00", "archive"),
)
MARKUP = re.compile(r"<(!doctype\s+html|html|head|body|script|iframe|svg|object|embed)\b")
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def recognise(content: bytes) -> str:
    """The kind that the bytes show: one of KINDS, one of REFUSED, or `unknown`. Office files are still `zip` here."""
    if content[4:8] == b"ftyp" and content[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"heim", b"hevc"):
        return "heic"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    if content[:2] == b"MZ" and b"\x00" in content[:256]:
        return "program"
    for magic, kind in MAGIC:
        if content.startswith(magic):
            return kind
    text = text_of(content)
    return "unknown" if text is None else _kind_of_text(text)


def _kind_of_text(text: str) -> str:
    found = MARKUP.search(text[:TEXT_LOOKED_AT].lower())
    if found is None:
        return "text"
    return "svg" if found[1] == "svg" else "html"


def text_of(content: bytes) -> str | None:
    """The text that the bytes are, in UTF-8, UTF-16 with its mark, or the Windows code page of this country; None for anything else."""
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if CONTROLS.search(text) else text
    return None
