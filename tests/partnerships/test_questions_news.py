"""What questions offer to the weekly mailing: published answers, once, without who asked."""

import datetime as dt

import pytest
from django.conf import settings
from django.utils import timezone

from mailings.models import Mailing
from mailings.services import draft_this_week
from mailings.services.proposals import news_between
from partnerships.models import Question
from partnerships.news_of.questions import published_questions
from tests.factories import MunicipalityFactory, QuestionFactory

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def _offered() -> list[str]:
    now = timezone.now()
    return [news.key for news in published_questions(now - 24 * HOUR, now + HOUR)]


def test_only_what_is_published_in_that_time_and_not_replaced_is_offered() -> None:
    published = QuestionFactory(published=True)
    for trait in ("answered", "in_review", "declined", "merged_away"):
        QuestionFactory(**{trait: True})
    QuestionFactory(published=True, superseded_by=published)
    QuestionFactory(published=True, published_at=timezone.now() - 48 * HOUR)
    assert _offered() == [str(published.key)]


@pytest.mark.parametrize("may_be_named", [True, False])
def test_the_news_names_the_municipality_only_where_it_agreed(may_be_named: bool) -> None:
    place = MunicipalityFactory(name_fr="Zinneville", name_nl="Zinnestad")
    question = QuestionFactory(published=True, municipality=place, may_be_named=may_be_named, title="Mes mots", words="Mes autres mots")
    now = timezone.now()
    (news,) = published_questions(now - HOUR, now + HOUR)
    told = " ".join(map(str, vars(news).values())) if hasattr(news, "__dict__") else str(news)
    assert ("Zinneville" in news.body_fr, "Zinnestad" in news.body_nl) == (may_be_named, may_be_named)
    assert (news.title_fr, news.title_nl, news.path) == (question.title_fr, question.title_nl, f"/questions/{question.key}/")
    for secret in ("Mes mots", "Mes autres mots", question.asked_by.last_name + " ", question.asked_by.email):
        assert secret not in told


def test_the_weekly_draft_proposes_an_answer_once() -> None:
    assert "partnerships.news_of.questions.published_questions" in settings.CONTENT_PROVIDERS
    question = QuestionFactory(published=True)
    now = timezone.now()
    assert [(news.kind, news.key) for news in news_between(now - HOUR, now + HOUR)] == [("question", str(question.key))]
    monday = timezone.make_aware(dt.datetime.combine(timezone.localdate() - dt.timedelta(days=timezone.localdate().weekday()), dt.time(8)))
    Question.objects.filter(pk=question.pk).update(published_at=monday - HOUR)
    draft_this_week(monday)
    items = Mailing.objects.get().items.all()
    assert [(item.news_key, item.title_nl) for item in items] == [(str(question.key), question.title_nl)]
    draft_this_week(monday + 24 * 7 * HOUR)
    assert not Mailing.objects.order_by("pk").last().items.exists()
