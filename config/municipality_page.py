"""The page of a municipality: put together from what each room knows of it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from mailings.reach import sent_columns, sent_of
from municipalities.http import PersonRequest
from partnerships.views.municipalities import municipality_context, municipality_or_404


@require_safe
def municipality_page(request: PersonRequest, slug: str) -> HttpResponse:
    """Who works with whom, on what footing, what is open and what was sent; for its own officials and for staff."""
    municipality = municipality_or_404(request, slug)
    context = municipality_context(request, municipality, sent_columns(municipality, request.user, timezone.now()))
    context["sent"] = sent_of(context["municipality"])
    return render(request, "partnerships/municipality_page.html", context)
