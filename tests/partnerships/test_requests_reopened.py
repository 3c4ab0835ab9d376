"""A request is taken up again by whoever asked: at once while it is completed, for sixty days once it is closed, then as a new one."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from mailings.models import Delivery
from mailings.services import decide_notices
from partnerships.models import Continuation, Event, Message, ServiceRequest
from partnerships.permissions import Action, allowed_actions
from partnerships.services.requests import ActionNotAllowed, close_request, reopen_request
from tests.factories import RequestFactory
from tests.partnerships.conftest import Cast

pytestmark = pytest.mark.django_db
State = ServiceRequest.State


def closed(cast: Cast, days_ago: int) -> ServiceRequest:
    ended = timezone.now() - dt.timedelta(days=days_ago)
    clock = {"ended_at": ended, "due_on": timezone.localdate(ended), "clock_stopped_on": timezone.localdate(ended)}
    return RequestFactory(closed=True, municipality=cast.municipality, asked_by=cast.alderman, assignee=cast.spoc, **clock)


def words(**changed: Any) -> dict[str, Any]:
    return {"body": "Il manque les loyers.", "language": "fr", "token": str(uuid.uuid4())} | changed


@pytest.mark.parametrize(("days", "may"), [(0, True), (60, True), (61, False)])
def test_sixty_days_and_not_one_more(cast: Cast, enter: Any, days: int, may: bool) -> None:
    request = closed(cast, days)
    answer = enter(cast.alderman).post(reverse("request_reopen", args=[request.key]), words())
    request.refresh_from_db()
    assert (answer.status_code, request.state) == ((302, State.IN_PROGRESS) if may else (409, State.CLOSED))
    assert Message.objects.exists() == may


def test_the_number_of_days_is_a_setting(cast: Cast, settings: Any) -> None:
    settings.REOPEN_WITHIN = dt.timedelta(days=5)
    assert Action.REOPEN not in allowed_actions(cast.alderman, closed(cast, 6))


def test_it_is_in_progress_with_a_new_date_and_its_reason_and_the_other_side_hears(cast: Cast) -> None:
    request = closed(cast, 3)
    before = request.due_on
    reopened = reopen_request(request, by=cast.colleague, reason="Il manque les loyers.", language="fr")
    assert (reopened.ended_at, reopened.completed_at) == (None, None)
    assert reopened.due_on > max(before, timezone.localdate())
    event = Event.objects.about(request).get()
    assert (event.verb, event.data["from"], event.data["to"]) == ("request_reopened", State.CLOSED, State.IN_PROGRESS)
    decide_notices(timezone.now())
    mail = Delivery.objects.get()
    assert mail.recipient == cast.spoc
    assert "> Il manque les loyers." in mail.body_text


def test_what_is_completed_need_not_be_closed_first(cast: Cast, enter: Any) -> None:
    request = RequestFactory(completed=True, municipality=cast.municipality, asked_by=cast.alderman)
    assert (
        reverse("request_reopen", args=[request.key]) in enter(cast.alderman).get(reverse("request", args=[request.key])).content.decode()
    )
    enter(cast.alderman).post(reverse("request_reopen", args=[request.key]), words())
    request.refresh_from_db()
    assert request.state == State.IN_PROGRESS


def test_without_a_reason_the_form_says_so_and_nothing_moves(cast: Cast, enter: Any) -> None:
    request = closed(cast, 1)
    page = enter(cast.alderman).post(reverse("request_reopen", args=[request.key]), words(body="  "))
    assert "body" in page.context["form"].errors
    request.refresh_from_db()
    assert request.state == State.CLOSED


def test_posted_twice_it_is_reopened_once(cast: Cast, enter: Any) -> None:
    request, posted = closed(cast, 1), words()
    for _click in range(2):
        assert enter(cast.alderman).post(reverse("request_reopen", args=[request.key]), posted).status_code == 302
    assert Event.objects.about(request).count() == 1


def test_the_agency_does_not_reopen_what_it_was_asked(cast: Cast) -> None:
    with pytest.raises(ActionNotAllowed):
        reopen_request(closed(cast, 1), by=cast.spoc, reason="Oublié.", language="fr")


def test_closed_again_it_counts_from_the_new_end(cast: Cast) -> None:
    request = closed(cast, 50)
    reopen_request(request, by=cast.alderman, reason="Encore.", language="fr")
    ServiceRequest.objects.filter(pk=request.pk).update(state=State.COMPLETED)
    again = close_request(request, by=cast.alderman)
    assert timezone.now() - again.ended_at < dt.timedelta(minutes=1)


# --- Too late -----------------------------------------------------------------------------------


def test_after_sixty_days_the_page_says_so_and_offers_a_new_request(cast: Cast, enter: Any) -> None:
    request, client = closed(cast, 90), enter(cast.alderman)
    text = client.get(reverse("request", args=[request.key])).content.decode()
    assert reverse("request_reopen", args=[request.key]) not in text
    token = str(uuid.uuid4())
    for _click in range(2):
        answer = client.post(reverse("request_again", args=[request.key]), {"token": token})
    draft = Continuation.objects.get(of=request).request
    assert answer.url == reverse("request_edit", args=[draft.key])
    assert (draft.state, draft.title, draft.kind, draft.asked_by) == (State.DRAFT, request.title, request.kind, cast.alderman)
    assert request.reference in client.get(reverse("request", args=[draft.key])).content.decode()
    assert reverse("request", args=[draft.key]) in client.get(reverse("request", args=[request.key])).content.decode()


def test_while_it_can_be_reopened_the_way_is_not_a_new_request(cast: Cast, enter: Any) -> None:
    request = closed(cast, 2)
    text = enter(cast.alderman).get(reverse("request", args=[request.key])).content.decode()
    assert reverse("request_again", args=[request.key]) not in text


@pytest.mark.parametrize("person", ["other_alderman", "former", "editor", "spoc"])
def test_nobody_else_asks_anew(cast: Cast, enter: Any, person: str) -> None:
    request = closed(cast, 90)
    enter(cast.person(person)).post(reverse("request_again", args=[request.key]), {"token": str(uuid.uuid4())})
    assert not Continuation.objects.exists()


def test_an_open_request_is_not_asked_anew(cast: Cast, enter: Any) -> None:
    request = RequestFactory(in_progress=True, municipality=cast.municipality, asked_by=cast.alderman)
    enter(cast.alderman).post(reverse("request_again", args=[request.key]), {"token": str(uuid.uuid4())})
    assert not Continuation.objects.exists()
