"""Returned mails, from files or from the mailbox they come back to: each taken in once, an unreadable one set aside and named."""

import imaplib
import mailbox
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

import structlog
from django.conf import settings

from mailings.bounces import NotAReport, read_returned
from mailings.models import MailEvent
from mailings.services.returns import Report, record_report

logger = structlog.get_logger(__name__)
SET_ASIDE = "Set-aside"  # the folder of the mailbox for what nobody could read
IMAPS = 993
WAIT = 15  # seconds for each answer of the mailbox
AT_ONCE = 200  # mails a visit


@dataclass
class Harvest:
    """What a number of returned mails came to; `set_aside` names each one that could not be read, and why."""

    noted: int = 0
    passed_over: int = 0  # known already, or of no consequence
    set_aside: list[tuple[str, str]] = field(default_factory=list)

    def take_in(self, name: str, raw: bytes) -> bool:
        """Take one mail in; False when it had to be set aside."""
        try:
            returned = read_returned(raw)
        except NotAReport as fault:
            self.set_aside.append((name, str(fault)))
            logger.warning("returned_mail_set_aside", name=name, reason=str(fault))
            return False
        is_new = returned is not None and record_report(
            returned.key, Report(returned.kind, MailEvent.Source.DSN, returned.event_id, returned.at, returned.description)
        )
        self.noted += is_new
        self.passed_over += not is_new
        return True


def take_in_files(paths: list[Path]) -> Harvest:
    """Take in mails from files: one mail (.eml) or many (mbox) each."""
    harvest = Harvest()
    for path in paths:
        for name, raw in _mails_in(path):
            harvest.take_in(name, raw)
    return harvest


def _mails_in(path: Path) -> Iterator[tuple[str, bytes]]:
    with path.open("rb") as file:
        is_box = file.read(5) == b"From "
    if not is_box:
        yield path.name, path.read_bytes()
        return
    box = mailbox.mbox(path, create=False)
    try:
        for number, key in enumerate(box.iterkeys(), start=1):
            yield f"{path.name} #{number}", box.get_bytes(key)
    finally:
        box.close()


# --- The mailbox --------------------------------------------------------------------------------


def take_in_mailbox() -> Harvest | None:
    """Take in what is unread in the mailbox of BOUNCE_MAILBOX_URL; None without one. What was taken in is marked as read.

    Stopped in between, it is read again the next time: a report that is known changes nothing. What cannot be read is copied
    into a folder of its own and not tried again.
    """
    if not settings.BOUNCE_MAILBOX_URL:
        return None
    parts = urlsplit(settings.BOUNCE_MAILBOX_URL)
    harvest = Harvest()
    with imaplib.IMAP4_SSL(parts.hostname or "", parts.port or IMAPS, timeout=WAIT) as box:
        box.login(unquote(parts.username or ""), unquote(parts.password or ""))
        box.select(f'"{unquote(parts.path.strip("/")) or "INBOX"}"')
        _kind, [found] = box.uid("SEARCH", "UNSEEN")
        for uid in (found or b"").decode().split()[:AT_ONCE]:
            _take_in_one(box, uid, harvest)
    return harvest


def _take_in_one(box: imaplib.IMAP4_SSL, uid: str, harvest: Harvest) -> None:
    """Marked as read only when it is written down or set aside."""
    _kind, answer = box.uid("FETCH", uid, "(BODY.PEEK[])")
    raw = next((part[1] for part in answer if isinstance(part, tuple)), b"")
    if not harvest.take_in(f"uid {uid}", raw):
        box.create(SET_ASIDE)  # answered NO when it is there
        copied, _words = box.uid("COPY", uid, SET_ASIDE)
        if copied != "OK":
            logger.warning("returned_mail_not_copied", uid=uid)
            return
    box.uid("STORE", uid, "+FLAGS", r"(\Seen)")
