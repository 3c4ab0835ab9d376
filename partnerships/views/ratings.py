"""The one question about a closed request, for who is logged in; the mail leads to the same without log-in."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from municipalities.http import PersonRequest
from partnerships.forms.ratings import RatingForm
from partnerships.models import Rating, ServiceRequest, rating_ends_on
from partnerships.services.ratings import RatingNotAllowed, may_rate, rate_request


@require_http_methods(["GET", "HEAD", "POST"])
def request_rate(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    """Ask, and keep the answer; a request that is not closed any more is shown as it stands."""
    shown = get_object_or_404(ServiceRequest.objects.visible_to(request.user).select_related("municipality"), key=key)
    if not may_rate(request.user, shown):
        return _refused(request, shown)
    given = Rating.objects.filter(request=shown).first()
    form = RatingForm(request.POST if request.method == "POST" else None, given=given)
    if request.method != "POST" or not form.is_valid():
        context = {"service_request": shown, "form": form, "last_day": rating_ends_on(shown)}
        return render(request, "partnerships/requests/request_rate.html", context)
    try:
        rate_request(shown, by=request.user, **form.cleaned_data)
    except RatingNotAllowed:
        return _refused(request, shown)
    messages.success(request, _("Thank you for your answer."))
    return redirect("request", key=shown.key)


def _refused(request: PersonRequest, shown: ServiceRequest) -> HttpResponse:
    messages.warning(request, _("The satisfaction can be told once the request is closed, for some weeks, by the municipality that asked."))
    return redirect("request", key=shown.key)
