"""Real files of every kind, good and bad, made in memory: what people send, and what nobody should."""

import io
import struct
import zipfile
import zlib
from typing import Any

import openpyxl
from PIL import Image

from config.seed.agreement_parts import small_pdf

TYPES = "application/vnd.openxmlformats-officedocument."
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + b"\x00" * 64 + b"This program cannot be run in DOS mode."
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
BRUSSELS = {1: "N", 2: (50.0, 50.0, 48.0), 3: "E", 4: (4.0, 21.0, 9.0)}


def pdf(*lines: str) -> bytes:
    return small_pdf(lines or ("Plan",))


def archive(*entries: tuple[str, bytes], shrink: bool = True) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED if shrink else zipfile.ZIP_STORED) as opened:
        for name, content in entries:
            opened.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED if shrink else zipfile.ZIP_STORED)
    return made.getvalue()


def ooxml(main: str, *more: tuple[str, bytes], content_type: str = f"{TYPES}x.main+xml") -> bytes:
    """A modern Office file with the parts that make it one."""
    types = f'<?xml version="1.0"?><Types><Override PartName="/{main}" ContentType="{content_type}"/></Types>'.encode()
    return archive(("[Content_Types].xml", types), ("_rels/.rels", b"<Relationships/>"), (main, b"<document/>"), *more)


def docx(*more: tuple[str, bytes]) -> bytes:
    return ooxml("word/document.xml", *more)


def pptx(*more: tuple[str, bytes]) -> bytes:
    return ooxml("ppt/presentation.xml", *more)


def xlsx() -> bytes:
    """A workbook as a real program writes it."""
    made, book = io.BytesIO(), openpyxl.Workbook()
    book.active.append(["Rue", "Cellules vides"])
    book.save(made)
    return made.getvalue()


def odf(kind: str, *more: tuple[str, bytes]) -> bytes:
    return archive(("mimetype", f"application/vnd.oasis.opendocument.{kind}".encode()), ("content.xml", b"<office/>"), *more)


def image(form: str = "PNG", size: tuple[int, int] = (40, 30), **options: Any) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, (10, 90, 160)).save(made, form, **options)
    return made.getvalue()


def photograph(form: str = "JPEG", *, direction: int = 6) -> bytes:
    """An image as a telephone makes it: with the place, the owner and the direction in which it was held."""
    exif = Image.Exif()
    exif[0x0112], exif[0x013B], exif[0x010F] = direction, "Anne Onyme", "Telephone"
    exif.get_ifd(0x8825).update(BRUSSELS)
    return image(form, exif=exif)


def bomb() -> bytes:
    """Twelve kilobytes that become twelve megabytes."""
    return archive(("plan.txt", b"0" * 12_000_000))


def lying_bomb() -> bytes:
    """An archive whose directory says that an entry is small."""
    content = bytearray(archive(("plan.txt", b"0" * 3_000_000)))
    real = struct.pack("<I", 3_000_000)
    return bytes(content.replace(real, struct.pack("<I", 1000)))


def encrypted_zip() -> bytes:
    content = bytearray(archive(("plan.txt", b"words")))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.index(signature) + offset
        content[at] |= 1
    return bytes(content)


def linked_zip() -> bytes:
    made, link = io.BytesIO(), zipfile.ZipInfo("plan.txt")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(made, "w") as opened:
        opened.writestr(link, "/etc/passwd")
    return made.getvalue()


def endless_png() -> bytes:
    """A few bytes that say they are an image of four hundred million points."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\x00")) + chunk(b"IEND", b"")
