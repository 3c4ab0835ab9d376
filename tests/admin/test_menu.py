"""The menu of the administration: in groups, with what the reader may open and nothing else."""

import pytest
from django.urls import reverse

from config.staff_menu import GROUPS, menu_of
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def _apps(*names):
    return [{"models": [{"object_name": name, "name": name.lower(), "admin_url": f"/admin/x/{name.lower()}/"} for name in names]}]


def test_a_group_of_one_page_stands_open_and_an_empty_one_is_not_named():
    groups = menu_of(_apps("ServiceRequest", "Mailing"), "/admin/")
    assert [(group.name, [link.name for link in group.links]) for group in groups] == [("", ["Servicerequest"]), ("", ["Mailing"])]


def test_a_page_nobody_grouped_comes_last_and_is_not_lost():
    groups = menu_of(_apps("Mailing", "Measure", "Novelty", "Event"), "/admin/")
    assert [link.name for link in groups[-1].links] == ["Novelty", "Event"]


def test_the_page_one_is_on_is_marked_and_its_group_too():
    groups = menu_of(_apps("Run", "Delivery"), "/admin/x/delivery/5/change/")
    assert [group.is_current for group in groups] == [True]
    assert [link.is_current for link in groups[0].links] == [False, True]


def test_no_page_stands_in_two_groups():
    names = [name for _group, names in GROUPS for name in names]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("role", "sees", "sees_not"), [("spoc", "servicerequest", "personaldataaccess"), ("editor", "mailing", "spochandover")]
)
def test_each_role_finds_its_pages_and_no_other(staff_client, role, sees, sees_not):
    menu = staff_client(UserFactory(**{role: True})).get(reverse("admin:index")).context["menu"]
    urls = " ".join(link.url for group in menu for link in group.links)
    assert f"/{sees}/" in urls
    assert f"/{sees_not}/" not in urls
