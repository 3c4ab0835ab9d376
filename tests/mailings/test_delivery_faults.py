"""What becomes of a mail on each kind of bad day, and of the run it belongs to."""

import pytest
from anymail.exceptions import AnymailInvalidAddress, AnymailRecipientsRefused, AnymailRequestsAPIError
from django.core import mail
from requests import Response
from requests.exceptions import ConnectionError as RequestsConnectionError
from urllib3.exceptions import MaxRetryError, NewConnectionError

from mailings.delivery import deliver_queue
from mailings.delivery.wire import meaning_of
from mailings.models import Delivery, Mailing
from mailings.services import resume_run
from mailings.smtp import InDoubt, NotTaken, Refused
from partnerships.models import Event
from tests.factories import DeliveryFactory, UserFactory
from tests.mailings.letters import all_wanted, deliver_plain, make_due, plain_messages, planned_run, states_of

pytestmark = pytest.mark.django_db

STATE_AFTER = {
    "4xx at RCPT": "pending",
    "5xx at RCPT": "failed",
    "4xx at DATA": "pending",
    "5xx at DATA": "failed",
    "421 at RCPT": "pending",
    "drop at RCPT": "pending",
    "4xx after dot": "pending",
    "5xx after dot": "failed",
    "drop after dot": "unknown",
    "take and drop": "unknown",
    "take and say nothing": "unknown",
    "slow": "sent",
}


@pytest.mark.parametrize("fault", STATE_AFTER)
def test_each_fault_touches_only_its_own_mail(sink, fault):
    run = planned_run(3)
    sink.script["p2@example.org"] = [fault]
    deliver_plain()
    assert states_of(run) == ["sent", STATE_AFTER[fault], "sent"]
    assert run.deliveries.get(email="p1@example.org").response == "250 2.0.0 queued as 1"


def test_mail_not_taken_waits_longer_each_time_and_is_sent_under_its_message_id(sink):
    run = planned_run(1)
    sink.script["p1@example.org"] = ["4xx at RCPT", "4xx after dot"]
    waits = []
    for _ in range(2):
        deliver_plain()
        delivery = run.deliveries.get()
        waits.append(delivery.next_attempt_at)
        assert (delivery.state, delivery.handed_over_at) == ("pending", None)
        assert delivery.response.startswith("45")
        assert deliver_plain().claimed == 0
        make_due()
    deliver_plain()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("sent", 3)
    assert sink.ids_of("p1@example.org") == [delivery.message_id]
    assert waits[0] < waits[1]


def test_doubt_that_is_sent_again_keeps_its_message_id(sink):
    notice = DeliveryFactory(notice_mail=True)
    sink.script[notice.email] = ["take and drop"]
    deliver_plain()
    make_due()
    deliver_plain()
    notice.refresh_from_db()
    assert notice.state == "sent"
    assert sink.ids_of(notice.email) == [notice.message_id] * 2


def test_patience_ends(sink, settings):
    settings.MAIL_MAX_ATTEMPTS = 2
    run = planned_run(1)
    sink.always = "4xx at RCPT"
    deliver_plain()
    make_due()
    deliver_plain()
    assert states_of(run) == ["failed"]
    assert run.deliveries.get().response == "450 4.2.0 greylisted"


def test_skipped_with_its_reason_and_nobody_else_waits(sink):
    run = planned_run(3)

    def recheck(deliveries, on):
        return all_wanted(deliveries, on) | {deliveries[0].pk: Delivery.Skip.UNSUBSCRIBED, deliveries[2].pk: Delivery.Skip.NO_ACCESS}

    deliver_plain(recheck=recheck)
    assert states_of(run) == ["skipped", "sent", "skipped"]
    assert list(run.deliveries.order_by("pk").values_list("skip_reason", flat=True)) == ["unsubscribed", "", "no_access"]
    assert sink.taken == 1


def test_mail_that_cannot_be_made_stops_nobody(sink):
    run = planned_run(3)

    def build(deliveries):
        if any(delivery.email == "p2@example.org" for delivery in deliveries):
            raise KeyError("a broken template")
        return plain_messages(deliveries)

    deliver_plain(build=build)
    assert states_of(run) == ["sent", "pending", "sent"]


def test_mail_that_cannot_be_written_fails_alone(sink):
    run = planned_run(2)
    Delivery.objects.filter(email="p1@example.org").update(email="é@example.org")
    deliver_plain()
    assert states_of(run) == ["failed", "sent"]


# --- Mass failure -------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["drop at RCPT", "4xx at DATA", "421 at RCPT", "4xx after dot"])
def test_ill_server_pauses_the_run_once_and_resuming_sends_exactly_the_rest(sink, settings, fault):
    settings.MAIL_PAUSE_AFTER_FAULTS = 3
    run = planned_run(8)
    sink.script["p1@example.org"] = [fault]  # one fault, then one success: no mass failure
    sink.script |= {f"p{number}@example.org": [fault] for number in range(3, 9)}
    deliver_plain()
    run.refresh_from_db()
    assert run.state == "paused"
    assert states_of(run) == ["pending", "sent"] + ["pending"] * 6
    assert list(run.deliveries.order_by("pk").values_list("attempts", flat=True)) == [1, 1, 1, 1, 1, 0, 0, 0]
    paused = Event.objects.about(run.mailing).filter(verb=Event.Verb.MAILING_PAUSED)
    assert [(event.actor, event.data["faults"]) for event in paused] == [(None, 3)]
    make_due()
    assert deliver_plain().claimed == 0
    sink.script = {}
    resume_run(run, by=UserFactory(editor=True))
    deliver_plain()
    assert states_of(run) == ["sent"] * 8
    assert all(len(sink.ids_of(f"p{number}@example.org")) == 1 for number in range(1, 9))


