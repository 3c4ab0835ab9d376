"""The journal of a sender: a line before each final dot, a line after each answer, on the disk of its own host.

It lets the rows of a claim be settled in sets: a sender that is killed leaves its journal, which names the mails that were
answered and the one, at most, of which nobody can know (ARCHITECTURE, 'The delivery engine', 5). Only the host that wrote
it can read it, so the claimed rows carry that host's name; it is kept in the folder itself, and a folder that was lost
with its host has another name when it comes back empty.
"""

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from django.conf import settings

logger = structlog.get_logger(__name__)
ENDING = ".journal"
HANDED_OVER, ANSWERED, TURNED_DOWN = ">", "<", "!"


@dataclass
class Entries:
    """What a journal says: the server's words per mail it took, and the mail of which nobody knows."""

    answered: dict[int, str] = field(default_factory=dict)
    doubtful: set[int] = field(default_factory=set)


class Journal:
    """The journal of one claim, begun before anything touches the wire."""

    def __init__(self, claim: uuid.UUID) -> None:
        self._path = _path_of(claim)
        self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        self._unwritten: list[str] = []
        _sync_folder()

    def hand_over(self, delivery: int) -> None:
        """Write down, with all that was answered before, that from here on only an answer settles this mail."""
        self._unwritten.append(f"{HANDED_OVER} {delivery}\n")
        self._write()

    def answer(self, delivery: int, response: str) -> None:
        """The server took it; durable before the next dot, as that one's line follows in the same writing."""
        self._unwritten.append(f"{ANSWERED} {delivery} {response}\n")

    def turn_down(self, delivery: int) -> None:
        """The server answered the dot with a refusal: surely not taken."""
        self._unwritten.append(f"{TURNED_DOWN} {delivery}\n")

    def close(self) -> None:
        if self._unwritten:
            self._write()
        os.close(self._file)

    def _write(self) -> None:
        os.write(self._file, "".join(self._unwritten).encode())
        self._unwritten.clear()
        if settings.MAIL_JOURNAL_SYNC:
            os.fdatasync(self._file)


def read(claim: uuid.UUID) -> Entries:
    """What the sender of a claim left behind; without a journal it never came to a dot."""
    entries = Entries()
    try:
        lines = _path_of(claim).read_text().splitlines(keepends=True)
    except FileNotFoundError:
        return entries
    for line in lines:
        if line.endswith("\n"):  # a line cut short was not written before its dot
            _take(line.rstrip("\n"), entries)
    return entries


def _take(line: str, entries: Entries) -> None:
    sign, number, *words = line.split(" ", 2)
    delivery = int(number)
    if sign == HANDED_OVER:
        entries.doubtful.add(delivery)
        return
    entries.doubtful.discard(delivery)
    if sign == ANSWERED:
        entries.answered[delivery] = "".join(words)


def forget(claim: uuid.UUID) -> None:
    """Its rows are settled: nobody needs it any more."""
    _path_of(claim).unlink(missing_ok=True)


def left_behind() -> Iterator[uuid.UUID]:
    """The claims whose journals lie here."""
    for path in sorted(_folder().glob(f"*{ENDING}")) if is_kept() else ():
        yield uuid.UUID(hex=path.stem)


def is_kept() -> bool:
    """Whether this host keeps journals: MAIL_JOURNAL names a folder it can write to."""
    if not settings.MAIL_JOURNAL:
        return False
    try:
        return bool(host())
    except OSError as fault:
        logger.warning("journal_not_kept", fault=type(fault).__name__)
        return False


def host() -> str:
    """The name of this host's journals, made when the first one is."""
    place = _folder() / "host"
    try:
        return place.read_text()
    except FileNotFoundError:
        return _name_host(place)


def _name_host(place: Path) -> str:
    """Written whole under another name first, so that nobody reads half of it; who comes second takes what stands."""
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_name(f"host-{uuid.uuid4().hex}")
    draft.write_text(uuid.uuid4().hex)
    try:
        os.link(draft, place)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return place.read_text()


def _folder() -> Path:
    return Path(settings.MAIL_JOURNAL)


def _path_of(claim: uuid.UUID) -> Path:
    return _folder() / f"{claim.hex}{ENDING}"


def _sync_folder() -> None:
    """A file is durable once its folder knows of it."""
    if not settings.MAIL_JOURNAL_SYNC:
        return
    folder = os.open(_folder(), os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
