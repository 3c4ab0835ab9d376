"""Every state × action × role, both ways, by service, portal and administration: what the table says happens, and nothing else."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from municipalities.delegations import Delegation
from municipalities.models import User
from partnerships.models import DataRequestDetails, Event, Message, ServiceRequest
from partnerships.permissions import TRANSITIONS, Action, Party
from partnerships.services.requests import ActionNotAllowed
from partnerships.working_days import add_working_days
from tests.factories import MessageFactory, ReferralFactory, RequestFactory, RequestTieFactory, UserFactory
from tests.factories.people import since
from tests.partnerships.conftest import Cast
from tests.partnerships.test_requests_transitions import ACTS

pytestmark = pytest.mark.django_db
State, Direction = ServiceRequest.State, ServiceRequest.Direction
MUNICIPALITY, AGENCY = Party.MUNICIPALITY, Party.AGENCY
ROLES = {
    "alderman": MUNICIPALITY,
    "colleague": MUNICIPALITY,
    "delegate who writes": MUNICIPALITY,
    "delegate who reads": None,
    "other alderman": None,
    "former alderman": None,
    "anonymous": None,
    "spoc": AGENCY,
    "lead": AGENCY,
    "editor": None,
}
BOTH_WAYS = [pytest.param(way, state, id=f"{way}-{state}") for way in Direction.values for state in State.values]
DESK = {Action.REFER, Action.END_REFERRAL, Action.LINK, Action.UNLINK, Action.MERGE}
ONLY_IN_ADMIN = {Action.ASSIGN, Action.MOVE_DEADLINE} | DESK


def _delegate(giver: User, scope: str) -> User:
    person = UserFactory()
    mandate = giver.mandates.get()
    Delegation.objects.create(mandate=mandate, delegate=person, scope=scope, period=since(1), accepted_at=timezone.now())
    return person


def _people(cast: Cast) -> dict[str, Any]:
    return {
        "alderman": cast.alderman,
        "colleague": cast.colleague,
        "delegate who writes": _delegate(cast.alderman, Delegation.Scope.REQUESTS),
        "delegate who reads": _delegate(cast.alderman, Delegation.Scope.READ),
        "other alderman": cast.other_alderman,
        "former alderman": cast.former,
        "anonymous": AnonymousUser(),
        "spoc": cast.spoc,
        "lead": UserFactory(lead=True),
        "editor": cast.editor,
    }


def _request(cast: Cast, way: str, state: str) -> ServiceRequest:
    asker = cast.spoc if way == Direction.TO_MUNICIPALITY else cast.alderman
    by_when = timezone.localdate() + dt.timedelta(days=60)
    fields = {"wished_by": by_when, "wished_by_reason": "Le collège", "audit": way == Direction.TO_AGENCY}
    request = RequestFactory(**{state: True}, municipality=cast.municipality, asked_by=asker, direction=way, **fields)
    if way == Direction.TO_MUNICIPALITY:
        DataRequestDetails.objects.create(request=request, why="Pour le baromètre.", sharing="parties")
    return request


def _expected(way: str, state: str, action: Action, party: Party | None) -> tuple[str, str] | None:
    """The state afterwards and the event, read from the table; None where it refuses."""
    rule = TRANSITIONS[action]
    if party is None or state not in rule.sources or party not in rule.parties_in(way):
        return None
    answer = TRANSITIONS[Action.ANSWER]
    if action is Action.MESSAGE and state in answer.sources and party in answer.parties_in(way):
        rule = answer
    return (rule.target or state, rule.verb)


@contextmanager
def _undone() -> Iterator[None]:
    """What happens inside is looked at, and never was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _happened(request: ServiceRequest, before: int) -> tuple[str, str] | None:
    """The state now and the event, None when nothing at all was written."""
    now = ServiceRequest.objects.values_list("state", flat=True).get(pk=request.pk)
    events = list(Event.objects.about(request).filter(pk__gt=before).values_list("verb", flat=True))
    assert events[:-1] in ([], [Event.Verb.REQUEST_EDITED])  # a form that is submitted is kept first
    if events:
        return now, events[-1]
    assert now == request.state
    assert not Message.objects.filter(request=request).exists()
    return None


def _walk(request: ServiceRequest, actions: list[Action], act: Callable[[Action, str], None], expected: Callable[..., Any]) -> None:
    before = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    wrong = []
    for action in actions:
        for role, party in ROLES.items():
            with _undone():
                act(action, role)
                found, wanted = _happened(request, before), expected(request.direction, request.state, action, party)
                wrong += [] if found == wanted else [(str(action), role, found, wanted)]
    assert wrong == []


