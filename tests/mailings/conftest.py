"""A real SMTP server for every test that asks for one."""

from collections.abc import Iterator

import pytest

from tests.mailings.sink import Sink


@pytest.fixture
def sink(settings) -> Iterator[Sink]:
    """The portal's mail goes to a sink that misbehaves on cue; it is given up on sooner than in earnest."""
    with Sink() as running:
        settings.EMAIL_BACKEND = "mailings.smtp.PhasedEmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.EMAIL_TIMEOUT, settings.MAIL_ANSWER_TIMEOUT = 2, 0.5
        yield running
