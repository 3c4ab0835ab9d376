"""The agency asks a municipality for data: the same way as the other way round, with the roles exchanged."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from mailings.models import Delivery
from mailings.services import decide_notices
from municipalities.models import User
from partnerships.models import DataRequestDetails, Event, Message, ServiceRequest
from partnerships.services import requests as services
from tests.factories import MandateFactory, RequestFactory, UserFactory
from tests.partnerships.conftest import Cast

pytestmark = pytest.mark.django_db
State = ServiceRequest.State
NEW = "admin:partnerships_servicerequest_ask_new"


def typed(cast: Cast, **changed: Any) -> dict[str, Any]:
    return {
        "token": str(uuid.uuid4()),
        "revision": "1",
        "municipality": cast.municipality.pk,
        "title": "Relevé des cellules vides",
        "description": "Le relevé des rez-de-chaussée commerciaux, par rue.",
        "wished_by": (timezone.localdate() + dt.timedelta(days=40)).isoformat(),
        "technical_contact": "A. Peeters, 02 000 00 00",
        "language": "fr",
        "why": "Pour le baromètre régional.",
        "sharing": "municipalities",
    } | changed


def asked(cast: Cast, enter: Any, **changed: Any) -> ServiceRequest:
    enter(cast.spoc).post(reverse(NEW) + "submit/", typed(cast, **changed))
    return ServiceRequest.objects.get()


def heard() -> list[tuple[str, User]]:
    decide_notices(timezone.now())
    return [(one.notice.event.verb, one.recipient) for one in Delivery.objects.select_related("notice__event", "recipient").order_by("pk")]


def page_of(request: ServiceRequest) -> str:
    return reverse("request", args=[request.key])


def test_a_draft_is_the_agencys_alone_and_a_second_click_makes_no_second_one(cast: Cast, enter: Any) -> None:
    words = typed(cast, why="", sharing="")
    for _click in range(2):
        assert enter(cast.spoc).post(reverse(NEW), words).status_code == 302
    draft = ServiceRequest.objects.get()
    assert (draft.state, draft.direction, draft.asked_by, draft.reference) == (State.DRAFT, "to_municipality", cast.spoc, None)
    for person in (cast.alderman, cast.colleague, cast.other_alderman):
        assert enter(person).get(page_of(draft)).status_code == 404
        assert "Relevé des cellules" not in enter(person).get(reverse("requests") + "?show=all").content.decode()
        assert "Relevé des cellules" not in enter(person).get(reverse("home")).content.decode()
    assert enter(UserFactory(spoc=True)).get(reverse("admin:partnerships_servicerequest_edit", args=[draft.pk])).status_code == 200


def test_what_is_missing_is_said_and_nothing_goes_out(cast: Cast, enter: Any) -> None:
    answer = enter(cast.spoc).post(reverse(NEW) + "submit/", typed(cast, why="", sharing="", personal_data="on"), follow=True)
    draft = ServiceRequest.objects.get()
    assert draft.is_draft
    assert answer.redirect_chain[-1][0] == reverse("admin:partnerships_servicerequest_edit", args=[draft.pk]) + "?missing"
    missing = {field.name for part in answer.context["form"].parts for field in part if field.errors}
    assert missing == {"why", "sharing", "legal_basis"}
    assert heard() == []


def test_a_municipality_must_be_chosen_and_what_was_typed_stays(cast: Cast, enter: Any) -> None:
    page = enter(cast.spoc).post(reverse(NEW), typed(cast, municipality=""))
    assert page.context["whom"].errors
    assert "Pour le baromètre régional." in page.content.decode()
    assert not ServiceRequest.objects.exists()


def test_two_who_edit_one_draft_lose_nothing(cast: Cast, enter: Any) -> None:
    enter(cast.spoc).post(reverse(NEW), typed(cast))
    draft = ServiceRequest.objects.get()
    url = reverse("admin:partnerships_servicerequest_edit", args=[draft.pk])
    enter(cast.spoc).post(url, typed(cast, why="La première."))
    page = enter(UserFactory(spoc=True)).post(url, typed(cast, why="La seconde."))
    assert page.status_code == 409
    assert "La seconde." in page.content.decode()
    assert DataRequestDetails.objects.get().why == "La première."


def test_it_takes_a_number_of_the_same_series(cast: Cast, enter: Any) -> None:
    first = services.submit_request(RequestFactory(draft=True, municipality=cast.municipality, asked_by=cast.alderman), by=cast.alderman)
    enter(cast.spoc).post(reverse(NEW) + "submit/", typed(cast))
    second = ServiceRequest.objects.get(direction="to_municipality")
    assert int(second.reference[-4:]) == int(first.reference[-4:]) + 1
    assert second.assignee == cast.spoc


def test_who_answers_for_trade_hears_and_sees_whose_turn_it_is(cast: Cast, enter: Any) -> None:
    mayor = UserFactory(mayor=cast.municipality)
    MandateFactory(user=UserFactory(), municipality=cast.municipality, portfolios=["mobility"])
    request = asked(cast, enter)
    assert request.state == State.SUBMITTED
    assert set(heard()) == {("request_submitted", cast.alderman), ("request_submitted", cast.colleague)}
    assert "Le relevé des rez-de-chaussée" in Delivery.objects.first().body_text
    home = enter(mayor).get(reverse("home"))
    assert [row.pk for row in home.context["your_turn"]] == [request.pk]
    assert request.title in enter(cast.alderman).get(reverse("requests") + "?show=turn").content.decode()


def test_the_whole_way_with_the_roles_exchanged(cast: Cast, enter: Any) -> None:
    request, municipality, agency = asked(cast, enter), enter(cast.alderman), enter(cast.spoc)

    def portal(act: str, **words: Any) -> Any:
        return municipality.post(reverse(f"request_{act}", args=[request.key]), {"language": "fr", "token": str(uuid.uuid4())} | words)

    def admin(act: str, **words: Any) -> Any:
        url = reverse(f"admin:partnerships_servicerequest_{act}", args=[request.pk])
        return agency.post(url, {"language": "fr", "token": str(uuid.uuid4())} | words)

    def state() -> str:
        request.refresh_from_db()
        return request.state

    portal("acknowledge")
    assert (state(), request.due_on, request.assignee) == (State.ACKNOWLEDGED, request.wished_by, cast.spoc)
    portal("start")
    portal("ask", body="Toutes les rues ?")
    assert (state(), request.get_state_display()) != (State.WAITING, State.WAITING.label)
    assert request.is_turn_of_agency
    admin("message", words="Les noyaux seulement.")
    assert state() == State.IN_PROGRESS
    portal("complete", body="Voici le tableau.")
    assert (state(), request.result, request.is_turn_of_agency) == (State.COMPLETED, "Voici le tableau.", True)
    admin("reopen", words="Il manque une rue.")
    assert (state(), request.is_turn_of_municipality) == (State.IN_PROGRESS, True)
    portal("complete", body="La rue est ajoutée.")
    admin("close")
    assert state() == State.CLOSED
    sides = list(Message.objects.order_by("pk").values_list("side", flat=True))
    assert sides == ["municipality", "agency", "municipality", "agency", "municipality"]
    verbs = [event.verb for event in Event.objects.about(request).told_to_municipality() if event.verb not in Event.DRAFTING]
    assert verbs == [f"request_{did}" for did in ("submitted", "acknowledged", "started", "asked", "answered", "completed", "reopened",
                                                  "completed", "closed")]  # fmt: skip


def test_each_act_is_heard_by_the_other_side(cast: Cast, enter: Any) -> None:
    request = asked(cast, enter)
    heard()
    services.acknowledge_request(request, by=cast.colleague)
    services.decline_request(request, by=cast.colleague, reason="Ces données n'existent pas.", language="fr")
    assert heard()[2:] == [("request_acknowledged", cast.spoc), ("request_declined", cast.spoc)]
    mail = Delivery.objects.order_by("-pk").first()
    assert "municipality" in mail.body_text or "commune" in mail.body_text
    assert "Ces données n'existent pas." in mail.body_text


def test_withdrawn_by_the_agency_whoever_took_it_up_hears(cast: Cast, enter: Any) -> None:
    request = asked(cast, enter)
    services.acknowledge_request(request, by=cast.colleague)
    heard()
    enter(cast.spoc).post(reverse("admin:partnerships_servicerequest_withdraw", args=[request.pk]), {"words": "Plus nécessaire."})
    assert heard()[-1] == ("request_withdrawn", cast.colleague)


def test_the_page_says_clearly_what_can_be_done(cast: Cast, enter: Any) -> None:
    request = asked(cast, enter)
    page = enter(cast.alderman).get(page_of(request))
    text = page.content.decode()
    assert set(page.context["actions"]) == {"acknowledge", "decline", "message"}
    for act in ("acknowledge", "decline"):
        assert reverse(f"request_{act}", args=[request.key]) in text
    assert "Pour le baromètre régional." in text
    assert enter(cast.other_alderman).get(page_of(request)).status_code == 404
    assert not any(event.verb in Event.DRAFTING for event in page.context["events"])


def test_who_may_not_handle_requests_asks_nothing(cast: Cast, enter: Any) -> None:
    for person in (cast.editor, cast.alderman, cast.cabinet):
        answer = enter(person).get(reverse(NEW))
        assert answer.status_code in {302, 403, 404}
        assert enter(person).post(reverse(NEW), typed(cast)).status_code in {302, 403, 404}
    assert not ServiceRequest.objects.exists()


def test_a_municipality_cannot_touch_the_draft_of_the_agency(cast: Cast, enter: Any) -> None:
    enter(cast.spoc).post(reverse(NEW), typed(cast))
    draft = ServiceRequest.objects.get()
    for act in ("submit", "withdraw", "acknowledge", "complete", "message"):
        assert enter(cast.alderman).post(reverse(f"request_{act}", args=[draft.key]), {"body": "x"}).status_code == 404


def test_an_answer_the_agency_still_has_to_look_at_is_not_late(cast: Cast) -> None:
    past = timezone.localdate() - dt.timedelta(days=3)
    answered = RequestFactory(municipality=cast.municipality, direction="to_municipality", kind="audit", asked_by=cast.spoc, completed=True)
    late = RequestFactory(municipality=cast.municipality, overdue=True)
    ServiceRequest.objects.filter(pk=answered.pk).update(due_on=past)
    assert [*ServiceRequest.objects.turn_of_agency().order_by("pk")] == [answered, late]
    assert [*ServiceRequest.objects.overdue(timezone.localdate())] == [late]
    assert ServiceRequest.objects.burning_first(timezone.localdate())[0] == late
