"""The archive: what was sent, to read again and to search."""

import uuid
from http import HTTPStatus
from typing import NamedTuple

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from mailings.forms import ArchiveSearchForm
from mailings.models import Mailing
from mailings.models.mailings import MailingQuerySet
from mailings.rendering import readable, sent_content
from municipalities.http import PersonRequest
from municipalities.languages import CONTENT_LANGUAGES, content_language
from municipalities.models import User

PAGE_SIZE = 20


def _refuse_reviewers(user: User) -> None:
    """The cabinet's reviewers have a page of their own and see nothing else."""
    if user.is_cabinet_reviewer and not user.is_staff:
        raise Http404


class Page(NamedTuple):
    """Some mailings, and whether there are newer or older ones."""

    rows: list[Mailing]
    newer: bool
    older: bool


@require_safe
def mailings(request: PersonRequest) -> HttpResponse:
    """What was sent, newest first, narrowed by words in either language."""
    _refuse_reviewers(request.user)
    form = ArchiveSearchForm(request.GET)
    is_valid = form.is_valid()
    words = form.cleaned_data["q"].strip() if is_valid else ""
    visible = Mailing.objects.visible_to(request.user).sent()
    page = _page(visible.matching(words), visible, form)
    context = {
        "page": page,
        "words": words,
        "form": form,
        "newer": page.newer and page.rows[0].key,
        "older": page.older and page.rows[-1].key,
    }
    return render(request, "mailings/mailings.html", context, status=HTTPStatus.OK if is_valid else HTTPStatus.UNPROCESSABLE_ENTITY)


def _page(found: MailingQuerySet, visible: MailingQuerySet, form: ArchiveSearchForm) -> Page:
    """From a mailing the reader saw, one way or the other; one they may not see is the beginning."""
    after, before = _row(visible, form, "after"), _row(visible, form, "before")
    if after:
        rows = list(found.sent_before(after)[: PAGE_SIZE + 1])
        return Page(rows[:PAGE_SIZE], newer=bool(rows), older=len(rows) > PAGE_SIZE)
    if before:
        rows = list(found.sent_after(before)[: PAGE_SIZE + 1])
        return Page(rows[:PAGE_SIZE][::-1], newer=len(rows) > PAGE_SIZE, older=bool(rows))
    rows = list(found.newest_sent()[: PAGE_SIZE + 1])
    return Page(rows[:PAGE_SIZE], newer=False, older=len(rows) > PAGE_SIZE)


def _row(visible: MailingQuerySet, form: ArchiveSearchForm, name: str) -> Mailing | None:
    key = form.cleaned_data.get(name)
    return visible.only("sent_at").filter(key=key).first() if key else None


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
