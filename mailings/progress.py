"""How far a sending is: a bar per state, how fast it goes and how long it will take; cheap enough to be asked every few seconds."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from mailings.models import Delivery, Run
from partnerships.models import Event

State = Delivery.State
MEASURED_OVER = 60.0  # seconds over which the speed is taken
MEASURED_FROM = 3.0  # seconds below which two looks say nothing of the speed
KEPT = 300  # seconds for which looks are kept
BAR = 600  # units of the picture's width


@dataclass(frozen=True)
class Bar:
    """One state of the mails: how many, where they are listed, and how long the bar is."""

    name: str
    label: Any
    count: int
    url: str
    width: int


@dataclass(frozen=True)
class Progress:
    """What the page says; `rate` is mails a second, None while it is not known or nothing moves."""

    run: Run
    bars: list[Bar]
    total: int
    settled: int
    rate: float | None

    @property
    def left(self) -> int:
        return self.total - self.settled

    @property
    def is_over(self) -> bool:
        return self.run.state == Run.State.DONE

    @property
    def rate_words(self) -> str:
        """How fast it goes, in the unit that gives a number one can read."""
        if self.rate is None:
            return gettext("being measured")
        if self.rate >= 1:
            return gettext("%(number)d a second") % {"number": round(self.rate)}
        return gettext("%(number)d a minute") % {"number": round(self.rate * 60)}

    @property
    def time_left(self) -> str:
        """About how long the rest takes at this speed; empty where that cannot be said."""
        if not self.rate or not self.left:
            return ""
        seconds = self.left / self.rate
        if seconds < 60:
            return gettext("less than a minute")
        minutes = round(seconds / 60)
        if minutes < 120:
            return ngettext("about %(number)d minute", "about %(number)d minutes", minutes) % {"number": minutes}
        return ngettext("about %(number)d hour", "about %(number)d hours", round(minutes / 60)) % {"number": round(minutes / 60)}


def progress_of(run: Run, now: dt.datetime) -> Progress:
    """Two counts over indexes, whatever the size of the sending."""
    counts = dict(Delivery.objects.filter(run=run).order_by().values_list("state").annotate(count=Count("pk")))
    deferred = Delivery.objects.deferred().filter(run=run).count() if counts.get(State.PENDING) else 0
    total = sum(counts.values())
    settled = sum(count for state, count in counts.items() if state not in Delivery.UNSETTLED)
    rate = _rate(run, settled, now) if run.state == Run.State.RUNNING else None
    return Progress(run, _bars(run, counts, deferred, total), total, settled, rate)


def _bars(run: Run, counts: dict[str, int], deferred: int, total: int) -> list[Bar]:
    listed = reverse("admin:mailings_delivery_changelist") + f"?run={run.pk}"
    of_state = f"{listed}&state__exact="
    waiting = counts.get(State.PENDING, 0)
    rows: list[tuple[str, Any, int, str]] = [
        ("planned", pgettext_lazy("mails of a sending", "Planned"), total, listed),
        ("sent", pgettext_lazy("mails of a sending", "Sent"), counts.get(State.SENT, 0), of_state + State.SENT),
        ("pending", pgettext_lazy("mails of a sending", "Waiting"), waiting - deferred, of_state + State.PENDING),
        ("deferred", _("Deferred: tried, and to be tried again"), deferred, of_state + State.PENDING),
        ("sending", pgettext_lazy("mails of a sending", "On the wire"), counts.get(State.SENDING, 0), of_state + State.SENDING),
        ("failed", pgettext_lazy("mails of a sending", "Failed"), counts.get(State.FAILED, 0), of_state + State.FAILED),
        ("unknown", pgettext_lazy("mails of a sending", "In doubt"), counts.get(State.UNKNOWN, 0), of_state + State.UNKNOWN),
        ("skipped", pgettext_lazy("mails of a sending", "Skipped"), counts.get(State.SKIPPED, 0), of_state + State.SKIPPED),
    ]
    return [Bar(name, label, count, url, _width(count, total)) for name, label, count, url in rows]


def _width(count: int, total: int) -> int:
    """In proportion, and never so thin that a mail is not seen."""
    return max(round(BAR * count / total), 3) if count and total else 0


def _rate(run: Run, settled: int, now: dt.datetime) -> float | None:
    """Mails settled a second since the oldest look of the last minute; looks are kept in the cache, which may lose them."""
    key, at = f"run-looks:{run.pk}", now.timestamp()
    looks = [(when, count) for when, count in cache.get(key, []) if at - MEASURED_OVER <= when <= at and count <= settled]
    cache.set(key, [*looks, (at, settled)][-100:], KEPT)
    if not looks or at - looks[0][0] < MEASURED_FROM:
        return None
    return (settled - looks[0][1]) / (at - looks[0][0]) or None


def doubts_of(run: Run) -> list[Delivery]:
    """The mails in doubt by name, the first hundred."""
    return list(run.deliveries.in_doubt().select_related("recipient", "addressee").order_by("pk")[:100])


def stopping_of(run: Run) -> Event | None:
    """Who stopped it, when and why."""
    return Event.objects.about(run.mailing).filter(verb=Event.Verb.MAILING_STOPPED).select_related("actor").last()


def progress_now(run: Run) -> Progress:
    return progress_of(run, timezone.now())
