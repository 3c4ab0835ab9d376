"""A mailing as bytes on the wire: written once per run and language, cut where a person's own pieces go.

Writing a message by the book costs hundreds of times what filling a frame costs (`docs` of the benchmarks). The frame is
made by the very code that writes single messages, of a sample whose address, key, link and personal pieces are known and
unique; so a filled frame says what the written message would, which a test compares for both languages.
"""

import datetime as dt
import re
import secrets
import uuid
from dataclasses import dataclass
from email.utils import format_datetime
from functools import lru_cache

from mailings.models import Delivery, RunContent
from mailings.rendering.links import delivery_token
from mailings.rendering.mailing import fill_skeleton_with, skeleton_of_run
from mailings.rendering.messages import message_of
from mailings.rendering.personal import Personal, render_personal
from mailings.smtp import LEADING_DOT, LONGEST_LINE, prepared
from municipalities.languages import CorrespondenceLanguage

SAMPLE_DATE = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
ROOM_ON_A_LINE = LONGEST_LINE - 200  # for the words of the frame on the same line
LINE_END = re.compile(rb"\r?\n")


class CannotBeFramed(Exception):
    """The message must be written by the book (an address beyond ASCII, a line too long for a frame)."""


@dataclass(frozen=True)
class Pieces:
    """The personal pieces of one kind of reader, ready for the wire, by place."""

    places: dict[bytes, bytes]


@dataclass(frozen=True)
class Frame:
    """Envelope sender, and the content cut at its places: words, place, words, place, …"""

    sender: str
    words: tuple[bytes, ...]

    def fill(self, *, key: uuid.UUID, email: str, planned_at: dt.datetime, pieces: Pieces) -> bytes:
        """The content of one mail, dots stuffed; raises CannotBeFramed for an address that needs more than ASCII."""
        if not email.isascii() or len(email) > ROOM_ON_A_LINE:
            raise CannotBeFramed
        own = pieces.places | {
            b"key": str(key).encode(),
            b"token": delivery_token(key).encode(),
            b"email": email.encode(),
            b"date": _date(planned_at),
        }
        return b"".join([own[word] if number % 2 else word for number, word in enumerate(self.words)])


@lru_cache(maxsize=64)
def _date(moment: dt.datetime) -> bytes:
    return format_datetime(moment.astimezone(dt.UTC)).encode()


def frame_of(run: int, language: str, contents: dict[str, RunContent]) -> Frame:
    """The frame of a run for people written to in this language; raises CannotBeFramed where the body needs an encoding."""
    secret = secrets.token_hex(8)
    sample = Delivery(
        kind=Delivery.Kind.MAILING, key=uuid.uuid4(), email=f"{secret}@example.org", language=language, planned_at=SAMPLE_DATE, run_id=run
    )
    token = delivery_token(sample.key)
    mail = fill_skeleton_with(
        skeleton_of_run(run, language, contents),
        html={name: f"@@h_{name}-{secret}@@" for name in _personal_places(language)},
        text={name: f"@@t_{name}-{secret}@@" for name in _personal_places(language)},
        token=token,
    )
    sender, _recipients, content = prepared(message_of(sample, mail))
    if b"Content-Transfer-Encoding: 8bit" not in content or re.search(rb"(?mi)^Content-Transfer-Encoding: (?!8bit|7bit)", content):
        raise CannotBeFramed
    known = {str(sample.key): "key", token: "token", sample.email: "email", _date(SAMPLE_DATE).decode(): "date"}
    return Frame(sender, tuple(_cut(content, known, secret)))


def _personal_places(language: str) -> list[str]:
    return [f"{name}_{one}" for one in CorrespondenceLanguage(language).contents for name in ("greeting", "box")]


def _cut(content: bytes, known: dict[str, str], secret: str) -> list[bytes]:
    """Words and the names of places, in turns."""
    samples = b"|".join(re.escape(sample.encode()) for sample in known)
    places = re.compile(rb"(@@\w+-" + secret.encode() + rb"@@|" + samples + rb")")
    words = places.split(content)
    names = {sample.encode(): name.encode() for sample, name in known.items()}
    return [names.get(word) or word[2 : -len(secret) - 3] if number % 2 else word for number, word in enumerate(words)]


def pieces_of(personal: Personal, language: str) -> Pieces:
    """The personal pieces for the wire; raises CannotBeFramed where a line would be too long for a mail."""
    html, text = render_personal(personal, CorrespondenceLanguage(language).contents)
    places = {f"h_{name}".encode(): _wire(words) for name, words in html.items()}
    places |= {f"t_{name}".encode(): _wire(words) for name, words in text.items()}
    return Pieces(places)


def _wire(words: str) -> bytes:
    """Line ends as SMTP wants them, dots stuffed at the start of every line but the first, which stands behind the frame's words."""
    wire = LINE_END.sub(b"\r\n", words.encode())
    if wire.startswith(b".") or max(map(len, wire.split(b"\r\n"))) > ROOM_ON_A_LINE:
        raise CannotBeFramed
    return LEADING_DOT.sub(b"..", wire)
