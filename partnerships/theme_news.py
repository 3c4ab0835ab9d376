"""What is new about themes: for the personal part of the weekly mailing of whoever follows them."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from municipalities.languages import Bilingual
from partnerships.models import Question

NEWS_OF = dt.timedelta(days=7)


@dataclass(frozen=True)
class ThemeNews:
    """A piece of news in both languages, the themes it is about, and its page; the same for all 19."""

    title_fr: str
    title_nl: str
    path: str
    themes: frozenset[int]

    title = Bilingual("title")


def theme_news_on(on: dt.date) -> list[ThemeNews]:
    """What was published in the week up to that day and has a theme, the newest first, in two queries."""
    since = timezone.make_aware(dt.datetime.combine(on - NEWS_OF, dt.time()))
    found = Question.objects.current().filter(published_at__gte=since, themes__isnull=False).distinct()
    rows = found.prefetch_related("themes").order_by("-published_at", "-pk")
    return [_news_of(question) for question in rows]


def _news_of(question: Question) -> ThemeNews:
    themes = frozenset(theme.pk for theme in question.themes.all())
    return ThemeNews(question.title_fr, question.title_nl, question.get_absolute_url(), themes)
