"""The home page: for an official what matters today, for others the way to where they work."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from mailings.models import Mailing
from municipalities.http import PersonRequest
from municipalities.models import Municipality
from partnerships.models import Agreement, Kind, ServiceRequest
from partnerships.questions_shown import questions_at_home

MOST_ROWS = 5


@dataclass(frozen=True)
class Footing:
    """A municipality of the reader's and the agreement that covers it today, if any."""

    municipality: Municipality
    agreement: Agreement | None
    state: Agreement.State | None


@require_safe
def home(request: PersonRequest) -> HttpResponse:
    """Officials see their page, also when they are something else besides; reviewers and staff are led to theirs."""
    municipalities = request.user.municipalities_on(timezone.localdate())
    if request.user.is_staff and not municipalities:
        return render(request, "portal/home_staff.html")
    if request.user.is_cabinet_reviewer and not municipalities:
        return redirect("reviews")
    if not municipalities:
        return redirect("invitations")  # let in to answer, and for nothing else
    return _home_of_official(request, municipalities)


def _home_of_official(request: PersonRequest, municipalities: list[Municipality]) -> HttpResponse:
    today = timezone.localdate()
    visible = ServiceRequest.objects.visible_to(request.user)
    requests = visible.select_related("municipality", "asked_by", "asked_for").order_by("-created_at", "-id")
    own = {municipality.pk: municipality for municipality in municipalities}
    context = {
        "footings": _footings(request, list(own.values())),
        "your_turn": requests.turn_of_municipality()[:MOST_ROWS],
        "agency_turn": requests.turn_of_agency()[:MOST_ROWS],
        "questions": questions_at_home(request.user),
        "mailing": Mailing.objects.visible_to(request.user).sent().order_by("-sent_at", "-pk").first(),
        "map": Municipality.objects.exclude(outline="").only("outline", "name_fr", "name_nl").order_by("pk"),
        "own_ids": set(own),
        "has_several": len(own) > 1,
        "kinds": Kind if request.user.municipalities_on(today, writing=True) else (),
        "may_ask": bool(request.user.municipalities_on(today, writing=True)),
        "invitations": request.user.invitations_on(today),
    }
    return render(request, "portal/home.html", context)


def _footings(request: PersonRequest, municipalities: list[Municipality]) -> list[Footing]:
    today = timezone.localdate()
    in_force = Agreement.objects.visible_to(request.user).in_force(today).order_by("municipality", "pk")
    agreements = {agreement.municipality_id: agreement for agreement in in_force}
    return [
        Footing(municipality, agreement, agreement.state_on(today) if agreement else None)
        for municipality in municipalities
        for agreement in [agreements.get(municipality.pk)]
    ]
