"""What the page of a municipality shows of this room and the one below; the page itself is put together in `config`."""

from collections.abc import Mapping
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from municipalities.http import PersonRequest
from municipalities.models import Municipality
from municipalities.portraits import drawn, portraits
from partnerships.contacts import contacts_of
from partnerships.models import Agreement, Exchange, ServiceRequest
from partnerships.timelines import timeline_of

MOST_REQUESTS = 10
MOST_EXCHANGES = 10
OF_FOUNDING = {"request": "founding__request__key", "reference": "founding__request__reference"}


def municipality_or_404(request: PersonRequest, slug: str) -> int:
    """Its key, for its own officials and for staff; nobody else learns that the page exists."""
    own = {one.slug: one.pk for one in request.user.municipalities_on(timezone.localdate())}
    if slug in own:
        return own[slug]
    return get_object_or_404(Municipality.objects.visible_to(request.user).only("pk"), slug=slug).pk


def municipality_context(request: PersonRequest, pk: int, columns: Mapping[str, Any]) -> dict[str, Any]:
    """All that is known here; `columns` are what another room asks along with the municipality."""
    user, today = request.user, timezone.localdate()
    portrait = drawn(get_object_or_404(portraits(user, today, OF_FOUNDING).annotate(**columns), pk=pk))
    municipality = portrait.municipality
    visible = Agreement.objects.visible_to(user).filter(municipality=municipality)
    agreements = list(visible.select_related("successor").prefetch_related("amendments").order_by("-period", "pk"))
    requests = ServiceRequest.objects.visible_to(user).filter(municipality=municipality).open()
    return {
        "municipality": municipality,
        "portrait": portrait,
        "contacts": contacts_of(request, {municipality.pk}, today),
        "agreements": [(agreement, agreement.state_on(today)) for agreement in agreements],
        "timeline": timeline_of(municipality, agreements, today, lambda one: reverse("agreement", args=[one.key])),
        "requests": requests.select_related("municipality", "asked_by", "asked_for").order_by("-created_at", "-id")[:MOST_REQUESTS],
        "sees_requests": _sees(request, "partnerships.view_servicerequest"),
        "exchanges": _exchanged(request, municipality) if _sees(request, "partnerships.view_servicerequest") else [],
        "sees_agreements": _sees(request, "partnerships.view_agreement"),
        "sees_associations": user.has_perm("municipalities.view_association") if user.is_staff else bool(user.mandates_on(today)),
    }


def _exchanged(request: PersonRequest, municipality: Municipality) -> list[Exchange]:
    """The last of what was exchanged in both directions, in the requests this reader sees."""
    visible = ServiceRequest.objects.visible_to(request.user).filter(municipality=municipality).order_by()
    exchanges = Exchange.objects.filter(municipality=municipality, request__in=visible).select_related("item", "request")
    return list(exchanges.order_by("-on", "-pk")[:MOST_EXCHANGES])


def _sees(request: PersonRequest, right: str) -> bool:
    """Officials see what is their municipality's; of staff, those whose work it is."""
    return not request.user.is_staff or request.user.has_perm(right)
