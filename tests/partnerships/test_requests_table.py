"""The one table: printed in the docs as it is in the code, and guarded in the database pair by pair."""

import io
import itertools

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from partnerships.models import ServiceRequest
from partnerships.permissions import TRANSITIONS
from tests.factories import RequestFactory

State = ServiceRequest.State
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
