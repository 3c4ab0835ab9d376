"""The one table: printed in the docs as it is in the code, and guarded in the database pair by pair."""

import io
import itertools
import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from partnerships.models import Event, ServiceRequest
from partnerships.permissions import TRANSITIONS
from partnerships.services.requests import ActionNotAllowed, decline_request, withdraw_request
from tests.factories import MunicipalityFactory, RequestFactory, UserFactory

State = ServiceRequest.State


def _at_once(acts: list[Callable[[], object]]) -> int:
    """Run all at the same moment, each on its own connection; return how many were let through."""
    barrier, done = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=30)
            act()
            done.append(1)
        except ActionNotAllowed:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=90)
    return len(done)


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_end_a_request_at_once_one_does() -> None:
    ours = MunicipalityFactory()
    alderman, spoc = UserFactory(alderman=ours), UserFactory(spoc=True)
    request = RequestFactory(submitted=True, municipality=ours, asked_by=alderman)
    decline = partial(decline_request, request, by=spoc, reason="Hors champ.", language="fr")
    assert _at_once([decline, partial(withdraw_request, request, by=alderman)] * 5) == 1
    event = Event.objects.about(request).get()
    request.refresh_from_db()
    assert request.state == event.data["to"]
    assert event.data["from"] == State.SUBMITTED


PAIRS = {(source, rule.target) for rule in TRANSITIONS.values() if rule.target for source in rule.sources}


def test_the_docs_equal_the_code() -> None:
    printed = io.StringIO()
    call_command("print_transitions", stdout=printed)
    assert (settings.BASE_DIR / "docs" / "REQUESTS.md").read_text() == printed.getvalue(), (
        "run: manage.py print_transitions > docs/REQUESTS.md"
    )


@pytest.mark.django_db
def test_the_database_knows_exactly_the_pairs_of_the_table() -> None:
    with connection.cursor() as cursor:
        for pair in itertools.permutations(State.values, 2):
            cursor.execute("SELECT partnerships_request_may_move(%s, %s)", pair)
            assert cursor.fetchone()[0] == (pair in PAIRS), pair


@pytest.mark.django_db
@pytest.mark.parametrize(("before", "after"), [pair for pair in itertools.permutations(State.values, 2) if pair not in PAIRS])
def test_no_hand_brings_a_request_where_the_table_does_not_lead(before: str, after: str) -> None:
    request = RequestFactory(**{before: True})
    fields = {"state": after, "reason": "x", "ended_at": timezone.now() if after in ServiceRequest.ENDED else None}
    with pytest.raises(IntegrityError, match="a request never goes from"), transaction.atomic():
        ServiceRequest.objects.filter(pk=request.pk).update(**fields)
