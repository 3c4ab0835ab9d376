"""Runs with plain mails, for tests of the engine that do not care what a mail says."""

import datetime as dt
from collections.abc import Sequence

from django.core.mail import EmailMultiAlternatives
from django.db.models.functions import Now

from mailings.delivery import Outcome, deliver_batch
from mailings.models import Delivery, Run
from municipalities.models import User
from tests.factories import RunFactory


def planned_run(size: int, **fields: object) -> Run:
    """A running run with one pending delivery for each of `size` people, p1@ … in this order."""
    run = RunFactory(**fields)
    people = User.objects.bulk_create(
        User(email=f"p{number}@example.org", first_name="P", last_name=str(number)) for number in range(1, size + 1)
    )
    Delivery.objects.bulk_create(
        Delivery(kind=Delivery.Kind.MAILING, run=run, recipient=person, email=person.email, language="fr") for person in people
    )
    return run


def plain_messages(deliveries: Sequence[Delivery]) -> dict[int, EmailMultiAlternatives]:
    return {
        delivery.pk: EmailMultiAlternatives(
            "Objet", "Bonjour", "portal@example.org", [delivery.email], headers={"Message-ID": delivery.message_id}
        )
        for delivery in deliveries
    }


def all_wanted(deliveries: Sequence[Delivery], on: dt.date) -> dict[int, Delivery.Skip | None]:
    return dict.fromkeys((delivery.pk for delivery in deliveries), None)


def deliver_plain(**options: object) -> Outcome:
    return deliver_batch(**{"build": plain_messages, "recheck": all_wanted, **options})


def states_of(run: Run) -> list[str]:
    """The states of its deliveries, in the order of planning."""
    return list(run.deliveries.order_by("pk").values_list("state", flat=True))


def make_due() -> None:
    """The delays are over."""
    Delivery.objects.pending().update(next_attempt_at=Now() - dt.timedelta(seconds=1))


def let_leases_end() -> None:
    """Whoever held a row stopped long ago."""
    Delivery.objects.claimed().update(lease_until=Now() - dt.timedelta(seconds=1))
