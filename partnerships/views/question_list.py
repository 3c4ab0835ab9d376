"""The lists of questions: what was published to the 19, and one's own, by theme and words, page by page along the index."""

from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from municipalities.http import PersonRequest
from municipalities.languages import content_language
from partnerships.forms.questions import QuestionFilter
from partnerships.models import Question

PAGE_SIZE = 20
PUBLISHED = QuestionFilter.PUBLISHED


class Row(NamedTuple):
    """A line of the list; the municipality only where the reader may know it."""

    question: Question
    title: str
    language: str
    municipality: str


class Page(NamedTuple):
    rows: list[Question]
    newer: bool
    older: bool


@require_safe
def question_list(request: PersonRequest) -> HttpResponse:
    """Published answers first, as that is what one comes for; one's own beside."""
    if not request.user.municipality_ids_on(timezone.localdate()):
        raise Http404
    choice = QuestionFilter(request.GET)
    show, theme, words = choice.value("show", PUBLISHED), choice.value("theme"), choice.value("q", "").strip()
    is_published = show == PUBLISHED
    found = _found(request, show, words)
    if theme:
        found = found.filter(themes=theme)
    page = _page(found.select_related("municipality").prefetch_related("themes"), choice, "published_at" if is_published else "asked_at")
    values = {"show": "" if is_published else show, "q": words, "theme": theme.slug if theme else ""}
    own = request.user.municipalities_on(timezone.localdate())
    context = {
        "filter": choice,
        "rows": [_row(question, is_own=not is_published, has_several=len(own) > 1) for question in page.rows],
        "tabs": [(value, label, _kept(values, show=value)) for value, label in QuestionFilter.SHOWS],
        "show": show,
        "words": words,
        "is_narrowed": bool(words or theme),
        "kept": _kept(values),
        "newer": page.newer and page.rows[0].key,
        "older": page.older and page.rows[-1].key,
        "may_ask": bool(request.user.municipalities_on(timezone.localdate(), writing=True)),
    }
    return render(request, "partnerships/questions/question_list.html", context)


def _found(request: PersonRequest, show: str, words: str) -> Any:
    if show == PUBLISHED:
        return Question.objects.visible_to(request.user).current().answering(words)
    own = Question.objects.own_to(request.user).asking(words)
    return own.open() if show == QuestionFilter.OPEN else own


def _row(question: Question, *, is_own: bool, has_several: bool) -> Row:
    if is_own:
        return Row(question, question.title, question.language, str(question.municipality) if has_several else "")
    return Row(question, question.public_title, content_language(), str(question.municipality) if question.may_be_named else "")


def _kept(values: dict[str, str], **other: str) -> str:
    """The address that narrows the same way; without the place in the list."""
    return urlencode({name: value for name, value in (values | other).items() if value})


def _page(found: Any, choice: QuestionFilter, by: str) -> Page:
    """From a row of this very list, one way or the other; a row that is not in it is the beginning."""
    after, before = (found.filter(key=choice.value(name)).first() if choice.value(name) else None for name in ("after", "before"))
    if after:
        rows = list(found.older_than(after, by)[: PAGE_SIZE + 1])
        return Page(rows[:PAGE_SIZE], newer=bool(rows), older=len(rows) > PAGE_SIZE)
    if before:
        rows = list(found.newer_than(before, by)[: PAGE_SIZE + 1])
        return Page(rows[:PAGE_SIZE][::-1], newer=len(rows) > PAGE_SIZE, older=bool(rows))
    rows = list(found.newest_first(by)[: PAGE_SIZE + 1])
    return Page(rows[:PAGE_SIZE], newer=False, older=len(rows) > PAGE_SIZE)
