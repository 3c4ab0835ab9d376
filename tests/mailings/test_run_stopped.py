"""A sending that is stopped in the middle: who has the mail keeps it, nobody else gets it, and the sending ends by itself."""

import pytest
from django.db import IntegrityError, transaction

from mailings import services
from mailings.delivery import claim, deliver_batch, deliver_queue, sweep
from mailings.delivery.claims import TakenBack, hand_back, hand_over
from mailings.models import Delivery, Mailing, Run
from mailings.services import MailingActionNotAllowed, send_again, stop_run
from municipalities.models import User
from tests.factories import MailingFactory, MunicipalityFactory, RunFactory, UserFactory
from tests.mailings.sink import Sink
from tests.mailings.test_campaign_sets import planned

pytestmark = pytest.mark.django_db
State = Delivery.State


@pytest.fixture
def editor() -> User:
    return UserFactory(editor=True)


def test_what_a_sender_holds_at_that_moment_is_taken_back_and_skipped(editor: User) -> None:
    run = planned(3)
    held = claim(limit=2)
    stop_run(run, by=editor, reason="Le montant est faux.")
    with pytest.raises(TakenBack):
        hand_over(held, held.deliveries[0])
    hand_back(held)
    assert sorted(run.deliveries.values_list("state", flat=True)) == ["pending", "pending", "skipped"]
    assert not claim().deliveries  # nobody takes them up
    sweep()
    assert set(run.deliveries.values_list("state", "skip_reason")) == {("skipped", "stopped")}
    run.refresh_from_db()
    assert run.state == Run.State.DONE
    assert run.stopped_at
    assert Mailing.objects.get(run=run).state == Mailing.State.SENT


def test_in_sets_no_mail_leaves_after_it_was_stopped(sink: Sink, editor: User, settings, tmp_path) -> None:
    settings.MAIL_JOURNAL = str(tmp_path / "journal")
    run = planned(6)
    stop_run(run, by=editor, reason="Le montant est faux.")
    deliver_queue(seconds=20)
    assert sink.received == []
    sweep()
    run.refresh_from_db()
    assert run.state == Run.State.DONE


@pytest.mark.django_db(transaction=True)
def test_a_mail_of_it_still_goes_to_one_person_by_name(sink: Sink, editor: User) -> None:
    mayor = UserFactory(mayor=MunicipalityFactory())
    run = services.send_mailing_now(MailingFactory(approved=True), by=editor)
    stop_run(run, by=editor, reason="Le montant est faux.")
    sweep()
    send_again(run, to=mayor, by=editor)
    deliver_batch()
    assert [received.message["To"] for received in sink.received] == [mayor.email]


def test_stopping_twice_is_once_and_what_is_over_cannot_be_stopped(editor: User) -> None:
    run = planned(1)
    assert stop_run(run, by=editor, reason="Un").stopped_at == stop_run(run, by=editor, reason="Deux").stopped_at
    with pytest.raises(MailingActionNotAllowed):
        stop_run(RunFactory(done=True), by=editor, reason="Trop tard")


def test_a_paused_sending_can_be_stopped_and_not_resumed(editor: User) -> None:
    run = planned(2)
    services.pause_run(run, by=editor)
    stop_run(run, by=editor, reason="Le montant est faux.")
    with pytest.raises(MailingActionNotAllowed):
        services.resume_run(run, by=editor)
    assert set(run.deliveries.values_list("state", flat=True)) == {"skipped"}


def test_the_database_wants_to_know_when(editor: User) -> None:
    run = planned(1)
    with pytest.raises(IntegrityError, match="run_stopped_has_time"), transaction.atomic():
        Run.objects.filter(pk=run.pk).update(state=Run.State.STOPPED)
