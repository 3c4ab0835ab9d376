"""The themes of the portal, and which of them a person follows."""

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from municipalities.http import PersonRequest
from municipalities.languages import content_language
from partnerships.models import Theme, ThemeFollow
from partnerships.services.themes import follow_theme, unfollow_theme


@require_safe
def themes(request: PersonRequest) -> HttpResponse:
    """All themes with a button each; what is followed comes in the personal part of the weekly mailing."""
    _require_standing(request)
    followed = ThemeFollow.objects.filter(theme=OuterRef("pk"), person=request.user)
    rows = Theme.objects.annotate(is_followed=Exists(followed)).order_by(f"name_{content_language()}")
    return render(request, "partnerships/themes.html", {"rows": rows})


@require_POST
def theme_follow(request: PersonRequest, slug: str) -> HttpResponse:
    _require_standing(request)
    theme = get_object_or_404(Theme, slug=slug)
    follow_theme(theme, by=request.user)
    messages.success(request, _("You follow “%(theme)s”: its news comes with your weekly mailing.") % {"theme": theme})
    return redirect("themes")


@require_POST
def theme_unfollow(request: PersonRequest, slug: str) -> HttpResponse:
    _require_standing(request)
    theme = get_object_or_404(Theme, slug=slug)
    unfollow_theme(theme, by=request.user)
    messages.success(request, _("You no longer follow “%(theme)s”.") % {"theme": theme})
    return redirect("themes")


def _require_standing(request: PersonRequest) -> None:
    if not request.user.municipality_ids_on(timezone.localdate()):
        raise Http404
