"""Questions in the portal: asking with what resembles it, the lists, the page of one; and who sees nothing of it."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from municipalities.delegations import Delegation
from partnerships.models import Question, ThemeFollow
from tests.factories import ForwardingFactory, QuestionFactory, ThemeFactory, UserFactory, since
from tests.partnerships.conftest import Cast

pytestmark = pytest.mark.django_db
SECRET = "Terrasses de la place Zinneke"
WORDS = "Monsieur Zwanze le demande pour la rue Haute."
OTHERS = ("other_alderman", "former", "cabinet", "editor")


def _typed(cast: Cast, **other: Any) -> dict[str, Any]:
    typed = {"municipality": cast.municipality.pk, "title": SECRET, "words": WORDS, "language": "fr", "token": str(uuid.uuid4())}
    return typed | {"step": "look"} | other


def test_a_question_that_resembles_nothing_is_sent_at_once(cast: Cast, enter: Any) -> None:
    response = enter(cast.alderman).post(reverse("question_new"), _typed(cast), follow=True)
    question = Question.objects.get()
    assert response.redirect_chain[-1][0] == reverse("question", args=[question.key])
    assert (question.asked_by, question.municipality, question.state) == (cast.alderman, cast.municipality, "asked")
    assert SECRET in response.content.decode()


def test_similar_answers_come_first_and_can_be_passed_over(cast: Cast, enter: Any) -> None:
    QuestionFactory(published=True, title_fr="Autorisation de terrasses en hiver", title_nl="Vergunning voor winterterrassen")
    client, typed = enter(cast.alderman), _typed(cast, title="Les terrasses en hiver")
    page = client.post(reverse("question_new"), typed)
    assert "Autorisation de terrasses en hiver" in page.content.decode()
    assert not Question.objects.filter(title="Les terrasses en hiver").exists()
    client.post(reverse("question_new"), typed | {"step": "send"})
    client.post(reverse("question_new"), typed | {"step": "send"})
    assert Question.objects.filter(title="Les terrasses en hiver").count() == 1


@pytest.mark.parametrize("words", ["terrasse", "Terrases", "TERRASSES d’hiver", "winterterras", "winterterassen", "vergunningen"])
def test_similar_is_found_in_both_languages_without_accents_and_with_a_typo(cast: Cast, words: str) -> None:
    found = QuestionFactory(published=True, title_fr="Autorisation de terrasses en hiver", title_nl="Vergunning voor winterterrassen")
    QuestionFactory(published=True, title_fr="Prime à l'emploi", title_nl="Premie voor werk", answer_fr="Non.", answer_nl="Nee.")
    assert list(Question.objects.similar_for(cast.alderman, title=words)) == [found]
    assert list(Question.objects.visible_to(cast.alderman).answering(words)) == [found]


def test_one_s_own_in_the_other_language_is_found_by_its_theme(cast: Cast) -> None:
    theme = ThemeFactory()
    own = QuestionFactory(municipality=cast.municipality, language="nl", title="Mogen de terrassen blijven?", themes=[theme])
    QuestionFactory(language="nl", title="Mogen de terrassen blijven?", themes=[theme])
    assert list(Question.objects.similar_for(cast.alderman, title="Les marchés du dimanche", themes=[theme])) == [own]
    assert list(Question.objects.similar_for(cast.alderman, title="Les marchés du dimanche")) == []


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(cast: Cast, enter: Any) -> None:
    page = enter(cast.alderman).post(reverse("question_new"), _typed(cast, title="", is_urgent="on"))
    text = page.content.decode()
    assert page.status_code == 200
    assert 'id="id_title_error"' in text
    assert 'id="id_urgent_reason_error"' in text
    assert WORDS in text
    assert not Question.objects.exists()


@pytest.mark.parametrize("name", OTHERS)
def test_nobody_else_asks_for_a_municipality(cast: Cast, enter: Any, name: str) -> None:
    enter(cast.person(name)).post(reverse("question_new"), _typed(cast, step="send"))
    assert not Question.objects.exists()


# --- Who sees what --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("state", ["", "in_progress", "forwarded", "drafted", "in_review", "answered", "withdrawn", "declined"])
def test_what_is_not_published_is_nobody_else_s(cast: Cast, enter: Any, name: str, state: str) -> None:
    """Not by its address, not by its act, not in a list, not by its words, not as something similar."""
    theme = ThemeFactory()
    traits = {state: True} if state else {}
    question = QuestionFactory(municipality=cast.municipality, asked_by=cast.alderman, title=SECRET, words=WORDS, themes=[theme], **traits)
    client, person = enter(cast.person(name)), cast.person(name)
    for address in ("question", "question_withdraw"):
        assert client.get(reverse(address, args=[question.key])).status_code in (302, 404)
    assert client.post(reverse("question_withdraw", args=[question.key])).status_code in (302, 404)
    for show in ("published", "own", "open"):
        assert SECRET not in client.get(reverse("questions"), {"show": show, "q": "terrasses"}).content.decode()
    assert question not in Question.objects.visible_to(person)
    assert not Question.objects.similar_for(person, title=SECRET, words=WORDS, themes=[theme])
    question.refresh_from_db()
    assert question.state == (state or "asked")


@pytest.mark.parametrize("may_be_named", [True, False])
def test_what_is_published_says_nothing_of_who_asked(cast: Cast, enter: Any, may_be_named: bool) -> None:
    asker = UserFactory(alderman=cast.municipality, last_name="Van Zwijgen")
    question = QuestionFactory(
        published=True, municipality=cast.municipality, asked_by=asker, title=SECRET, words=WORDS, may_be_named=may_be_named
    )
    client = enter(cast.other_alderman)
    for text in (
        client.get(reverse("question", args=[question.key])).content.decode(),
        client.get(reverse("questions")).content.decode(),
        client.post(
            reverse("question_new"), _typed(cast, municipality=cast.other_municipality.pk, title=question.title_fr, words="Autre chose.")
        ).content.decode(),
    ):
        assert question.title_fr in text.replace("&#x27;", "'")
        assert (cast.municipality.name_fr in text) == may_be_named
        for secret in (SECRET, WORDS, asker.last_name, asker.email):
            assert secret not in text
    assert client.get(reverse("questions"), {"q": "Zinneke"}).context["rows"] == []
    assert not Question.objects.visible_to(cast.other_alderman).answering("Zwanze").exists()
    assert enter(cast.alderman).get(reverse("question", args=[question.key])).content.decode().count(WORDS) == 1


@pytest.mark.parametrize("name", ["former", "cabinet"])
def test_published_answers_are_for_who_stands_in_one_of_the_19(cast: Cast, enter: Any, name: str) -> None:
    question = QuestionFactory(published=True)
    assert question not in Question.objects.visible_to(cast.person(name))
    assert enter(cast.person(name)).get(reverse("question", args=[question.key])).status_code in (302, 404)


def test_a_limited_delegate_sees_the_questions_they_asked_alone(cast: Cast) -> None:
    delegate = UserFactory()
    mandate = cast.alderman.mandates.get()
    Delegation.objects.create(mandate=mandate, delegate=delegate, scope=Delegation.Scope.OWN, period=since(3), accepted_at=timezone.now())
    theirs = QuestionFactory(municipality=cast.municipality, asked_by=delegate)
    other = QuestionFactory(municipality=cast.municipality, asked_by=cast.alderman)
    visible = Question.objects.visible_to(delegate)
    assert theirs in visible
    assert other not in visible


def test_who_asked_the_same_reads_the_answer_and_nothing_of_the_other(cast: Cast, enter: Any) -> None:
    kept = QuestionFactory(answered=True, title=SECRET, words=WORDS)
    mine = QuestionFactory(merged_away=True, merged_into=kept, municipality=cast.municipality, asked_by=cast.alderman)
    client = enter(cast.alderman)
    text = client.get(reverse("question", args=[mine.key])).content.decode()
    assert kept.answer_fr in text.replace("&#x27;", "'")
    for secret in (SECRET, WORDS, kept.municipality.name_fr):
        assert secret not in text
    assert client.get(reverse("question", args=[kept.key])).status_code == 404


# --- The lists --------------------------------------------------------------------------------------------


def test_the_list_is_narrowed_and_walked_by_keys(cast: Cast, enter: Any) -> None:
    theme = ThemeFactory()
    at = timezone.now()
    for number in range(25):
        QuestionFactory(published=True, title_fr=f"Numéro {number:02d}", themes=[theme], published_at=at - dt.timedelta(hours=number))
    QuestionFactory(published=True, title_fr="Sans thème")
    client = enter(cast.alderman)
    first = client.get(reverse("questions"), {"theme": theme.slug})
    assert [row.title for row in first.context["rows"]] == [f"Numéro {number:02d}" for number in range(20)]
    second = client.get(reverse("questions"), {"theme": theme.slug, "after": str(first.context["older"])})
    assert [row.title for row in second.context["rows"]] == [f"Numéro {number:02d}" for number in range(20, 25)]
    back = client.get(reverse("questions"), {"theme": theme.slug, "before": str(second.context["newer"])})
    assert [row.title for row in back.context["rows"]] == [row.title for row in first.context["rows"]]
    assert client.get(reverse("questions"), {"theme": "nope", "show": "x", "after": "y"}).status_code == 200


@pytest.mark.parametrize("show", ["published", "own"])
def test_the_list_costs_the_same_whatever_it_holds(cast: Cast, enter: Any, show: str, django_assert_max_num_queries: Any) -> None:
    client = enter(cast.alderman)
    for _number in range(12):
        QuestionFactory(published=True, municipality=cast.municipality, asked_by=cast.alderman, themes=[ThemeFactory()])
    client.get(reverse("questions"))
    with django_assert_max_num_queries(9):
        client.get(reverse("questions"), {"show": show})


def test_similar_ones_cost_the_same_whatever_there_is(cast: Cast, enter: Any, django_assert_max_num_queries: Any) -> None:
    client = enter(cast.alderman)
    for _number in range(12):
        QuestionFactory(published=True, title_fr="Les terrasses en hiver")
    with django_assert_max_num_queries(16):
        assert client.post(reverse("question_new"), _typed(cast, title="Terrasses en hiver")).context["similar"]


# --- Withdrawing, themes, figures ---------------------------------------------------------------------------


def test_withdrawing_asks_once_more_and_ends_the_link(cast: Cast, enter: Any) -> None:
    forwarding = ForwardingFactory(question__municipality=cast.municipality, question__asked_by=cast.alderman)
    client, address = enter(cast.colleague), reverse("question_withdraw", args=[forwarding.question.key])
    assert client.get(address).status_code == 200
    forwarding.question.refresh_from_db()
    assert forwarding.question.state == "forwarded"
    client.post(address, {"reason": "Réglé entre-temps."})
    forwarding.question.refresh_from_db()
    forwarding.refresh_from_db()
    assert (forwarding.question.state, forwarding.is_open) == ("withdrawn", False)
    assert client.get(address).status_code == 302


def test_a_theme_is_followed_and_let_go(cast: Cast, enter: Any) -> None:
    theme = ThemeFactory()
    client = enter(cast.alderman)
    for _twice in range(2):
        client.post(reverse("theme_follow", args=[theme.slug]))
    assert ThemeFollow.objects.get().person == cast.alderman
    assert theme.name_fr in client.get(reverse("themes")).content.decode()
    client.post(reverse("theme_unfollow", args=[theme.slug]))
    assert not ThemeFollow.objects.exists()
    assert client.get(reverse("theme_follow", args=[theme.slug])).status_code == 405
    for name in ("former", "cabinet"):
        assert enter(cast.person(name)).post(reverse("theme_follow", args=[theme.slug])).status_code in (302, 404)
        assert not ThemeFollow.objects.exists()


@pytest.mark.parametrize("name", ["alderman", "other_alderman", "former", "editor"])
def test_figures_are_for_cabinet_and_team_alone(cast: Cast, enter: Any, name: str) -> None:
    assert enter(cast.person(name)).get(reverse("question_figures")).status_code in (302, 404)


@pytest.mark.parametrize("name", ["cabinet", "spoc"])
def test_figures_name_no_municipality_that_did_not_agree(cast: Cast, enter: Any, name: str) -> None:
    theme = ThemeFactory(name_fr="Terrasses et voirie")
    QuestionFactory(municipality=cast.municipality, title=SECRET, words=WORDS, themes=[theme])
    QuestionFactory(published=True, municipality=cast.municipality, title=SECRET, themes=[theme])
    named = QuestionFactory(published=True, may_be_named=True)
    page = enter(cast.person(name)).get(reverse("question_figures"))
    text = page.content.decode()
    figures = page.context["figures"]
    (line,) = [line for line in figures.lines if line.label == "Terrasses et voirie"]
    assert (line.counts[-1], line.total, figures.all.total) == (2, 2, 3)
    assert "<svg" in text
    assert "<tfoot>" in text
    assert named.municipality.name_fr in text
    for secret in (SECRET, WORDS, cast.municipality.name_fr, cast.municipality.slug):
        assert secret not in text


def test_figures_cost_the_same_whatever_was_asked(cast: Cast, enter: Any, django_assert_max_num_queries: Any) -> None:
    client = enter(cast.cabinet)
    for _number in range(12):
        QuestionFactory(published=True, themes=[ThemeFactory()])
    with django_assert_max_num_queries(12):
        client.get(reverse("question_figures"))
