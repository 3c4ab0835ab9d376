"""The page of a sending while it goes on: numbers of now, at a fixed cost; paused, resumed, and stopped for good."""

import datetime as dt
import re

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from mailings.models import Delivery, Run
from mailings.progress import progress_of
from municipalities.models import Municipality, User
from partnerships.models import Event
from tests.admin.conftest import StaffClient
from tests.factories import DeliveryFactory, RunFactory, UserFactory

pytestmark = pytest.mark.django_db
State = Delivery.State


@pytest.fixture
def editor() -> User:
    return UserFactory(editor=True)


@pytest.fixture
def desk(staff_client: StaffClient, editor: User) -> Client:
    return staff_client(editor)


def address(run: Run, name: str = "change") -> str:
    return reverse(f"admin:mailings_run_{name}", args=[run.pk])


def mails(run: Run, number: int, **traits: object) -> list[Delivery]:
    return DeliveryFactory.create_batch(number, mailing=True, run=run, **traits)


def test_every_state_has_its_bar_and_what_was_tried_is_told_from_what_was_not(desk: Client) -> None:
    run = RunFactory()
    mails(run, 4, sent=True)
    mails(run, 3)
    mails(run, 2, attempts=1)
    mails(run, 1, failed=True)
    mails(run, 1, in_doubt=True)
    mails(run, 1, skipped=True)
    progress = desk.get(address(run, "progress")).context["progress"]
    counts = {bar.name: bar.count for bar in progress.bars}
    assert counts == {"planned": 12, "sent": 4, "pending": 3, "deferred": 2, "sending": 0, "failed": 1, "unknown": 1, "skipped": 1}
    assert (progress.total, progress.settled, progress.left) == (12, 7, 5)
    widths = {bar.name: bar.width for bar in progress.bars}
    assert (widths["planned"], widths["sent"], widths["sending"]) == (600, 200, 0)


@pytest.mark.parametrize(
    ("who", "status"), [("alderman", 404), ("former", 302), ("cabinet", 404), ("administrator", 200), ("lead", 200), ("editor", 200)]
)
def test_who_sees_the_numbers(staff_client: StaffClient, ixelles: Municipality, who: str, status: int) -> None:
    person = UserFactory(**{who: ixelles if who in {"alderman", "former"} else True})
    assert staff_client(person).get(address(RunFactory(), "progress")).status_code == status


def test_a_stranger_is_led_to_the_login(client: Client) -> None:
    for name in ("change", "progress", "stop"):
        assert client.get(address(RunFactory(), name)).status_code == 302


def test_the_numbers_name_nobody_and_are_kept_by_nobody(desk: Client) -> None:
    doubt = DeliveryFactory(mailing=True, in_doubt=True)
    answer = desk.get(address(doubt.run, "progress"))
    assert doubt.email not in answer.content.decode()
    assert doubt.email in desk.get(address(doubt.run)).content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert desk.post(address(doubt.run, "progress")).status_code == 405


def test_the_cost_is_the_same_for_one_mail_and_for_many(desk: Client) -> None:
    small, large = RunFactory(), RunFactory()
    mails(small, 1)
    for traits in ({}, {"sent": True}, {"in_doubt": True}, {"attempts": 1}):
        mails(large, 8, **traits)
    desk.get(address(small, "progress"))
    for name in ("progress", "change"):
        taken = []
        for run in (small, large):
            with CaptureQueriesContext(connection) as queries:
                desk.get(address(run, name))
            taken.append([query["sql"] for query in queries if "mailings_delivery" in query["sql"]])
        assert len(taken[0]) == len(taken[1]) == (2 if name == "progress" else 3)


