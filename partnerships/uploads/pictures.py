"""Images: whole, of a size that can be shown, and without what the camera wrote about place, time and owner.

The points of an image are kept as they are: only what stands beside them goes. The direction in which a photograph was
held stays, and so do its colours. What follows the end of the image goes too.
"""

import io
import re
import struct
import zlib

from PIL import Image, UnidentifiedImageError

from partnerships.uploads.refusals import refusal

MOST_PIXELS = 80_000_000
FORMATS = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP"}
FAULTS = (UnidentifiedImageError, OSError, SyntaxError, ValueError, IndexError, struct.error, zlib.error)
ORIENTATION = 0x0112

NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})
END, SCAN, EXIF_SEGMENT, COMMENT = 0xD9, 0xDA, 0xE1, 0xFE
KEPT_SEGMENTS = {0xE0: b"JFIF", 0xE2: b"ICC_PROFILE", 0xEE: b"Adobe"}
KEPT_CHUNKS = frozenset(b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs hIST cICP acTL fcTL fdAT".split())
DROPPED_FROM_WEBP = frozenset({b"EXIF", b"XMP "})
EXIF_AND_XMP = 0x08 | 0x04


def check_picture(name: str, content: bytes, kind: str) -> None:
    """Refuse what is no whole image of that kind, or has more points than could ever be shown."""
    try:
        with Image.open(io.BytesIO(content), formats=(FORMATS[kind],)) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise refusal("pixels", name)
            image.verify()
    except Image.DecompressionBombError as error:
        raise refusal("pixels", name) from error
    except FAULTS as error:
        raise refusal("damaged", name) from error


def without_traces(name: str, content: bytes, kind: str) -> bytes:
    """The same image without the place, time, device and remarks written into it."""
    try:
        return {"jpeg": _jpeg, "png": _png, "webp": _webp}[kind](content)
    except FAULTS as error:
        raise refusal("damaged", name) from error


# --- JPEG ---------------------------------------------------------------------------------------


def _jpeg(content: bytes) -> bytes:
    """Segments up to the true end of the image; of what the camera wrote only the direction is written again."""
    kept, at = [b"\xff\xd8"], 2
    while True:
        marker, at = _marker(content, at)
        if marker == END:
            return b"".join([*kept[:1], _direction(content), *kept[1:], b"\xff\xd9"])
        if marker in WITHOUT_LENGTH:
            kept.append(bytes([0xFF, marker]))
            continue
        segment, at = _segment(content, at)
        if _is_kept(marker, segment):
            kept.append(bytes([0xFF, marker]) + segment)
        if marker == SCAN:
            end = NEXT_MARKER.search(content, at)
            if end is None:
                raise ValueError("the image stops in the middle")
            kept.append(content[at : end.start()])
            at = end.start()


def _marker(content: bytes, at: int) -> tuple[int, int]:
    if content[at] != 0xFF:
        raise ValueError("no marker where one belongs")
    while content[at] == 0xFF:
        at += 1
    return content[at], at + 1


def _segment(content: bytes, at: int) -> tuple[bytes, int]:
    (length,) = struct.unpack_from(">H", content, at)
    if length < 2 or at + length > len(content):
        raise ValueError("a segment that is not there")
    return content[at : at + length], at + length


def _is_kept(marker: int, segment: bytes) -> bool:
    """Everything that makes the image; of the application's own segments only those that its colours need."""
    if 0xE0 <= marker <= 0xEF:
        return segment[2:].startswith(KEPT_SEGMENTS.get(marker, b"\x00none"))
    return marker != COMMENT


def _direction(content: bytes) -> bytes:
    """A segment that says how the camera was held and nothing else; nothing for an upright image."""
    with Image.open(io.BytesIO(content), formats=("JPEG",)) as image:
        direction = image.getexif().get(ORIENTATION, 1)
    if direction not in range(2, 9):
        return b""
    exif = b"Exif\x00\x00" + struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, ORIENTATION, 3, 1, direction, 0, 0)
    return bytes([0xFF, EXIF_SEGMENT]) + struct.pack(">H", len(exif) + 2) + exif


# --- PNG and WebP -------------------------------------------------------------------------------


def _png(content: bytes) -> bytes:
    kept, at = [content[:8]], 8
    while True:
        length, kind = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content):
            raise ValueError("the image stops in the middle")
        if kind in KEPT_CHUNKS:
            kept.append(content[at:end])
        if kind == b"IEND":
            return b"".join(kept)
        at = end


def _webp(content: bytes) -> bytes:
    (size,) = struct.unpack_from("<I", content, 4)
    stop, at, kept = size + 8, 12, []
    if stop > len(content):
        raise ValueError("the image stops in the middle")
    while at + 8 <= stop:
        kind, length = struct.unpack_from("<4sI", content, at)
        end = at + 8 + length + (length & 1)
        chunk = content[at:end]
        if kind == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~EXIF_AND_XMP]) + chunk[9:]
        if kind not in DROPPED_FROM_WEBP:
            kept.append(chunk)
        at = end
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body
