"""Who is meant: sure, new, or a question for a human; nobody is ever guessed."""

import pytest

from municipalities.models import Mandate, Municipality, User
from municipalities.services import load_reference
from municipalities.turnover.matching import ALIKE, likeness, same_name
from municipalities.turnover.plans import Kind, Plan
from municipalities.turnover.uploads import decide_rows, plan_of
from partnerships.services.turnovers import PlanNotReady, apply_turnover
from tests.factories import UserFactory
from tests.municipalities.turnover_files import college, planned, row, uploaded

pytestmark = pytest.mark.django_db


@pytest.fixture
def ixelles() -> Municipality:
    load_reference()
    return Municipality.objects.get(code="IXL")


@pytest.fixture
def benoit(ixelles: Municipality) -> User:
    """An alderman for trade in office."""
    return UserFactory(alderman=ixelles, first_name="Benoît", last_name="Valdebois", email="benoit@example.org")


def _with(*rows: list[str]) -> list[list[str]]:
    return [college()[0], *rows]


def _move_of(plan: Plan, name: str) -> Kind:
    return next(move.kind for move in plan.moves if move.name == name)


@pytest.mark.parametrize(
    ("one", "other", "is_alike"),
    [
        ("Benoît Valdebois", "Benoit Valdeboys", True),
        ("Jan Peeters", "Johan Peeters", True),
        ("Jan Peeters", "Piet Peeters", False),
        ("Nadia El Yazrani", "Nadia Elyazrani", True),
        ("Adèle Montclair", "Tibo Malcampré", False),
        ("", "Tibo Malcampré", False),
    ],
)
def test_likeness_of_names(one: str, other: str, is_alike: bool) -> None:
    assert (likeness(one, other) >= ALIKE) == is_alike


@pytest.mark.parametrize("name", ["VALDEBOIS benoit", "Benoît Valdebois", "benoît  valdebois", "Valdebois Benoît"])
def test_same_name_whatever_the_accents_capitals_and_order(name: str) -> None:
    assert same_name(name, "Benoît Valdebois")


def test_same_address_and_name_are_the_same_person_and_keep_their_spelling(benoit: User) -> None:
    plan = planned(_with(row("Ixelles", "Échevin", "VALDEBOIS", "Benoit", email="Benoit@Example.org", portfolios="Handel")))
    assert plan.is_ready
    assert _move_of(plan, "Benoît Valdebois") == Kind.STAYS
    assert not [move for move in plan.moves if move.person_changes]


@pytest.mark.parametrize(("last", "first"), [("Valdebois", "Benoît"), ("Valdeboys", "Benoit"), ("Valdebois-Clair", "Benoît")])
def test_name_alike_at_another_address_is_asked(benoit: User, last: str, first: str) -> None:
    plan = planned(_with(row("Ixelles", "Échevin", last, first, email="b.new@example.org")))
    (question,) = plan.questions
    assert question.candidates == [benoit]
    assert question.may_be_new
    assert not plan.is_ready


def test_same_name_in_another_municipality_is_asked_and_a_name_only_alike_is_not(benoit: User) -> None:
    assert planned([row("Uccle", "Bourgmestre", "Valdebois", "Benoît", email="b.new@example.org")]).questions
    assert planned([row("Uccle", "Bourgmestre", "Valdeboys", "Benoit", email="b.new@example.org")]).is_ready


def test_known_address_under_another_name_is_asked_and_cannot_be_somebody_new(benoit: User) -> None:
    turnover = uploaded(_with(row("Ixelles", "Échevin", "Lindepas", "Maëlle", email=benoit.email)))
    (question,) = plan_of(turnover).questions
    assert not question.may_be_new
    (fault,) = plan_of(decide_rows(turnover, {3: "new"})).faults
    assert fault.row == 3


def test_nothing_is_written_while_a_question_is_open(benoit: User) -> None:
    turnover = uploaded(_with(row("Ixelles", "Échevin", "Valdebois", "Benoît", email="b.new@example.org")))
    with pytest.raises(PlanNotReady):
        apply_turnover(turnover, by=None)
    assert Mandate.objects.count() == 1


def test_answered_as_the_same_person_the_address_and_name_are_taken_over(benoit: User) -> None:
    turnover = uploaded(_with(row("Ixelles", "Échevin", "Valdeboys", "Benoît", email="b.new@example.org", portfolios="Commerce")))
    turnover = decide_rows(turnover, {3: str(benoit.pk)})
    apply_turnover(turnover, by=None)
    benoit.refresh_from_db()
    assert (benoit.email, benoit.last_name) == ("b.new@example.org", "Valdeboys")
    assert benoit.mandates.count() == 1


def test_answered_as_new_the_known_person_goes(benoit: User) -> None:
    turnover = decide_rows(uploaded(_with(row("Ixelles", "Échevin", "Valdebois", "Benoît", email="b.new@example.org"))), {3: "new"})
    kinds = sorted(move.kind for move in plan_of(turnover).moves)
    assert kinds == [Kind.COMES, Kind.COMES, Kind.GOES]
    assert plan_of(decide_rows(turnover, {3: ""})).questions


@pytest.mark.parametrize(("word", "kind"), [("nouveau", Kind.COMES), ("Nieuw", Kind.COMES), ("benoit@example.org", Kind.CHANGES)])
def test_the_file_itself_can_answer(benoit: User, word: str, kind: Kind) -> None:
    plan = planned(_with(row("Ixelles", "Échevin", "Valdebois", "Benoît", email="b.new@example.org", person=word)))
    assert plan.is_ready
    assert next(move.kind for move in plan.moves if move.entry and move.entry.row == 3) == kind


def test_one_person_cannot_be_meant_by_two_addresses(benoit: User) -> None:
    rows = [
        row("Ixelles", "Échevin", "Valdebois", "Benoît", email="one@example.org", person=benoit.email),
        row("Ixelles", "Échevin", "Valdebois", "Benoit", email="two@example.org", person=benoit.email),
    ]
    assert [fault.row for fault in planned(_with(*rows)).faults] == [4]


@pytest.mark.parametrize("who", ["lead", "cabinet"])
def test_staff_and_reviewers_are_no_members_of_a_college(ixelles: Municipality, who: str) -> None:
    person = UserFactory(**{who: True}, first_name="Marijke", last_name="Overstraete")
    plan = planned(_with(row("Ixelles", "Échevin", "Overstraete", "Marijke", email=person.email)))
    assert [(fault.row, fault.column and fault.column.key) for fault in plan.faults] == [(3, "email")]
    assert planned(_with(row("Ixelles", "Échevin", "Overstraete", "Marijke", email="m@example.org"))).is_ready


def test_answer_names_only_people_who_exist(benoit: User) -> None:
    turnover = uploaded(_with(row("Ixelles", "Échevin", "Valdebois", "Benoît", email="b.new@example.org")))
    assert plan_of(decide_rows(turnover, {3: "999999999"})).questions
