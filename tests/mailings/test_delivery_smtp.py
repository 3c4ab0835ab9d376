"""The backend knows the phase: what is surely not taken, what is refused, what is in doubt."""

import select
import socket
import threading
from email import message_from_bytes, policy

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from mailings.smtp import DeliveryFault, InDoubt, NotTaken, PhasedEmailBackend, Refused, prepared, printable
from tests.mailings.sink import Sink

MEANING = {
    "4xx at RCPT": (NotTaken, False),
    "5xx at RCPT": (Refused, False),
    "4xx at DATA": (NotTaken, True),
    "5xx at DATA": (Refused, False),
    "421 at RCPT": (NotTaken, True),
    "drop at RCPT": (NotTaken, True),
    "drop at DATA": (NotTaken, True),
    "4xx after dot": (NotTaken, True),
    "5xx after dot": (Refused, False),
    "drop after dot": (InDoubt, True),
    "take and drop": (InDoubt, True),
    "take and say nothing": (InDoubt, True),
}


def backend(sink: Sink) -> PhasedEmailBackend:
    return PhasedEmailBackend(host="127.0.0.1", port=sink.port, timeout=2)


def message(to: str = "ann@example.org", body: str = "Bonjour é\n.dot\n") -> EmailMessage:
    return EmailMessage("Objet", body, "portal@example.org", [to], headers={"Message-ID": "<one@portal.example.org>"})


@pytest.mark.parametrize("fault", MEANING)
def test_each_fault_has_its_meaning_and_the_next_mail_goes_out(sink, fault):
    sink.script["ann@example.org"] = [fault]
    kind, of_server = MEANING[fault]
    connection = backend(sink)
    connection.open()
    if fault == "drop at DATA":  # noticed when it arrives before the dot goes out
        connection.before_dot = lambda: select.select([connection.connection.sock], [], [], 2) and None
    with pytest.raises(DeliveryFault) as raised:
        connection.send_messages([message()])
    assert (type(raised.value), raised.value.of_server) == (kind, of_server)
    connection.before_dot = None
    connection.open()
    assert connection.send_messages([message("bob@example.org")]) == 1
    connection.close()
    assert len(sink.ids_of("bob@example.org")) == 1


def test_answer_of_the_server_is_kept_and_one_connection_serves_all(sink):
    connection = backend(sink)
    connection.open()
    messages = [message(f"p{number}@example.org") for number in range(5)]
    assert connection.send_messages(messages) == 5
    connection.close()
    assert [sent.server_response for sent in messages] == [f"250 2.0.0 queued as {number}" for number in range(1, 6)]
    assert sink.connections == 1


def test_content_arrives_as_it_was_written(sink):
    body = "Bonjour é\n.\n..\n.dot\nend"
    connection = backend(sink)
    connection.send_messages([message(body=body)])
    assert sink.received[0].message.get_content().replace("\r\n", "\n").rstrip("\n") == body


def test_mark_is_made_before_the_dot_and_raising_there_takes_the_mail_back(sink):
    def refuse() -> None:
        assert sink.received == []
        raise LookupError("the claim is lost")

    connection = backend(sink)
    connection.open()
    connection.before_dot = refuse
    with pytest.raises(LookupError):
        connection.send_messages([message()])
    assert connection.connection is None
    connection.before_dot = None
    connection.send_messages([message("bob@example.org")])
    assert [received.recipient for received in sink.received] == ["bob@example.org"]


def test_nobody_listening_is_a_fault_of_the_server(sink):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        connection = PhasedEmailBackend(host="127.0.0.1", port=unused.getsockname()[1], timeout=1)
        with pytest.raises(NotTaken) as raised:
            connection.send_messages([message()])
    assert raised.value.of_server


def test_wrong_password_blames_no_recipient(sink):
    connection = PhasedEmailBackend(host="127.0.0.1", port=sink.port, username="portal", password="wrong", timeout=2)
    with pytest.raises(NotTaken) as raised:
        connection.send_messages([message()])
    assert raised.value.of_server


def test_server_that_greets_and_falls_silent_is_given_up_in_time():
    """A connection before the dot costs at most the timeout, and is surely not taken."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        held: list[socket.socket] = []

        def greet() -> None:
            held.append(server.accept()[0])
            held[0].sendall(b"220 silent\r\n")

        silent = threading.Thread(target=greet)
        silent.start()
        connection = PhasedEmailBackend(host="127.0.0.1", port=server.getsockname()[1], timeout=0.3)
        with pytest.raises(NotTaken):
            connection.send_messages([message()])
        silent.join()
        held[0].close()


@pytest.mark.parametrize("broken", [{"to": "à@example.org"}, {"to": "ann@example.org\nBcc: eve@example.org"}], ids=["not ascii", "header"])
def test_message_that_cannot_be_written_is_refused_and_says_nothing_to_the_server(sink, broken):
    connection = backend(sink)
    with pytest.raises(Refused):
        connection.send_messages([message(**broken)])
    assert sink.tries == {}


def test_backend_serves_ordinary_django_mail(sink, settings):
    settings.EMAIL_BACKEND = "mailings.smtp.PhasedEmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    assert mail.send_mail("Objet", "Corps", "portal@example.org", ["ann@example.org"]) == 1
    sink.always = "5xx at RCPT"
    assert mail.send_mail("Objet", "Corps", "portal@example.org", ["ann@example.org"], fail_silently=True) == 0


def test_words_of_a_server_fit_a_column():
    assert printable(b"one\r\n\x00two \xff") == "one two \ufffd"
    assert len(printable("x" * 1000)) == 300


def test_headers_begin_on_their_own_line():
    message = EmailMessage(
        "Semaine 48 : prime compensatoire, pôle d'urgence régional et aides communales aux commerçants",
        "Bonjour",
        "portal@example.org",
        ["alderman.ixl@example.org"],
        headers={"List-Unsubscribe": f"<https://portal.example.org/m/{'x' * 120}/unsubscribe/>"},
    )
    _sender, _recipients, content = prepared(message)
    head = content.split(b"\r\n\r\n")[0].decode().split("\r\n")
    assert not [line for line in head if not line.partition(":")[2].strip() and not line.startswith(" ")]
    assert all(len(line) <= 76 for line in head if "=?" in line)
    parsed = message_from_bytes(content, policy=policy.default)
    assert parsed["Subject"] == message.subject
    assert parsed["List-Unsubscribe"] == message.extra_headers["List-Unsubscribe"]
