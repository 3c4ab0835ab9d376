"""The quickest SMTP server Python allows: it takes everything and keeps nothing, so that the sender is what is measured.

Used where postfix's `smtp-sink` is not at hand. It speaks PIPELINING (RFC 2920): what stands behind a final dot is read on.
"""

import asyncio

END = b"\r\n.\r\n"


class Taker(asyncio.Protocol):
    """One session: answers each command by its first letters, swallows content up to the final dot."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.buffer = b""
        self.in_content = False
        self.transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        answers: list[bytes] = []
        while (answer := self._next()) is not None:
            answers.append(answer)
        self.transport.write(b"".join(answers))

    def _next(self) -> bytes | None:
        """The answer to what stands first in the buffer; None when more must come."""
        if self.in_content:
            end = self.buffer.find(END)
            if end < 0:
                return None
            self.buffer, self.in_content = self.buffer[end + len(END) :], False
            return b"250 taken\r\n"
        line, found, rest = self.buffer.partition(b"\r\n")
        if not found:
            return None
        self.buffer = rest
        return self._answer(line[:4].upper())

    def _answer(self, word: bytes) -> bytes:
        if word == b"DATA":
            self.in_content = True
            return b"354 go on\r\n"
        if word == b"EHLO":
            return b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
        return b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n"


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(Taker, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())