def _actions() -> list[Action]:
    return [action for action in Action if action is not Action.ANSWER]  # an answer is a message while one is waited for


@pytest.mark.parametrize(("way", "state"), BOTH_WAYS)
def test_through_the_services(cast: Cast, way: str, state: str) -> None:
    request, people = _request(cast, way, state), _people(cast)

    def act(action: Action, role: str) -> None:
        if role == "anonymous":
            return  # there is nobody to pass to a service
        try:
            with transaction.atomic():
                ACTS[action](request, people[role])
        except ActionNotAllowed:
            return

    _walk(request, _actions(), act, _expected)


def _typed(request: ServiceRequest, cast: Cast) -> dict[str, Any]:
    """A form that would do for any act, in the portal and in the administration."""
    return {
        "token": str(uuid.uuid4()),
        "revision": str(request.revision),
        "title": "Autre titre",
        "description": request.description,
        "technical_contact": request.technical_contact,
        "wished_by": request.wished_by.isoformat() if request.wished_by else "",
        "why": "Pour le baromètre.",
        "sharing": "parties",
        "language": "fr",
        "body": "Quelques mots.",
        "words": "Quelques mots.",
        "reason": "Un motif.",
        "to": cast.spoc.pk,
        "due_on": add_working_days(timezone.localdate(), 9).isoformat(),
    }


def _chosen(action: Action, request: ServiceRequest, companion: ServiceRequest, cast: Cast) -> dict[str, Any]:
    """What an act of the desk is about: somebody to refer to, a referral that runs, another request, one that is linked."""
    if action is Action.REFER:
        return {"to": f"colleague-{cast.spoc.pk}"}
    if action is Action.END_REFERRAL:
        words = MessageFactory(request=companion, author=cast.spoc, side="agency")
        return {"referral": ReferralFactory(request=request, by=cast.spoc, message=words).pk}
    if action is Action.UNLINK:
        first, second = sorted((request, companion), key=lambda each: each.pk)
        RequestTieFactory(kind="link", first=first, second=second, by=cast.spoc)
    return {"other": companion.reference} if action in DESK else {}


def _clients(cast: Cast, enter: Any) -> dict[str, Client]:
    return {role: Client() if role == "anonymous" else enter(person) for role, person in _people(cast).items()}


@pytest.mark.parametrize(("way", "state"), BOTH_WAYS)
def test_through_the_portal(cast: Cast, enter: Any, way: str, state: str) -> None:
    request, clients = _request(cast, way, state), _clients(cast, enter)

    def act(action: Action, role: str) -> None:
        name, arguments = ("request_step", [request.key, "about"]) if action is Action.EDIT else (f"request_{action}", [request.key])
        clients[role].post(reverse(name, args=arguments), _typed(request, cast))

    def expected(way: str, state: str, action: Action, party: Party | None) -> Any:
        if action is Action.EDIT and way == Direction.TO_MUNICIPALITY:
            return None  # what the agency asks is written in the administration
        return _expected(way, state, action, party)

    _walk(request, [action for action in _actions() if action not in ONLY_IN_ADMIN], act, expected)


@pytest.mark.parametrize(("way", "state"), BOTH_WAYS)
def test_through_the_administration(cast: Cast, enter: Any, way: str, state: str) -> None:
    request, clients = _request(cast, way, state), _clients(cast, enter)
    companion = RequestFactory(submitted=True, municipality=cast.municipality, direction=way)

    def act(action: Action, role: str) -> None:
        typed = _typed(request, cast) | _chosen(action, request, companion, cast)
        clients[role].post(reverse(f"admin:partnerships_servicerequest_{action}", args=[request.pk]), typed)

    def expected(way: str, state: str, action: Action, party: Party | None) -> Any:
        return _expected(way, state, action, party if party == AGENCY else None)  # nobody else is let in

    _walk(request, _actions(), act, expected)


@pytest.mark.parametrize("action", [action for action in Action if action is not Action.ANSWER])
def test_every_action_has_its_address(action: Action) -> None:
    key = uuid.uuid4()
    found = [_address(f"admin:partnerships_servicerequest_{action}", 1)]
    found += [_address("request_edit", key) if action is Action.EDIT else _address(f"request_{action}", key)]
    assert found[0]
    assert bool(found[1]) == (action not in ONLY_IN_ADMIN)


def _address(name: str, argument: Any) -> str:
    try:
        return reverse(name, args=[argument])
    except NoReverseMatch:
        return ""
