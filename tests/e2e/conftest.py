"""The whole portal as `make demo` runs it, and a real browser in front of it."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page

# Playwright keeps an event loop in its thread, where Django then suspects asynchronous code in tests that follow.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM = next((path for path in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if path), None)
STARTS_WITHIN = 180.0
MAIL_ARRIVES_WITHIN = 60.0
SHOWN_WITHIN = 15_000  # milliseconds


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests share one running portal, so one worker of `pytest -n` runs them all."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.xdist_group("e2e"))
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="NO BROWSER: install Chromium (apt-get install chromium) to run the browser tests"))


@dataclass
class Portal:
    """A running portal and its inbox."""

    url: str
    folder: Path
    process: "subprocess.Popen[str]"

    def mails(self, to: str = "") -> list[dict[str, Any]]:
        """Return the mails in the inbox, newest first, of one address or of all."""
        with urllib.request.urlopen(f"{self.url}/demo/inbox.json?to={urllib.parse.quote(to)}", timeout=30) as answer:
            return list(json.load(answer)["mails"])

    def wait_for_mail(self, to: str, holding: str, *, count: int = 1) -> dict[str, Any]:
        """Return the newest mail to an address whose subject or text holds some words, once `count` of them have arrived."""
        deadline = time.monotonic() + MAIL_ARRIVES_WITHIN
        while time.monotonic() < deadline:
            found = [mail for mail in self.mails(to) if holding in f"{mail['subject']}\n{mail['text']}"]
            if len(found) >= count:
                return found[0]
            time.sleep(0.3)
        subjects = [mail["subject"] for mail in self.mails(to)]
        raise AssertionError(f"no mail to {to} with {holding!r}; there are {subjects}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_portal(folder: Path, **environment: str) -> Portal:
    """Start the demo in a folder of its own and return once it says that it is ready."""
    port = _free_port()
    outside = {
        name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "PYTEST"))
    }
    process = subprocess.Popen(
        [sys.executable, "manage.py", "demo"],
        cwd=settings.BASE_DIR,
        env=outside
        | {"DEBUG": "1", "DEMO": "1", "PORT": str(port), "DEMO_FOLDER": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings"}
        | {"NOTICES_GATHER_SECONDS": "0"}
        | {"BASE_URL": f"http://127.0.0.1:{port}", "ALLOWED_HOSTS": "127.0.0.1"}
        | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    said = []
    assert process.stdout
    for line in process.stdout:
        said.append(line)
        if line.startswith("Portal ready:"):
            return Portal(f"http://127.0.0.1:{port}", folder, process)
    raise AssertionError("the demo did not start:\n" + "".join(said))


def stop_portal(portal: Portal) -> None:
    portal.process.send_signal(signal.SIGINT)
    try:
        portal.process.wait(60)
    except subprocess.TimeoutExpired:
        os.killpg(portal.process.pid, signal.SIGKILL)
        raise
    finally:
        if portal.process.stdout:
            portal.process.stdout.close()


@pytest.fixture(scope="session")
def portal() -> Iterator[Portal]:
    folder = Path(tempfile.mkdtemp(prefix="portal-e2e-"))
    folder.chmod(0o755)
    running = start_portal(folder)
    yield running
    stop_portal(running)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]  # fmt: skip
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": quiet}


Visitor = Callable[..., Page]


@pytest.fixture
def visitor(browser: Browser, portal: Portal) -> Iterator[Visitor]:
    """Open a browser of one's own: `visitor("fr", email="spoc1@example.org")` enters by the demo's door, without `email` nobody does."""
    contexts: list[BrowserContext] = []

    def open_browser(language: str, *, email: str = "", width: int = 1280, javascript: bool = True, dark: bool = False) -> Page:
        context = browser.new_context(
            base_url=portal.url,
            locale={"fr": "fr-BE", "nl": "nl-BE", "en": "en-GB"}[language],
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            color_scheme="dark" if dark else "light",
        )
        context.add_cookies([{"name": "language", "value": language, "url": portal.url}])
        context.set_default_timeout(SHOWN_WITHIN)
        contexts.append(context)
        page = context.new_page()
        if email:
            answer = context.request.post(f"{portal.url}/demo/enter/", form={"email": email})
            assert answer.ok, answer.status
        return page

    yield open_browser
    for context in contexts:
        with contextlib.suppress(Exception):
            context.close()
