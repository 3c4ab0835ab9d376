"""The archive: what was sent, to read again and to search."""

import uuid

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from mailings.forms import ArchiveSearchForm
from mailings.models import Mailing
from mailings.rendering import readable, sent_content
from municipalities.http import PersonRequest
from municipalities.languages import CONTENT_LANGUAGES, content_language
from municipalities.models import User

PAGE_SIZE = 20


def _refuse_reviewers(user: User) -> None:
    """The cabinet's reviewers have a page of their own and see nothing else."""
    if user.is_cabinet_reviewer and not user.is_staff:
        raise Http404


@require_safe
def mailings(request: PersonRequest) -> HttpResponse:
    """What was sent, newest first, narrowed by words."""
    _refuse_reviewers(request.user)
    form = ArchiveSearchForm(request.GET)
    words = form.cleaned_data["q"].strip() if form.is_valid() else ""
    sent = Mailing.objects.visible_to(request.user).sent().matching(words).order_by("-sent_at", "-pk")
    page = Paginator(sent, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "mailings/mailings.html", {"page": page, "words": words, "form": form})


@require_safe
def mailing(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    """One mailing as it was sent, in the reader's language, with the other version one click away."""
    _refuse_reviewers(request.user)
    found = get_object_or_404(Mailing.objects.visible_to(request.user).sent(), key=key)
    asked = request.GET.get("in", "")
    language = asked if asked in CONTENT_LANGUAGES else content_language()
    context = {
        "mailing": found,
        "language": language,
        "version": readable(sent_content(found, language)),
        "other": next(other for other in CONTENT_LANGUAGES if other != language),
    }
    return render(request, "mailings/mailing.html", context)
