"""The doorbell and the sweep: a lost ring costs seconds, a sweep multiplies nothing."""

import time
from datetime import timedelta
from importlib import import_module
from unittest.mock import patch

import pytest
from celery import current_app
from django.db import connection, transaction
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from redis import Redis

from config.celery import app
from mailings import doorbell, tasks
from mailings.delivery import claim, claims, deliver_queue, sending, sweep
from mailings.models import Delivery, Heartbeat, Run
from tests.factories import DeliveryFactory
from tests.mailings.letters import all_wanted, let_leases_end, plain_messages, planned_run, states_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def rings(django_capture_on_commit_callbacks):
    """How often a worker was rung for while this stood open."""

    def count(work) -> int:
        with patch.object(current_app, "send_task") as send, django_capture_on_commit_callbacks(execute=True):
            work()
        return send.call_count

    return count


def test_sweep_rings_once_not_once_per_row(rings):
    planned_run(40)
    assert rings(sweep) == 1


@pytest.mark.parametrize("situation", ["nothing", "all held", "paused", "delayed", "sender held"])
def test_sweep_rings_for_nothing_that_cannot_go(rings, settings, situation):
    if situation != "nothing":
        planned_run(3, state=Run.State.PAUSED if situation == "paused" else Run.State.RUNNING)
    if situation == "all held":
        claim()
    if situation == "delayed":
        Delivery.objects.update(next_attempt_at=Now() + timedelta(minutes=1))
    settings.MAIL_START_HELD = situation == "sender held"
    assert rings(sweep) == 0


def test_sweep_finds_rows_of_dead_senders_and_runs_nobody_ended(rings):
    dead, over = planned_run(2), planned_run(0)
    taken = claim()
    claims.hand_over(taken, taken.deliveries[0])
    let_leases_end()
    assert rings(sweep) == 1
    over.refresh_from_db()
    assert (states_of(dead), over.state) == (["unknown", "pending"], "done")


def test_sweep_asks_a_fixed_number_of_questions():
    def queries_with(size: int) -> int:
        Delivery.objects.all().delete()
        run.deliveries.bulk_create(
            Delivery(kind=Delivery.Kind.MAILING, run=run, recipient=person, email=person.email, language="fr") for person in people[:size]
        )
        claim()
        let_leases_end()
        with CaptureQueriesContext(connection) as captured, patch.object(doorbell, "_press"):
            sweep()
        return len(captured)

    run = planned_run(40)
    people = [delivery.recipient for delivery in run.deliveries.select_related("recipient")]
    assert queries_with(40) == queries_with(2)


def test_ring_waits_for_the_commit(rings):
    def roll_back() -> None:
        with transaction.atomic():
            doorbell.ring()
            transaction.set_rollback(True)

    assert rings(roll_back) == 0
    assert rings(doorbell.ring) == 1


@pytest.mark.parametrize("broker", ["redis+socket:///nowhere/valkey.sock", "redis://127.0.0.1:9/0"])
def test_ring_without_broker_neither_raises_nor_waits(broker, monkeypatch, django_capture_on_commit_callbacks):
    began = time.monotonic()
    monkeypatch.setattr(app.conf, "broker_url", broker)
    with django_capture_on_commit_callbacks(execute=True):
        doorbell.ring()
    assert time.monotonic() - began < 3


def test_ring_reaches_the_queue(settings, django_capture_on_commit_callbacks):
    with Redis.from_url(settings.REDIS_URL) as valkey:
        before = valkey.llen("celery")
        with django_capture_on_commit_callbacks(execute=True):
            doorbell.ring()
        assert valkey.llen("celery") == before + 1
        valkey.delete("celery")


# --- The queue ----------------------------------------------------------------------------------


@pytest.fixture
def plain(monkeypatch):
    """The queue with plain mails to all."""
    whole = sending.deliver_batch
    monkeypatch.setattr(sending, "deliver_batch", lambda **options: whole(**options, build=plain_messages, recheck=all_wanted))


def test_queue_is_sent_to_its_end_over_one_connection(sink, settings, rings, plain):
    settings.MAIL_BATCH_SIZE, settings.MAIL_SENDERS = 4, 1
    run = planned_run(10)
    assert rings(deliver_queue) == 0
    assert (states_of(run), sink.connections) == (["sent"] * 10, 1)


def test_turn_that_is_over_rings_for_the_rest(sink, settings, rings, plain):
    settings.MAIL_SENDERS = 1
    run = planned_run(20)
    sink.pace = 0.02
    assert rings(lambda: deliver_queue(seconds=0.1)) == 1
    assert 1 <= states_of(run).count("sent") < 20
    assert set(states_of(run)) == {"sent", "pending"}


def test_work_for_two_calls_one_other_sender_once_a_turn(sink, settings, rings, plain):
    settings.MAIL_BATCH_SIZE, settings.MAIL_SENDERS = 2, 2
    planned_run(10)
    assert rings(deliver_queue) == 1
    DeliveryFactory.create_batch(2, login_code=True)
    assert rings(deliver_queue) == 0


def test_nobody_is_called_while_the_others_are_at_work(sink, settings, rings, plain):
    settings.MAIL_BATCH_SIZE, settings.MAIL_SENDERS = 2, 2
    run = planned_run(10)
    claim()  # the other sender, at work
    assert rings(deliver_queue) == 0
    assert states_of(run).count("sent") == 8


def test_more_senders_than_wished_take_urgent_mail_alone(sink, settings, rings, plain):
    settings.MAIL_SENDERS, settings.MAIL_BATCH_SIZE = 1, 2
    run = planned_run(4)
    claim()  # the one sender, at work
    code = DeliveryFactory(login_code=True)
    assert rings(deliver_queue) == 0
    code.refresh_from_db()
    assert (code.state, states_of(run)) == ("sent", ["sending", "sending", "pending", "pending"])


def test_ill_server_ends_the_turn_without_ringing(sink, settings, rings, plain):
    settings.MAIL_PAUSE_AFTER_FAULTS, settings.MAIL_BATCH_SIZE = 2, 5
    for _ in range(8):
        DeliveryFactory(notice_mail=True)
    sink.always = "drop at RCPT"
    assert rings(deliver_queue) == 0
    assert sum(sink.tries.values()) == 2


# --- The tasks ----------------------------------------------------------------------------------


def test_every_tick_of_beat_names_a_task_that_exists_and_expires_before_the_next():
    for entry in app.conf.beat_schedule.values():
        import_module(entry["task"].rpartition(".")[0])  # as a worker does at its start
        assert entry["task"] in app.tasks
        assert entry["options"]["expires"] <= entry["schedule"]
    assert tasks.deliver.name == doorbell.DELIVER


def test_heartbeat_moves_one_row():
    tasks.heartbeat()
    first = Heartbeat.objects.get(name="worker").at
    tasks.heartbeat()
    assert Heartbeat.objects.get(name="worker").at >= first


def test_mailing_that_cannot_start_keeps_no_draft_from_being_made():
    with (
        patch.object(tasks, "start_due_mailings", side_effect=LookupError) as start,
        patch.object(tasks, "draft_this_week") as draft,
        pytest.raises(LookupError),
    ):
        tasks.calendar()
    assert (start.call_count, draft.call_count) == (1, 1)
