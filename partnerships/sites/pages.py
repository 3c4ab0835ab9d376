"""The page of a works site: the whole, to the municipality and to staff; its picture; and the form that changes it."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from partnerships.compensation import Terms, Window, longest_stop, terms, windows_of
from partnerships.models import PlanLine, PlanMeasure, PlanVersion, ServiceRequest, SiteFigure, WorksSite
from partnerships.pdf import can_make_pdf
from partnerships.services.works import AFTERWARDS, WorksNotAllowed, open_site, side_of
from partnerships.sites.doors import Door, load_site, person
from partnerships.works_timeline import WorksTimeline, works_timeline

State = PlanVersion.State


@dataclass(frozen=True)
class Compensation:
    """The rule, and the days to which the phases lead by it."""

    rule: Terms
    windows: list[Window]
    longest: int
    on: dt.date

    @property
    def is_open(self) -> bool:
        return any(window.is_open(self.on) for window in self.windows)


def compensation_of(site: WorksSite, on: dt.date) -> Compensation:
    phases = list(site.phases.all())
    longest = longest_stop(phases)
    return Compensation(terms(), windows_of(phases), longest.days if longest else 0, on)


@dataclass(frozen=True)
class Plans:
    """The versions of a site's plan: what is in force, what waits for a word, what is being written."""

    versions: list[PlanVersion]
    lines: list[PlanLine]

    def _in(self, state: str) -> PlanVersion | None:
        return next((version for version in self.versions if version.state == state), None)

    @property
    def agreed(self) -> PlanVersion | None:
        return self._in(State.AGREED)

    @property
    def proposed(self) -> PlanVersion | None:
        return self._in(State.PROPOSED)

    @property
    def draft(self) -> PlanVersion | None:
        return self._in(State.DRAFT)

    @property
    def shown(self) -> PlanVersion | None:
        """The version whose measures the page and the picture show: in force, else proposed, else being written."""
        return self.agreed or self.proposed or self.draft


def plans_of(site: WorksSite) -> Plans:
    """All versions, and the lines of the one shown, in two queries."""
    plans = Plans(list(site.versions.all()), [])
    shown = plans.shown
    if shown is None:
        return plans
    lines = PlanLine.objects.filter(version=shown).select_related("measure", "phase", "version")
    return Plans(plans.versions, list(lines.order_by("position", "pk")))


def timeline_of(door: Door, site: WorksSite, plans: Plans, on: dt.date) -> WorksTimeline | None:
    key = site.request.key
    lines = [line for line in plans.lines if line.measure.state != PlanMeasure.State.DROPPED]
    return works_timeline(
        site,
        list(site.phases.all()),
        lines,
        on,
        page=door.url("site", key),
        address=lambda line: door.url("measure", key, line.measure.key),
    )


def site_page(door: Door, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Works, phases, days for compensation, plan, meetings, figures and evaluations, on one page."""
    site = load_site(request, key)
    today = timezone.localdate()
    plans = plans_of(site)
    side = side_of(person(request), site.request)
    context = {
        "compensation": compensation_of(site, today),
        "plans": plans,
        "lines": [(line, line.is_late(today)) for line in plans.lines],
        "timeline": timeline_of(door, site, plans, today),
        "meetings": site.meetings.all(),
        "figures": _figures(site),
        "evaluations": site.evaluations.prefetch_related("marks"),
        "side": side,
        "may_write": side is not None,
        "may_look_back": side_of(person(request), site.request, states=AFTERWARDS) is not None,
        "makes_pdf": can_make_pdf(),
        "languages": ("fr", "nl"),
    }
    return door.show(request, "site_page", site, str(site), context, typed_title=True)


def _figures(site: WorksSite) -> list[tuple[str, list[SiteFigure]]]:
    """Each indicator with its values in the order of their days."""
    figures = list(site.figures.all())
    grouped = [(str(one.label), [figure for figure in figures if figure.indicator == one]) for one in SiteFigure.Indicator]
    return [(label, values) for label, values in grouped if values]


def site_timeline(door: Door, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The picture alone, for a report or a presentation."""
    site = load_site(request, key)
    timeline = timeline_of(door, site, plans_of(site), timezone.localdate())
    if timeline is None:
        raise Http404
    context = {"timeline": timeline, "id": "works-timeline"}
    response = render(request, "partnerships/works/timeline.svg", context, content_type="image/svg+xml")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def site_open(door: Door, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Give a request without one its site, and go on to describe it."""
    visible = ServiceRequest.objects.visible_to(person(request)).filter(reference__isnull=False)
    shown = get_object_or_404(visible, key=key)
    if request.method != "POST":
        return redirect(door.request_page(shown))
    try:
        open_site(shown, by=person(request))
    except WorksNotAllowed:
        messages.warning(request, _("That is no longer possible: the request has moved on. Here is how it stands now."))
        return redirect(door.request_page(shown))
    return door.go("site", key)


def refused(door: Door, request: HttpRequest, site: WorksSite, **context: Any) -> HttpResponse:
    """Somebody else was faster, or the request has ended: say so and show how it stands now."""
    messages.warning(request, _("That is no longer possible: things have moved on. Here is how they stand now."))
    return door.go("site", site.request.key)
