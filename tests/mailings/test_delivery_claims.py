"""Who holds a row: order, exclusion, leases, and updates that hold only while the claim does."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import InterfaceError, OperationalError, connection, connections, transaction
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from mailings.delivery import claim, claims, reconcile
from mailings.delivery.claims import ClaimLost, TakenBack
from mailings.models import Delivery, Run
from tests.factories import DeliveryFactory
from tests.mailings.letters import deliver_plain, let_leases_end, plain_messages, planned_run, states_of

pytestmark = pytest.mark.django_db


def in_thread(work):
    """Run on another connection, as another worker would."""

    def with_own_connection():
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(with_own_connection).result(10)


def test_most_urgent_first_then_oldest():
    planned_run(2)
    notice, code = DeliveryFactory(notice_mail=True), DeliveryFactory(login_code=True)
    held = claim().deliveries
    assert [held[0].pk, held[1].pk] == [code.pk, notice.pk]
    assert [delivery.email for delivery in held[2:]] == ["p1@example.org", "p2@example.org"]


def test_claim_counts_an_attempt_and_carries_token_and_lease():
    planned_run(1)
    taken = claim()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.claim, delivery.attempts) == ("sending", taken.token, 1)
    assert Delivery.objects.filter(lease_until__gt=Now() + timedelta(seconds=80), lease_until__lt=Now() + timedelta(seconds=91)).exists()
    assert claim().deliveries == []


def test_batches_are_small(settings):
    settings.MAIL_BATCH_SIZE = 3
    run = planned_run(5)
    assert len(claim().deliveries) == 3
    assert states_of(run) == ["sending"] * 3 + ["pending"] * 2


def test_paused_or_delayed_rows_are_left_alone_and_those_of_an_ended_run_are_not():
    """A doubt settled as 'not arrived' goes out again, though its run has ended."""
    planned_run(1, state=Run.State.PAUSED)
    DeliveryFactory(next_attempt_at=Now() + timedelta(minutes=1))
    assert claim().deliveries == []
    Run.objects.update(state=Run.State.DONE, finished_at=Now())
    assert [delivery.email for delivery in claim().deliveries] == ["p1@example.org"]


def test_urgent_only_leaves_mailings():
    planned_run(1)
    code = DeliveryFactory(login_code=True)
    assert [delivery.pk for delivery in claim(urgent_only=True).deliveries] == [code.pk]


@pytest.mark.django_db(transaction=True)
def test_rows_another_worker_is_claiming_are_passed_over_without_waiting():
    planned_run(3)
    with transaction.atomic():
        first = Delivery.objects.select_for_update().order_by("pk").first()
        held = in_thread(claim).deliveries
    assert [delivery.email for delivery in held] == ["p2@example.org", "p3@example.org"]
    assert first.email == "p1@example.org"


@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_share_the_queue_without_overlap(settings):
    settings.MAIL_BATCH_SIZE = 7
    planned_run(60)
    start = threading.Barrier(4)

    def take_all() -> list[int]:
        start.wait()
        keys: list[int] = []
        try:
            while batch := claim().deliveries:
                keys += [delivery.pk for delivery in batch]
        finally:
            connections.close_all()
        return keys

    with ThreadPoolExecutor(4) as pool:
        taken = [key for worker in [pool.submit(take_all) for _ in range(4)] for key in worker.result(30)]
    assert len(taken) == 60
    assert sorted(taken) == sorted(Delivery.objects.values_list("pk", flat=True))


# --- Leases -------------------------------------------------------------------------------------


def test_dead_sender_leaves_one_doubt_and_the_rest_waits_uncounted():
    run = planned_run(4)
    taken = claim()
    claims.hand_over(taken, taken.deliveries[0])
    claims.settle_sent(taken, taken.deliveries[0], "250 OK")
    claims.hand_over(taken, taken.deliveries[1])
    reconcile()
    assert states_of(run) == ["sent", "sending", "sending", "sending"]  # its lease runs
    let_leases_end()
    reconcile()
    assert states_of(run) == ["sent", "unknown", "pending", "pending"]
    assert list(run.deliveries.order_by("pk").values_list("attempts", flat=True)) == [1, 1, 0, 0]


def test_sender_that_died_before_any_dot_leaves_no_doubt():
    run = planned_run(3)
    claim()
    let_leases_end()
    reconcile()
    assert states_of(run) == ["pending"] * 3


def test_doubts_go_again_where_policy_says_so():
    run = planned_run(1, doubt_policy=Run.DoubtPolicy.RESEND)
    for trait in ({"login_code": True}, {"notice_mail": True}, {}):
        DeliveryFactory(**trait)
    taken = claim()
    for delivery in taken.deliveries:
        claims.hand_over(taken, delivery)
    before = {delivery.pk: delivery.message_id for delivery in taken.deliveries}
    let_leases_end()
    reconcile()
    assert states_of(run) == ["pending"]
    assert Delivery.objects.due().count() == 4
    assert {delivery.pk: delivery.message_id for delivery in Delivery.objects.all()} == before
    assert not Delivery.objects.filter(handed_over_at__isnull=False).exists()


def test_login_code_waits_with_its_words_and_loses_them_when_settled():
    code = DeliveryFactory(login_code=True, body_text="123456", body_html="<b>123456</b>")
    taken = claim()
    claims.put_off(taken, code, "450 later")
    code.refresh_from_db()
    assert code.body_text == "123456"
    Delivery.objects.update(next_attempt_at=Now())
    claims.settle_sent(claim(), code, "250 OK")
    code.refresh_from_db()
    assert (code.state, code.body_text, code.body_html) == ("sent", "", "")


def test_words_of_a_notice_stay():
    notice = DeliveryFactory(notice_mail=True, body_text="Bonjour")
    claims.settle_sent(claim(), notice, "250 OK")
    notice.refresh_from_db()
    assert notice.body_text == "Bonjour"


# --- Updates that hold only while the claim does ------------------------------------------------


@pytest.mark.parametrize("settle", [claims.settle_sent, claims.settle_failed, claims.settle_unknown, claims.put_off])
def test_reconciled_sender_overwrites_nothing(settle):
    run = planned_run(1)
    taken = claim()
    let_leases_end()
    reconcile()
    with pytest.raises(ClaimLost):
        settle(taken, taken.deliveries[0], "250 OK")
    with pytest.raises(ClaimLost):
        claims.hand_over(taken, taken.deliveries[0])
    assert states_of(run) == ["pending"]
    assert run.deliveries.get().response == ""


def test_reconciled_sender_overwrites_nothing_of_the_next_claim():
    run = planned_run(1)
    late = claim()
    let_leases_end()
    reconcile()
    now = claim()
    with pytest.raises(ClaimLost):
        claims.settle_failed(late, late.deliveries[0], "550 no")
    claims.settle_sent(now, now.deliveries[0], "250 OK")
    assert states_of(run) == ["sent"]


def test_no_dot_without_lease_enough_to_hear_the_answer():
    planned_run(1)
    taken = claim()
    Delivery.objects.update(lease_until=Now() + timedelta(seconds=claims.margin() - 1))
    with pytest.raises(TakenBack):
        claims.hand_over(taken, taken.deliveries[0])
    assert Delivery.objects.get().handed_over_at is None


def test_no_dot_for_a_run_that_was_paused_meanwhile(sink):
    run = planned_run(3)

    def pause_then_build(deliveries):
        Run.objects.update(state=Run.State.PAUSED)
        return plain_messages(deliveries)

    outcome = deliver_plain(build=pause_then_build)
    assert (outcome.sent, sink.taken) == (0, 0)
    assert states_of(run) == ["pending"] * 3
    assert set(run.deliveries.values_list("attempts", flat=True)) == {0}


def test_sender_that_stalled_past_its_lease_puts_a_dot_on_nothing(sink):
    """Reconciled while it stood still, it finds out before the dot, stops its batch and touches no row."""
    run = planned_run(3)

    def stall_then_build(deliveries):
        let_leases_end()
        reconcile()
        return plain_messages(deliveries)

    outcome = deliver_plain(build=stall_then_build)
    assert (outcome.sent, sink.taken, states_of(run)) == (0, 0, ["pending"] * 3)
    assert deliver_plain().sent == 3
    assert [len(sink.ids_of(f"p{number}@example.org")) for number in (1, 2, 3)] == [1, 1, 1]


@pytest.mark.django_db(transaction=True)
def test_sender_and_reconciler_at_the_same_moment_never_both_win():
    """The sender's update waits for the reconciler's transaction, then sees that the row is not its own any more."""
    planned_run(1)
    taken = claim()
    let_leases_end()
    started = threading.Event()

    def settle_late() -> bool:
        started.set()
        try:
            claims.settle_sent(taken, taken.deliveries[0], "250 OK")
        except ClaimLost:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            reconcile()
            late = pool.submit(settle_late)
            started.wait(5)
        assert late.result(10) is False
    assert Delivery.objects.get().state == "pending"


@pytest.mark.django_db(transaction=True)
def test_database_that_is_away_for_a_moment_makes_no_doubt(monkeypatch):
    """The server's answer is known: it is worth some patience to write it down."""
    run = planned_run(1)
    taken = claim()
    write, faults = claims._rows_changed, iter([OperationalError("gone"), InterfaceError("still gone")])

    def away_twice(sql: str, parameters: list[object]) -> int:
        if fault := next(faults, None):
            raise fault
        return write(sql, parameters)

    monkeypatch.setattr(claims, "_rows_changed", away_twice)
    monkeypatch.setattr(claims, "WAITS_FOR_DATABASE", (0, 0, 0))
    claims.settle_sent(taken, taken.deliveries[0], "250 OK")
    assert states_of(run) == ["sent"]


def test_delay_grows_and_stops_growing():
    delays = [claims.delay_after(attempt).total_seconds() for attempt in (1, 2, 3, 4, 12, 36, 5000)]
    assert delays == [15, 30, 60, 120, 14400, 14400, 14400]


def test_batch_costs_two_updates_a_mail_and_a_fixed_number_besides(sink):
    def queries_for(size: int) -> int:
        run.deliveries.exclude(pk=last.pk).delete()
        Delivery.objects.bulk_create(
            Delivery(kind=Delivery.Kind.MAILING, run=run, recipient=person, email=person.email, language="fr") for person in people[:size]
        )
        with CaptureQueriesContext(connection) as captured:
            assert deliver_plain().sent == size
        return len(captured)

    run = planned_run(30)
    people = [delivery.recipient for delivery in run.deliveries.select_related("recipient").order_by("pk")]
    last = run.deliveries.order_by("pk").last()  # waits for its hour, so that the run goes on
    Delivery.objects.filter(pk=last.pk).update(next_attempt_at=Now() + timedelta(hours=1))
    few, many = queries_for(5), queries_for(25)
    assert many - few == 2 * 20
    assert few - 2 * 5 <= 25
