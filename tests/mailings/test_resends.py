"""A mailing that is over, sent once more to whom it did not reach: it arrives there, and nowhere a second time."""

import pytest

from mailings import services
from mailings.delivery import deliver_batch
from mailings.models import Delivery, Run
from municipalities.models import User
from tests.factories import MailingFactory, MunicipalityFactory, UserFactory
from tests.mailings.sink import Sink

pytestmark = pytest.mark.django_db(transaction=True)


def test_mail_sent_again_arrives_at_the_repaired_address_and_at_nobody_else_twice(sink: Sink) -> None:
    place, editor = MunicipalityFactory(), UserFactory(editor=True)
    mayor, alderman = UserFactory(mayor=place), UserFactory(alderman=place)
    run = services.send_mailing_now(MailingFactory(approved=True), by=editor)
    Delivery.objects.filter(run=run, recipient=mayor).update(state=Delivery.State.FAILED, response="550 5.1.1 unknown", attempts=1)
    deliver_batch()
    run.refresh_from_db()
    assert run.state == Run.State.DONE
    assert [received.message["To"] for received in sink.received] == [alderman.email]

    User.objects.filter(pk=mayor.pk).update(email="repaired@example.org")
    newcomer = UserFactory(alderman=place, correspondence_language="nl")
    for person in (mayor, newcomer, alderman):
        services.send_again(run, to=User.objects.get(pk=person.pk), by=editor)
    deliver_batch()
    again = [received.message for received in sink.received][1:]
    assert sorted(message["To"] for message in again) == sorted(["repaired@example.org", newcomer.email])
    for message in again:
        mail = Delivery.objects.get(run=run, email=message["To"])
        assert (mail.state, message["Message-ID"]) == (Delivery.State.SENT, mail.message_id)
    assert run.mailing.subject_nl in again[[message["To"] for message in again].index(newcomer.email)]["Subject"]
