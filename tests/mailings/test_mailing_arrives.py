"""The whole way with nothing replaced: approved, planned, claimed, asked again, built, sent over SMTP, ended."""

import pytest

from mailings import services
from mailings.delivery import deliver_batch
from mailings.models import Delivery, Mailing
from tests.factories import MailingFactory, MunicipalityFactory, RequestFactory, UserFactory
from tests.mailings.sink import Sink

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_mailing_reaches_each_once_in_their_language_with_their_own_part(sink: Sink) -> None:
    places = [MunicipalityFactory() for _number in range(3)]
    people = {
        UserFactory(mayor=place, correspondence_language=language).email: (place, language)
        for place, language in zip(places, ("fr", "nl", "both"), strict=True)
    }
    requests = {place: RequestFactory(waiting=True, municipality=place, asked_by=UserFactory(officer=place)) for place in places}
    mailing = MailingFactory(approved=True)
    run = services.send_mailing_now(mailing, by=UserFactory(editor=True))
    leaves = run.deliveries.get(email__in=list(people), language="nl")
    services.unsubscribe(leaves.recipient)
    deliver_batch()
    run.refresh_from_db()
    mailing.refresh_from_db()
    assert (run.state, mailing.state) == ("done", Mailing.State.SENT)
    taken = [received.message for received in sink.received]
    assert sorted(message["To"] for message in taken) == sorted(set(people) - {leaves.email})
    for message in taken:
        place, language = people[message["To"]]
        words = message.get_body(("plain",)).get_content()
        assert (mailing.subject_fr in words) == (language in {"fr", "both"})
        assert (mailing.subject_nl in words) == (language in {"nl", "both"})
        assert requests[place].reference in words
        assert message["Message-ID"] == run.deliveries.get(email=message["To"]).message_id
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    leaves.refresh_from_db()
    assert (leaves.state, leaves.skip_reason) == (Delivery.State.SKIPPED, Delivery.Skip.UNSUBSCRIBED)
