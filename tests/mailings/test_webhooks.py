"""What the mail provider reports: signed, refused, repeated, out of order, about nobody, unreadable, and in bursts."""

import base64
import datetime as dt
import hashlib
import hmac
import itertools
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mailings.models import AddressState, Delivery, MailEvent, MailPreference
from mailings.rendering import build_messages
from mailings.webhooks import kind_of
from partnerships.models import Event
from tests.factories import DeliveryFactory

pytestmark = pytest.mark.django_db
URL, KEY, SECRET = "/webhooks/mail/", "signing-key", "provider:long-secret"
Kind, State, Outcome = MailEvent.Kind, AddressState.State, Delivery.Outcome
NUMBERS = itertools.count(1)


@pytest.fixture(autouse=True)
def mailgun(settings: Any) -> None:
    settings.MAIL_PROVIDER = "mailgun"
    settings.ANYMAIL = {"MAILGUN_API_KEY": "k", "MAILGUN_WEBHOOK_SIGNING_KEY": KEY, "WEBHOOK_SECRET": SECRET}


def _said(delivery: Delivery | None, event: str, *, number: int | None = None, key: str = KEY, **more: Any) -> str:
    token, stamp = f"{number or next(NUMBERS):050d}", "1764061200"
    signature = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    message_id = delivery.message_id.strip("<>") if delivery else "nobody@elsewhere.example.org"
    data = {
        "event": event,
        "timestamp": 1764061200.5,
        "message": {"headers": {"message-id": message_id}},
        "recipient": "x@example.org",
    } | more
    return json.dumps({"signature": {"token": token, "timestamp": stamp, "signature": signature}, "event-data": data})


HARD = {"severity": "permanent", "reason": "bounce", "delivery-status": {"code": 550, "message": "5.1.1 no such user"}}


def _post(body: str, secret: str = SECRET) -> int:
    auth = "Basic " + base64.b64encode(secret.encode()).decode()
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    return client.post(URL, body, content_type="application/json", HTTP_AUTHORIZATION=auth).status_code


def _outcome(delivery: Delivery) -> str:
    return Delivery.objects.with_outcome().get(pk=delivery.pk).outcome


def _state(delivery: Delivery) -> str | None:
    return AddressState.objects.filter(person=delivery.recipient).values_list("state", flat=True).first()


@pytest.fixture
def mail() -> Delivery:
    return DeliveryFactory(sent=True)


def test_a_signed_report_is_kept_and_the_address_refuses_from_then_on(mail: Delivery) -> None:
    assert _post(_said(mail, "failed", **HARD)) == 200
    assert _outcome(mail) == Outcome.BOUNCED
    assert _state(mail) == State.HARD
    event = Event.objects.get(verb=Event.Verb.ADDRESS_BOUNCED)
    assert (event.subject, event.municipality) == (mail.recipient, mail.recipient.mandates.get().municipality)


@pytest.mark.parametrize(
    ("key", "secret"), [("another-key", SECRET), (KEY, "provider:guessed"), (KEY, "")], ids=["signature", "password", "no-password"]
)
def test_a_report_by_somebody_else_is_refused(mail: Delivery, key: str, secret: str) -> None:
    assert _post(_said(mail, "failed", key=key, **HARD), secret) == 400
    assert not MailEvent.objects.exists()
    assert _state(mail) is None


def test_the_same_report_again_changes_nothing(mail: Delivery) -> None:
    body = _said(mail, "failed", **HARD)
    assert [_post(body) for _ in range(3)] == [200, 200, 200]
    assert MailEvent.objects.count() == Event.objects.filter(verb=Event.Verb.ADDRESS_BOUNCED).count() == 1


def test_a_late_delivered_does_not_hide_a_bounce(mail: Delivery) -> None:
    _post(_said(mail, "failed", **HARD))
    _post(_said(mail, "delivered"))
    assert _outcome(mail) == Outcome.BOUNCED
    assert _state(mail) == State.HARD


def test_about_a_mail_nobody_knows_it_is_heard_and_forgotten() -> None:
    assert _post(_said(None, "failed", **HARD)) == 200
    assert not MailEvent.objects.exists()
    assert not AddressState.objects.exists()


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '{"signature": 1}', "\x00", '{"signature": {}, "event-data": []}'])
def test_what_nobody_can_read_is_answered_so(body: str) -> None:
    assert _post(body) == 400
    assert not MailEvent.objects.exists()


def test_a_signed_report_without_its_parts_is_answered_so(mail: Delivery) -> None:
    body = json.loads(_said(mail, "failed"))
    body["event-data"] = "nothing"
    assert _post(json.dumps(body)) == 400


def test_openings_and_clicks_are_not_kept(mail: Delivery) -> None:
    assert [_post(_said(mail, event)) for event in ("opened", "clicked", "accepted")] == [200, 200, 200]
    assert not MailEvent.objects.exists()


