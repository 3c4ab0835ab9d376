"""The desk of questions: lists, the page of one, every act as a page, and who may not."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from config.privacy.models import PersonalDataAccess
from partnerships.models import Event, Forwarding, Question
from partnerships.working_days import add_working_days
from tests.factories import (
    BodyFactory,
    ForwardingFactory,
    MunicipalityFactory,
    QuestionFactory,
    ThemeFactory,
    UserFactory,
    days_from_today,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(enter: Any) -> Any:
    return enter(UserFactory(spoc=True, last_name="Bureau"))


def _act(question: Question, action: str) -> str:
    return reverse(f"admin:partnerships_question_{action}", args=[question.pk])


def _page(question: Question) -> str:
    return reverse("admin:partnerships_question_change", args=[question.pk])


def test_the_lists_hold_what_they_say(enter: Any) -> None:
    spoc = UserFactory(spoc=True)
    late = days_from_today(-1)
    rows = {
        "mine": QuestionFactory(in_progress=True, assignee=spoc),
        "unassigned": QuestionFactory(),
        "body": ForwardingFactory(reply_by=late, question__assignee=UserFactory(spoc=True)).question,
        "review": QuestionFactory(in_review=True, assignee=UserFactory(spoc=True), due_on=late),
        "check": QuestionFactory(published=True, check_on=late),
    }
    wanted = {name: {row} for name, row in rows.items()} | {
        "overdue": {rows["body"], rows["review"]},
        "open": set(rows.values()) - {rows["check"]},
        "all": set(rows.values()),
    }
    client = enter(spoc)
    for name, expected in wanted.items():
        shown = client.get(reverse("admin:partnerships_question_changelist"), {"list": name}).context["cl"].result_list
        assert set(shown) == expected, name


def test_the_list_costs_the_same_whatever_it_holds(desk: Any, django_assert_max_num_queries: Any) -> None:
    for _number in range(12):
        ForwardingFactory()
    with django_assert_max_num_queries(14):
        desk.get(reverse("admin:partnerships_question_changelist"), {"list": "open"})


@pytest.mark.parametrize("state", [state for state in Question.State if state != "asked"])
def test_every_act_a_state_offers_opens_and_a_get_changes_nothing(desk: Any, state: str) -> None:
    question = QuestionFactory(**{"merged_away" if state == "merged" else state: True}, themes=[ThemeFactory()])
    page = desk.get(_page(question))
    assert page.status_code == 200
    for act, address in page.context["acts"]:
        response = desk.get(address)
        assert response.status_code == 200, act.action
        assert str(act.label) in response.content.decode().replace("&#x27;", "'")
    question.refresh_from_db()
    assert question.state == state
    assert not Event.objects.about(question).exists()


def test_from_asked_to_published_by_the_pages(desk: Any, enter: Any) -> None:
    question, body = QuestionFactory(), BodyFactory()
    second = UserFactory(spoc=True)
    desk.post(_act(question, "take_up"), {"to": question.asked_by_id})
    question.refresh_from_db()
    assert question.state == "asked", "who asked does not handle it"
    desk.post(_act(question, "forward"), {"body": body.pk, "reply_by": str(add_working_days(timezone.localdate(), 3)), "note": ""})
    forwarding = Forwarding.objects.get(question=question)
    desk.post(_act(question, "take_back"), {"reason": "Nous savons."})
    forwarding.refresh_from_db()
    assert not forwarding.is_open
    words = {"title_fr": "Q", "title_nl": "V", "answer_fr": "R", "answer_nl": "A", "source_fr": "S", "source_nl": "B", "source_url": ""}
    question.refresh_from_db()
    desk.post(_act(question, "draft"), words | {"revision": question.revision})
    desk.post(_act(question, "ask_review"), {"reviewer": second.pk})
    question.refresh_from_db()
    assert desk.get(_act(question, "answer")).status_code == 200
    refused = desk.post(_act(question, "answer"), {"revision": question.revision})
    assert refused.status_code == 409
    enter(second).post(_act(question, "answer"), {"revision": question.revision})
    desk.post(_act(question, "publish"))
    question.refresh_from_db()
    assert (question.state, question.reviewed_by, question.drafted_by.last_name) == ("published", second, "Bureau")


def test_a_second_editor_is_told_and_loses_nothing(desk: Any) -> None:
    question = QuestionFactory(drafted=True)
    response = desk.post(_act(question, "draft"), {"revision": question.revision - 1, "answer_fr": "Ma version"})
    text = response.content.decode()
    assert response.status_code == 409
    assert "Ma version" in text
    assert "vingt heures" in text
    question.refresh_from_db()
    assert question.answer_fr != "Ma version"


@pytest.mark.parametrize("reply_by", ["", "2020-01-01", "2026-12-25", "x"])
def test_a_day_nobody_can_reply_on_is_refused_beside_its_field(desk: Any, reply_by: str) -> None:
    question = QuestionFactory()
    response = desk.post(_act(question, "forward"), {"body": BodyFactory().pk, "reply_by": reply_by, "note": "Mes mots"})
    assert response.status_code == 200
    assert response.context["form"].errors["reply_by"]
    assert "Mes mots" in response.content.decode()
    assert not Forwarding.objects.exists()


def test_a_question_is_entered_for_an_official(desk: Any) -> None:
    place = MunicipalityFactory()
    alderman = UserFactory(alderman=place)
    page = desk.get(reverse("admin:partnerships_question_add"))
    typed = {
        "municipality": place.pk,
        "asked_for": alderman.pk,
        "title": "Par téléphone",
        "words": "Des mots.",
        "language": "fr",
        "token": page.context["form"]["token"].value(),
    }
    wrong = desk.post(reverse("admin:partnerships_question_add"), typed | {"municipality": MunicipalityFactory().pk})
    assert wrong.context["form"].errors["asked_for"]
    desk.post(reverse("admin:partnerships_question_add"), typed)
    desk.post(reverse("admin:partnerships_question_add"), typed)
    question = Question.objects.get()
    assert (question.asked_by, question.entered_by.last_name) == (alderman, "Bureau")


@pytest.mark.parametrize("trait", ["editor", "cabinet", "alderman"])
def test_who_has_no_right_sees_and_does_nothing(enter: Any, trait: str) -> None:
    question = QuestionFactory(in_review=True)
    person = UserFactory(alderman=question.municipality) if trait == "alderman" else UserFactory(**{trait: True})
    client = enter(person)
    for address in (_page(question), _act(question, "answer"), reverse("admin:partnerships_question_changelist")):
        assert client.get(address).status_code in (302, 403, 404)
    assert client.post(_act(question, "answer"), {"revision": question.revision}).status_code in (302, 403, 404)
    question.refresh_from_db()
    assert question.state == "in_review"


def test_who_looks_at_the_askers_address_is_written_down(desk: Any) -> None:
    question = QuestionFactory()
    desk.get(_page(question))
    access = PersonalDataAccess.objects.get(person=question.asked_by)
    assert (access.page, access.actor.last_name) == (PersonalDataAccess.Page.QUESTION, "Bureau")


def test_the_export_holds_what_the_list_shows(desk: Any) -> None:
    QuestionFactory(title="=1+1", asked_at=timezone.now() - dt.timedelta(days=1))
    response = desk.get(reverse("admin:partnerships_question_export", args=["csv"]))
    text = b"".join(response.streaming_content).decode() if response.streaming else response.content.decode()
    assert "'=1+1" in text
