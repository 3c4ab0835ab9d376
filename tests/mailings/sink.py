"""A real SMTP server in a thread that does, on cue, what servers do on bad days; it keeps all it took.

`sink.script["ann@example.org"] = ["4xx at RCPT", "drop after dot"]`: the first two tries for Ann fare so, the third is taken.
`sink.always = "5xx at DATA"`: every try without a script of its own. `python -m tests.mailings.sink` runs one and prints its port.
"""

import asyncio
import email
import email.policy
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cached_property
from typing import Any, Self

from aiosmtpd.smtp import SMTP, Envelope, Session

BEFORE_DOT = (
    "4xx at RCPT",
    "5xx at RCPT",
    "4xx at DATA",
    "5xx at DATA",
    "421 at RCPT",
    "drop at RCPT",
    "drop at DATA",
)
AFTER_DOT = ("4xx after dot", "5xx after dot", "drop after dot", "take and drop", "take and say nothing", "slow")
FAULTS = (*BEFORE_DOT, *AFTER_DOT)
TAKEN = ("take and drop", "take and say nothing", "slow")
SLOW = 0.1


@dataclass(frozen=True)
class Received:
    recipient: str
    raw: bytes
    connection: int

    @cached_property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.raw, policy=email.policy.default)  # type: ignore[return-value]

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])


class Sink:
    """What was taken, in order; what to do next; how many connections came."""

    def __init__(self, *, keep: bool = True) -> None:
        self.received: list[Received] = []
        self.script: dict[str, Sequence[str]] = {}
        self.always: str | None = None
        self.tries: Counter[str] = Counter()
        self.connections = 0
        self.pace = 0.0  # seconds that every answer to a dot takes
        self.greeting: str | None = None
        self.keep = keep
        self.pipelining = False  # whether the server says that it takes commands in groups (RFC 2920)
        self.taken = 0
        self._pending: dict[str, deque[str]] = defaultdict(deque)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="smtp-sink", daemon=True)
        self._transports: set[Any] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = self._run(self._loop.create_server(lambda: _Protocol(self), "127.0.0.1", 0))
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._shut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def next_fault(self, recipient: str) -> str | None:
        """The fault for this try, by the recipient's own script or the general one."""
        number = self.tries[recipient]
        self.tries[recipient] += 1
        script = self.script.get(recipient, ())
        return script[number] if number < len(script) else self.always

    def ids_of(self, recipient: str) -> list[str]:
        return [received.message_id for received in self.received if received.recipient == recipient]

    def take(self, recipient: str, raw: bytes, connection: int) -> None:
        self.taken += 1
        if self.keep:
            self.received.append(Received(recipient, raw, connection))

    def drop_all(self) -> None:
        """Cut every connection that stands, as a server does that restarts."""
        self._loop.call_soon_threadsafe(lambda: [transport.abort() for transport in list(self._transports)])

    async def _shut(self) -> None:
        self._server.close()
        for transport in list(self._transports):
            transport.abort()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _run(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)


class _Protocol(SMTP):
    """aiosmtpd's protocol with one more actor: the fault chosen when the recipient is named."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.fault: str | None = None
        super().__init__(self, hostname="sink", ident="sink", loop=sink._loop, command_call_limit=None)

    def connection_made(self, transport: Any) -> None:
        self.sink.connections += 1
        self.number = self.sink.connections
        self.sink._transports.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.sink._transports.discard(self.transport)
        super().connection_lost(error)

    async def handle_EHLO(self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]) -> list[str]:
        session.host_name = hostname
        return ["250-PIPELINING", *responses] if self.sink.pipelining else responses

    async def smtp_DATA(self, arg: str) -> None:
        if self.fault == "drop at DATA":
            await self.push("354 go on")
            await self._vanish()
        elif self.fault in {"4xx at DATA", "5xx at DATA"}:
            await self.push("451 4.3.0 not now" if self.fault == "4xx at DATA" else "554 5.6.0 not this")
        else:
            await super().smtp_DATA(arg)

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        self.fault = self.sink.next_fault(address)
        if self.fault == "drop at RCPT":
            await self._vanish()
        answers = {"4xx at RCPT": "450 4.2.0 greylisted", "5xx at RCPT": "550 5.1.1 unknown", "421 at RCPT": "421 4.3.2 closing"}
        if self.fault in answers:
            return answers[self.fault]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self.sink.pace + (SLOW if self.fault == "slow" else 0))
        if self.fault is None or self.fault in TAKEN:
            for recipient in envelope.rcpt_tos:
                self.sink.take(recipient, envelope.original_content or b"", self.number)
        if self.fault in {"drop after dot", "take and drop"}:
            await self._vanish()
        if self.fault == "take and say nothing":
            await asyncio.sleep(3600)
        refusals = {"4xx after dot": "452 4.3.1 no room", "5xx after dot": "554 5.7.1 refused"}
        return refusals.get(self.fault or "", f"250 2.0.0 queued as {self.sink.taken}")

    async def _vanish(self) -> None:
        """Gone without a word; the task ends with its connection."""
        self.transport.abort()
        await asyncio.sleep(3600)


if __name__ == "__main__":
    with Sink(keep=False) as running:
        print(running.port, flush=True)  # noqa: T201
        threading.Event().wait()
