"""Many letters over one SMTP connection, with as few round trips as the server allows (RFC 2920, command pipelining).

With PIPELINING the envelope of a letter travels behind the final dot of the one before: one round trip a letter in place
of four. The meaning of each moment is that of `mailings.smtp`: before the dot surely not taken, after it in doubt until an
answer comes. At any time at most one letter is between its dot and its answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, pairwise
from smtplib import quoteaddr
from typing import Any, Protocol

from django.conf import settings

from mailings.smtp import (
    OUR_FAULT,
    SERVICE_CLOSING,
    START_INPUT,
    TOO_BIG,
    DeliveryFault,
    InDoubt,
    NotTaken,
    PhasedEmailBackend,
    Refused,
    is_final,
    printable,
    words_of,
)

Reply = tuple[int, bytes]


@dataclass(frozen=True)
class Letter:
    """One mail on the wire: its row, its envelope, and its content with dots stuffed and a line end at the end."""

    delivery: int
    sender: str
    recipient: str
    content: bytes


class Reception(Protocol):
    """Who decides before each dot, and hears what became of each letter."""

    def may_go_on(self) -> bool:
        """Whether another letter may be begun."""

    def before_dot(self, letter: Letter) -> bool:
        """Called when all but the dot is on the wire: write it down, or return False to take the letter back."""

    def taken(self, letter: Letter, response: str) -> None: ...

    def not_taken(self, letter: Letter, fault: DeliveryFault) -> None: ...


class Pipeline:
    """Sends letters over a backend's connection."""

    def __init__(self, backend: PhasedEmailBackend) -> None:
        self._backend = backend
        self._announced: Letter | None = None  # whose envelope is on the wire already

    def send(self, letters: Iterable[Letter], reception: Reception) -> None:
        """Send one after the other; a fault touches its own letter only, and a connection that broke is opened anew.

        Letters are taken as they go, one ahead: a set is never in memory whole.
        """
        ahead: Iterable[tuple[Any, Letter | None]] = pairwise(chain(letters, [None]))
        try:
            for letter, following in ahead:
                if not reception.may_go_on() or not self._settle_one(letter, following, reception):
                    break
        except BaseException:
            self._broken_off()
            raise
        self._give_up_announced()

    def _settle_one(self, letter: Letter, following: Letter | None, reception: Reception) -> bool:
        """Send one and tell what became of it; False when it was taken back before the dot."""
        try:
            response = self._one(letter, following, reception)
        except DeliveryFault as fault:
            reception.not_taken(letter, fault)
            return True
        if response is not None:
            reception.taken(letter, response)
        return response is not None

    def _one(self, letter: Letter, following: Letter | None, reception: Reception) -> str | None:
        """The server's words when it took the letter; None when it was taken back before the dot."""
        self._backend.open()
        try:
            self._announce(letter)
            self._backend.smtp.send(letter.content)
            self._backend.listen()
        except DeliveryFault:
            raise
        except OSError as fault:
            raise self._broken(NotTaken, fault) from fault
        if not reception.before_dot(letter):
            self._broken_off()
            return None
        return self._dot(following)

    # --- The envelope ---------------------------------------------------------------------------

    def _announce(self, letter: Letter) -> None:
        """MAIL, RCPT and DATA, until the server waits for the content."""
        if self._announced is not letter:
            self._write_envelope(letter)
        self._announced = None
        replies = self._replies(letter)
        fault = _fault_of(replies)
        if fault is None:
            return
        if replies[-1][0] == SERVICE_CLOSING or fault.response.startswith(str(SERVICE_CLOSING)):
            self._broken_off()
        else:
            self._clear(replies)
        raise fault

    def _write_envelope(self, letter: Letter) -> None:
        self._backend.smtp.ehlo_or_helo_if_needed()
        if self._is_piped:
            self._backend.smtp.send("".join(f"{line}\r\n" for line in self._commands(letter)))

    def _replies(self, letter: Letter) -> list[Reply]:
        """The three answers; without pipelining each command waits for the one before."""
        smtp = self._backend.smtp
        if self._is_piped:
            return [smtp.getreply() for _ in range(3)]
        replies: list[Reply] = []
        for line in self._commands(letter):
            replies.append(smtp.docmd(line))
            if replies[-1][0] // 100 not in {2, 3}:
                break
        return replies

    def _commands(self, letter: Letter) -> list[str]:
        options = "".join(f" {option}" for option in self._backend.mail_options(letter.content))
        return [f"MAIL FROM:{quoteaddr(letter.sender)}{options}", f"RCPT TO:{quoteaddr(letter.recipient)}", "DATA"]

    @property
    def _is_piped(self) -> bool:
        return self._backend.smtp.has_extn("pipelining")

    def _clear(self, replies: list[Reply]) -> None:
        """Leave the server where a new envelope can begin: it may wait for content although it knows no recipient."""
        try:
            if replies[-1][0] == START_INPUT:
                self._backend.smtp.docmd(".")
            self._backend.smtp.rset()
        except OSError:
            self._broken_off()

    # --- The dot --------------------------------------------------------------------------------

    def _dot(self, following: Letter | None) -> str:
        """The dot, the next envelope behind it, and the answer."""
        smtp = self._backend.smtp
        piped = following if following and self._is_piped else None
        end = b".\r\n" + "".join(f"{line}\r\n" for line in self._commands(piped)).encode() if piped else b".\r\n"
        try:
            self._backend.sock.settimeout(settings.MAIL_ANSWER_TIMEOUT)
            smtp.send(end)
            self._announced = piped
            code, reply = smtp.getreply()
            self._backend.sock.settimeout(self._backend.timeout)
        except OSError as fault:
            raise self._broken(InDoubt, fault) from fault
        return self._meaning(code, reply)

    def _meaning(self, code: int, reply: bytes) -> str:
        answer = printable(f"{code} {printable(reply)}")
        if code // 100 == 2:
            return answer
        if code // 100 not in {4, 5}:
            self._broken_off()
            raise InDoubt(answer, of_server=True)
        if code == SERVICE_CLOSING:
            self._broken_off()
        raise (Refused if is_final(code) else NotTaken)(answer, of_server=not is_final(code))

    # --- The connection -------------------------------------------------------------------------

    def _give_up_announced(self) -> None:
        """An envelope that no letter will follow: only closing takes it back surely."""
        if self._announced:
            self._broken_off()

    def _broken(self, meaning: type[DeliveryFault], fault: OSError) -> DeliveryFault:
        self._broken_off()
        return meaning(words_of(fault), of_server=True)

    def _broken_off(self) -> None:
        self._announced = None
        self._backend.drop()


def _fault_of(replies: list[Reply]) -> DeliveryFault | None:
    """What the answers to MAIL, RCPT and DATA mean, by the first that is no consent."""
    for (code, reply), kind in zip(replies, ("MAIL", "RCPT", "DATA"), strict=False):
        if code == (START_INPUT if kind == "DATA" else code) and code // 100 in {2, 3}:
            continue
        return _turned_down(kind, code, f"{code} {printable(reply)}")
    return None


def _turned_down(kind: str, code: int, answer: str) -> DeliveryFault:
    refused = code in TOO_BIG if kind == "MAIL" else is_final(code)
    if refused:
        return Refused(answer)
    return NotTaken(answer, of_server=kind != "RCPT" or code in OUR_FAULT or code in {SERVICE_CLOSING, -1})
