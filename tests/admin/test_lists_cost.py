"""Every list of the administration costs the same with three rows and with thirty, and counts no further than it must."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from municipalities.admin.base import COUNTED_AT_MOST, CappedPaginator
from municipalities.models import Municipality, User
from tests.admin.conftest import StaffClient
from tests.factories import (
    AgreementFactory,
    DeliveryFactory,
    EventFactory,
    MailingFactory,
    MeasureFactory,
    RequestFactory,
    RunFactory,
    SpocAssignmentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
MOST = 7  # six that read, and the one that writes down whose addresses were seen


def _run(number: int) -> None:
    RunFactory(mailing=MailingFactory(urgent=True, sent=True, items=0))


def _one_of_19(number: int) -> Municipality:
    return Municipality.objects.order_by("pk")[number % 19]


MAKE: dict[str, Callable[[int], object]] = {
    "partnerships_event": lambda number: EventFactory(subject=RequestFactory(submitted=True, audit=False)),
    "partnerships_agreement": lambda number: AgreementFactory(),
    "partnerships_spocassignment": lambda number: SpocAssignmentFactory(),
    "municipalities_official": lambda number: UserFactory(alderman=_one_of_19(number)),
    "municipalities_staffmember": lambda number: UserFactory(spoc=True),
    "municipalities_municipality": lambda number: AgreementFactory(municipality=_one_of_19(number), draft=True),
    "mailings_mailing": lambda number: MailingFactory(urgent=True, items=0),
    "mailings_measure": lambda number: MeasureFactory(),
    "mailings_run": _run,
    "mailings_delivery": lambda number: DeliveryFactory(sent=True),
}


@pytest.mark.parametrize("name", MAKE)
def test_list_costs_the_same_with_many(
    staff_client: StaffClient, ixelles: Municipality, django_assert_max_num_queries: Callable[..., object], name: str
) -> None:
    client = staff_client(UserFactory(administrator=True))
    address = reverse(f"admin:{name}_changelist")
    for number in range(3):
        MAKE[name](number)
    client.get(address)
    with django_assert_max_num_queries(MOST) as few:
        assert client.get(address).status_code == 200
    for number in range(3, 30):
        MAKE[name](number)
    with django_assert_max_num_queries(MOST) as many:
        assert client.get(address).status_code == 200
    assert len(few) == len(many)
    reading = [query["sql"] for query in many.captured_queries if not query["sql"].lstrip().startswith("INSERT")]
    assert not any("DISTINCT" in sql for sql in reading)
    assert all("LIMIT" in query["sql"] for query in many.captured_queries if "COUNT(*)" in query["sql"])


@pytest.mark.parametrize("role", ["lead", "administrator"])
def test_first_page_costs_the_same_with_many(
    staff_client: StaffClient, ixelles: Municipality, django_assert_max_num_queries: Callable[..., object], role: str
) -> None:
    client = staff_client(UserFactory(**{role: True}))
    client.get(reverse("admin:index"))
    with django_assert_max_num_queries(26) as few:
        client.get(reverse("admin:index"))
    RequestFactory.create_batch(9, submitted=True, audit=False, municipality=ixelles)
    with django_assert_max_num_queries(26) as many:
        client.get(reverse("admin:index"))
    assert len(few) == len(many)


def test_count_stops_at_the_cap(django_assert_max_num_queries: Callable[..., object]) -> None:
    with django_assert_max_num_queries(1) as captured:
        assert CappedPaginator(User.objects.order_by("pk"), 50).count == 0
    assert f"LIMIT {COUNTED_AT_MOST}" in captured.captured_queries[0]["sql"]