def test_a_complaint_unsubscribes_and_is_written_down(mail: Delivery) -> None:
    assert _post(_said(mail, "complained")) == 200
    assert _state(mail) == State.COMPLAINED
    assert MailPreference.objects.get(user=mail.recipient).unsubscribed_at
    assert Event.objects.filter(verb=Event.Verb.ADDRESS_COMPLAINED).count() == 1


def test_a_mail_in_doubt_that_arrived_is_no_longer_in_doubt() -> None:
    doubt = DeliveryFactory(in_doubt=True)
    _post(_said(doubt, "delivered"))
    doubt.refresh_from_db()
    assert doubt.state == Delivery.State.SENT


def test_each_report_costs_the_same_however_many_there_are(mail: Delivery) -> None:
    counts = []
    for wanted in (1, 40):  # the very first also learns which table an event is about, once a process
        for _ in range(wanted):
            _post(_said(DeliveryFactory(sent=True), "failed", **HARD))
        fresh = DeliveryFactory(sent=True)
        with CaptureQueriesContext(connection) as told:
            _post(_said(fresh, "failed", **HARD))
        counts.append(len(told))
    assert counts[0] == counts[1] <= 12


@pytest.mark.django_db(transaction=True)
def test_a_hundred_at_once_are_one() -> None:
    mail = DeliveryFactory(sent=True)
    again = _said(mail, "failed", **HARD)
    bodies = [again if number % 2 else _said(mail, "failed", **HARD) for number in range(100)]

    def post(body: str) -> int:
        try:
            return _post(body)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(post, bodies)) == {200}
    assert MailEvent.objects.count() == 51
    assert AddressState.objects.count() == Event.objects.filter(verb=Event.Verb.ADDRESS_BOUNCED).count() == 1


@pytest.mark.parametrize(("provider", "secret"), [("", SECRET), ("mailgun", ""), ("unheard_of", SECRET)], ids=["smtp", "open", "unknown"])
def test_there_is_no_such_page_without_a_provider_and_a_secret(settings: Any, mail: Delivery, provider: str, secret: str) -> None:
    settings.MAIL_PROVIDER = provider
    settings.ANYMAIL |= {"WEBHOOK_SECRET": secret}
    assert _post(_said(mail, "failed", **HARD)) == 404


def test_a_provider_that_signs_nothing_is_known_by_the_password(settings: Any, mail: Delivery) -> None:
    settings.MAIL_PROVIDER = "postmark"
    body = json.dumps(
        {
            "RecordType": "Bounce",
            "ID": 42,
            "Type": "HardBounce",
            "TypeCode": 1,
            "MessageID": "b7bc2f4a-e38e-4336-af7d-e6c392c2f817",
            "Metadata": {"delivery": str(mail.key)},
            "Email": mail.email,
            "BouncedAt": "2025-11-25T09:00:00Z",
            "Description": "The server was unable to deliver your message",
            "Details": "smtp;550 5.1.1 unknown",
        }
    )
    assert _post(body, "provider:guessed") == 400
    assert not MailEvent.objects.exists()
    assert _post(body) == 200
    assert _outcome(mail) == Outcome.BOUNCED


def test_the_mail_carries_its_key_to_the_provider_alone(settings: Any, mail: Delivery) -> None:
    assert build_messages([mail])[mail.pk].metadata == {"delivery": str(mail.key)}  # type: ignore[attr-defined]
    settings.MAIL_PROVIDER = ""
    assert not hasattr(build_messages([mail])[mail.pk], "metadata")


@pytest.mark.parametrize(
    ("kind", "reason", "words", "expected"),
    [
        (EventType.BOUNCED, RejectReason.BOUNCED, "550 5.1.1 unknown", Kind.BOUNCED),
        (EventType.BOUNCED, RejectReason.OTHER, "550 5.7.1 looks like spam", Kind.SOFT),
        (EventType.BOUNCED, RejectReason.OTHER, "550 5.1.10 no such recipient", Kind.BOUNCED),
        (EventType.BOUNCED, RejectReason.BOUNCED, "452 4.2.2 mailbox full", Kind.SOFT),
        (EventType.BOUNCED, RejectReason.TIMED_OUT, None, Kind.SOFT),
        (EventType.REJECTED, RejectReason.INVALID, None, Kind.BOUNCED),
        (EventType.REJECTED, RejectReason.SPAM, None, Kind.COMPLAINED),
        (EventType.DEFERRED, None, "421 4.7.0 slow down", Kind.DEFERRED),
        (EventType.OPENED, None, None, None),
    ],
)
def test_only_the_address_itself_makes_a_bounce_one_for_good(
    kind: str, reason: str | None, words: str | None, expected: str | None
) -> None:
    event = AnymailTrackingEvent(event_type=kind, reject_reason=reason, mta_response=words, timestamp=dt.datetime.now(dt.UTC))
    assert kind_of(event) == expected
