"""The day's work on the first page of the administration, for each as far as it is theirs."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.coverage_page import may_see
from mailings.holes import Hole, holes_on
from mailings.models import AddressState, Delivery, Mailing, Run
from mailings.proof import Row, alarms_open
from mailings.services.returns import MAY_REPAIR
from municipalities.models import User
from partnerships.models import RequestStep, ServiceRequest
from partnerships.worklists import Worklist, on_worklist
from partnerships.workload import Gap, gaps_ahead

COUNTED_UP_TO = 1_000


@dataclass(frozen=True)
class Tile:
    """A number that leads to the list behind it."""

    label: Any
    count: int
    url: str
    tone: str = ""

    @property
    def words(self) -> str:
        return f"{COUNTED_UP_TO}+" if self.count > COUNTED_UP_TO else str(self.count)


@dataclass(frozen=True)
class Boards:
    requests: list[Tile] = field(default_factory=list)
    mailing: Mailing | None = None
    week: str = ""
    mailings: list[Mailing] = field(default_factory=list)
    mail: list[Tile] = field(default_factory=list)
    unreached: list[tuple[Run, Row]] = field(default_factory=list)
    holes: list[Hole] = field(default_factory=list)
    spoc_gaps: list[Gap] = field(default_factory=list)
    sees_requests: bool = False
    sees_mailings: bool = False
    sees_coverage: bool = False
    drafts_mailings: bool = False


def boards_for(user: User) -> Boards:
    today = timezone.localdate()
    sees_requests = user.has_perm("partnerships.view_servicerequest")
    sees_mailings = user.has_perm("mailings.view_mailing")
    sees_coverage = may_see(user)
    year, week, _weekday = today.isocalendar()
    return Boards(
        requests=_request_tiles(user) if sees_requests else [],
        week=f"{year}-W{week:02d}",
        mailing=_mailing_of_week(year, week) if sees_mailings else None,
        mailings=_mailings_under_way(year, week) if sees_mailings else [],
        mail=_mail_tiles() if sees_mailings else [],
        unreached=alarms_open(timezone.now()) if user.has_perm("mailings.view_run") else [],
        holes=holes_on(today) if sees_coverage else [],
        spoc_gaps=gaps_ahead(today) if sees_coverage else [],
        sees_requests=sees_requests,
        sees_mailings=sees_mailings,
        sees_coverage=sees_coverage,
        drafts_mailings=user.has_perm("mailings.add_mailing"),
    )


def _request_tiles(user: User) -> list[Tile]:
    requests = ServiceRequest.objects.visible_to(user)
    address = reverse("admin:partnerships_servicerequest_changelist")
    tones = {
        Worklist.BURNING: "warn",
        Worklist.OVERDUE: "bad",
        Worklist.NEW: "info",
        Worklist.WAITING: "warn",
        Worklist.UNASSIGNED: "warn",
        Worklist.OUTSIDE: "warn",
    }
    hidden = {Worklist.OPEN, Worklist.ALL, Worklist.ASKED}
    if not user.has_perm("partnerships.oversee_agreement"):
        hidden.add(Worklist.OUTSIDE)
    return (
        [
            Tile(name.label, _capped(on_worklist(requests, name, user)), f"{address}?list={name}", tones.get(name, ""))
            for name in Worklist
            if name not in hidden
        ]
        + _follow_up_tiles(user)
        + _address_tiles(user)
    )


def _follow_up_tiles(user: User) -> list[Tile]:
    """Follow-ups of associations whose day has come: only when there are some."""
    if not user.has_perm("partnerships.view_requeststep"):
        return []
    due = RequestStep.objects.due(timezone.localdate()).filter(request__in=ServiceRequest.objects.visible_to(user))
    tile = Tile(_("Follow-ups due"), _capped(due), reverse("admin:partnerships_requeststep_changelist") + "?due=yes", "warn")
    return [tile] if tile.count else []


def _address_tiles(user: User) -> list[Tile]:
    """Addresses that refuse mail, for whoever may repair them: only when there are some."""
    if not user.has_perm(MAY_REPAIR):
        return []
    broken = AddressState.objects.refusing().current()
    tile = Tile(_("Addresses to repair"), _capped(broken), reverse("admin:mailings_addressstate_changelist"), "warn")
    return [tile] if tile.count else []


def _capped(rows: Any) -> int:
    return rows.order_by()[: COUNTED_UP_TO + 1].count()


# --- Mailings -----------------------------------------------------------------------------------


def _mailing_of_week(year: int, week: int) -> Mailing | None:
    return Mailing.objects.filter(kind=Mailing.Kind.WEEKLY, iso_year=year, iso_week=week).first()


def _mailings_under_way(year: int, week: int) -> list[Mailing]:
    """The other mailings that still ask for something, newest first."""
    this_week = Q(kind=Mailing.Kind.WEEKLY, iso_year=year, iso_week=week)
    return list(Mailing.objects.exclude(this_week).exclude(state=Mailing.State.SENT).order_by("-created_at", "-pk")[:5])


def _mail_tiles() -> list[Tile]:
    """Sendings that stand still, and mails in doubt: only when there are some."""
    paused = Run.objects.filter(state=Run.State.PAUSED).count()
    doubts = _capped(Delivery.objects.in_doubt().filter(run__isnull=False))
    tiles = [
        Tile(_("Paused sendings"), paused, reverse("admin:mailings_run_changelist") + "?state__exact=paused", "bad"),
        Tile(_("Mails in doubt"), doubts, reverse("admin:mailings_delivery_changelist") + "?state__exact=unknown", "warn"),
    ]
    return [tile for tile in tiles if tile.count]
