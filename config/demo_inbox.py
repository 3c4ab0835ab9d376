"""The demo's letter box: a real SMTP server that keeps what it is sent as files, and what the inbox page reads of them."""

import argparse
import asyncio
import itertools
import os
import re
import time
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

LONGEST_LINE = 65_536
LARGEST_MAIL = 33_554_432  # bytes
NAME = re.compile(r"^\d{16}-\d{6}$")


class KeepAsFile:
    """Write each mail under a name that sorts by arrival; the `250` follows the rename, so an accepted mail is a kept mail."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = itertools.count()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        name = f"{time.time_ns() // 1000:016d}-{next(self.numbers) % 1_000_000:06d}"
        head = "".join(f"X-Envelope-To: {address}\r\n" for address in envelope.rcpt_tos).encode()
        draft = self.folder / f"{name}.part"
        draft.write_bytes(head + (envelope.original_content or b""))
        draft.rename(draft.with_suffix(".eml"))
        return f"250 OK kept as {name}"


async def serve(folder: Path, port: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    handler = KeepAsFile(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="inbox.example.org", data_size_limit=LARGEST_MAIL, enable_SMTPUTF8=True, loop=loop),
        "127.0.0.1",
        port,
    )
    async with server:
        await server.serve_forever()


# --- Reading ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class KeptMail:
    """One mail as the inbox shows it; `headers` in their order on the wire."""

    id: str
    to: str
    sender: str
    subject: str
    sent_at: str
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    source: str


def names(folder: Path) -> list[str]:
    """Return the names of kept mails, newest first."""
    return sorted((entry.name.removesuffix(".eml") for entry in os.scandir(folder) if entry.name.endswith(".eml")), reverse=True)


def read(folder: Path, name: str) -> KeptMail:
    """Read one mail. Raises FileNotFoundError for a name that is none of this box."""
    if not NAME.match(name):
        raise FileNotFoundError(name)
    return _parse(folder / f"{name}.eml", name)


@lru_cache(maxsize=2000)
def _parse(path: Path, name: str) -> KeptMail:
    raw = path.read_bytes()
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)  # noqa: S101 - what the default policy makes
    return KeptMail(
        id=name,
        to=str(mail.get("To", "")),
        sender=str(mail.get("From", "")),
        subject=str(mail.get("Subject", "")).strip(),
        sent_at=_moment(mail),
        headers=tuple((key, str(value)) for key, value in mail.items()),
        text=_body(mail, "plain"),
        html=_body(mail, "html"),
        source=raw.decode("utf-8", errors="replace"),
    )


def _moment(mail: EmailMessage) -> str:
    try:
        return parsedate_to_datetime(str(mail.get("Date", ""))).isoformat()
    except ValueError:
        return ""


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return str(part.get_content()) if part else ""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Keep mails sent to 127.0.0.1:PORT in FOLDER.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("port", type=int)
    wanted = parser.parse_args()
    asyncio.run(serve(wanted.folder, wanted.port))
