"""No faster than is wished: so many mails a second in all, and so many to the addresses of one provider.

The wish holds over all senders: each takes its share, a `MAIL_SENDERS`th, so that no sender needs to ask another. Codes,
notices and test mails never wait for it.
"""

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from django.conf import settings

BURST_SECONDS = 3  # what was not used so long ago is lost
LONGEST_WAIT = 600  # seconds: a mail that must wait longer is looked at again by then


@dataclass
class Allowance:
    """A share of a rate, used up mail by mail and growing back with time."""

    per_second: float
    left: float = field(init=False)
    since: float = field(init=False)

    def __post_init__(self) -> None:
        self.left, self.since = max(1.0, self.per_second), time.monotonic()

    def seconds_until_one(self, ahead: int = 0) -> float:
        """How long until one may be used, with so many others before it."""
        now = time.monotonic()
        self.left = min(self.left + (now - self.since) * self.per_second, max(1.0, self.per_second * BURST_SECONDS))
        self.since = now
        return max(0.0, (1 + ahead - self.left) / self.per_second)

    def take(self) -> None:
        self.left -= 1


class Pace:
    """The wishes of the settings, as one process keeps them."""

    def __init__(self, rate: float, domains: Mapping[str, float], senders: int) -> None:
        share = 1 / max(senders, 1)
        self._all = Allowance(rate * share) if rate > 0 else None
        self._domains = {domain.lower(): Allowance(each * share) for domain, each in domains.items() if each > 0}

    def wait(self, longest: float) -> bool:
        """Wait for the turn of the next mail; False, at once, when that would take longer than the seconds given."""
        if self._all is None:
            return True
        seconds = self._all.seconds_until_one()
        if seconds > longest:
            return False
        time.sleep(seconds)
        self._all.take()
        return True

    def too_soon(self, addresses: Iterable[tuple[int, str]]) -> dict[int, float]:
        """Which of these mails (number, address) have to wait for their provider, and how many seconds."""
        waits: dict[int, float] = {}
        ahead: Counter[str] = Counter()
        for number, address in addresses:
            domain = address.rpartition("@")[2].lower()
            allowance = self._domains.get(domain)
            if allowance is None:
                continue
            if seconds := allowance.seconds_until_one(ahead[domain]):
                waits[number] = min(seconds, LONGEST_WAIT)
                ahead[domain] += 1
            else:
                allowance.take()
        return waits


def pace() -> Pace:
    """This process's pace; new when the settings are."""
    return _pace(settings.MAIL_RATE, tuple(sorted(settings.MAIL_DOMAIN_RATES.items())), settings.MAIL_SENDERS)


@lru_cache(maxsize=1)
def _pace(rate: float, domains: tuple[tuple[str, float], ...], senders: int) -> Pace:
    return Pace(rate, dict(domains), senders)
