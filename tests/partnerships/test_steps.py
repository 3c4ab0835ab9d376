"""The steps of a request's work: copied when it starts, ticked by an officer alone, seen by the municipality."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from partnerships.models import DevelopmentDetails, Event, Kind, RequestStep, ServiceRequest, StepRule, StepTemplate
from partnerships.services.requests import start_request
from partnerships.services.steps import StepAlreadyDone, StepNotAllowed, StepStillOpen, do_step, lay_missing_steps, lay_steps, undo_step
from tests.factories import RequestFactory, RequestStepFactory, StepTemplateFactory, UserFactory, days_from_today
from tests.partnerships.conftest import Cast

pytestmark = pytest.mark.django_db
TODAY = days_from_today(0)
State = ServiceRequest.State
DEFAULTS = import_module("partnerships.migrations.0014_steps_the_team_starts_from")


@pytest.fixture(autouse=True)
def _no_list_but_ours(db: None) -> None:
    StepTemplate.objects.all().delete()


@pytest.fixture
def request_(cast: Cast) -> ServiceRequest:
    return RequestFactory(in_progress=True, kind=Kind.DEVELOPMENT, municipality=cast.municipality, asked_by=cast.alderman)


def verbs(request: ServiceRequest) -> list[str]:
    return [event.verb for event in Event.objects.about(request)]


# --- The list -----------------------------------------------------------------------------------


def test_the_list_of_the_kind_is_copied_in_its_order_when_the_work_starts(cast: Cast) -> None:
    second = StepTemplateFactory(position=20)
    first = StepTemplateFactory(position=10, library=True)
    StepTemplateFactory(kind=Kind.DEVELOPMENT)
    StepTemplateFactory(is_used=False)
    request = start_request(RequestFactory(acknowledged=True, municipality=cast.municipality), by=cast.spoc)
    assert [(step.position, step.name_nl, step.rule) for step in request.steps.all()] == [
        (1, first.name_nl, StepRule.LIBRARY),
        (2, second.name_nl, StepRule.PLAIN),
    ]


def test_a_later_edit_of_the_list_leaves_what_runs_alone(cast: Cast) -> None:
    template = StepTemplateFactory(name_fr="Avant")
    request = start_request(RequestFactory(acknowledged=True, municipality=cast.municipality), by=cast.spoc)
    template.name_fr = "Après"
    template.save()
    StepTemplateFactory()
    assert [step.name_fr for step in request.steps.all()] == ["Avant"]
    assert lay_steps(request) == []


def test_a_request_that_started_before_there_was_a_list_gets_one_once(cast: Cast) -> None:
    StepTemplateFactory()
    request = RequestFactory(in_progress=True, municipality=cast.municipality)
    assert len(lay_missing_steps(request, by=cast.spoc)) == 1
    assert lay_missing_steps(request, by=cast.spoc) == []
    for stranger in (cast.alderman, cast.editor, cast.other_alderman):
        with pytest.raises(StepNotAllowed):
            lay_missing_steps(request, by=stranger)


def test_the_portal_comes_with_the_lists_of_the_team() -> None:
    DEFAULTS.lay(apps, None)
    DEFAULTS.lay(apps, None)
    development = list(StepTemplate.objects.for_kind(Kind.DEVELOPMENT))
    assert [step.rule for step in development] == ["plain"] * 4 + ["registration"] + ["plain"] * 2 + ["follow_up"] * 2
    assert [step.months for step in development if step.months] == [6, 12]
    assert StepTemplate.objects.for_kind(Kind.AUDIT).count() == 7
    StepTemplate.objects.filter(kind=Kind.AUDIT, position=1).update(name_fr="Premier entretien")
    DEFAULTS.take_away(apps, None)
    assert [step.name_fr for step in StepTemplate.objects.all()] == ["Premier entretien"]


# --- The ticks ----------------------------------------------------------------------------------


def test_a_tick_keeps_day_word_and_who(cast: Cast, request_: ServiceRequest) -> None:
    step = do_step(RequestStepFactory(request=request_), by=cast.spoc, done_on=days_from_today(-2), note=" Douze commerçants. ")
    step.refresh_from_db()
    assert (step.done_on, step.done_by, step.note) == (days_from_today(-2), cast.spoc, "Douze commerçants.")
    assert verbs(request_) == ["step_done"]


def test_a_tick_taken_away_leaves_the_word(cast: Cast, request_: ServiceRequest) -> None:
    step = do_step(RequestStepFactory(request=request_), by=cast.spoc, done_on=TODAY, note="Trop tôt.")
    undone = undo_step(step, by=cast.spoc)
    assert (undone.done_on, undone.done_by, undone.note) == (None, None, "Trop tôt.")
    assert verbs(request_) == ["step_done", "step_undone"]
    with pytest.raises(StepStillOpen):
        undo_step(step, by=cast.spoc)


def test_the_second_to_tick_is_told_who_was_first(cast: Cast, request_: ServiceRequest) -> None:
    step = RequestStepFactory(request=request_)
    do_step(step, by=cast.spoc, done_on=TODAY)
    with pytest.raises(StepAlreadyDone) as already:
        do_step(step, by=UserFactory(spoc=True), done_on=TODAY)
    assert already.value.step.done_by == cast.spoc
    assert verbs(request_) == ["step_done"]


@pytest.mark.parametrize("who", ["alderman", "colleague", "other_alderman", "former", "editor", "cabinet"])
def test_nobody_but_who_handles_requests_ticks(cast: Cast, request_: ServiceRequest, who: str) -> None:
    step = RequestStepFactory(request=request_)
    with pytest.raises(StepNotAllowed):
        do_step(step, by=cast.person(who), done_on=TODAY)
    assert not RequestStep.objects.done().exists()


@pytest.mark.parametrize("state", State.values)
def test_steps_are_ticked_while_the_request_is_worked_on(cast: Cast, state: str) -> None:
    step = RequestStepFactory(request=RequestFactory(**{state: True}, municipality=cast.municipality))
    if state in {"acknowledged", "in_progress", "waiting", "completed"}:
        assert do_step(step, by=cast.spoc, done_on=TODAY).is_done
    else:
        with pytest.raises(StepNotAllowed):
            do_step(step, by=cast.spoc, done_on=TODAY)


@pytest.mark.parametrize(
    ("number", "kept"), [("0123.456.749", "0123456749"), ("BE 123456749", "0123456749"), ("0123.456.748", None), ("", None), ("abc", None)]
)
def test_the_registration_checks_the_control_digits(cast: Cast, request_: ServiceRequest, number: str, kept: str | None) -> None:
    step = RequestStepFactory(request=request_, registration=True)
    if kept:
        assert do_step(step, by=cast.spoc, done_on=TODAY, enterprise_number=number).enterprise_number == kept
    else:
        with pytest.raises(ValidationError) as refused:
            do_step(step, by=cast.spoc, done_on=TODAY, enterprise_number=number)
        assert list(refused.value.message_dict) == ["enterprise_number"]
        assert not RequestStep.objects.done().exists()


def test_a_follow_up_is_done_with_a_word_and_nothing_is_done_tomorrow(cast: Cast, request_: ServiceRequest) -> None:
    step = RequestStepFactory(request=request_, follow_up=True)
    for typed, field in (({"done_on": TODAY, "note": " "}, "note"), ({"done_on": days_from_today(1), "note": "Va bien."}, "done_on")):
        with pytest.raises(ValidationError) as refused:
            do_step(step, by=cast.spoc, **typed)
        assert list(refused.value.message_dict) == [field]


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"done_on": TODAY}, "request_step_done_by_somebody"),
        ({"rule": "follow_up", "months": None}, "request_step_months_for_follow_up"),
        ({"months": 3}, "request_step_months_for_follow_up"),
        ({"due_on": TODAY}, "request_step_due_for_follow_up"),
    ],
)
def test_the_database_refuses_what_makes_no_sense(request_: ServiceRequest, wrong: dict[str, Any], rule: str) -> None:
    step = RequestStepFactory(request=request_)
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        RequestStep.objects.filter(pk=step.pk).update(**wrong)


# --- The pages ----------------------------------------------------------------------------------


def test_the_municipality_sees_the_progress_and_no_stranger_does(cast: Cast, request_: ServiceRequest, enter: Any) -> None:
    do_step(RequestStepFactory(request=request_, name_fr="Statuts rédigés"), by=cast.spoc, done_on=TODAY, note="Modèle remis hier.")
    RequestStepFactory(request=request_, name_fr="Assemblée générale tenue")
    address = reverse("request", args=[request_.key])
    text = enter(cast.alderman).get(address, headers={"accept-language": "fr"}).content.decode()
    assert "Statuts rédigés" in text
    assert "Modèle remis hier." in text
    assert "Assemblée générale tenue" in text
    for stranger in (cast.other_alderman, cast.cabinet):
        assert enter(stranger).get(address).status_code == 404
    assert enter(cast.former).get(address).status_code == 302


def _tick(step: RequestStep, act: str = "do") -> str:
    return reverse(f"admin:partnerships_servicerequest_step_{act}", args=[step.request_id, step.pk])


def test_an_officer_ticks_and_opens_again_on_the_page(cast: Cast, request_: ServiceRequest, enter: Any) -> None:
    step, client = RequestStepFactory(request=request_), enter(cast.spoc)
    page = reverse("admin:partnerships_servicerequest_change", args=[request_.pk])
    assert _tick(step) in client.get(page).content.decode()
    assert client.post(_tick(step), {"done_on": str(TODAY), "note": "Fait."}).url.startswith(page)
    assert RequestStep.objects.done().get() == step
    again = client.post(_tick(step), {"done_on": str(TODAY), "note": "Fait."}, follow=True)
    assert cast.spoc.full_name in " ".join(str(message) for message in again.context["messages"])
    client.post(_tick(step, "undo"))
    assert not RequestStep.objects.done().exists()
    assert verbs(request_) == ["step_done", "step_undone"]


def test_what_is_refused_stays_in_the_form_beside_its_message(cast: Cast, request_: ServiceRequest, enter: Any) -> None:
    step = RequestStepFactory(request=request_, registration=True)
    typed = {"done_on": str(TODAY), "enterprise_number": "0123.456.748", "note": "Publié au Moniteur."}
    answer = enter(cast.spoc).post(_tick(step), typed)
    assert answer.status_code == 200
    assert "0123.456.748" in answer.content.decode()
    assert "Publié au Moniteur." in answer.content.decode()
    assert answer.context["form"].errors["enterprise_number"]


def test_a_step_is_ticked_at_the_address_of_its_own_request_alone(cast: Cast, request_: ServiceRequest, enter: Any) -> None:
    step, other = RequestStepFactory(request=request_), RequestFactory(in_progress=True)
    address = reverse("admin:partnerships_servicerequest_step_do", args=[other.pk, step.pk])
    assert enter(cast.spoc).post(address, {"done_on": str(TODAY)}).status_code == 404
    assert enter(cast.editor).post(_tick(step), {"done_on": str(TODAY)}).status_code == 403
    assert enter(cast.alderman).post(_tick(step), {"done_on": str(TODAY)}).status_code == 404


def test_more_steps_cost_no_more_queries(cast: Cast, enter: Any, django_assert_max_num_queries: Any) -> None:
    few, many = (RequestFactory(in_progress=True, municipality=cast.municipality, kind=Kind.DEVELOPMENT) for _n in range(2))
    for request, number in ((few, 1), (many, 12)):
        for _n in range(number):
            step = RequestStepFactory(request=request)
            RequestStep.objects.filter(pk=step.pk).update(done_on=TODAY, done_by=cast.spoc)
    staff, official = enter(cast.spoc), enter(cast.alderman)
    for client, address in (
        (staff, lambda one: reverse("admin:partnerships_servicerequest_change", args=[one.pk])),
        (official, lambda one: reverse("request", args=[one.key])),
    ):
        for request in (few, many):
            client.get(address(request))  # the first look of a person is written down
        with django_assert_max_num_queries(100) as first:
            client.get(address(few))
        with django_assert_max_num_queries(len(first)):
            client.get(address(many))


def test_the_team_edits_its_list_and_an_official_does_not(cast: Cast, enter: Any) -> None:
    template = StepTemplateFactory()
    address = reverse("admin:partnerships_steptemplate_change", args=[template.pk])
    typed = {"kind": "audit", "position": 3, "name_fr": "Cadrage", "name_nl": "Afbakening", "rule": "plain", "months": "", "is_used": "on"}
    assert enter(cast.spoc).post(address, typed).status_code == 302
    template.refresh_from_db()
    assert template.name_nl == "Afbakening"
    answer = enter(cast.spoc).post(address, typed | {"rule": "follow_up"})
    assert answer.status_code == 200
    assert enter(cast.editor).post(address, typed).status_code == 403
    assert enter(cast.alderman).get(address).status_code == 404


@pytest.mark.parametrize(
    ("details", "laid"),
    [
        ({}, False),
        ({"association_plan": "existing", "project_kinds": ["strengthen"]}, False),
        ({"association_plan": "new"}, True),
        ({"project_kinds": ["events", "found"]}, True),
    ],
    ids=["nothing said", "one that exists", "one to be founded", "a founding among other things"],
)
def test_the_way_to_an_association_is_laid_where_one_is_to_be_founded(cast: Cast, details: dict[str, Any], laid: bool) -> None:
    StepTemplateFactory(kind=Kind.DEVELOPMENT)
    request = RequestFactory(acknowledged=True, kind=Kind.DEVELOPMENT, municipality=cast.municipality)
    said = {"association_plan": "none", "project_kinds": []} | details
    DevelopmentDetails.objects.filter(request=request).update(**said)
    start_request(request, by=cast.spoc)
    assert request.steps.exists() is laid
    assert len(lay_missing_steps(request, by=cast.spoc)) == (not laid)  # the officer has the choice
