"""A sending in one municipality: who of its officials it reached, who not and why, and the way to make up for it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from mailings.admin.tones import TONES
from mailings.audience import mandates_chosen, recipients_of
from mailings.models import Delivery, Run
from mailings.services import MailingActionNotAllowed, NotMeant, send_again
from municipalities.admin.base import PortalAdmin, person_of
from municipalities.models import Mandate, Municipality, User
from partnerships.admin.badges import badge

SEND = "mailings.send_mailing"
State = Delivery.State


@dataclass(frozen=True)
class Reached:
    """One official and what became of their mail; `act` is what can be done about it: settle, send, or nothing."""

    person: User
    mandate: Mandate
    delivery: Delivery | None
    act: str

    @property
    def state(self) -> SafeString:
        if self.delivery is None:
            return badge(str(_("Nothing was sent")), "warn")
        return badge(self.delivery.get_state_display(), TONES.get(State(self.delivery.state), ""))

    @property
    def words(self) -> str:
        if self.delivery is None:
            return str(_("Not yet in office when the mailing went out."))
        return self.delivery.get_skip_reason_display() or (self.delivery.response if self.delivery.state == State.FAILED else "")


class RunPlaces(PortalAdmin):
    """Part of the page of a sending."""

    def place_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        place = "<int:pk>/municipalities/<str:code>/"
        return [
            path(place, view(self.place_view), name="mailings_run_municipality"),
            path(f"{place}send/<int:person>/", view(require_POST(self.send_again_view)), name="mailings_run_send_again"),
        ]

    def visible_or_404(self, request: HttpRequest, object_id: Any) -> Run:
        if not self.has_view_permission(request):
            raise PermissionDenied
        run = self.get_object(request, str(object_id))
        if run is None:
            raise Http404
        return run

    def place_view(self, request: HttpRequest, pk: int, code: str) -> HttpResponse:
        run = self.visible_or_404(request, pk)
        municipality = get_object_or_404(Municipality.objects.defer("outline"), code=code)
        rows = reached_in(run, municipality, timezone.localdate())
        request.people_shown = User.objects.filter(pk__in=[row.person.pk for row in rows])  # type: ignore[attr-defined]
        context = {
            **self.admin_site.each_context(request),
            "title": f"{run.mailing} · {municipality}",
            "opts": self.opts,
            "run": run,
            "municipality": municipality,
            "rows": rows,
            "may_send": request.user.has_perm(SEND),
            "may_repair": request.user.has_perm("municipalities.change_official"),
        }
        return TemplateResponse(request, "admin/mailings/run_municipality.html", context)

    def send_again_view(self, request: HttpRequest, pk: int, code: str, person: int) -> HttpResponse:
        """Send it to one official of this municipality whom it did not reach."""
        run = self.visible_or_404(request, pk)
        people = User.objects.filter(mandates__municipality__code=code, mandates__period__contains=timezone.localdate())
        official = get_object_or_404(people.distinct(), pk=person)
        try:
            send_again(run, to=official, by=person_of(request))
        except MailingActionNotAllowed as refusal:
            raise PermissionDenied from refusal
        except NotMeant:
            messages.error(request, _("Nothing was sent: the mailing is not meant for this person today, or they unsubscribed."))
        else:
            messages.success(request, _("The mail is on its way, to the address of today."))
        return redirect("admin:mailings_run_municipality", pk, code)


def reached_in(run: Run, municipality: Municipality, on: dt.date) -> list[Reached]:
    """Whom of the municipality the mailing is meant for today, then whom it went to though they left since; four queries."""
    meant = {mandate.user_id: mandate for mandate in _by_rank(mandates_chosen(run.mailing, on).filter(municipality=municipality))}
    wanted = set(recipients_of(run.mailing, on).filter(pk__in=meant).values_list("pk", flat=True))
    then = _by_rank(Mandate.objects.filter(municipality=municipality, period__contains=timezone.localdate(run.planned_at)))
    held = {mandate.user_id: mandate for mandate in then} | meant
    deliveries = {one.recipient_id: one for one in run.deliveries.filter(recipient__in=held).defer("body_text", "body_html")}
    shown = [mandate for person, mandate in held.items() if person in meant or person in deliveries]
    return [
        Reached(one.user, one, deliveries.get(one.user_id), _act_on(deliveries.get(one.user_id), is_wanted=one.user_id in wanted))
        for one in sorted(shown, key=_rank)
    ]


def _by_rank(mandates: QuerySet[Mandate]) -> list[Mandate]:
    """So that of several mandates of one person the first in rank is the last read, and stays."""
    return sorted(mandates.select_related("user").order_by("pk"), key=_rank, reverse=True)


def _rank(mandate: Mandate) -> tuple[int, str, int]:
    return tuple(Mandate.Role).index(Mandate.Role(mandate.role)), mandate.user.last_name, mandate.pk


def _act_on(delivery: Delivery | None, *, is_wanted: bool) -> str:
    if delivery and delivery.state == State.UNKNOWN:
        return "settle"
    return "send" if is_wanted and (delivery is None or delivery.state in {State.FAILED, State.SKIPPED}) else ""
