"""The board of coverage: who sees it, what it shows on a day, and where each hole leads."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mailings.holes import holes_on
from municipalities.models import Municipality
from partnerships.coverage import Need
from tests.admin.conftest import StaffClient
from tests.factories import AgreementFactory, MandateFactory, SpocAssignmentFactory, UserFactory, days_from_today, since

pytestmark = pytest.mark.django_db


def address(on: str = "") -> str:
    return reverse("admin:coverage") + (f"?on={on}" if on else "")


@pytest.mark.parametrize(("who", "status"), [("alderman", 404), ("cabinet", 404), ("editor", 403), ("lead", 200), ("administrator", 200)])
def test_who_sees_the_board(staff_client: StaffClient, ixelles: Municipality, who: str, status: int) -> None:
    person = UserFactory(alderman=ixelles) if who == "alderman" else UserFactory(**{who: True})
    assert staff_client(person).get(address()).status_code == status


def test_stranger_is_led_to_the_login(client: Client) -> None:
    assert client.get(address()).status_code == 302


def test_hole_says_since_when_and_leads_to_the_prefilled_form(staff_client: StaffClient, ixelles: Municipality) -> None:
    SpocAssignmentFactory(municipality=ixelles, period=since(300, until=-8))
    client = staff_client(UserFactory(lead=True))
    today = timezone.localdate()
    hole = next(hole for hole in holes_on(today) if hole.municipality == ixelles and hole.need == Need.SPOC)
    assert hole.since == days_from_today(-8)
    assert hole.url.replace("&", "&amp;") in client.get(address()).content.decode()
    form = client.get(hole.url).content.decode()
    assert f'<option value="{ixelles.pk}" selected>' in form
    assert f'value="{today.isoformat()}"' in form


@pytest.mark.parametrize("need", [Need.MAYOR, Need.TRADE, Need.SPOC, Need.DEPUTY, Need.AGREEMENT, Need.ADDRESS])
def test_every_hole_leads_to_a_page_that_opens(staff_client: StaffClient, ixelles: Municipality, need: Need) -> None:
    hole = next(hole for hole in holes_on(timezone.localdate()) if hole.municipality == ixelles and hole.need == need)
    assert staff_client(UserFactory(lead=True)).get(hole.url).status_code == 200


def test_another_day_is_shown_as_it_was(staff_client: StaffClient, ixelles: Municipality) -> None:
    mayor = MandateFactory(municipality=ixelles, role="mayor", period=since(100, until=-20), user__last_name="Vroegerman")
    client = staff_client(UserFactory(lead=True))
    assert mayor.user.last_name not in client.get(address()).content.decode()
    before = client.get(address(days_from_today(-50).isoformat()))
    assert mayor.user.last_name in before.content.decode()
    assert before.context["on"] == days_from_today(-50)


@pytest.mark.parametrize("day", ["tomorrow", "2026-02-30", "0000-00-00"])
def test_a_day_that_is_none_is_refused_and_today_is_shown(staff_client: StaffClient, ixelles: Municipality, day: str) -> None:
    page = staff_client(UserFactory(lead=True)).get(address(day))
    assert page.context["on"] == timezone.localdate()
    assert page.context["form"].errors


def test_map_hatches_and_numbers_what_has_holes(staff_client: StaffClient, ixelles: Municipality) -> None:
    page = staff_client(UserFactory(lead=True)).get(address()).content.decode()
    assert page.count('<path class="has-holes" d="M') >= 19
    assert page.count("<text ") == 19


def test_board_costs_the_same_with_many(
    staff_client: StaffClient, ixelles: Municipality, django_assert_max_num_queries: Callable[..., object]
) -> None:
    client = staff_client(UserFactory(lead=True))
    client.get(address())
    with django_assert_max_num_queries(12) as few:
        client.get(address())
    for _n in range(9):
        MandateFactory()
        AgreementFactory()
        SpocAssignmentFactory()
    with django_assert_max_num_queries(12) as many:
        client.get(address())
    assert len(few) == len(many)


def test_dates_are_days() -> None:
    assert all(isinstance(hole.since, dt.date | None) for hole in holes_on(timezone.localdate()))
