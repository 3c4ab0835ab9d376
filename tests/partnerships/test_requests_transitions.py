"""Every action in every state by every party: exactly the table happens, with one event, or nothing at all."""

import itertools
from collections.abc import Callable

import pytest
from django.db import transaction
from django.utils import timezone

from municipalities.models import User
from partnerships.models import Event, Message, ServiceRequest
from partnerships.permissions import TRANSITIONS, Action, Party, allowed_actions
from partnerships.services import drafts
from partnerships.services import requests as services
from partnerships.services.deadlines import move_deadline
from partnerships.services.referrals import end_referral, refer_request
from partnerships.services.ties import link_requests, merge_request, unlink_requests
from partnerships.working_days import add_working_days
from tests.factories import ReferralFactory, RequestFactory, RequestTieFactory, UserFactory
from tests.partnerships.conftest import Cast

pytestmark = pytest.mark.django_db
State = ServiceRequest.State
STRANGER = "stranger"


def _companion(request: ServiceRequest) -> ServiceRequest:
    return RequestFactory(submitted=True, municipality=request.municipality, direction=request.direction)


@transaction.atomic
def _end_a_referral(request: ServiceRequest, by: User) -> object:
    return end_referral(ReferralFactory(request=request), by=by, outcome="Deux candidats.", language="fr")


ACTS: dict[Action, Callable[[ServiceRequest, User], object]] = {
    Action.EDIT: lambda request, by: drafts.edit_request(request, by=by, revision=1, fields={"title": "Autre titre"}),
    Action.SUBMIT: lambda request, by: services.submit_request(request, by=by),
    Action.ACKNOWLEDGE: lambda request, by: services.acknowledge_request(request, by=by),
    Action.START: lambda request, by: services.start_request(request, by=by),
    Action.ASK: lambda request, by: services.ask_municipality(request, by=by, question="Quand ?", language="fr"),
    Action.ANSWER: lambda request, by: services.send_message(request, by=by, body="Demain.", language="fr"),
    Action.COMPLETE: lambda request, by: services.complete_request(request, by=by, result="Voici.", language="fr"),
    Action.CLOSE: lambda request, by: services.close_request(request, by=by),
    Action.REOPEN: lambda request, by: services.reopen_request(request, by=by, reason="Il manque un tableau.", language="fr"),
    Action.DECLINE: lambda request, by: services.decline_request(request, by=by, reason="Hors sujet.", language="fr"),
    Action.WITHDRAW: lambda request, by: services.withdraw_request(request, by=by),
    Action.ASSIGN: lambda request, by: services.assign_request(request, by=by, to=UserFactory(spoc=True)),
    Action.MESSAGE: lambda request, by: services.send_message(request, by=by, body="Bonjour.", language="fr"),
    Action.MOVE_DEADLINE: lambda request, by: move_deadline(
        request, by=by, due_on=add_working_days(timezone.localdate(), 9), reason="Les chiffres manquent.", language="fr"
    ),
    Action.REFER: lambda request, by: refer_request(request, by=by, to=UserFactory(spoc=True), note="Elle connaît la rue.", language="fr"),
    Action.END_REFERRAL: lambda request, by: _end_a_referral(request, by),
    Action.MERGE: lambda request, by: merge_request(request, by=by, into=_companion(request)),
    Action.LINK: lambda request, by: link_requests(request, by=by, other=_companion(request)),
    Action.UNLINK: lambda request, by: unlink_requests(
        request, by=by, other=RequestTieFactory(kind="link", first=request, second=_companion(request)).second
    ),
}
EVERY = [
    pytest.param(state, action, party, id=f"{state}-{action}-{party}")
    for state, action, party in itertools.product(State.values, Action, (*Party, STRANGER))
    if action is not Action.ANSWER  # an answer is a message while the municipality is waited for: tested below
]


def _expected(state: str, action: Action, party: str) -> tuple[str, str] | None:
    """The state afterwards and the event, read from the table; None where it refuses."""
    rule = TRANSITIONS[action]
    if state not in rule.sources or party not in rule.parties_in("to_agency"):
        return None
    if action is Action.MESSAGE and state == State.WAITING and party == Party.MUNICIPALITY:
        rule = TRANSITIONS[Action.ANSWER]
    return (rule.target or state, rule.verb)


def _person(cast: Cast, party: str) -> User:
    return {Party.MUNICIPALITY: cast.alderman, Party.AGENCY: cast.spoc}.get(party, cast.other_alderman)


@pytest.mark.parametrize(("state", "action", "party"), EVERY)
def test_the_table_is_what_happens(cast: Cast, state: str, action: Action, party: str) -> None:
    request = RequestFactory(municipality=cast.municipality, asked_by=cast.colleague, **{state: True})
    person = _person(cast, party)
    expected = _expected(state, action, party)
    assert (action in allowed_actions(person, request)) == (expected is not None)
    if expected is None:
        with pytest.raises(services.ActionNotAllowed):
            ACTS[action](request, person)
        request.refresh_from_db()
        assert request.state == state
        assert not Event.objects.exists()
        assert not Message.objects.exists()
        return
    ACTS[action](request, person)
    request.refresh_from_db()
    event = Event.objects.about(request).get()
    assert (request.state, event.verb) == expected
    assert event.actor == person
    assert event.municipality == cast.municipality
    assert bool(request.ended_at) == (request.state in ServiceRequest.ENDED)


def test_an_answer_brings_the_work_back_to_the_agency(cast: Cast) -> None:
    request = RequestFactory(waiting=True, municipality=cast.municipality, asked_by=cast.alderman)
    services.send_message(request, by=cast.colleague, body="La liste est jointe.", language="fr")
    request.refresh_from_db()
    assert request.state == State.IN_PROGRESS
    assert Event.objects.about(request).get().verb == Event.Verb.REQUEST_ANSWERED


def test_a_word_of_the_agency_while_waiting_is_no_answer(cast: Cast) -> None:
    request = RequestFactory(waiting=True, municipality=cast.municipality, asked_by=cast.alderman)
    services.send_message(request, by=cast.spoc, body="Nous patientons.", language="fr")
    request.refresh_from_db()
    assert request.state == State.WAITING


def test_every_act_has_its_rule() -> None:
    assert set(ACTS) == set(Action) == set(TRANSITIONS)
