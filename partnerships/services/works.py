"""Acts on a works site after its request was submitted, and the days for compensation announced by the clock."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from municipalities.models import User
from partnerships.compensation import Window, terms, windows_of
from partnerships.models import CompensationReminder, Event, Kind, ServiceRequest, WorksSite
from partnerships.permissions import Party, behalf_of, party_of
from partnerships.services.events import record_event

Day = CompensationReminder.Day
WRITABLE = ServiceRequest.OPEN
AFTERWARDS = ServiceRequest.OPEN | {ServiceRequest.State.CLOSED}  # figures and evaluations come when all is over


class WorksNotAllowed(Exception):
    """The person acts on no side of this request, or it has ended."""


class StaleSite(Exception):
    """Somebody else changed it meanwhile; nothing was written, `site` is what stands in the database."""

    def __init__(self, site: WorksSite) -> None:
        super().__init__(f"revision is {site.revision} now")
        self.site = site


class SitePart(Protocol):
    """A part of the form, checked and ready to be written."""

    def save(self, request: ServiceRequest) -> None: ...


def side_of(user: User, request: ServiceRequest, *, states: Iterable[str] = WRITABLE) -> Party | None:
    """The side on which the person writes on this site today; None for readers, strangers, and when the request is in no such state."""
    return party_of(user, request) if request.state in states and request.kind == Kind.WORKS else None


def lock_site(site: WorksSite, by: User, *, states: Iterable[str] = WRITABLE) -> tuple[WorksSite, Party]:
    """The site as it stands, held until the caller's transaction ends, and the side of the person. Raises WorksNotAllowed."""
    locked = WorksSite.objects.select_for_update(of=("self", "request")).select_related("request__municipality").get(pk=site.pk)
    side = side_of(by, locked.request, states=states)
    if side is None:
        raise WorksNotAllowed
    return locked, side


def record(verb: str, site: WorksSite, *, by: User | None, data: dict[str, Any] | None = None) -> Event:
    """Every act on a site is an event of its request, so that the request's page tells of it."""
    request = site.request
    behalf = behalf_of(by, request) if by else None
    return record_event(verb, request, by=by, behalf_of=behalf, municipality=request.municipality, data={"site": site.pk} | (data or {}))


# --- The site -----------------------------------------------------------------------------------


@transaction.atomic
def open_site(request: ServiceRequest, *, by: User) -> WorksSite:
    """Give a works request its site; asked twice, return the one that is there. Raises WorksNotAllowed."""
    request = ServiceRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if side_of(by, request) is None:
        raise WorksNotAllowed
    site, is_new = WorksSite.objects.get_or_create(request=request, defaults={"name": request.title})
    if is_new:
        record(Event.Verb.SITE_CHANGED, site, by=by)
    return site


@transaction.atomic
def change_site(site: WorksSite, *, by: User, revision: int, parts: Iterable[SitePart]) -> WorksSite:
    """Write what changed of the site, its streets and phases, read at `revision`. Raises StaleSite, WorksNotAllowed."""
    site, _side = lock_site(site, by)
    if site.revision != revision:
        raise StaleSite(site)
    before = _dates(site)
    for part in parts:
        part.save(site.request)
    WorksSite.objects.filter(pk=site.pk).update(revision=revision + 1)
    site = WorksSite.objects.with_all().get(pk=site.pk)
    record(Event.Verb.SITE_CHANGED, site, by=by, data={"from": before, "to": _dates(site)})
    return site


def _dates(site: WorksSite) -> dict[str, str]:
    """First and last day, and the days for compensation, as the event keeps them."""
    phases = list(site.phases.all())
    days = {"first": min((p.starts_on for p in phases), default=""), "last": max((p.ends_on for p in phases), default="")}
    for number, window in enumerate(windows_of(phases), start=1):
        days |= {f"opens_{number}": window.opens_on, f"closes_{number}": window.closes_on}
    return {name: str(day) for name, day in days.items()}


# --- The days for compensation ------------------------------------------------------------------


def remind_of_compensation(now: dt.datetime) -> int:
    """Announce the first and the last day for compensation, some days before and on the day; return how many were announced.

    Asked as often as one likes: each is announced once, and a day that was moved is a new day. After days without anybody asking,
    what has passed is not announced any more.
    """
    today = timezone.localdate(now)
    sites = WorksSite.objects.still_open().stopping_traffic().with_all().order_by("pk")
    return sum(_announce_days(site, today, now) for site in sites.iterator(chunk_size=200))


def days_of(window: Window) -> list[tuple[str, dt.date]]:
    return [(Day.OPENS, window.opens_on), (Day.CLOSES, window.closes_on)]


def _announce_days(site: WorksSite, today: dt.date, now: dt.datetime) -> int:
    near = today + dt.timedelta(days=settings.COMPENSATION_REMINDER_DAYS)
    days = [pair for window in windows_of(site.phases.all()) for pair in days_of(window)]
    return sum(_announce(site, day, on, today, now) for day, on in days if today <= on <= near)


@transaction.atomic
def _announce(site: WorksSite, day: str, on: dt.date, today: dt.date, now: dt.datetime) -> bool:
    _reminder, is_new = CompensationReminder.objects.get_or_create(
        site=site, day=day, on=on, is_ahead=on > today, defaults={"made_at": now}
    )
    if is_new:
        rule = terms()
        limits = {"first_day": rule.first_day, "last_day": rule.last_day}
        data = {"day": day, "on": str(on), "days_left": (on - today).days} | limits
        record(Event.Verb.COMPENSATION_DAY_NEAR, site, by=None, data=data)
    return is_new
