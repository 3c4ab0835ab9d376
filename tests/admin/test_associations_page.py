"""Associations in the administration: listed with their state, entered with their stages, hidden from officials."""

import pytest
from django.urls import reverse

from municipalities.models import Association, AssociationStage, Municipality
from tests.admin.conftest import StaffClient
from tests.factories import UserFactory, days_from_today

pytestmark = pytest.mark.django_db


def test_list_form_and_history_open_and_filter_by_state(staff_client: StaffClient, ixelles: Municipality) -> None:
    active, idle = (Association.objects.create(municipality=ixelles, name=name) for name in ("Ouverte", "Endormie"))
    AssociationStage.objects.create(association=active, state="active", since=days_from_today(-9))
    AssociationStage.objects.create(association=idle, state="dormant", since=days_from_today(-9))
    client = staff_client(UserFactory(lead=True))
    address = reverse("admin:municipalities_association_changelist")
    assert [row.name for row in client.get(f"{address}?state=active").context["cl"].result_list] == ["Ouverte"]
    assert [row.name for row in client.get(f"{address}?q=endor").context["cl"].result_list] == ["Endormie"]
    for page in ("change", "history"):
        assert client.get(reverse(f"admin:municipalities_association_{page}", args=[active.pk])).status_code == 200


@pytest.mark.parametrize("who", ["alderman", "cabinet"])
def test_nobody_else_learns_that_the_list_exists(staff_client: StaffClient, ixelles: Municipality, who: str) -> None:
    person = UserFactory(alderman=ixelles) if who == "alderman" else UserFactory(cabinet=True)
    assert staff_client(person).get(reverse("admin:municipalities_association_changelist")).status_code == 404
