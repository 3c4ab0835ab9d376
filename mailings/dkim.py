"""The signature of the sending domain on mail that leaves by plain SMTP (RFC 6376, DKIM).

A provider of django-anymail signs by itself; a relay of one's own often does not. With `DKIM_DOMAIN`, `DKIM_SELECTOR` and
`DKIM_KEY_FILE` set, every mail is signed as its last step, when not a byte of it changes any more: all of its body, and
the headers that say who writes, to whom, what about, and how to stop it (RFC 8058, 4 asks that these be signed).
"""

import re

import dkim
from django.conf import settings

STUFFED_DOT = re.compile(rb"(?m)^\.\.")
SIGNED_HEADERS = tuple(
    name.encode()
    for name in (
        "from", "to", "cc", "reply-to", "subject", "date", "message-id", "mime-version", "content-type", "content-transfer-encoding",
        "content-language", "auto-submitted", "list-id", "list-unsubscribe", "list-unsubscribe-post",
    )
)  # fmt: skip
RELAXED = (b"relaxed", b"relaxed")  # survives what relays do to spaces


def signed(content: bytes) -> bytes:
    """The content of a mail, dots stuffed, with its signature on top; as it came when the portal does not sign.

    A key that cannot sign never comes so far: the settings refuse it when a process starts.
    """
    if settings.DKIM is None:
        return content
    signature = dkim.sign(
        STUFFED_DOT.sub(b".", content),  # as it will read once the server has taken them out (RFC 5321, 4.5.2)
        settings.DKIM.selector.encode(),
        settings.DKIM.domain.encode(),
        settings.DKIM.private_key.encode(),
        include_headers=_present(content),
        canonicalize=RELAXED,
    )
    return bytes(signature) + content  # its lines begin with its name or a space, never with a dot


def _present(content: bytes) -> list[bytes]:
    """The headers to sign that this mail has; `From` twice, so that nobody can add a second one (RFC 6376, 8.15)."""
    head = content.partition(b"\r\n\r\n")[0]
    names = {name.lower() for name in re.findall(rb"(?m)^([!-9;-~]+):", head)}
    return [b"from", *(name for name in SIGNED_HEADERS if name in names)]