def test_counts_are_read_from_the_indexes() -> None:
    run = RunFactory()
    mails(run, 3)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT state, count(*) FROM mailings_delivery WHERE run_id = %s GROUP BY state", [run.pk])
        assert "delivery_of_run" in str(cursor.fetchall())
        cursor.execute("EXPLAIN SELECT count(*) FROM mailings_delivery WHERE run_id = %s AND state = 'pending' AND attempts > 0", [run.pk])
        plan = str(cursor.fetchall())
        assert any(name in plan for name in ("delivery_deferred", "delivery_queue", "delivery_of_run"))  # few rows: the cheapest of them


def test_speed_is_that_of_the_last_minute_and_tells_how_long_the_rest_takes() -> None:
    cache.clear()
    run, now = RunFactory(), timezone.now()
    waiting = mails(run, 30)
    assert (progress_of(run, now).rate, progress_of(run, now).time_left) == (None, "")
    Delivery.objects.filter(pk__in=[one.pk for one in waiting[:10]]).update(state=State.SENT, sent_at=now)
    later = progress_of(run, now + dt.timedelta(seconds=20))
    assert later.rate == pytest.approx(0.5)
    with override("en"):
        assert later.rate_words == "30 a minute"
        assert later.time_left == "less than a minute"
    assert progress_of(run, now + dt.timedelta(seconds=200)).rate is None  # what was seen before is no measure any more


def test_a_paused_sending_has_no_speed(desk: Client) -> None:
    run = RunFactory()
    mails(run, 2)
    desk.post(address(run, "pause"))
    desk.get(address(run))
    answer = desk.get(address(run))
    assert answer.context["progress"].rate is None
    page = answer.content.decode()
    assert address(run, "resume") in page
    assert "data-live" in page


def test_a_sending_that_is_over_is_not_asked_again(desk: Client) -> None:
    page = desk.get(address(RunFactory(done=True))).content.decode()
    assert "data-live" not in page
    assert address(RunFactory(done=True), "stop") not in page


# --- Stopped for good ---------------------------------------------------------------------------


def test_stopping_is_asked_twice_and_wants_to_know_why(desk: Client, staff_client: StaffClient, editor: User) -> None:
    run = RunFactory()
    waiting, deferred, sent = mails(run, 2), mails(run, 1, attempts=1), mails(run, 1, sent=True)
    assert desk.get(address(run, "stop")).context["progress"].left == 3
    refused = desk.post(address(run, "stop"), {"reason": "  "})
    assert refused.status_code == 422
    assert 'id="id_reason_error"' in refused.content.decode()
    assert not Event.objects.filter(verb=Event.Verb.MAILING_STOPPED).exists()

    with time_machine.travel(dt.datetime(2026, 11, 25, 10, tzinfo=dt.UTC), tick=False):
        assert desk.post(address(run, "stop"), {"reason": "Le montant est faux."}).status_code == 302
    for mail in [*waiting, *deferred]:
        mail.refresh_from_db()
        assert (mail.state, mail.skip_reason) == (State.SKIPPED, Delivery.Skip.STOPPED)
    sent[0].refresh_from_db()
    assert sent[0].state == State.SENT
    event = Event.objects.get(verb=Event.Verb.MAILING_STOPPED)
    assert (event.actor, event.data["reason"], event.data["skipped"]) == (editor, "Le montant est faux.", 3)
    page = desk.get(address(run)).content.decode()
    assert re.search(rf"{re.escape(editor.get_full_name())}, .*: Le montant est faux\.", page)
    assert address(run, "resume") not in page
    desk.post(address(run, "resume"))
    run.refresh_from_db()
    assert run.state == Run.State.STOPPED


@pytest.mark.parametrize("who", ["lead", "spoc"])
def test_who_may_not_send_may_not_stop(staff_client: StaffClient, who: str) -> None:
    run, visitor = RunFactory(), staff_client(UserFactory(**{who: True}))
    mails(run, 1)
    assert visitor.get(address(run, "stop")).status_code == 403
    assert visitor.post(address(run, "stop"), {"reason": "non"}).status_code == 403
    assert address(run, "stop") not in visitor.get(address(run)).content.decode()
    run.refresh_from_db()
    assert run.state == Run.State.RUNNING