def test_faults_add_up_over_batches_and_doubts_stay_few(sink, settings):
    settings.MAIL_PAUSE_AFTER_FAULTS, settings.MAIL_BATCH_SIZE = 3, 2
    run = planned_run(10)
    sink.always = "take and drop"
    for _ in range(5):
        deliver_plain()
    run.refresh_from_db()
    assert (run.state, states_of(run).count("unknown")) == ("paused", 3)


def test_greylisted_or_refused_recipients_pause_nothing(sink, settings):
    settings.MAIL_PAUSE_AFTER_FAULTS = 2
    run = planned_run(7)
    sink.script |= {f"p{number}@example.org": ["4xx at RCPT" if number % 2 else "5xx at RCPT"] for number in range(1, 7)}
    deliver_plain()
    run.refresh_from_db()
    assert run.state == "running"
    assert states_of(run) == ["pending", "failed"] * 3 + ["sent"]


def test_server_away_burns_few_attempts_and_a_notice_survives_it(settings):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = "mailings.smtp.PhasedEmailBackend", "127.0.0.1", 9
    run = planned_run(8)
    notices = [DeliveryFactory(notice_mail=True) for _ in range(3)]
    outcome = deliver_plain()
    run.refresh_from_db()
    assert (outcome.ill, outcome.put_off, run.state) == (True, settings.MAIL_PAUSE_AFTER_FAULTS, "running")
    deliver_plain()
    run.refresh_from_db()
    assert run.state == "paused"
    assert {delivery.state for delivery in Delivery.objects.filter(pk__in=[notice.pk for notice in notices])} == {"pending"}


# --- The end ------------------------------------------------------------------------------------


def test_run_ends_with_its_last_mail(sink):
    run = planned_run(3)
    sink.script |= {"p1@example.org": ["5xx at RCPT"], "p2@example.org": ["4xx at RCPT"]}
    deliver_plain()
    run.refresh_from_db()
    assert (run.state, run.mailing.state) == ("running", "sending")
    make_due()
    deliver_plain()
    run.refresh_from_db()
    assert (run.state, Mailing.objects.get(run=run).state) == ("done", "sent")
    assert run.finished_at is not None
    assert Event.objects.about(run.mailing).filter(verb=Event.Verb.MAILING_SENT, actor=None).count() == 1


def test_doubt_keeps_no_run_from_ending(sink):
    run = planned_run(1)
    sink.always = "drop after dot"
    deliver_plain()
    run.refresh_from_db()
    assert (run.state, states_of(run)) == ("done", ["unknown"])


def test_one_connection_for_the_whole_batch(sink):
    planned_run(20)
    deliver_plain()
    assert sink.connections == 1


def test_held_sender_sends_nothing(sink, settings):
    settings.MAIL_START_HELD = True
    run = planned_run(2)
    deliver_queue()
    assert (states_of(run), sink.taken) == (["pending"] * 2, 0)


# --- Other ways out -----------------------------------------------------------------------------


def test_other_backends_of_django_mark_and_send(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    run = planned_run(2)
    deliver_plain()
    assert states_of(run) == ["sent", "sent"]
    assert [message.to for message in mail.outbox] == [["p1@example.org"], ["p2@example.org"]]
    assert not run.deliveries.filter(handed_over_at__isnull=True).exists()


def answer(status: int) -> AnymailRequestsAPIError:
    response = Response()
    response.status_code = status
    return AnymailRequestsAPIError("provider", response=response)


def never_connected() -> Exception:
    try:
        try:
            raise MaxRetryError(None, "/send", NewConnectionError(None, "no route"))  # type: ignore[arg-type]
        except MaxRetryError as fault:
            raise RequestsConnectionError(fault) from fault
    except RequestsConnectionError as fault:
        error = AnymailRequestsAPIError("provider")
        error.__cause__ = fault
        fault.__cause__.__cause__ = NewConnectionError(None, "no route")  # type: ignore[union-attr,arg-type]
        return error


@pytest.mark.parametrize(
    ("fault", "meaning"),
    [
        pytest.param(answer(401), NotTaken, id="wrong key"),
        pytest.param(answer(429), NotTaken, id="quota"),
        pytest.param(answer(503), NotTaken, id="overloaded"),
        pytest.param(answer(400), Refused, id="bad request"),
        pytest.param(answer(500), InDoubt, id="server error"),
        pytest.param(AnymailRecipientsRefused(), Refused, id="recipient"),
        pytest.param(AnymailInvalidAddress("not an address"), Refused, id="address"),
        pytest.param(AnymailRequestsAPIError("timeout while reading"), InDoubt, id="no answer"),
        pytest.param(never_connected(), NotTaken, id="never connected"),
        pytest.param(ConnectionResetError(), InDoubt, id="reset"),
        pytest.param(ZeroDivisionError(), InDoubt, id="anything else"),
    ],
)
def test_what_a_provider_s_exception_means(fault, meaning):
    assert type(meaning_of(fault)) is meaning
