"""Returned mails and complaints, from files and from a mailbox; what nobody can read is set aside by name."""

import imaplib
from io import StringIO
from pathlib import Path
from typing import Any, ClassVar, Self

import pytest
from django.core.management import CommandError, call_command

from mailings.models import AddressState, Delivery, MailEvent
from mailings.services.returned import Harvest, take_in_mailbox
from tests.factories import DeliveryFactory

pytestmark = pytest.mark.django_db
Kind = MailEvent.Kind


def _dsn(
    mail: Delivery, *, action: str = "failed", status: str = "5.1.1", said: str = "550 5.1.1 no such user", whole: bool = False
) -> bytes:
    kind, original = ("message/rfc822", "Subject: x\n\nBonjour") if whole else ("text/rfc822-headers", "Subject: x\n")
    return f"""Return-Path: <>
From: MAILER-DAEMON@mx.example.org
To: no-reply@portal.example.org
Date: Wed, 19 Nov 2025 10:00:00 +0100
Message-ID: <11111111-2222-3333-4444-555555555555@mx.example.org>
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

Désolé.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {mail.email}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--b
Content-Type: {kind}

Message-ID: {mail.message_id}
{original}
--b--
""".encode()


def _complaint(mail: Delivery) -> bytes:
    return f"""From: fbl@example.org
Message-ID: <c1@example.org>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

A complaint.
--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Some/1.0
Version: 1

--b
Content-Type: message/rfc822

Message-ID: {mail.message_id}
Subject: x

Bonjour
--b--
""".encode()


@pytest.fixture
def mail() -> Delivery:
    return DeliveryFactory(sent=True)


def _outcome(mail: Delivery) -> str:
    return Delivery.objects.with_outcome().get(pk=mail.pk).outcome


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({}, Kind.BOUNCED),
        ({"whole": True}, Kind.BOUNCED),
        ({"status": "5.0.0", "said": "550 5.1.1 no such user"}, Kind.BOUNCED),
        ({"status": "5.7.1", "said": "550 5.7.1 spam"}, Kind.SOFT),
        ({"status": "4.4.7", "said": "too long in the queue"}, Kind.SOFT),
        ({"action": "delayed", "status": "4.4.1"}, Kind.DEFERRED),
        ({"action": "delivered", "status": "2.0.0", "said": "250 ok"}, Kind.DELIVERED),
    ],
    ids=str,
)
def test_a_returned_mail_tells_by_its_codes(mail: Delivery, fields: dict[str, Any], kind: str) -> None:
    raw, harvest = _dsn(mail, **fields), Harvest()
    assert harvest.take_in("one", raw)
    assert MailEvent.objects.get(delivery=mail).kind == kind
    assert harvest.take_in("again", raw)
    assert (harvest.noted, harvest.passed_over, harvest.set_aside) == (1, 1, [])


def test_a_complaint_is_one(mail: Delivery) -> None:
    assert Harvest().take_in("one", _complaint(mail))
    assert _outcome(mail) == Delivery.Outcome.COMPLAINED
    assert AddressState.objects.get(person=mail.recipient).state == AddressState.State.COMPLAINED


REPORT = b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n"
MALFORMED = {
    "empty": b"",
    "words": b"Subject: Re: bonjour\n\nJe suis absent.",
    "noise": bytes(range(256)) * 20,
    "no original": REPORT + b"A: b\n\nAction: failed\n\n--b--\n",
    "no action": REPORT + b"Final-Recipient: x\n\n--b--\n",
    "bad charset": b"Content-Type: text/plain; charset=\xff\xfe\nFrom: =?x?q?\n\n\xff",
}


@pytest.mark.parametrize("raw", MALFORMED.values(), ids=MALFORMED)
def test_what_nobody_can_read_is_set_aside_and_named(raw: bytes) -> None:
    harvest = Harvest()
    assert not harvest.take_in("strange.eml", raw)
    assert harvest.set_aside[0][0] == "strange.eml"
    assert harvest.set_aside[0][1]
    assert not MailEvent.objects.exists()


