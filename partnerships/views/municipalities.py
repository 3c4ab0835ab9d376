"""The page of a municipality: who works with whom, on what footing, and what is open."""

import datetime as dt
from typing import Any

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from municipalities.http import PersonRequest
from municipalities.models import Association, AssociationContact, Municipality, Street
from partnerships.models import Agreement, ServiceRequest, SpocAssignment
from partnerships.views.agreements import portal_timeline

MOST_REQUESTS = 10


@require_safe
def municipality_page(request: PersonRequest, slug: str) -> HttpResponse:
    """For its own officials and for staff; nobody else learns that the page exists."""
    today = timezone.localdate()
    municipality = get_object_or_404(Municipality.objects.visible_to(request.user), slug=slug)
    visible_requests = ServiceRequest.objects.visible_to(request.user).filter(municipality=municipality)
    context = {
        "municipality": municipality,
        "contacts": SpocAssignment.objects.for_municipalities([municipality.pk], today),
        "agreements": [
            (agreement, agreement.state_on(today))
            for agreement in Agreement.objects.visible_to(request.user)
            .filter(municipality=municipality)
            .select_related("successor")
            .order_by("-period", "pk")
        ],
        "timeline": portal_timeline(request, municipality, today),
        "mandates": municipality.mandates.in_force(today).select_related("user").order_by("role", "user__last_name", "pk"),
        "requests": visible_requests.open()
        .select_related("municipality", "asked_by", "asked_for")
        .order_by("-created_at", "-id")[:MOST_REQUESTS],
    }
    return render(request, "partnerships/municipality_page.html", context | _places(request, municipality, today))


def _places(request: PersonRequest, municipality: Municipality, on: dt.date) -> dict[str, Any]:
    """Where it lies, its shopping streets, and its associations; a contact is shown to officials only with consent."""
    contacts = AssociationContact.objects.order_by("name", "pk")
    if not request.user.is_staff:
        contacts = contacts.filter(has_consented=True)
    associations = Association.objects.visible_to(request.user, on).filter(municipality=municipality).with_state(on)
    sees_requests = not request.user.is_staff or request.user.has_perm("partnerships.view_servicerequest")
    return {
        "sees_requests": sees_requests,
        "map": Municipality.objects.exclude(outline="").only("outline").order_by("pk") if municipality.outline else [],
        "streets": municipality.streets.filter(kind=Street.Kind.SHOPPING).select_related("neighbourhood").sorted_for_reader(),
        "associations": associations.order_by("sort_key", "pk")
        .select_related("founding__request")
        .prefetch_related(Prefetch("contacts", queryset=contacts, to_attr="shown_contacts")),
    }
