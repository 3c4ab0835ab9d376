"""Finding erased people again after a restore from a backup, by fingerprints that tell nobody an address."""

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.utils.crypto import salted_hmac

from config.privacy.models import Erasure
from municipalities.models import User

SALT = "privacy.erasure"


@dataclass(frozen=True)
class Tombstone:
    """An erasure as it is kept apart from the database: when, and the fingerprints of the addresses."""

    at: str
    hashes: tuple[str, ...]


def fingerprint(address: str) -> str:
    """A keyed hash (HMAC-SHA-256) of an address; without `ERASURE_KEY` nobody can try addresses against it."""
    return salted_hmac(SALT, address.strip().lower(), secret=settings.ERASURE_KEY, algorithm="sha256").hexdigest()


def tombstone_of(erasure: Erasure) -> Tombstone:
    return Tombstone(at=erasure.at.isoformat(), hashes=tuple(erasure.address_hashes))


def note_down(erasure: Erasure) -> None:
    """Append the erasure to the file that is kept apart from the backups, when the settings name one."""
    if settings.ERASURES_FILE:
        with Path(settings.ERASURES_FILE).open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(tombstone_of(erasure))) + "\n")


def tombstones_in(lines: Iterable[str]) -> Iterator[Tombstone]:
    for line in lines:
        if line.strip():
            known = json.loads(line)
            yield Tombstone(at=known["at"], hashes=tuple(known["hashes"]))


def come_back(tombstones: Iterable[Tombstone]) -> list[User]:
    """People who were erased and are there again. Somebody entered anew after their erasure is not: that is a new beginning."""
    erased_at: dict[str, dt.datetime] = {}
    for stone in tombstones:
        moment = dt.datetime.fromisoformat(stone.at)
        for known in stone.hashes:
            erased_at[known] = max(moment, erased_at.get(known, moment))
    if not erased_at:
        return []
    people = User.objects.not_erased().order_by("pk").iterator(chunk_size=2000)
    return [person for person in people if _is_back(person, erased_at)]


def _is_back(person: User, erased_at: dict[str, dt.datetime]) -> bool:
    moment = erased_at.get(fingerprint(person.email))
    return moment is not None and person.date_joined <= moment
