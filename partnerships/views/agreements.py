"""The page of a framework agreement."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from municipalities.http import PersonRequest
from partnerships.models import Agreement


@require_safe
def agreement_page(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    """What was agreed, until when, and which services it gives a right to."""
    visible = Agreement.objects.visible_to(request.user).select_related("municipality", "predecessor", "successor")
    agreement = get_object_or_404(visible, key=key)
    context = {"agreement": agreement, "state": agreement.state_on(timezone.localdate())}
    return render(request, "partnerships/agreements/agreement_page.html", context)
