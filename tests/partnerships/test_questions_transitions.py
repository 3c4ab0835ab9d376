"""Every pair of state and action, walked: what the table does not name is refused, and the database stands behind."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from municipalities.models import User
from partnerships.models import Event, Forwarding, Question
from partnerships.question_permissions import TRANSITIONS, Action, Side, can
from partnerships.services import forwardings, question_answers, questions
from partnerships.services.questions import QuestionActionNotAllowed
from partnerships.working_days import add_working_days
from tests.factories import BodyFactory, ForwardingFactory, MunicipalityFactory, QuestionFactory, UserFactory
from tests.partnerships.conftest import Cast

pytestmark = pytest.mark.django_db
State = Question.State
TRAITS = {state: state.value for state in State} | {State.ASKED: "", State.MERGED: "merged_away"}


def _question(state: str, cast: Cast) -> Question:
    trait = TRAITS[State(state)]
    question = QuestionFactory(municipality=cast.municipality, asked_by=cast.alderman, **({trait: True} if trait else {}))
    if state == State.FORWARDED:
        ForwardingFactory(question=question)
    return question


def _next_working_day() -> dt.date:
    return add_working_days(timezone.localdate(), 3)


def _acts(cast: Cast) -> dict[Action, Callable[[Question, User], Any]]:
    answers = question_answers
    return {
        Action.TAKE_UP: lambda q, by: questions.assign_question(q, by=by, to=by if by.is_staff else cast.spoc),
        Action.ASSIGN: lambda q, by: questions.assign_question(q, by=by, to=by if by.is_staff else cast.spoc),
        Action.FORWARD: lambda q, by: forwardings.forward_question(q, by=by, body=BodyFactory(), reply_by=_next_working_day()),
        Action.TAKE_BACK: lambda q, by: forwardings.take_back(q, by=by, reason="Nous répondons nous-mêmes."),
        Action.DRAFT: lambda q, by: answers.draft_answer(q, by=by, revision=q.revision, title_fr="Une question"),
        Action.ASK_REVIEW: lambda q, by: answers.ask_review(q, by=by, reviewer=UserFactory(spoc=True)),
        Action.SEND_BACK: lambda q, by: answers.send_back_answer(q, by=by, reason="La date manque."),
        Action.ANSWER: lambda q, by: answers.answer_question(q, by=by, revision=q.revision),
        Action.PUBLISH: lambda q, by: answers.publish_answer(q, by=by),
        Action.UNPUBLISH: lambda q, by: answers.unpublish_answer(q, by=by, reason="Une erreur."),
        Action.CONFIRM: lambda q, by: answers.confirm_answer(q, by=by),
        Action.SUPERSEDE: lambda q, by: answers.supersede_answer(q, by=by, newer=QuestionFactory(published=True)),
        Action.MERGE: lambda q, by: questions.merge_question(q, by=by, into=QuestionFactory(in_progress=True)),
        Action.DECLINE: lambda q, by: questions.decline_question(q, by=by, reason="Hors compétence."),
        Action.WITHDRAW: lambda q, by: questions.withdraw_question(q, by=by),
    }


PEOPLE = ("alderman", "colleague", "other_alderman", "former", "spoc", "editor", "cabinet")


@pytest.mark.parametrize("action", [action for action in Action if action != Action.REPLY])
@pytest.mark.parametrize("state", State)
def test_every_pair_of_state_and_action(cast: Cast, state: State, action: Action) -> None:
    """Whoever the table names may, and the question stands where it says, with its event; everybody else changes nothing."""
    rule = TRANSITIONS[action]
    sides = {"spoc": Side.TEAM, "alderman": Side.ASKER, "colleague": Side.ASKER}
    for name in PEOPLE:
        question = _question(state, cast)
        person = cast.person(name)
        may = state in rule.sources and sides.get(name) in rule.sides
        assert can(person, action, question) == may, (name, action, state)
        before = Event.objects.about(question).count()
        if action in (Action.TAKE_UP, Action.ASSIGN) and not may and sides.get(name) == Side.TEAM:
            continue  # one service for both: which of them it is follows from the state
        if may:
            _acts(cast)[action](question, person)
        else:
            with pytest.raises((QuestionActionNotAllowed, ValidationError)), transaction.atomic():
                _acts(cast)[action](question, person)
        question.refresh_from_db()
        assert question.state == ((rule.target or state) if may else state)
        events = list(Event.objects.about(question).order_by("pk"))[before:]
        assert ([event.verb for event in events] == [rule.verb]) if may else not events


@pytest.mark.parametrize("state", State)
def test_a_body_replies_to_what_lies_with_it_alone(cast: Cast, state: State) -> None:
    question = _question(state, cast)
    forwarding = Forwarding.objects.filter(question=question).first() or ForwardingFactory(question=question)
    if state in (State.FORWARDED, State.REPLIED):
        forwardings.reply_to(forwarding, reply_fr="Oui.", reply_nl="")
        question.refresh_from_db()
        assert question.state == State.REPLIED
        assert Event.objects.about(question).get().actor is None
    else:
        with pytest.raises(forwardings.ReplyNotPossible):
            forwardings.reply_to(forwarding, reply_fr="Oui.", reply_nl="")
        forwarding.refresh_from_db()
        assert forwarding.reply_fr == ""


def test_the_second_person_is_asked_of_the_service_and_of_the_database(cast: Cast) -> None:
    question = QuestionFactory(in_review=True, drafted_by=cast.spoc)
    with pytest.raises(QuestionActionNotAllowed):
        question_answers.answer_question(question, by=cast.spoc, revision=question.revision)
    with pytest.raises(IntegrityError, match="question_reviewed_by_a_second_person"), transaction.atomic():
        QuestionFactory(answered=True, drafted_by=cast.spoc, reviewed_by=cast.spoc)
    drafted = QuestionFactory(drafted=True, drafted_by=cast.spoc)
    with pytest.raises(ValidationError) as refused:
        question_answers.ask_review(drafted, by=cast.spoc, reviewer=cast.spoc)
    assert "reviewer" in refused.value.message_dict


@pytest.mark.parametrize("missing", question_answers.NEEDED)
def test_no_answer_goes_out_in_one_language(cast: Cast, missing: str) -> None:
    question = QuestionFactory(drafted=True, **{missing: ""})
    with pytest.raises(ValidationError) as refused:
        question_answers.ask_review(question, by=cast.spoc, reviewer=UserFactory(spoc=True))
    assert set(refused.value.message_dict) == {missing}
    with pytest.raises(IntegrityError, match="question_answered_in_both_languages"), transaction.atomic():
        QuestionFactory(published=True, **{missing: ""})


def test_an_answer_that_changed_meanwhile_is_neither_saved_over_nor_approved(cast: Cast) -> None:
    question = QuestionFactory(drafted=True)
    read = question.revision
    question_answers.draft_answer(question, by=cast.spoc, revision=read, title_fr="La première")
    with pytest.raises(question_answers.AnswerChanged):
        question_answers.draft_answer(question, by=UserFactory(spoc=True), revision=read, title_fr="La seconde")
    question.refresh_from_db()
    assert question.title_fr == "La première"
    reviewed = QuestionFactory(in_review=True)
    with pytest.raises(question_answers.AnswerChanged):
        question_answers.answer_question(reviewed, by=cast.spoc, revision=reviewed.revision - 1)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("question_urgent_with_reason", {"is_urgent": True}),
        ("question_declined_with_reason", {"declined": True, "reason": ""}),
        ("question_merged_says_where", {"merged_away": True, "merged_into": None}),
        ("question_answered_has_time", {"answered": True, "check_on": None}),
        ("question_published_has_time", {"published": True, "published_at": None}),
        ("question_ended_has_time", {"withdrawn": True, "ended_at": None}),
        ("question_state_known", {"state": "lost"}),
    ],
)
def test_the_database_refuses_what_the_rules_do(name: str, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        QuestionFactory(**fields)


# --- Asking, merging, replacing ---------------------------------------------------------------------


def _words(**other: Any) -> dict[str, Any]:
    return {"title": "Une question", "words": "Des mots.", "language": "fr", "themes": [], "token": uuid.uuid4()} | other


def test_a_second_click_asks_no_second_question(cast: Cast) -> None:
    words = _words()
    first = questions.ask_question(by=cast.alderman, municipality=cast.municipality, **words)
    assert questions.ask_question(by=cast.alderman, municipality=cast.municipality, **words) == first
    assert Question.objects.count() == 1
    assert (first.assignee, first.entered_by) == (cast.spoc, None)
    assert first.due_on == add_working_days(timezone.localdate(), 10)
    urgent = questions.ask_question(by=cast.alderman, municipality=cast.municipality, **_words(is_urgent=True, urgent_reason="Demain."))
    assert urgent.due_on == add_working_days(timezone.localdate(), 3)


def test_staff_ask_for_an_official_of_that_municipality_alone(cast: Cast) -> None:
    asked = questions.ask_question(by=cast.spoc, municipality=cast.municipality, asked_for=cast.alderman, **_words())
    assert (asked.asked_by, asked.entered_by) == (cast.alderman, cast.spoc)
    for wrong in (cast.other_alderman, cast.former, None):
        with pytest.raises(ValidationError):
            questions.ask_question(by=cast.spoc, municipality=cast.municipality, asked_for=wrong, **_words())
    for stranger in (cast.other_alderman, cast.former, cast.cabinet, cast.editor):
        with pytest.raises(ValidationError):
            questions.ask_question(by=stranger, municipality=cast.municipality, **_words())


def test_merging_tells_both_and_ends_the_links(cast: Cast) -> None:
    forwarding = ForwardingFactory(question__municipality=cast.municipality)
    twin = QuestionFactory(in_progress=True)
    older = QuestionFactory(merged_away=True, merged_into=forwarding.question)
    questions.merge_question(forwarding.question, by=cast.spoc, into=twin)
    forwarding.refresh_from_db()
    older.refresh_from_db()
    assert not forwarding.is_open
    assert older.merged_into == twin
    told = Event.objects.filter(verb=Event.Verb.QUESTION_MERGED)
    assert {event.municipality_id for event in told} == {cast.municipality.pk, twin.municipality_id}


def test_who_asked_the_same_hears_the_answer_under_their_own_question(cast: Cast) -> None:
    question = QuestionFactory(in_review=True)
    twin = QuestionFactory(merged_away=True, merged_into=question, municipality=cast.municipality)
    question_answers.answer_question(question, by=cast.spoc, revision=question.revision)
    event = Event.objects.about(twin).get(verb=Event.Verb.QUESTION_ANSWERED)
    assert event.municipality == cast.municipality


def test_a_replaced_answer_points_on_and_is_neither_confirmed_nor_asked_about(cast: Cast) -> None:
    old, newer = QuestionFactory(published=True), QuestionFactory(published=True)
    question_answers.supersede_answer(old, by=cast.spoc, newer=newer)
    old.refresh_from_db()
    assert old.superseded_by == newer
    assert not can(cast.spoc, Action.CONFIRM, old)
    with pytest.raises(ValidationError):
        question_answers.supersede_answer(newer, by=cast.spoc, newer=old)
    assert old not in Question.objects.current()


def test_a_delegate_without_the_right_to_write_does_not_ask() -> None:
    place = MunicipalityFactory()
    nobody = UserFactory()
    with pytest.raises(ValidationError):
        questions.ask_question(by=nobody, municipality=place, **_words())