def test_the_number_of_the_report_itself_is_nobodys_mail(mail: Delivery) -> None:
    cut = _dsn(mail).replace(mail.message_id.encode(), b"<other@elsewhere.example.org>")
    harvest = Harvest()
    assert not harvest.take_in("one", cut)


def test_the_command_reads_single_mails_and_boxes(mail: Delivery, tmp_path: Path) -> None:
    other = DeliveryFactory(sent=True)
    (tmp_path / "one.eml").write_bytes(_dsn(mail))
    box = b"".join(b"From MAILER-DAEMON Wed Nov 19 10:00:00 2025\n" + raw + b"\n" for raw in (_dsn(other), b"Subject: hello\n\nhello\n"))
    (tmp_path / "many.mbox").write_bytes(box)
    out, faults = StringIO(), StringIO()
    call_command("read_bounces", str(tmp_path / "one.eml"), str(tmp_path / "many.mbox"), stdout=out, stderr=faults)
    assert out.getvalue() == "Noted: 2. Passed over: 0. Set aside: 1.\n"
    assert "many.mbox #2" in faults.getvalue()
    assert {_outcome(mail), _outcome(other)} == {Delivery.Outcome.BOUNCED}
    with pytest.raises(CommandError, match=r"none\.eml"):
        call_command("read_bounces", str(tmp_path / "none.eml"))


class _Box:
    """A mailbox as the standard library speaks to it."""

    mails: ClassVar[dict[str, bytes]] = {}
    seen: ClassVar[set[str]] = set()
    aside: ClassVar[list[str]] = []
    asked: ClassVar[list[Any]] = []

    def __init__(self, host: str, port: int, timeout: int) -> None:
        self.asked.append((host, port))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.asked.append("left")

    def login(self, user: str, password: str) -> None:
        self.asked.append((user, password))

    def select(self, folder: str) -> None:
        self.asked.append(folder)

    def create(self, folder: str) -> None:
        self.asked.append(folder)

    def uid(self, command: str, *args: str) -> tuple[str, list[Any]]:
        if command == "SEARCH":
            return "OK", [" ".join(uid for uid in self.mails if uid not in self.seen).encode()]
        if command == "FETCH":
            return "OK", [(b"1 (UID 1 BODY[] {9}", self.mails[args[0]]), b")"]
        (self.aside.append if command == "COPY" else self.seen.add)(args[0])
        return "OK", []


def test_the_mailbox_is_read_once_and_what_is_strange_is_put_aside(settings: Any, monkeypatch: Any, mail: Delivery) -> None:
    settings.BOUNCE_MAILBOX_URL = "imaps://bounces%40example.org:s%3Acret@imap.example.org/INBOX"
    monkeypatch.setattr(imaplib, "IMAP4_SSL", _Box)
    _Box.mails, _Box.seen, _Box.aside, _Box.asked = {"7": _dsn(mail), "9": b"\xff\x00"}, set(), [], []
    harvest = take_in_mailbox()
    assert harvest
    assert (harvest.noted, [name for name, _reason in harvest.set_aside]) == (1, ["uid 9"])
    assert _Box.asked[:3] == [("imap.example.org", 993), ("bounces@example.org", "s:cret"), '"INBOX"']
    assert (_Box.seen, _Box.aside) == ({"7", "9"}, ["9"])
    assert _outcome(mail) == Delivery.Outcome.BOUNCED
    again = take_in_mailbox()
    assert again == Harvest()


def test_without_a_mailbox_nothing_is_asked(settings: Any, monkeypatch: Any) -> None:
    settings.BOUNCE_MAILBOX_URL = ""
    monkeypatch.setattr(imaplib, "IMAP4_SSL", None)
    assert take_in_mailbox() is None
