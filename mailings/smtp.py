"""SMTP that knows how far it came: surely not taken, refused, in doubt, or taken (ARCHITECTURE, 'The delivery engine').

Between the final dot and the server's answer no client can know. Everything before it is safe to try again, and an
answer to it, good or bad, is the end. So the one thing this backend adds to Django's is the name of the phase.
"""

import re
import select
import smtplib
import socket
import ssl
from collections.abc import Callable
from email.generator import BytesGenerator
from email.header import Header
from email.utils import parseaddr
from functools import lru_cache
from io import BytesIO

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

from mailings.dkim import signed

SERVICE_CLOSING = 421
START_INPUT = 354
AUTHENTICATION_REQUIRED = 530
BAD_SEQUENCE = 503
TOO_BIG = (552, 523)
OUR_FAULT = (AUTHENTICATION_REQUIRED, BAD_SEQUENCE)  # says something of the sender, nothing of this mail
LEADING_DOT = re.compile(rb"(?m)^\.")
LONGEST_RESPONSE = 300
LONGEST_LINE = 998  # RFC 5322, 2.1.1
LONGEST_ENCODED_LINE = 76  # RFC 2047, 2


class DeliveryFault(Exception):
    """A mail that was not surely sent; `response` is what the server said, `of_server` whether others would fare the same."""

    def __init__(self, response: str, *, of_server: bool = False) -> None:
        super().__init__(response)
        self.response = printable(response)
        self.of_server = of_server


class NotTaken(DeliveryFault):
    """Surely not taken: try again later."""


class Refused(DeliveryFault):
    """Refused for good: this recipient or this message."""


class InDoubt(DeliveryFault):
    """The final dot went out and no answer came back."""


def printable(response: str | bytes) -> str:
    """A server's words as one line that a database column takes."""
    text = response.decode("utf-8", "replace") if isinstance(response, bytes) else response
    return " ".join(text.replace("\x00", "").split())[:LONGEST_RESPONSE]


