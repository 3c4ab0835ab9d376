"""The page of an audience: counted without being kept, kept, and extra addresses; by who may edit, and by nobody else."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from config.privacy.models import PersonalDataAccess
from mailings.models import Mailing
from mailings.services import unsubscribe
from municipalities.models import Municipality, User
from tests.admin.conftest import StaffClient
from tests.factories import MailingFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(staff_client: StaffClient) -> Client:
    return staff_client(UserFactory(editor=True))


def address(mailing: Mailing, name: str = "audience", *args: int) -> str:
    return reverse(f"admin:mailings_mailing_{name}", args=[mailing.pk, *args])


def rule(mailing: Mailing, **given: object) -> dict[str, object]:
    return {"revision": mailing.revision, "audience_roles": ["mayor"]} | given


def test_counting_again_keeps_nothing_and_says_so(desk: Client, ixelles: Municipality) -> None:
    UserFactory(mayor=ixelles)
    UserFactory(alderman=ixelles)
    mailing = MailingFactory()
    assert desk.get(address(mailing)).context["counted"].total == 2
    shown = desk.post(address(mailing), rule(mailing, count="1"))
    assert (shown.context["counted"].total, shown.context["is_kept"]) == (1, False)
    fragment = desk.post(address(mailing, "audience_count"), rule(mailing))
    assert fragment.context["counted"].total == 1
    assert "<html" not in fragment.content.decode()
    mailing.refresh_from_db()
    assert mailing.audience_roles == ["mayor", "alderman"]


def test_keeping_it_changes_the_mailing_and_tells_that_an_approval_is_void(desk: Client, ixelles: Municipality) -> None:
    mailing = MailingFactory(approved=True)
    given = rule(mailing, audience_municipalities=[ixelles.pk], audience_circles=["association", "institution"])
    answer = desk.post(address(mailing), given, follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["warning"]
    mailing.refresh_from_db()
    assert (mailing.audience_roles, mailing.audience_municipalities) == (["mayor"], [ixelles.pk])
    assert mailing.audience_circles == ["association", "institution"]


def test_nobody_chosen_is_refused_beside_the_field(desk: Client) -> None:
    answer = desk.post(address(MailingFactory()), {"revision": 1})
    assert answer.status_code == 422
    assert 'id="id_audience_roles-error"' in answer.content.decode()


def test_what_was_chosen_on_an_older_page_is_kept_on_the_screen_and_saved_the_second_time(desk: Client) -> None:
    mailing = MailingFactory()
    Mailing.objects.filter(pk=mailing.pk).update(revision=7)
    answer = desk.post(address(mailing), rule(mailing))
    assert answer.status_code == 409
    body = answer.content.decode()
    assert re.search(r'name="revision" value="7"', body)
    assert re.search(r'value="mayor"[^>]*checked', body)
    assert not re.search(r'value="alderman"[^>]*checked', body)
    assert desk.post(address(mailing), rule(mailing, revision=7)).status_code == 302


def test_extra_addresses_are_added_with_a_reason_and_taken_off(desk: Client) -> None:
    mailing = MailingFactory()
    given = {"email": "expert@example.org", "name": "Expert", "language": "fr", "reason": ""}
    refused = desk.post(address(mailing, "add_address"), given)
    assert refused.status_code == 422
    assert 'value="expert@example.org"' in refused.content.decode()
    desk.post(address(mailing, "add_address"), given | {"reason": "Taskforce"})
    extra = mailing.addressees.get()
    page = desk.get(address(mailing)).content.decode()
    assert "expert@example.org" in page
    assert "Taskforce" in page
    again = desk.post(address(mailing, "add_address"), given | {"reason": "Taskforce"})
    assert (again.status_code, mailing.addressees.count()) == (422, 1)
    desk.post(address(mailing, "remove_address", extra.pk))
    assert not mailing.addressees.exists()


@pytest.mark.parametrize(("who", "read", "write"), [("lead", 200, 403), ("spoc", 200, 403), ("cabinet", 404, 404), ("alderman", 404, 404)])
def test_who_reads_it_and_who_may_not_change_it(staff_client: StaffClient, ixelles: Municipality, who: str, read: int, write: int) -> None:
    visitor, mailing = staff_client(UserFactory(**{who: ixelles if who == "alderman" else True})), MailingFactory()
    assert visitor.get(address(mailing)).status_code == read
    posts = {
        "audience": rule(mailing),
        "audience_count": rule(mailing),
        "add_address": {"email": "a@example.org", "reason": "x", "language": "fr"},
    }
    for name, given in posts.items():
        assert visitor.post(address(mailing, name), given).status_code == write
    assert visitor.post(address(mailing, "remove_address", 1)).status_code == write
    mailing.refresh_from_db()
    assert mailing.audience_roles == ["mayor", "alderman"]


def test_strangers_and_former_officials_are_led_away(client: Client, ixelles: Municipality) -> None:
    mailing = MailingFactory()
    assert client.get(address(mailing)).status_code == 302
    client.force_login(UserFactory(former=ixelles))
    assert client.get(address(mailing)).status_code in {302, 404}


def test_a_mailing_that_went_out_has_no_form_any_more(desk: Client) -> None:
    mailing = MailingFactory(sent=True)
    page = desk.get(address(mailing)).content.decode()
    assert "audience-rule" not in page
    assert desk.post(address(mailing), rule(mailing)).status_code == 403


def test_seeing_people_by_name_is_written_to_the_log_and_who_is_left_out_leads_to_the_form(desk: Client, ixelles: Municipality) -> None:
    reads, out = UserFactory(mayor=ixelles), UserFactory(alderman=ixelles)
    unsubscribe(out)
    page = desk.get(address(MailingFactory())).content.decode()
    assert reverse("admin:municipalities_official_change", args=[out.pk]) in page
    seen = set(PersonalDataAccess.objects.values_list("person", flat=True))
    assert {reads.pk, out.pk} <= seen


def test_the_page_costs_the_same_for_few_and_for_many(desk: Client, ixelles: Municipality, django_assert_max_num_queries) -> None:
    mailing = MailingFactory(audience_circles=["institution", "association", "staff"])
    UserFactory.create_batch(12, alderman=ixelles)
    desk.get(address(mailing))
    with django_assert_max_num_queries(24):
        desk.get(address(mailing))


def test_a_person_left_out_is_not_counted(desk: Client, ixelles: Municipality) -> None:
    person: User = UserFactory(mayor=ixelles)
    unsubscribe(person)
    counted = desk.get(address(MailingFactory())).context["counted"]
    assert (counted.total, [entry.name for entry in counted.left_out]) == (0, [str(person)])
