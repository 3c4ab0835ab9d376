"""An association born of a request: entered once, linked both ways, followed up after some months, each once."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from mailings.models import Delivery
from mailings.services import decide_notices
from mailings.tasks import calendar
from municipalities.models import Association, AssociationContact, AssociationStage, Municipality
from partnerships.models import DevelopmentDetails, Event, Founding, Kind, RequestStep, ServiceRequest, StepTemplate
from partnerships.services.foundings import AlreadyFounded, Contact, FoundingNotAllowed, found_association, link_association, prefilled
from partnerships.services.requests import close_request, complete_request
from partnerships.services.steps import announce_follow_ups, do_step, months_after
from tests.factories import (
    RequestFactory,
    RequestStepFactory,
    SpocAssignmentFactory,
    StepTemplateFactory,
    UserFactory,
    days_from_today,
)
from tests.mailings.reading import assert_reads_well
from tests.partnerships.conftest import Cast

pytestmark = pytest.mark.django_db
TODAY = days_from_today(0)
FIELDS: dict[str, Any] = {"name": "Wayez Leeft", "state": "founding", "founded_on": TODAY}


@pytest.fixture
def request_(cast: Cast) -> ServiceRequest:
    StepTemplate.objects.all().delete()
    StepTemplateFactory(registration=True)
    StepTemplateFactory(follow_up=True)
    StepTemplateFactory(follow_up=True, months=12)
    return RequestFactory(
        in_progress=True, kind=Kind.DEVELOPMENT, municipality=cast.municipality, asked_by=cast.alderman, title="Association de la rue"
    )


def noon(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12)))


def found(request: ServiceRequest, cast: Cast, **changed: Any) -> Founding:
    return found_association(request, by=cast.spoc, **(FIELDS | changed))


def test_the_association_is_entered_linked_and_followed_up(cast: Cast, request_: ServiceRequest) -> None:
    founding = found(request_, cast, enterprise_number="0123.456.749", contact=Contact("Ada Peeters", email="ada@example.org"))
    association = founding.association
    assert (association.municipality, association.enterprise_number) == (cast.municipality, "0123456749")
    assert association.founding.request == request_
    assert [(stage.state, stage.since) for stage in association.stages.all()] == [("founding", TODAY)]
    assert AssociationContact.objects.get(association=association).has_consented
    planned = {step.months: step.due_on for step in RequestStep.objects.follow_ups()}
    assert planned == {6: months_after(TODAY, 6), 12: months_after(TODAY, 12)}
    (event,) = Event.objects.about(request_)
    assert (event.verb, event.data["association"]) == ("association_founded", association.pk)


def test_what_the_request_tells_is_filled_in(cast: Cast, request_: ServiceRequest) -> None:
    step = RequestStepFactory(request=request_, registration=True)
    assert prefilled(request_)["state"] == "founding"
    do_step(step, by=cast.spoc, done_on=days_from_today(-3), enterprise_number="0123456749")
    assert prefilled(request_) == {
        "name": "Association de la rue",
        "enterprise_number": "0123.456.749",
        "state": "active",
        "founded_on": days_from_today(-3),
    }


def test_one_request_gives_birth_once(cast: Cast, request_: ServiceRequest) -> None:
    first = found(request_, cast)
    with pytest.raises(AlreadyFounded) as already:
        found(request_, cast, name="Une autre")
    assert already.value.founding == first
    assert Association.objects.count() == AssociationStage.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "Déjà là"}, "name"),
        ({"enterprise_number": "0123.456.748"}, "enterprise_number"),
        ({"enterprise_number": "0123456749"}, "enterprise_number"),
        ({"founded_on": days_from_today(1)}, "founded_on"),
    ],
)
def test_a_refusal_stands_beside_its_field_and_leaves_nothing_behind(
    cast: Cast, request_: ServiceRequest, wrong: dict[str, Any], field: str
) -> None:
    Association.objects.create(municipality=cast.municipality, name="Déjà là", enterprise_number="0123456749")
    with pytest.raises(ValidationError) as refused:
        found(request_, cast, **wrong)
    assert list(refused.value.message_dict) == [field]
    assert Association.objects.count() == 1
    assert not Founding.objects.exists()


@pytest.mark.parametrize("who", ["alderman", "other_alderman", "former", "editor", "cabinet"])
def test_only_who_handles_requests_enters_it(cast: Cast, request_: ServiceRequest, who: str) -> None:
    with pytest.raises(FoundingNotAllowed):
        found_association(request_, by=cast.person(who), **FIELDS)


@pytest.mark.parametrize(
    ("traits", "may"),
    [
        ({"in_progress": True, "kind": Kind.DEVELOPMENT}, True),
        ({"closed": True, "kind": Kind.DEVELOPMENT}, True),
        ({"submitted": True, "kind": Kind.DEVELOPMENT}, False),
        ({"declined": True, "kind": Kind.DEVELOPMENT}, False),
        ({"in_progress": True, "kind": Kind.AUDIT}, False),
    ],
)
def test_only_a_development_request_that_is_worked_on_gives_birth(cast: Cast, traits: dict[str, Any], may: bool) -> None:
    request = RequestFactory(municipality=cast.municipality, **traits)
    if may:
        assert found(request, cast).association.name == "Wayez Leeft"
    else:
        with pytest.raises(FoundingNotAllowed):
            found(request, cast)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (dt.date(2026, 8, 31), 6, dt.date(2027, 2, 28)),
        (dt.date(2027, 8, 31), 6, dt.date(2028, 2, 29)),
        (dt.date(2026, 12, 1), 1, dt.date(2027, 1, 1)),
        (dt.date(2028, 2, 29), 12, dt.date(2029, 2, 28)),
        (dt.date(2026, 11, 25), 12, dt.date(2027, 11, 25)),
    ],
)
def test_months_are_those_of_the_calendar(day: dt.date, months: int, later: dt.date) -> None:
    assert months_after(day, months) == later


# --- Follow-ups ---------------------------------------------------------------------------------


def test_each_follow_up_is_announced_once_on_its_day(cast: Cast, request_: ServiceRequest) -> None:
    found(request_, cast)
    for month, expected in ((5, 0), (6, 1), (6, 0), (11, 0), (12, 1), (13, 0)):
        assert announce_follow_ups(noon(months_after(TODAY, month))) == expected
    told = [event.data["months"] for event in Event.objects.about(request_) if event.verb == "follow_up_due"]
    assert told == [6, 12]


def test_a_follow_up_done_before_its_day_is_not_announced(cast: Cast, request_: ServiceRequest) -> None:
    found(request_, cast)
    do_step(RequestStep.objects.follow_ups()[0], by=cast.spoc, done_on=TODAY, note="Vingt membres.")
    assert announce_follow_ups(noon(months_after(TODAY, 6))) == 0


def test_a_follow_up_is_done_after_the_request_was_closed(cast: Cast, request_: ServiceRequest) -> None:
    found(request_, cast)
    complete_request(request_, by=cast.spoc, result="Fondée.", language="fr")
    close_request(request_, by=cast.alderman)
    follow_up = RequestStep.objects.follow_ups()[0]
    assert do_step(follow_up, by=cast.spoc, done_on=TODAY, note="Vingt membres.").note == "Vingt membres."


@pytest.mark.parametrize(("language", "words"), [("fr", "comment va"), ("nl", "hoe gaat het")])
def test_the_spoc_in_front_hears_of_it_in_their_language(cast: Cast, request_: ServiceRequest, language: str, words: str) -> None:
    assistant = UserFactory(spoc=True)
    request_.assignee = assistant
    request_.save()
    cast.spoc.correspondence_language = language
    cast.spoc.save()
    SpocAssignmentFactory(municipality=cast.other_municipality)
    found(request_, cast, founded_on=days_from_today(-200))
    decide_notices(timezone.now())
    Delivery.objects.all().delete()
    calendar()
    decide_notices(timezone.now())
    mail = Delivery.objects.get(notice__event__verb="follow_up_due")
    assert_reads_well(mail.subject, mail.body_text, mail.body_html)
    assert mail.recipient == cast.spoc
    assert words in mail.subject.lower()
    assert "Wayez Leeft" in mail.subject
    assert reverse("admin:partnerships_servicerequest_change", args=[request_.pk]) in mail.body_text


@pytest.mark.parametrize(("language", "words"), [("fr", "association de commerçants"), ("nl", "handelaarsvereniging")])
def test_who_asked_hears_that_the_association_is_entered(cast: Cast, request_: ServiceRequest, language: str, words: str) -> None:
    cast.alderman.correspondence_language = language
    cast.alderman.save()
    found(request_, cast)
    decide_notices(timezone.now())
    mail = Delivery.objects.get()
    assert_reads_well(mail.subject, mail.body_text, mail.body_html)
    assert (mail.recipient, words in mail.subject.lower()) == (cast.alderman, True)


# --- The pages ----------------------------------------------------------------------------------


def _address(request: ServiceRequest) -> str:
    return reverse("admin:partnerships_servicerequest_found", args=[request.pk])


def test_the_form_comes_filled_in_and_enters_the_association(cast: Cast, request_: ServiceRequest, enter: Any) -> None:
    client = enter(cast.spoc)
    page = reverse("admin:partnerships_servicerequest_change", args=[request_.pk])
    assert _address(request_) in client.get(page).content.decode()
    assert "Association de la rue" in client.get(_address(request_)).content.decode()
    typed = {"name": "Wayez Leeft", "state": "founding", "founded_on": str(TODAY), "contact_name": "Ada Peeters"}
    refused = client.post(_address(request_), typed)
    assert refused.status_code == 200
    assert refused.context["form"].errors["has_consented"]
    assert not Association.objects.exists()
    assert client.post(_address(request_), typed | {"has_consented": "on"}).url == page
    association = Association.objects.get()
    there = client.post(_address(request_), typed)
    assert there.url == reverse("admin:municipalities_association_change", args=[association.pk])
    assert page in client.get(there.url).content.decode()


def test_strangers_find_no_such_form(cast: Cast, request_: ServiceRequest, enter: Any) -> None:
    assert enter(cast.editor).get(_address(request_)).status_code == 403
    for stranger in (cast.alderman, cast.other_alderman):
        assert enter(stranger).get(_address(request_)).status_code == 404
    assert not Founding.objects.exists()


def test_both_pages_of_the_portal_lead_to_each_other(cast: Cast, request_: ServiceRequest, enter: Any) -> None:
    found(request_, cast)
    client = enter(cast.alderman)
    assert "Wayez Leeft" in client.get(reverse("request", args=[request_.key])).content.decode()
    page = client.get(reverse("municipality", args=[cast.municipality.slug])).content.decode()
    assert reverse("request", args=[request_.key]) in page


def test_follow_ups_that_fall_due_stand_on_the_first_page_and_in_a_list(cast: Cast, request_: ServiceRequest, enter: Any) -> None:
    client, address = enter(cast.spoc), reverse("admin:partnerships_requeststep_changelist") + "?due=yes"
    assert address not in client.get(reverse("admin:index")).content.decode()
    found(request_, cast, founded_on=days_from_today(-200))
    assert address in client.get(reverse("admin:index")).content.decode()
    listed = client.get(address).content.decode()
    assert "Wayez Leeft" in listed
    assert request_.reference in listed
    assert enter(cast.editor).get(address).status_code == 403
    assert enter(cast.alderman).get(address).status_code == 404


def test_the_list_of_follow_ups_costs_the_same_however_long(cast: Cast, enter: Any, django_assert_max_num_queries: Any) -> None:
    client, address = enter(cast.spoc), reverse("admin:partnerships_requeststep_changelist")
    RequestStepFactory(follow_up=True, due_on=TODAY)
    client.get(address)
    with django_assert_max_num_queries(60) as first:
        client.get(address)
    for _n in range(8):
        RequestStepFactory(follow_up=True, due_on=TODAY)
    with django_assert_max_num_queries(len(first)):
        client.get(address)


# --- One that stands in the register ------------------------------------------------------------


def association_in(municipality: Municipality) -> Association:
    return Association.objects.create(municipality=municipality, name=f"Vitrines {Association.objects.count()}")


def test_an_association_of_the_register_is_linked_and_followed_up(cast: Cast, request_: ServiceRequest) -> None:
    known = association_in(cast.municipality)
    since = days_from_today(-10)
    founding = link_association(request_, by=cast.spoc, association=known, since=since)
    assert (founding.association, founding.was_known, Association.objects.count()) == (known, True, 1)
    assert [step.due_on for step in request_.steps.follow_ups()] == [months_after(since, 6), months_after(since, 12)]
    event = Event.objects.about(request_).get()
    assert (event.verb, event.data["association"], event.data["was_known"]) == ("association_founded", known.pk, True)
    assert "entered" not in event.get_verb_display()
    decide_notices(timezone.now())
    assert not Delivery.objects.exists()


def test_only_a_free_association_of_the_same_municipality_is_linked(cast: Cast, request_: ServiceRequest) -> None:
    elsewhere = association_in(cast.other_municipality)
    other = RequestFactory(in_progress=True, kind=Kind.DEVELOPMENT, municipality=cast.municipality)
    taken = link_association(other, by=cast.spoc, association=association_in(cast.municipality), since=TODAY).association
    for wrong in (elsewhere, taken):
        with pytest.raises(ValidationError) as refusal:
            link_association(request_, by=cast.spoc, association=wrong, since=TODAY)
        assert list(refusal.value.message_dict) == ["association"]
    free = association_in(cast.municipality)
    with pytest.raises(ValidationError) as refusal:
        link_association(request_, by=cast.spoc, association=free, since=days_from_today(1))
    assert list(refusal.value.message_dict) == ["since"]
    for nobody in (cast.alderman, cast.editor):
        with pytest.raises(FoundingNotAllowed):
            link_association(request_, by=nobody, association=free, since=TODAY)
    first = link_association(request_, by=cast.spoc, association=free, since=TODAY)
    with pytest.raises(AlreadyFounded):
        link_association(request_, by=cast.spoc, association=free, since=TODAY)
    assert Founding.objects.get(request=request_) == first


def test_the_page_offers_what_the_request_named_and_says_what_is_wrong(cast: Cast, request_: ServiceRequest, enter: Any) -> None:
    named = association_in(cast.municipality)
    DevelopmentDetails.objects.filter(request=request_).update(association_plan="existing", association=named)
    address = reverse("admin:partnerships_servicerequest_link_association", args=[request_.pk])
    client = enter(cast.spoc)
    assert address in client.get(reverse("admin:partnerships_servicerequest_change", args=[request_.pk])).content.decode()
    assert client.get(address).context["form"].initial["association"] == named.pk
    page = client.post(address, {"association": named.pk, "since": days_from_today(3)})
    assert page.context["form"].errors["since"]
    assert client.post(address, {"association": named.pk, "since": TODAY}).status_code == 302
    assert Founding.objects.get().association == named
    assert str(named.pk) in client.get(address).url
    for stranger in (cast.alderman, cast.other_alderman, cast.former, cast.editor, cast.cabinet):
        assert enter(stranger).get(address).status_code in {302, 403, 404}, stranger
