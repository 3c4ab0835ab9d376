"""What the words of mail servers say of an address, and what returned mails (RFC 3464) and complaints (RFC 5965) report."""

import datetime as dt
import hashlib
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesParser
from email.utils import parsedate_to_datetime

from django.utils import timezone

from mailings.models import MailEvent

Kind = MailEvent.Kind
# RFC 3463: 5.1.x says that there is no such address, 5.2.1 that its mailbox is closed; the rest of 5.x.x is not about the address.
NO_SUCH_ADDRESS = re.compile(r"(?<![\d.])5\.(?:1\.(?:[1-3460]|10)|2\.1)(?![\d.])")
ONLY_FOR_NOW = re.compile(r"(?<![\d.])4\.\d{1,3}\.\d{1,3}(?![\d.])|^4\d\d\b")
ENHANCED = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
REFUSED = re.compile(r"^(?:550|551|553)\b")
OF_THE_ADDRESS = re.compile(
    r"unknown|no such|not exist|not found|unavailable|disabled|invalid (?:recipient|mailbox|address)", re.IGNORECASE
)
KEY = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@", re.IGNORECASE)
ACTIONS = {"failed": None, "delayed": Kind.DEFERRED, "delivered": Kind.DELIVERED, "relayed": None, "expanded": None}


class NotAReport(Exception):
    """A mail that reports nothing, or in a way nobody can read."""


@dataclass(frozen=True)
class Returned:
    """What one returned mail says of the mail it is about."""

    key: uuid.UUID
    kind: MailEvent.Kind
    event_id: str
    at: dt.datetime
    description: str


def is_about_the_address(words: str) -> bool:
    """Whether a refusal says that this address does not work, and will not by itself."""
    if ONLY_FOR_NOW.search(words):
        return False
    if ENHANCED.search(words):
        return bool(NO_SUCH_ADDRESS.search(words))
    return bool(REFUSED.search(words) and OF_THE_ADDRESS.search(words))


def key_in(words: str) -> uuid.UUID | None:
    """The key of the mail whose Message-ID stands in these words."""
    found = KEY.search(words)
    return uuid.UUID(found[1]) if found else None


def read_returned(raw: bytes) -> Returned | None:
    """What a returned mail reports; None where it reports nothing that changes anything. Raises NotAReport for any other mail."""
    try:
        message = BytesParser(policy=policy.default).parsebytes(raw)
        parts = list(message.walk())
    except Exception as fault:  # the standard library's parser fails in many ways on what is no mail
        raise NotAReport(type(fault).__name__) from fault
    wanted = {"message/delivery-status": _status, "message/feedback-report": _complaint}
    for part in parts:
        if read := wanted.get(part.get_content_type()):
            return _returned(message, parts, *read(part))
    raise NotAReport("no delivery status in it")


def _returned(message: Message, parts: Sequence[Message], kind: MailEvent.Kind | None, words: str) -> Returned | None:
    key = _key_of_original(parts)
    if key is None:
        raise NotAReport("it names no mail of the portal")
    if kind is None:
        return None
    number = hashlib.sha256(f"{message.get('Message-ID', '')}|{key}|{kind}|{words}".encode(errors="replace")).hexdigest()
    return Returned(key, kind, f"dsn:{number}", _date_of(message), words)


def _groups(part: Message) -> list[Message]:
    """The groups of fields of a report: per message, then per recipient."""
    payload = part.get_payload()
    return [group for group in payload if isinstance(group, Message)] if isinstance(payload, list) else [part]


def _status(part: Message) -> tuple[MailEvent.Kind | None, str]:
    """The heaviest of what is said of its recipients (a mail of the portal has one)."""
    for group in _groups(part):
        action = str(group.get("Action", "")).strip().lower()
        if action not in ACTIONS:
            continue
        words = " ".join(str(group.get(name, "")) for name in ("Status", "Diagnostic-Code")).strip()
        if action != "failed":
            return ACTIONS[action], words
        status = str(group.get("Status", "")).strip()
        is_hard = bool(NO_SUCH_ADDRESS.search(status)) or (not status.startswith("4") and is_about_the_address(_said(group)))
        return Kind.BOUNCED if is_hard else Kind.SOFT, words
    raise NotAReport("no action is named in it")


def _said(group: Message) -> str:
    """The words of the remote server, without the kind of code before them."""
    return str(group.get("Diagnostic-Code", "")).partition(";")[2].strip()


def _complaint(part: Message) -> tuple[MailEvent.Kind | None, str]:
    fields = _groups(part)[0]
    kind = str(fields.get("Feedback-Type", "") or _field(fields, "Feedback-Type")).strip().lower()
    return (Kind.COMPLAINED if kind in {"abuse", "fraud"} else None), f"Feedback-Type: {kind}"


def _field(part: Message, name: str) -> str:
    """A field of a report that was kept as text."""
    payload = part.get_payload(decode=True)
    text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else str(part.get_payload())
    found = re.search(rf"(?im)^{re.escape(name)}:[ \t]*(.*)$", text)
    return found[1] if found else ""


def _key_of_original(parts: Sequence[Message]) -> uuid.UUID | None:
    """From the Message-ID among the headers that were returned; never from those of the report itself."""
    for part in parts:
        kind = part.get_content_type()
        if kind == "text/rfc822-headers":
            found = key_in(_field(part, "Message-ID"))
        elif kind == "message/rfc822":
            found = next((key_in(str(original.get("Message-ID", ""))) for original in _groups(part)), None)
        else:
            continue
        if found:
            return found
    return None


def _date_of(message: Message) -> dt.datetime:
    """When it was reported; a date that is none, or in the future, is now."""
    now = timezone.now()
    try:
        at = parsedate_to_datetime(str(message.get("Date", "")))
    except (TypeError, ValueError):
        return now
    return min(at if at.tzinfo else at.replace(tzinfo=dt.UTC), now)
