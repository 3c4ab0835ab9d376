"""The command `send_weekly`: idempotent, and clear about why it does not send."""

import datetime as dt
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from mailings.models import Mailing, Run
from tests.factories import MailingFactory, MunicipalityFactory, UserFactory

pytestmark = pytest.mark.django_db
WEEK = (2026, 48)


def _send(week: str = "2026-W48", **options: object) -> str:
    said = StringIO()
    call_command("send_weekly", week=week, stdout=said, **options)
    return said.getvalue()


def _refused(week: str = "2026-W48", **options: object) -> tuple[int, str]:
    with pytest.raises(CommandError) as refused:
        _send(week, **options)
    assert not Run.objects.exists()
    return refused.value.returncode, str(refused.value)


@pytest.fixture(autouse=True)
def _somebody_to_send_to() -> None:
    UserFactory(mayor=MunicipalityFactory())


def test_at_once() -> None:
    mailing = MailingFactory(approved=True, week=WEEK)
    assert "1 mails planned" in _send(now=True)
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.SENDING
    assert "already sending" in _send(now=True)
    assert "already sending" in _send()
    assert Run.objects.count() == 1


def test_when_due() -> None:
    mailing = MailingFactory(scheduled=True, week=WEEK)
    assert _refused() == (5, "2026-W48: not sent, its hour has not come or was not set. Use --now to send it at once.")
    with time_machine.travel(mailing.scheduled_for + dt.timedelta(minutes=1)):
        assert "sending started" in _send()


def test_too_late_is_held_and_said() -> None:
    mailing = MailingFactory(scheduled=True, week=WEEK)
    with time_machine.travel(mailing.scheduled_for + dt.timedelta(days=2)):
        code, said = _refused()
    mailing.refresh_from_db()
    assert (code, mailing.state) == (5, Mailing.State.HELD)
    assert "--now" in said


@pytest.mark.parametrize("state", ["draft", "in_review"])
def test_not_approved(state: str) -> None:
    MailingFactory(**{state: True}, week=WEEK)
    for options in ({}, {"now": True}):
        code, said = _refused(**options)
        assert code == 4
        assert f"state: {state}" in said


def test_no_such_mailing() -> None:
    assert _refused() == (3, "2026-W48: there is no weekly mailing for that week.")


@pytest.mark.parametrize("week", ["2026-W54", "2025-W53", "2026-W00", "2026-48", "W48", "2026-W4８", "", "2026-W48 "])
def test_no_such_week(week: str) -> None:
    assert _refused(week)[0] == 2


def test_week_53_of_a_year_that_has_it() -> None:
    MailingFactory(approved=True, week=(2026, 53))
    assert "planned" in _send("2026-W53", now=True)
