"""References are unbroken per municipality and Brussels year, whoever submits at the same moment."""

import datetime as dt
import threading
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection

from partnerships.models import ServiceRequest
from partnerships.services.requests import submit_request, withdraw_request
from tests.factories import MunicipalityFactory, RequestFactory, UserFactory
from tests.partnerships.conftest import Cast

BRUSSELS = ZoneInfo("Europe/Brussels")


def _together(acts: list[Callable[[], object]]) -> list[BaseException]:
    """Run all at once, each on its own connection; return what went wrong."""
    barrier, faults = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=20)
            act()
        except Exception as fault:  # noqa: BLE001 - whatever a thread meets is told to the test
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return faults


@pytest.mark.django_db(transaction=True)
def test_twenty_submissions_at_once_leave_no_gap_and_no_double() -> None:
    ours = MunicipalityFactory()
    alderman = UserFactory(alderman=ours)
    drafts = RequestFactory.create_batch(20, draft=True, municipality=ours, asked_by=alderman)
    assert _together([lambda draft=draft: submit_request(draft, by=alderman) for draft in drafts]) == []
    references = sorted(ServiceRequest.objects.values_list("reference", flat=True))
    assert [reference[-4:] for reference in references] == [f"{number:04d}" for number in range(1, 21)]
    assert {reference[:3] for reference in references} == {ours.code}


@pytest.mark.django_db(transaction=True)
def test_one_draft_submitted_eight_times_at_once_has_one_reference() -> None:
    ours = MunicipalityFactory()
    alderman = UserFactory(alderman=ours)
    draft = RequestFactory(draft=True, municipality=ours, asked_by=alderman)
    faults = _together([lambda: submit_request(draft, by=alderman)] * 8)
    assert len(faults) == 7
    assert ServiceRequest.objects.get().reference.endswith("-0001")
    assert submit_request(RequestFactory(draft=True, municipality=ours, asked_by=alderman), by=alderman).reference.endswith("-0002")


@pytest.mark.django_db
def test_a_failed_submission_uses_no_number(cast: Cast) -> None:
    incomplete = RequestFactory(draft=True, municipality=cast.municipality, asked_by=cast.alderman, technical_contact="")
    with pytest.raises(Exception, match="technical_person"):
        submit_request(incomplete, by=cast.alderman)
    complete = RequestFactory(draft=True, municipality=cast.municipality, asked_by=cast.alderman)
    assert submit_request(complete, by=cast.alderman).reference.endswith("-0001")


@pytest.mark.django_db
def test_a_withdrawn_request_keeps_its_number(cast: Cast) -> None:
    first, second = RequestFactory.create_batch(2, draft=True, municipality=cast.municipality, asked_by=cast.alderman)
    taken = submit_request(first, by=cast.alderman).reference
    withdraw_request(first, by=cast.alderman)
    assert submit_request(second, by=cast.alderman).reference[-4:] == f"{int(taken[-4:]) + 1:04d}"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("moment", "year"),
    [
        (dt.datetime(2026, 12, 31, 23, 59, tzinfo=BRUSSELS), 2026),
        (dt.datetime(2027, 1, 1, 0, 1, tzinfo=BRUSSELS), 2027),
    ],
    ids=["last minute of the year", "first minute, still December in UTC"],
)
def test_the_year_is_that_of_brussels(moment: dt.datetime, year: int) -> None:
    with time_machine.travel(moment, tick=False):
        ours = MunicipalityFactory()
        alderman = UserFactory(alderman=ours)
        submitted = submit_request(RequestFactory(draft=True, municipality=ours, asked_by=alderman), by=alderman)
    assert submitted.reference == f"{ours.code}-{year}-0001"
