"""Every act on a request through the front door: one address, one service, and nothing typed is lost."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from municipalities.models import Municipality, User
from partnerships.models import Event, Message, ServiceRequest
from partnerships.permissions import Action, allowed_actions
from partnerships.services.requests import acknowledge_request, decline_request
from tests.admin.conftest import StaffClient
from tests.factories import RequestFactory, UserFactory

BESIDE_WHAT_THEY_ARE_ABOUT = {Action.END_REFERRAL, Action.UNLINK}  # a button each, by the referral or the link
pytestmark = pytest.mark.django_db
State = ServiceRequest.State
ACTS = ("acknowledge", "start", "ask", "message", "complete", "decline", "close", "assign")


@pytest.fixture
def spoc() -> User:
    return UserFactory(spoc=True, interface_language="en")


@pytest.fixture
def client_of_spoc(staff_client: StaffClient, spoc: User) -> Client:
    return staff_client(spoc)


def page(request: ServiceRequest) -> str:
    return reverse("admin:partnerships_servicerequest_change", args=[request.pk])


def address(act: str, request: ServiceRequest) -> str:
    return reverse(f"admin:partnerships_servicerequest_{act}", args=[request.pk])


def words(**changed: Any) -> dict[str, Any]:
    return {"words": "Pouvez-vous préciser ?", "language": "fr", "token": str(uuid.uuid4())} | changed


def said(answer: Any) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


@pytest.mark.parametrize(
    ("act", "before", "data", "after", "verb"),
    [
        ("acknowledge", "submitted", {}, State.ACKNOWLEDGED, "request_acknowledged"),
        ("start", "acknowledged", {}, State.IN_PROGRESS, "request_started"),
        ("ask", "in_progress", "words", State.WAITING, "request_asked"),
        ("message", "in_progress", "words", State.IN_PROGRESS, "message_sent"),
        ("complete", "in_progress", "words", State.COMPLETED, "request_completed"),
        ("decline", "submitted", "words", State.DECLINED, "request_declined"),
        ("close", "completed", {}, State.CLOSED, "request_closed"),
    ],
)
def test_act_moves_the_request_and_is_recorded(
    client_of_spoc: Client, spoc: User, act: str, before: str, data: Any, after: str, verb: str
) -> None:
    request = RequestFactory(**{before: True})
    answer = client_of_spoc.post(address(act, request), words() if data == "words" else data, follow=True)
    request.refresh_from_db()
    assert answer.redirect_chain == [(page(request), 302)]
    assert request.state == after
    event = Event.objects.about(request).get()
    assert (event.verb, event.actor) == (verb, spoc)
    if data == "words":
        assert Message.objects.get(request=request).body == "Pouvez-vous préciser ?"


def test_assigning_gives_it_to_somebody_who_handles_requests(client_of_spoc: Client) -> None:
    request = RequestFactory(submitted=True)
    colleague, editor = UserFactory(spoc=True), UserFactory(editor=True)
    client_of_spoc.post(address("assign", request), {"to": colleague.pk})
    request.refresh_from_db()
    assert request.assignee == colleague
    answer = client_of_spoc.post(address("assign", request), {"to": editor.pk})
    assert answer.status_code == 200
    request.refresh_from_db()
    assert request.assignee == colleague


@pytest.mark.parametrize("state", [state for state in State.values if state != State.DRAFT])
def test_page_offers_exactly_what_the_table_allows(client_of_spoc: Client, spoc: User, state: str) -> None:
    request = RequestFactory(**{state: True})
    answer = client_of_spoc.get(page(request))
    assert {form.act.action for form in answer.context["act_forms"]} == set(allowed_actions(spoc, request)) - BESIDE_WHAT_THEY_ARE_ABOUT
    for act in ACTS:
        offered = f'action="{address(act, request)}"'.encode() in answer.content
        assert offered == (act in {str(action) for action in allowed_actions(spoc, request)}), act


@pytest.mark.parametrize("act", ACTS)
def test_reading_an_address_changes_nothing(client_of_spoc: Client, act: str) -> None:
    request = RequestFactory(submitted=True)
    assert client_of_spoc.get(address(act, request)).status_code == 405


def test_state_is_never_changed_by_posting_it(staff_client: StaffClient) -> None:
    request = RequestFactory(submitted=True)
    client = staff_client(UserFactory(is_staff=True, is_superuser=True))
    client.post(page(request), {"state": "closed", "title": "Autre", "_save": "1"})
    client.post(address("acknowledge", request), {"state": "closed", "title": "Autre"})
    request.refresh_from_db()
    assert request.state == State.ACKNOWLEDGED
    assert request.title != "Autre"
    assert client.post(reverse("admin:partnerships_servicerequest_delete", args=[request.pk]), {"post": "yes"}).status_code == 403


def test_second_click_is_no_refusal_and_writes_once(client_of_spoc: Client) -> None:
    request = RequestFactory(in_progress=True)
    typed = words()
    for _click in range(2):
        answer = client_of_spoc.post(address("ask", request), typed, follow=True)
        assert "Your question is sent" in said(answer)
    assert Message.objects.filter(request=request).count() == 1
    assert Event.objects.about(request).count() == 1


def test_plain_act_clicked_twice_is_told_as_done(client_of_spoc: Client) -> None:
    request = RequestFactory(submitted=True)
    for _click in range(2):
        answer = client_of_spoc.post(address("acknowledge", request), follow=True)
        assert "Receipt is acknowledged." in said(answer)
    assert Event.objects.about(request).count() == 1


def test_after_somebody_else_the_second_is_told_who_and_loses_nothing(client_of_spoc: Client) -> None:
    request = RequestFactory(submitted=True)
    colleague = UserFactory(spoc=True, first_name="Aïcha", last_name="Berradouane")
    decline_request(request, by=colleague, reason="Hors champ.", language="fr")
    answer = client_of_spoc.post(address("decline", request), words(words="Mon long motif"))
    assert answer.status_code == 409
    assert "Aïcha Berradouane" in said(answer)
    assert "Mon long motif" in answer.content.decode()
    assert Message.objects.filter(request=request).count() == 1


def test_own_words_are_not_taken_for_a_second_click_with_other_words(client_of_spoc: Client, spoc: User) -> None:
    request = RequestFactory(in_progress=True)
    client_of_spoc.post(address("complete", request), words(words="Le rapport."))
    answer = client_of_spoc.post(address("complete", request), words(words="Un autre texte"))
    assert answer.status_code == 409
    assert "Un autre texte" in answer.content.decode()


def test_empty_words_are_refused_beside_the_field(client_of_spoc: Client) -> None:
    request = RequestFactory(in_progress=True)
    answer = client_of_spoc.post(address("ask", request), words(words="   "))
    [form] = [item for item in answer.context["act_forms"] if item.is_refused]
    assert "words" in form.form.errors
    assert Event.objects.about(request).count() == 0


def test_language_of_the_words_is_kept_and_starts_with_that_of_the_request(client_of_spoc: Client) -> None:
    request = RequestFactory(in_progress=True, language="nl")
    [ask] = [item for item in client_of_spoc.get(page(request)).context["act_forms"] if item.act.action == "ask"]
    assert ask.form["language"].value() == "nl"
    client_of_spoc.post(address("ask", request), words(language="fr"))
    assert Message.objects.get(request=request).language == "fr"
    assert b'<div class="message__body" lang="fr">' in client_of_spoc.get(page(request)).content


def test_who_only_reads_can_do_nothing(staff_client: StaffClient, ixelles: Municipality) -> None:
    request = RequestFactory(submitted=True)
    editor = staff_client(UserFactory(editor=True))
    for act in ACTS:
        assert editor.post(address(act, request), words()).status_code == 403
    alderman = staff_client(UserFactory(alderman=request.municipality))
    assert alderman.post(address("acknowledge", request)).status_code == 404
    request.refresh_from_db()
    assert request.state == State.SUBMITTED


def test_page_tells_timeline_and_history_without_the_drafting(client_of_spoc: Client, spoc: User) -> None:
    request = RequestFactory(submitted=True, title="Après")
    Event.objects.create(verb=Event.Verb.REQUEST_EDITED, subject=request, actor=request.asked_by)
    acknowledge_request(request, by=spoc)
    entries = client_of_spoc.get(page(request)).context["timeline"]
    assert [entry.event.verb for entry in entries] == ["request_acknowledged"]
    changes = client_of_spoc.get(reverse("admin:partnerships_servicerequest_history", args=[request.pk])).context["changes"]
    assert "acknowledged" in {field.new.lower() for change in changes for field in change.fields}
    listed = client_of_spoc.get(reverse("admin:partnerships_event_changelist")).context["cl"].result_list
    assert {event.verb for event in listed} == {"request_acknowledged"}
