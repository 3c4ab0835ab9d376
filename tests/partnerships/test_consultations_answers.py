"""Answers to an invitation: changeable, one's own, and with limited places strictly in the order of coming."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, close_old_connections, connection, transaction
from django.utils import timezone

from municipalities.models import Mandate
from partnerships.models import Consultation, Event, Invitation
from partnerships.services.consultations import save_consultation
from partnerships.services.invitations import AnswerNotAllowed, answer_invitation
from tests.factories import ConsultationFactory, InvitationFactory, UserFactory, since

WAY = Invitation.Way.MAIL


def _answer(invitation: Invitation, answer: str, **more: str) -> Invitation:
    return answer_invitation(invitation, by=invitation.person, answer=answer, way=WAY, **more)


@pytest.mark.django_db
def test_an_answer_is_kept_with_its_way_and_the_same_again_changes_nothing() -> None:
    invitation = InvitationFactory()
    first = _answer(invitation, "yes")
    assert (first.answer, first.answered_by, first.waiting) == ("yes", WAY, None)
    _answer(invitation, "yes")
    assert _answer(invitation, "maybe").answer == "maybe"
    assert Event.objects.filter(verb=Event.Verb.CONSULTATION_REPLIED).count() == 2


@pytest.mark.django_db
def test_a_substitute_is_named_and_forgotten_with_another_answer() -> None:
    invitation = InvitationFactory()
    with pytest.raises(ValidationError):
        _answer(invitation, "substitute")
    with pytest.raises(ValidationError):
        _answer(invitation, "substitute", substitute_name="An Peeters", substitute_email="nowhere")
    assert _answer(invitation, "substitute", substitute_name="An Peeters").substitute_name == "An Peeters"
    assert _answer(invitation, "no").substitute_name == ""


@pytest.mark.django_db
@pytest.mark.parametrize("why", ["begun", "cancelled", "taken off", "mandate over", "somebody else", "shut out"])
def test_who_may_not_answer_changes_nothing(why: str) -> None:
    invitation = InvitationFactory()
    meeting, person = Consultation.objects.filter(pk=invitation.consultation_id), invitation.person
    if why == "begun":
        meeting.update(starts_at=timezone.now() - dt.timedelta(minutes=1))
    elif why == "cancelled":
        meeting.update(state="cancelled", cancelled_at=timezone.now())
    elif why == "taken off":
        Invitation.objects.update(withdrawn_at=timezone.now())
    elif why == "mandate over":
        Mandate.objects.filter(user=person).update(period=since(100, until=0))
    elif why == "somebody else":
        person = UserFactory(alderman=invitation.municipality)
    else:
        person.is_active = False
    with pytest.raises(AnswerNotAllowed):
        answer_invitation(invitation, by=person, answer="yes", way=WAY)
    assert Invitation.objects.get().answer == "none"


@pytest.mark.django_db
def test_the_first_in_the_line_moves_up_when_a_place_frees() -> None:
    meeting = ConsultationFactory(announced=True, seats=1)
    first, second, third = (InvitationFactory(consultation=meeting) for _ in range(3))
    assert [_answer(one, "yes").waiting for one in (first, second, third)] == [None, 1, 2]
    _answer(first, "substitute", substitute_name="An Peeters")  # keeps the place
    assert Invitation.objects.get(pk=second.pk).waiting == 1
    _answer(first, "no")
    assert Invitation.objects.get(pk=second.pk).waiting is None
    assert Invitation.objects.get(pk=third.pk).waiting == 2
    assert Event.objects.get(verb=Event.Verb.CONSULTATION_PLACE_FREED).subject == second
    assert _answer(first, "yes").waiting == 3  # whoever comes back stands at the end


@pytest.mark.django_db
def test_more_places_let_the_line_in() -> None:
    meeting = ConsultationFactory(announced=True, seats=1)
    for _ in range(4):
        _answer(InvitationFactory(consultation=meeting), "yes")
    meeting.seats = 3
    save_consultation(meeting, by=UserFactory(editor=True))
    assert (meeting.invitations.seated().count(), meeting.invitations.in_line().count()) == (3, 1)


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_on_ten_places_are_ten_and_ten() -> None:
    meeting = ConsultationFactory(announced=True, seats=10)
    invitations = [InvitationFactory(consultation=meeting) for _ in range(20)]

    def say_yes(invitation: Invitation) -> None:
        close_old_connections()
        try:
            _answer(invitation, "yes")
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=20) as pool:
        list(pool.map(say_yes, invitations))
    assert meeting.invitations.seated().count() == 10
    assert list(meeting.invitations.in_line().values_list("waiting", flat=True)) == list(range(1, 11))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("invitation_only_who_comes_waits", {"answer": "no", "answered_at": timezone.now(), "waiting": 1}),
        ("invitation_substitute_is_named", {"answer": "substitute", "answered_at": timezone.now()}),
        ("invitation_answer_has_time", {"answer": "yes"}),
    ],
)
def test_the_database_holds_the_rules_too(name: str, values: dict[str, object]) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        InvitationFactory(**values)


@pytest.mark.django_db
def test_nobody_is_invited_twice() -> None:
    invitation = InvitationFactory()
    with pytest.raises(IntegrityError, match="invitation_once_per_person"), transaction.atomic():
        InvitationFactory(consultation=invitation.consultation, person=invitation.person, municipality=invitation.municipality)
