"""The virus scanner: clamd, spoken to over its own protocol (INSTREAM), so that no file need be shared with it."""

import socket
import struct
from contextlib import closing
from urllib.parse import urlsplit

from django.conf import settings

SECONDS = 60
CHUNK = 256 * 1024
LONGEST_ANSWER = 4096
DEFAULT_PORT = 3310


class ScannerAway(Exception):
    """No verdict: the scanner does not answer, or says that it cannot look. The file waits and is shown again later."""


def find_virus(content: bytes) -> str:
    """The name of what the scanner finds; empty when it finds nothing. Raises ScannerAway."""
    try:
        with closing(_connected(settings.CLAMD_URL)) as line:
            line.sendall(b"zINSTREAM\x00")
            for start in range(0, len(content), CHUNK):
                piece = content[start : start + CHUNK]
                line.sendall(struct.pack(">I", len(piece)) + piece)
            line.sendall(struct.pack(">I", 0))
            return _verdict(_answer(line))
    except OSError as fault:
        raise ScannerAway(type(fault).__name__) from fault


def _connected(url: str) -> socket.socket:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return _connected_to_file(parts.path)
    return socket.create_connection((parts.hostname or "", parts.port or DEFAULT_PORT), timeout=SECONDS)


def _connected_to_file(path: str) -> socket.socket:
    line = socket.socket(socket.AF_UNIX)
    try:
        line.settimeout(SECONDS)
        line.connect(path)
    except OSError:
        line.close()
        raise
    return line


def _answer(line: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\x00") and len(answer) < LONGEST_ANSWER:
        piece = line.recv(LONGEST_ANSWER)
        if not piece:
            break
        answer += piece
    return answer.rstrip(b"\x00\n").decode("utf-8", "replace")


def _verdict(answer: str) -> str:
    """`stream: OK`, `stream: Eicar-Signature FOUND`; anything else is no verdict."""
    words = answer.removeprefix("stream: ")
    if words == "OK":
        return ""
    if words.endswith(" FOUND"):
        return words.removesuffix(" FOUND")
    raise ScannerAway(answer[:80] or "no answer")
