"""Acts on several rows at once: asked twice, whole or not at all, each with its event, and for whoever may alone."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from mailings.services import decide_notices
from municipalities.admin import bulk
from municipalities.models import Mandate, Municipality, User
from partnerships.models import Event, SpocAssignment
from partnerships.services.assignments import assign_officer
from partnerships.services.mandates import end_mandates, write_in_both_languages
from tests.admin.conftest import StaffClient
from tests.factories import MandateFactory, SpocAssignmentFactory, UserFactory, days_from_today, since

pytestmark = pytest.mark.django_db
OFFICIALS, MUNICIPALITIES = "admin:municipalities_official_changelist", "admin:municipalities_municipality_changelist"
TODAY = days_from_today(0)


@pytest.fixture
def lead(ixelles: Municipality) -> User:
    person: User = UserFactory(lead=True)
    return person


@pytest.fixture
def officers(ixelles: Municipality) -> list[User]:
    return [UserFactory(officer=ixelles, correspondence_language="fr") for _number in range(3)]


def _chosen(action: str, rows: list, **more: object) -> dict[str, object]:
    return {"action": action, "_selected_action": [row.pk for row in rows], **more}


# --- Officials ----------------------------------------------------------------------------------


def test_mandates_end_on_a_day_after_a_page_that_asks(staff_client: StaffClient, lead: User, officers: list[User]) -> None:
    client, last = staff_client(lead), days_from_today(10)
    page = client.post(reverse(OFFICIALS), _chosen("end_mandates", officers[:2]))
    assert {row.pk for row in page.context["rows"]} == {one.pk for one in officers[:2]}
    assert not Mandate.objects.filter(period__endswith__isnull=False).exists()
    answer = client.post(reverse(OFFICIALS), _chosen("end_mandates", officers[:2], confirmed=1, last_day=last.isoformat()))
    assert answer.status_code == 302
    assert [one.mandates.get().ends_on for one in officers] == [last, last, None]
    told = Event.objects.filter(verb=Event.Verb.MANDATE_ENDED)
    assert {(one.actor, one.data["last_day"]) for one in told} == {(lead, str(last))}
    assert told.count() == 2
    assert Mandate.history.filter(user=officers[0]).latest("history_id").history_user == lead


def test_nobody_loses_a_mandate_when_one_of_the_chosen_has_none(staff_client: StaffClient, lead: User, officers: list[User]) -> None:
    gone = UserFactory(former=Municipality.objects.get(code="IXL"), first_name="Luc", last_name="Parti")
    page = staff_client(lead).post(reverse(OFFICIALS), _chosen("end_mandates", [*officers, gone], confirmed=1, last_day=TODAY.isoformat()))
    assert "Luc Parti" in str(page.context["form"].errors)
    assert page.context["form"]["last_day"].value() == TODAY.isoformat()
    assert not Event.objects.exists()
    assert not officers[0].mandates.get().ends_on


def test_a_mandate_still_to_begin_is_looked_at_by_hand(lead: User, officers: list[User], uccle: Municipality) -> None:
    MandateFactory(user=officers[0], municipality=uccle, role="officer", period=since(-20))
    with pytest.raises(ValidationError, match=officers[0].last_name):
        end_mandates(officers, by=lead, last_day=TODAY)


def test_people_are_written_to_in_both_languages_again(staff_client: StaffClient, lead: User, officers: list[User]) -> None:
    both = UserFactory(officer=Municipality.objects.get(code="IXL"), correspondence_language="both")
    client = staff_client(lead)
    client.post(reverse(OFFICIALS), _chosen("both_languages", [*officers, both], confirmed=1))
    assert set(User.objects.filter(pk__in=[one.pk for one in officers]).values_list("correspondence_language", flat=True)) == {"both"}
    told = Event.objects.filter(verb=Event.Verb.LANGUAGE_SET_TO_BOTH)
    assert [one.data for one in told] == [{"before": "fr"}] * 3
    assert User.history.filter(id=officers[0].pk).latest("history_id").history_user == lead


# --- Municipalities -----------------------------------------------------------------------------


def test_a_deputy_is_named_for_several_municipalities(
    staff_client: StaffClient, lead: User, ixelles: Municipality, uccle: Municipality
) -> None:
    officer = UserFactory(spoc=True)
    asked = {"officer": officer.pk, "role": "deputy", "starts_on": TODAY.isoformat()}
    client = staff_client(lead)
    assert client.post(reverse(MUNICIPALITIES), _chosen("assign_officer", [ixelles, uccle])).status_code == 200
    client.post(reverse(MUNICIPALITIES), _chosen("assign_officer", [ixelles, uccle], confirmed=1, **asked))
    assert set(SpocAssignment.objects.values_list("municipality", "officer", "role")) == {
        (place.pk, officer.pk, "deputy") for place in (ixelles, uccle)
    }
    assert Event.objects.filter(verb=Event.Verb.SPOC_ASSIGNED, actor=lead).count() == 2


@pytest.mark.parametrize("in_the_way", ["same role", "other role"])
def test_who_is_in_the_way_is_named_and_nobody_is_assigned(lead: User, ixelles: Municipality, uccle: Municipality, in_the_way: str) -> None:
    officer = UserFactory(spoc=True)
    if in_the_way == "same role":
        SpocAssignmentFactory(municipality=uccle, officer=UserFactory(spoc=True), deputy=True, period=since(-30))
    else:
        SpocAssignmentFactory(municipality=uccle, officer=officer, period=since(10))
    with pytest.raises(ValidationError, match=r"Uccle|Ukkel"):
        assign_officer([ixelles, uccle], by=lead, officer=officer, role="deputy", starts_on=TODAY)
    assert SpocAssignment.objects.count() == 1
    assert not Event.objects.exists()


def test_who_handles_no_requests_is_assigned_nowhere(lead: User, ixelles: Municipality) -> None:
    with pytest.raises(ValidationError):
        assign_officer([ixelles], by=lead, officer=UserFactory(editor=True), role="deputy", starts_on=TODAY)


# --- Who, how many, and nobody is mailed --------------------------------------------------------


@pytest.mark.parametrize("role", ["editor", "spoc", "alderman", "cabinet"])
def test_the_list_offers_an_act_to_whoever_may(
    staff_client: StaffClient, lead: User, ixelles: Municipality, officers: list[User], role: str
) -> None:
    person = UserFactory(**{role: ixelles if role == "alderman" else True})
    client = staff_client(person)
    for address, action, more in (
        (OFFICIALS, "end_mandates", {"last_day": TODAY.isoformat()}),
        (MUNICIPALITIES, "assign_officer", {"officer": lead.pk, "role": "deputy", "starts_on": TODAY.isoformat()}),
    ):
        rows = officers if address == OFFICIALS else [ixelles]
        if role == "spoc" and action == "end_mandates":
            continue
        page = client.get(reverse(address))
        assert page.status_code == 404 or f'value="{action}"' not in page.content.decode()
        client.post(reverse(address), _chosen(action, rows, confirmed=1, **more))
    assert not Event.objects.exists()
    for service, given in ((end_mandates, {"last_day": TODAY}), (write_in_both_languages, {})):
        if role != "spoc":
            with pytest.raises(PermissionDenied):
                service(officers, by=person, **given)
    with pytest.raises(PermissionDenied):
        assign_officer([ixelles], by=person, officer=lead, role="deputy", starts_on=TODAY)


def test_more_than_can_be_read_is_not_done(
    staff_client: StaffClient, lead: User, officers: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MOST_ROWS", 2)
    answer = staff_client(lead).post(reverse(OFFICIALS), _chosen("both_languages", officers, confirmed=1), follow=True)
    assert "2" in str(next(iter(answer.context["messages"])))
    assert not Event.objects.exists()


def test_nobody_is_mailed_about_it_and_every_event_is_decided(lead: User, officers: list[User], ixelles: Municipality) -> None:
    end_mandates(officers, by=lead, last_day=days_from_today(3))
    write_in_both_languages(officers, by=lead)
    assign_officer([ixelles], by=lead, officer=UserFactory(spoc=True), role="deputy", starts_on=TODAY)
    assert decide_notices(Event.objects.latest("pk").at) == Event.objects.count() == 7


def test_the_page_that_asks_costs_the_same_with_many(
    staff_client: StaffClient, lead: User, officers: list[User], django_assert_max_num_queries: Callable[..., object]
) -> None:
    client = staff_client(lead)
    client.post(reverse(OFFICIALS), _chosen("end_mandates", officers[:1]))
    with django_assert_max_num_queries(12) as few:
        client.post(reverse(OFFICIALS), _chosen("end_mandates", officers[:1]))
    with django_assert_max_num_queries(12) as many:
        client.post(reverse(OFFICIALS), _chosen("end_mandates", officers))
    assert len(few) == len(many)
