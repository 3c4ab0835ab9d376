"""The quickest SMTP server Python allows: it takes everything and keeps nothing, so that the sender is what is measured."""

import asyncio


class Taker(asyncio.Protocol):
    """One session: answers each command by its first letters, swallows content up to the final dot."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.buffer = b""
        self.in_content = False
        self.transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if self.in_content:
            self._content()
            return
        while b"\r\n" in self.buffer and not self.in_content:
            line, self.buffer = self.buffer.split(b"\r\n", 1)
            self._command(line[:4].upper())

    def _content(self) -> None:
        if self.buffer.endswith(b"\r\n.\r\n"):
            self.buffer, self.in_content = b"", False
            self.transport.write(b"250 taken\r\n")

    def _command(self, word: bytes) -> None:
        if word == b"DATA":
            self.in_content = True
            self.transport.write(b"354 go on\r\n")
        elif word == b"EHLO":
            self.transport.write(b"250-sink\r\n250 8BITMIME\r\n")
        elif word == b"QUIT":
            self.transport.write(b"221 bye\r\n")
            self.transport.close()
        else:
            self.transport.write(b"250 ok\r\n")


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(Taker, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())
