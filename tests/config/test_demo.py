"""The demo's doors and its letter box."""

import asyncio
import smtplib
import socket
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from config.demo_inbox import names, read, serve


@pytest.fixture
def letter_box(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    loop = asyncio.new_event_loop()
    task = loop.create_task(serve(tmp_path, port))
    thread = threading.Thread(target=lambda: _until_cancelled(loop, task))
    thread.start()
    _await_port(port)
    yield tmp_path, port
    loop.call_soon_threadsafe(task.cancel)
    thread.join(10)
    loop.close()


def _until_cancelled(loop: asyncio.AbstractEventLoop, task: "asyncio.Task[None]") -> None:
    try:
        loop.run_until_complete(task)
    except asyncio.CancelledError:
        loop.run_until_complete(loop.shutdown_asyncgens())


def _await_port(port: int) -> None:
    for _attempt in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            threading.Event().wait(0.02)
        else:
            return
    raise AssertionError("the letter box does not listen")


def test_letter_box_keeps_what_smtp_brings(letter_box: tuple[Path, int]) -> None:
    folder, port = letter_box
    mail = EmailMessage()
    mail["To"], mail["From"], mail["Subject"] = "alderman.ixl@example.org", "no-reply@example.org", "Votre échéance"
    mail.set_content("Bonjour à Ixelles")
    mail.add_alternative("<p>Bonjour à <b>Ixelles</b></p>", subtype="html")
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as server:
        server.send_message(mail)
    [name] = names(folder)
    kept = read(folder, name)
    assert (kept.to, kept.subject) == ("alderman.ixl@example.org", "Votre échéance")
    assert kept.text.strip() == "Bonjour à Ixelles"
    assert "<b>Ixelles</b>" in kept.html
    assert ("X-Envelope-To", "alderman.ixl@example.org") in kept.headers


@pytest.mark.parametrize("name", ["../../etc/passwd", "0000000000000000-000000", "", "x.eml"])
def test_letter_box_gives_only_what_it_keeps(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileNotFoundError):
        read(tmp_path, name)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/demo/", "/demo/inbox/", "/demo/inbox.json"])
def test_demo_doors_do_not_exist_outside_the_demo(client: Client, address: str) -> None:
    assert client.get(address).status_code in {302, 404}
    assert client.post("/demo/enter/", {"email": "admin@example.org"}).status_code in {302, 404}
    assert "_auth_user_id" not in client.session


def test_demo_refuses_to_run_without_its_two_switches() -> None:
    with pytest.raises(CommandError, match="DEBUG=1 and DEMO=1"):
        call_command("demo")
