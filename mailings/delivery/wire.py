"""The way out: Django's mail API, so SMTP and every provider of django-anymail work, each fault with one of three meanings."""

from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self

from anymail.exceptions import (
    AnymailAPIError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailSerializationError,
    AnymailUnsupportedFeature,
)
from django.core.mail import EmailMessage, get_connection

from mailings.pipeline import Letter, Pipeline, Reception
from mailings.smtp import DeliveryFault, InDoubt, NotTaken, PhasedEmailBackend, Refused, printable

OF_THIS_MAIL = (AnymailRecipientsRefused, AnymailInvalidAddress, AnymailSerializationError, AnymailUnsupportedFeature)
# What the HTTP libraries under anymail call a connection that never came about; by name, for they are not ours to import.
NEVER_CONNECTED = {"ConnectTimeout", "ConnectTimeoutError", "ConnectionRefusedError", "NameResolutionError", "NewConnectionError"}
PROVIDER_TURNED_AWAY = (401, 403, 404, 408, 429, 503)  # key, quota or overload: nothing was taken, nobody is to blame


class Wire:
    """One connection, opened when the first mail goes out and kept for all that follow."""

    def __init__(self) -> None:
        self._connection: Any = get_connection()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    @property
    def is_smtp(self) -> bool:
        """A connection that knows its phases, and takes letters one behind the other."""
        return isinstance(self._connection, PhasedEmailBackend)

    def send_letters(self, letters: Iterable[Letter], reception: Reception) -> None:
        """Send prepared letters over the one connection; `reception` hears what becomes of each."""
        Pipeline(self._connection).send(letters, reception)

    def send(self, message: EmailMessage, *, before_dot: Callable[[], None]) -> str:
        """Send one mail and return the server's answer; raises NotTaken, Refused, InDoubt, or what `before_dot` raises."""
        if self.is_smtp:
            self._connection.open()
            self._connection.before_dot = before_dot
            if not self._connection.send_messages([message]):
                raise Refused("The message has no recipient.")
            return str(message.server_response)  # type: ignore[attr-defined]
        before_dot()
        return self._send_blindly(message)

    def _send_blindly(self, message: EmailMessage) -> str:
        """Any other backend: what it returns from is sent; what it raises is in doubt unless it surely is not."""
        try:
            taken = self._connection.send_messages([message])
        except Exception as fault:
            raise meaning_of(fault) from fault
        if not taken:
            raise Refused("The mail backend took nothing.")
        status = getattr(message, "anymail_status", None)
        return printable(f"{status.status} {status.message_id}" if status else "")


def meaning_of(fault: Exception) -> DeliveryFault:
    """What an exception of a backend that knows no phases says about the mail."""
    name = type(fault).__name__
    if isinstance(fault, DeliveryFault):
        return fault
    if isinstance(fault, OF_THIS_MAIL):
        return Refused(name)
    if _causes(fault) & NEVER_CONNECTED:
        return NotTaken(name, of_server=True)
    status = getattr(fault, "status_code", None) if isinstance(fault, AnymailAPIError) else None
    if status in PROVIDER_TURNED_AWAY:
        return NotTaken(f"{name} {status}", of_server=True)
    if status and status // 100 == 4:
        return Refused(f"{name} {status}")
    return InDoubt(f"{name} {status or ''}".strip(), of_server=True)


def _causes(fault: BaseException | None) -> set[str]:
    """The names of this exception and of all that led to it."""
    names = set()
    while fault is not None:
        names.add(type(fault).__name__)
        fault = fault.__cause__ or fault.__context__
    return names