class PhasedEmailBackend(EmailBackend):
    """Django's SMTP backend, one connection for many messages, raising NotTaken, Refused or InDoubt.

    `before_dot` is called when all but the final dot is on the wire; raising there takes the message back. The server's
    answer stands in `message.server_response`. A message to several is all or nothing: one refusal refuses it.
    """

    before_dot: Callable[[], None] | None = None
    connection: smtplib.SMTP | None
    _partial_connection: smtplib.SMTP | None

    def open(self) -> bool | None:
        try:
            opened = super().open()
            if opened:
                # The dot is a packet of three bytes: without this it waits for the acknowledgement of what went before.
                self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as fault:  # SMTPException is one; a wrong password too says nothing of any recipient
            self.drop()
            raise NotTaken(words_of(fault), of_server=True) from fault
        return opened

    def close(self) -> None:
        """Say goodbye; what was answered stays so, whatever the server does now."""
        try:
            super().close()
        except OSError:
            self.drop()

    def _send(self, email_message: EmailMessage) -> bool:
        if not email_message.recipients():
            return False
        try:
            sender, recipients, content = prepared(email_message)
            email_message.server_response = self._transact(sender, recipients, signed(content))  # type: ignore[attr-defined]
        except DeliveryFault:
            if not self.fail_silently:
                raise
            return False
        return True

    def _transact(self, sender: str, recipients: list[str], content: bytes) -> str:
        try:
            self._envelope(sender, recipients, content)
            self.smtp.send(content)
            if self.before_dot:
                self.before_dot()
            self.listen()
        except DeliveryFault:
            raise  # the server answered, the connection is in order or was dropped on purpose
        except OSError as fault:
            self.drop()
            raise NotTaken(words_of(fault), of_server=True) from fault
        except BaseException:
            self.drop()
            raise
        return self._dot()

    def _envelope(self, sender: str, recipients: list[str], content: bytes) -> None:
        """MAIL, RCPT and DATA, until the server waits for the content."""
        smtp = self.smtp
        smtp.ehlo_or_helo_if_needed()
        code, reply = smtp.mail(sender, self.mail_options(content))
        if code // 100 != 2:
            self._turn_down(code, reply, refused=code in TOO_BIG, of_server=True)
        for recipient in recipients:
            code, reply = smtp.rcpt(recipient)
            if code // 100 != 2:
                self._turn_down(code, reply, refused=is_final(code), of_server=code in OUR_FAULT or code < 0)
        code, reply = smtp.docmd("DATA")
        if code != START_INPUT:
            self._turn_down(code, reply, refused=is_final(code), of_server=True)

    def listen(self) -> None:
        """A server that hung up, or speaks out of turn, while it should wait for the dot: no dot, no doubt."""
        sock = self.sock
        if not isinstance(sock, ssl.SSLSocket) and select.select([sock], [], [], 0)[0]:
            raise smtplib.SMTPServerDisconnected("The server did not wait for the end of the message")

    def _dot(self) -> str:
        """The moment of doubt, kept as short as can be; patience with a server that thinks makes doubts rare."""
        smtp = self.smtp
        try:
            self.sock.settimeout(settings.MAIL_ANSWER_TIMEOUT)
            smtp.send(b".\r\n")
            code, reply = smtp.getreply()
            self.sock.settimeout(self.timeout)
        except OSError as fault:
            self.drop()
            raise InDoubt(words_of(fault), of_server=True) from fault
        except BaseException:
            self.drop()
            raise
        answer = printable(f"{code} {printable(reply)}")
        if code // 100 == 2:
            return answer
        if code // 100 not in {4, 5}:
            self.drop()
            raise InDoubt(answer, of_server=True)
        if code == SERVICE_CLOSING:
            self.drop()
        raise (Refused if is_final(code) else NotTaken)(answer, of_server=not is_final(code))

    def _turn_down(self, code: int, reply: bytes, *, refused: bool, of_server: bool) -> None:
        """Clear the way for the next message, then raise what this answer means."""
        answer = f"{code} {printable(reply)}"
        if code // 100 in {4, 5} and code != SERVICE_CLOSING:
            self._reset()
        else:
            self.drop()
        if refused:
            raise Refused(answer)
        raise NotTaken(answer, of_server=of_server or code == SERVICE_CLOSING)

    def mail_options(self, content: bytes) -> list[str]:
        """What MAIL tells the server beforehand, as far as it understands it."""
        options = []
        if self.smtp.has_extn("size"):
            options.append(f"size={len(content)}")
        if self.smtp.has_extn("8bitmime") and not content.isascii():
            options.append("body=8bitmime")
        return options

    def _reset(self) -> None:
        try:
            self.smtp.rset()
        except OSError:
            self.drop()

    @property
    def smtp(self) -> smtplib.SMTP:
        if self.connection is None:
            raise smtplib.SMTPServerDisconnected("The connection was dropped")
        return self.connection

    @property
    def sock(self) -> socket.socket:
        if self.smtp.sock is None:
            raise smtplib.SMTPServerDisconnected("The connection was dropped")
        return self.smtp.sock

    def drop(self) -> None:
        """Let go of the connection without a word: the server never takes a message whose dot did not come."""
        for connection in (self._partial_connection, self.connection):
            if connection is not None:
                connection.close()
        self._partial_connection = self.connection = None


def prepared(message: EmailMessage) -> tuple[str, list[str], bytes]:
    """Envelope and dot-stuffed content; a message that cannot be written is refused before anything is said."""
    encoding = message.encoding or settings.DEFAULT_CHARSET
    try:
        sender, *recipients = [_address(address, str(encoding)) for address in (message.from_email, *message.recipients())]
        content = _written(message)
    except ValueError as fault:
        raise Refused(f"The message cannot be written: {type(fault).__name__}") from fault
    content = LEADING_DOT.sub(b"..", content)
    return sender, recipients, content if content.endswith(b"\r\n") else content + b"\r\n"


def _written(message: EmailMessage) -> bytes:
    """The message on the wire. Python's own folding leaves `Subject:` and long links an empty first line; this does not."""
    mail, subject = message.message(), str(message.subject)
    if not subject.isascii():
        words = Header(subject, "utf-8", maxlinelen=LONGEST_ENCODED_LINE, header_name="Subject")
        mail.replace_header("Subject", words.encode())
    buffer = BytesIO()
    BytesGenerator(buffer, mangle_from_=False, maxheaderlen=LONGEST_LINE).flatten(mail, linesep="\r\n")
    return buffer.getvalue()


@lru_cache(maxsize=128)
def _address(address: str, encoding: str) -> str:
    """The bare address; Django would encode an accent before the @ into another mailbox's name, so that is refused."""
    name = parseaddr(address)[1].rpartition("@")[0]
    name.encode("ascii")
    return sanitize_address(address, encoding)


def is_final(code: int) -> bool:
    """A 5xx that speaks of this recipient or this message."""
    return code // 100 == 5 and code not in OUR_FAULT


def words_of(fault: OSError) -> str:
    if isinstance(fault, smtplib.SMTPResponseException):
        return f"{fault.smtp_code} {printable(fault.smtp_error)}"
    return f"{type(fault).__name__}: {fault}"
