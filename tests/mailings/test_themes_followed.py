"""News of a followed theme stands in the personal part of one's own mailing, and in nobody else's."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from mailings.rendering.personal import personal_parts, render_personal
from municipalities.models import User
from partnerships.models import Theme
from partnerships.services.themes import follow_theme, unfollow_theme
from tests.factories import MunicipalityFactory, QuestionFactory, ThemeFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def theme() -> Theme:
    return ThemeFactory()


def _part(person: User, language: str) -> str:
    html, text = render_personal(personal_parts([person.pk], timezone.localdate())[person.pk], [language])
    return html[f"box_{language}"] + text[f"box_{language}"]


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_who_follows_reads_what_is_new_in_their_language(theme: Theme, language: str) -> None:
    follower, other = UserFactory(alderman=MunicipalityFactory()), UserFactory(alderman=MunicipalityFactory())
    follow_theme(theme, by=follower)
    question = QuestionFactory(published=True, themes=[theme, ThemeFactory()], title_fr="Le titre", title_nl="De titel")
    title = {"fr": "Le titre", "nl": "De titel"}[language]
    assert _part(follower, language).count(title) == 2  # once in HTML, once in text
    assert f"http://testserver/questions/{question.key}/" in _part(follower, language)
    assert title not in _part(other, language)
    unfollow_theme(theme, by=follower)
    assert title not in _part(follower, language)


def test_only_what_is_published_and_new_is_told(theme: Theme) -> None:
    follower = UserFactory(alderman=MunicipalityFactory())
    follow_theme(theme, by=follower)
    QuestionFactory(answered=True, themes=[theme], title_fr="Pas encore")
    QuestionFactory(published=True, themes=[theme], title_fr="Trop vieux", published_at=timezone.now() - dt.timedelta(days=9))
    QuestionFactory(published=True, themes=[ThemeFactory()], title_fr="Autre thème")
    part = _part(follower, "fr")
    for words in ("Pas encore", "Trop vieux", "Autre thème"):
        assert words not in part


def test_the_parts_of_many_cost_the_same(theme: Theme, django_assert_max_num_queries: Any) -> None:
    people = [UserFactory(alderman=MunicipalityFactory()) for _number in range(8)]
    for person in people:
        follow_theme(theme, by=person)
        QuestionFactory(published=True, themes=[theme, ThemeFactory()])
    with django_assert_max_num_queries(6):
        personal_parts([person.pk for person in people], timezone.localdate())
