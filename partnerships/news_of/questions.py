"""What questions to the Region offer to the mailing: the answers published to the 19, in the words for all."""

import datetime as dt
from collections.abc import Iterator

from django.utils import timezone

from partnerships.models import Question
from partnerships.news import NewsItem, Section

QUESTION = "question"


def published_questions(since: dt.datetime, until: dt.datetime) -> Iterator[NewsItem]:
    """Answers published in that time, not replaced since; nothing of who asked, save the municipality where it agreed to be named."""
    found = Question.objects.current().filter(published_at__gt=since, published_at__lte=until).select_related("municipality")
    for question in found.order_by("published_at", "pk"):
        yield _news_of(question)


def _news_of(question: Question) -> NewsItem:
    place = question.municipality
    asked_fr = f"Question de {place.name_fr}.\n\n" if question.may_be_named else ""
    asked_nl = f"Vraag van {place.name_nl}.\n\n" if question.may_be_named else ""
    return NewsItem(
        kind=QUESTION,
        key=str(question.key),
        section=Section.ANSWERS,
        title_fr=question.title_fr,
        title_nl=question.title_nl,
        body_fr=f"{asked_fr}{question.answer_fr}\n\nSource : {question.source_fr}",
        body_nl=f"{asked_nl}{question.answer_nl}\n\nBron: {question.source_nl}",
        source_url=question.source_url,
        happened_on=timezone.localdate(question.published_at),
        path=question.get_absolute_url(),
    )
