"""What is kept, why and how long, for everybody to read."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.privacy.record import activities, agency_name, by_length


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Public: whoever gets a mail from the portal may want to know before they log in."""
    context = {"activities": by_length(activities(of_people_only=True)), "agency": agency_name(), "contact": settings.MAIL_REPLY_TO}
    return render(request, "portal/privacy.html", context)
