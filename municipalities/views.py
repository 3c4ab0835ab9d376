"""A person's own page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from municipalities.forms import PreferencesForm
from municipalities.http import PersonRequest
from municipalities.services import origin_of, update_preferences


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: PersonRequest) -> HttpResponse:
    """Languages and telephone, kept by the person; everything else is kept by the team."""
    form = PreferencesForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        update_preferences(request.user, **form.cleaned_data)
        messages.success(request, _("Your preferences are saved."))
        return redirect("preferences")
    context = {"form": form, "standings": request.user.standings_on(timezone.localdate()), "origin": origin_of(request.user)}
    return render(request, "municipalities/preferences.html", context)
