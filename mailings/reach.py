"""What was sent to the officials of a municipality: how many were reached, in numbers alone, never who."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.translation import ngettext

from mailings.models import Delivery, Mailing, Run
from municipalities.models import Mandate, User

MOST_MAILINGS = 10
NOTICES_OF = dt.timedelta(days=365)
OF_MAILING = ("key", "kind", "subject_fr", "subject_nl", "iso_year", "iso_week")
State = Delivery.State


@dataclass(frozen=True)
class Reach:
    """How many mails came how far."""

    reached: int = 0
    bounced: int = 0
    in_doubt: int = 0
    skipped: int = 0
    on_the_way: int = 0

    @property
    def is_nothing(self) -> bool:
        return not any((self.reached, self.bounced, self.in_doubt, self.skipped, self.on_the_way))

    @property
    def words(self) -> list[tuple[str, str]]:
        """Each number that is not nought in words, with the tone of its badge."""
        said = [
            (self.reached, "good", ngettext("%(number)d reached", "%(number)d reached", self.reached)),
            (self.bounced, "bad", ngettext("%(number)d bounced", "%(number)d bounced", self.bounced)),
            (self.in_doubt, "warn", ngettext("%(number)d in doubt", "%(number)d in doubt", self.in_doubt)),
            (self.skipped, "", ngettext("%(number)d skipped", "%(number)d skipped", self.skipped)),
            (self.on_the_way, "info", ngettext("%(number)d on its way", "%(number)d on their way", self.on_the_way)),
        ]
        return [(words % {"number": number}, tone) for number, tone, words in said if number]


@dataclass(frozen=True)
class SentMailing:
    """One mailing and how far it came among the officials then in office; both rows are for reading and are never saved."""

    mailing: Mailing
    run: Run
    reach: Reach


@dataclass(frozen=True)
class Sent:
    """The last mailings, and the notices of a year taken together."""

    mailings: list[SentMailing]
    notices: Reach


def sent_columns(municipality: int, user: User, now: dt.datetime) -> dict[str, ArraySubquery]:
    """What `sent_of` reads, as columns to be asked along with the municipality; none for who may not see it."""
    if not _may_see(municipality, user, timezone.localdate(now)):
        return {}
    states = _of_officials(municipality).filter(run=OuterRef("pk")).order_by().values("state")
    runs = Run.objects.filter(planned_at__gte=now - settings.RETENTION_SEND_LOG).order_by("-planned_at", "-pk")[:MOST_MAILINGS]
    shown = {name: f"mailing__{name}" for name in OF_MAILING}
    mailing_rows = runs.values(row=JSONObject(run="pk", planned_at="planned_at", states=ArraySubquery(states), **shown))
    return {"mailing_rows": ArraySubquery(mailing_rows), "notice_rows": ArraySubquery(_notices(municipality, now))}


def _may_see(municipality: int, user: User, on: dt.date) -> bool:
    """Staff who see mailings; who stands in the municipality for more than requests of their own."""
    if user.is_staff and user.has_perm("mailings.view_mailing"):
        return True
    return municipality in user.reach_on(on)[0]


def sent_of(municipality: Any) -> Sent | None:
    """What was sent to a municipality that was asked for with `sent_columns`."""
    if not hasattr(municipality, "mailing_rows"):
        return None
    notices = {row["state"]: row["number"] for row in municipality.notice_rows}
    return Sent([_mailing(row) for row in municipality.mailing_rows], _reach(Counter(notices)))


def _mailing(row: dict[str, Any]) -> SentMailing:
    mailing = Mailing(**{name: row[name] for name in OF_MAILING})
    run = Run(pk=row["run"], planned_at=dt.datetime.fromisoformat(row["planned_at"]))
    return SentMailing(mailing, run, _reach(Counter(row["states"])))


def _of_officials(municipality: int) -> QuerySet[Delivery]:
    """Mails to people who held a mandate here on the day they were planned; the key list lets the index of recipients be used."""
    held = Mandate.objects.filter(municipality=municipality)
    then = held.filter(user=OuterRef("recipient"), period__contains=OuterRef("planned_at__date"))
    return Delivery.objects.filter(Exists(then), recipient__in=held.order_by().values("user"))


def _notices(municipality: int, now: dt.datetime) -> QuerySet[Delivery, Any]:
    """Notices about this municipality, counted by state; those about a person alone are nobody else's business."""
    here = Q(notice__event__municipality=municipality) | Q(notice__event__data__municipalities__contains=[municipality])
    rows = _of_officials(municipality).filter(here, kind=Delivery.Kind.NOTICE, planned_at__gte=now - NOTICES_OF, recipient__is_staff=False)
    counted = rows.order_by().values("state").annotate(number=Count("pk"))
    return counted.values(row=JSONObject(state="state", number="number"))


def _reach(counts: Counter[str]) -> Reach:
    return Reach(
        reached=counts[State.SENT],
        bounced=counts[State.FAILED],
        in_doubt=counts[State.UNKNOWN],
        skipped=counts[State.SKIPPED],
        on_the_way=counts[State.PENDING] + counts[State.SENDING],
    )
