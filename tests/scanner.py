"""A virus scanner for the tests that speaks clamd's protocol on a real socket: it finds the EICAR test file, and nothing else."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.files import EICAR

LARGEST = 25 * 1024 * 1024  # StreamMaxLength, as clamd is delivered


class Scanner:
    """Counts what it was shown; `answer` set makes it say that whatever comes."""

    def __init__(self) -> None:
        self.line = socket.create_server(("127.0.0.1", 0))
        self.seen: list[int] = []
        self.answer = b""

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self.line.getsockname()[1]}"

    def serve(self) -> None:
        while True:
            try:
                caller, _address = self.line.accept()
            except OSError:
                return
            with caller, caller.makefile("rb") as words:
                caller.sendall(self._reply(words) + b"\x00")

    def _reply(self, words) -> bytes:
        command = words.read(len(b"zINSTREAM\x00"))
        if command != b"zINSTREAM\x00":
            return b"UNKNOWN COMMAND"
        content = b""
        while length := struct.unpack(">I", words.read(4))[0]:
            content += words.read(length)
        self.seen.append(len(content))
        if self.answer:
            return self.answer
        if len(content) > LARGEST:
            return b"INSTREAM size limit exceeded. ERROR"
        return b"stream: Eicar-Signature FOUND" if EICAR in content else b"stream: OK"


@contextmanager
def scanner() -> Iterator[Scanner]:
    one = Scanner()
    thread = threading.Thread(target=one.serve, daemon=True)
    thread.start()
    try:
        yield one
    finally:
        one.line.shutdown(socket.SHUT_RDWR)
        one.line.close()
        thread.join(timeout=5)
