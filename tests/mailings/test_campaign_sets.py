"""Mailings sent in sets by journal: the same promises as mail by mail, kept with two statements in place of thousands."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mailings.delivery import campaigns, deliver_queue, journal, reconcile
from mailings.delivery.campaigns import Campaigns
from mailings.delivery.wire import Wire
from mailings.models import Delivery, Mailing, MailPreference, Run, RunContent
from mailings.pipeline import Pipeline
from mailings.rendering import CannotBeFramed, build_messages, frame_of, pieces_of
from mailings.rendering.personal import personal_parts
from mailings.services import pause_run, plan_run
from mailings.smtp import prepared
from municipalities.models import Mandate, User
from partnerships.models import Event
from tests.factories import (
    DeliveryFactory,
    MailingFactory,
    MandateFactory,
    MeasureFactory,
    MunicipalityFactory,
    RequestFactory,
    UserFactory,
    since,
)
from tests.mailings.letters import let_leases_end, make_due, states_of
from tests.mailings.test_delivery_faults import STATE_AFTER

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[True, False], ids=["piped", "command by command"])
def server(request, sink, settings, tmp_path):
    sink.pipelining = request.param
    settings.MAIL_JOURNAL = str(tmp_path / "journal")
    settings.EMAIL_TIMEOUT, settings.MAIL_ANSWER_TIMEOUT = 10, 10
    return sink


@pytest.fixture
def piped(sink, settings, tmp_path):
    sink.pipelining = True
    settings.MAIL_JOURNAL = str(tmp_path / "journal")
    settings.EMAIL_TIMEOUT, settings.MAIL_ANSWER_TIMEOUT = 10, 10
    return sink


def planned(size, *, prefix="p", languages=("fr", "nl", "both"), **mailing):
    """An approved mailing of three measures, planned by the real service, to p1@, p2@, … of one municipality with an open request."""
    place = MunicipalityFactory()
    people = [
        UserFactory(email=f"{prefix}{number}@example.org", correspondence_language=languages[number % len(languages)])
        for number in range(1, size + 1)
    ]
    for person in people:
        MandateFactory(user=person, municipality=place, role=Mandate.Role.ALDERMAN, portfolios=["trade"], period=since(30))
    RequestFactory(municipality=place, asked_by=people[0], submitted=True, title="Vitrines vides, rue de l’Été")
    return plan_run(MailingFactory(approved=True, items=MeasureFactory.create_batch(3), **mailing), by=None)


def deliver_all():
    deliver_queue(seconds=60)


# --- Sending ------------------------------------------------------------------------------------


def test_everybody_has_one_mail_recorded_with_the_words_of_the_server_and_no_journal_stays(server):
    run = planned(7)
    deliver_all()
    assert states_of(run) == ["sent"] * 7
    assert sorted(received.message_id for received in server.received) == sorted(delivery.message_id for delivery in run.deliveries.all())
    assert all(delivery.response.startswith("250 2.0.0 queued as") and delivery.sent_at for delivery in run.deliveries.all())
    run.refresh_from_db()
    assert (run.state, Mailing.objects.get(run=run).state) == ("done", "sent")
    assert list(journal.left_behind()) == []
    assert server.connections == 1


@pytest.mark.parametrize("fault", STATE_AFTER)
def test_each_fault_touches_only_its_own_mail(server, settings, fault):
    settings.MAIL_ANSWER_TIMEOUT = 0.5 if fault == "take and say nothing" else 10
    run = planned(4)
    server.script["p2@example.org"] = [fault]
    deliver_all()
    assert states_of(run) == ["sent", STATE_AFTER[fault], "sent", "sent"]
    assert all(len(server.ids_of(f"p{number}@example.org")) == 1 for number in (1, 3, 4))
    make_due()
    server.script = {}
    deliver_all()
    assert states_of(run) == ["sent", STATE_AFTER[fault].replace("pending", "sent"), "sent", "sent"]


def test_several_faults_one_after_the_other(server):
    run = planned(6)
    server.script |= {
        "p1@example.org": ["5xx at RCPT"],
        "p2@example.org": ["4xx at DATA"],
        "p3@example.org": ["4xx after dot"],
        "p4@example.org": ["drop at RCPT"],
        "p5@example.org": ["drop after dot"],
    }
    deliver_all()
    assert states_of(run) == ["failed", "pending", "pending", "pending", "unknown", "sent"]


def test_code_and_notice_pass_before_the_next_set(piped, settings):
    settings.MAIL_JOURNAL_BATCH = 2
    run = planned(3)
    code = DeliveryFactory(login_code=True)
    deliver_all()
    assert states_of(run) == ["sent"] * 3
    assert piped.received[0].recipient == code.email


def test_who_need_not_have_it_any_more_is_dropped_at_the_last_moment(piped):
    run = planned(5)
    MailPreference.objects.update_or_create(user=User.objects.get(email="p1@example.org"), defaults={"unsubscribed_at": run.planned_at})
    Mandate.objects.filter(user__email="p2@example.org").update(role=Mandate.Role.SECRETARY)
    Mandate.objects.filter(user__email="p3@example.org").delete()
    User.objects.filter(email="p4@example.org").update(email="moved@example.org")
    deliver_all()
    assert states_of(run) == ["skipped"] * 4 + ["sent"]
    reasons = list(run.deliveries.order_by("pk").values_list("skip_reason", flat=True))
    assert reasons == ["unsubscribed", "no_longer_concerned", "no_access", "address_changed", ""]


def test_a_set_costs_the_same_few_statements_whatever_its_size(piped):
    counts = []
    for size in (3, 30):
        Mandate.objects.all().delete()
        planned(size, prefix=f"of{size}-")
        asker = Mandate.objects.all()[0]
        RequestFactory.create_batch(size, municipality=asker.municipality, asked_by=asker.user, submitted=True)
        with CaptureQueriesContext(connection) as captured, Wire() as wire:
            assert Campaigns(wire, float("inf")).deliver_set().sent == size
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 20


# --- What is in the mail ------------------------------------------------------------------------


def _without_boundaries(content):
    return re.sub(rb"={10,}\d+==", b"=boundary=", content)


@pytest.mark.parametrize("language", ["fr", "nl", "both"])
def test_a_filled_frame_is_the_written_message_to_the_byte(language):
    run = planned(3, languages=(language,))
    deliveries = list(run.deliveries.select_related("recipient"))
    contents = {content.language: content for content in RunContent.objects.filter(run=run)}
    written = build_messages(deliveries)
    personal = personal_parts([delivery.recipient_id for delivery in deliveries], run.planned_at.date())
    frame = frame_of(run.pk, language, contents)
    for delivery in deliveries:
        filled = frame.fill(
            key=delivery.key,
            email=delivery.email,
            planned_at=delivery.planned_at,
            pieces=pieces_of(personal[delivery.recipient_id], language),
        )
        by_the_book = prepared(written[delivery.pk])[2]
        assert _without_boundaries(filled) == _without_boundaries(by_the_book)
        assert "Vitrines vides, rue de l’Été".encode() in filled


@pytest.mark.parametrize("title", [".avec un point au début", "x" * 120])
def test_a_personal_part_cannot_break_the_frame(piped, title):
    planned(1)
    mandate = Mandate.objects.get(user__email="p1@example.org")
    request = RequestFactory(municipality=mandate.municipality, asked_by=mandate.user, submitted=True, title=title)
    deliver_all()
    message = piped.received[0].message
    assert title in message.get_body(("html",)).get_content()
    assert request.reference in message.get_body(("plain",)).get_content()


def test_a_body_that_needs_an_encoding_is_written_by_the_book_and_arrives(piped):
    run = planned(2, intro_fr="mot" * 700, intro_nl="woord" * 700)
    contents = {content.language: content for content in RunContent.objects.filter(run=run)}
    with pytest.raises(CannotBeFramed):
        frame_of(run.pk, "fr", contents)
    deliver_all()
    assert states_of(run) == ["sent", "sent"]
    assert all(
        "mot" * 700 in r.message.get_body(("plain",)).get_content() or "woord" * 700 in r.message.get_body(("plain",)).get_content()
        for r in piped.received
    )


def test_an_address_beyond_ascii_fails_alone(piped):
    run = planned(2)
    User.objects.filter(email="p1@example.org").update(email="é@example.org")
    Delivery.objects.filter(email="p1@example.org").update(email="é@example.org")
    deliver_all()
    assert states_of(run) == ["failed", "sent"]


# --- A sender that dies -------------------------------------------------------------------------


class Killed(BaseException):
    """Stands for kill -9: nothing of the sender runs after it."""


@pytest.fixture
def killed_after_dot(monkeypatch):
    """The sender dies after so many dots, before the answer to the last one is read."""

    def arrange(dots):
        dot, count = Pipeline._dot, iter(range(1, 1000))

        def fatal(self, following):
            response = dot(self, following)
            if next(count) == dots:
                raise Killed
            return response

        monkeypatch.setattr(Pipeline, "_dot", fatal)

    return arrange


def test_a_killed_sender_leaves_one_doubt_and_its_journal_tells_of_the_rest(
    piped, killed_after_dot, monkeypatch, django_capture_on_commit_callbacks
):
    run = planned(6)
    killed_after_dot(3)
    with pytest.raises(Killed):
        deliver_all()
    monkeypatch.undo()
    assert states_of(run) == ["sending"] * 6
    reconcile()
    assert states_of(run) == ["sending"] * 6  # its lease runs: it might be alive
    let_leases_end()
    with django_capture_on_commit_callbacks(execute=True):
        reconcile()
    assert states_of(run) == ["sent", "sent", "unknown", "pending", "pending", "pending"]
    assert run.deliveries.order_by("pk")[0].response.startswith("250")
    assert list(journal.left_behind()) == []
    deliver_all()
    assert states_of(run) == ["sent", "sent", "unknown", "sent", "sent", "sent"]
    assert all(len(piped.ids_of(delivery.email)) == 1 for delivery in run.deliveries.all())


def test_the_doubt_goes_again_under_its_message_id_where_the_run_says_so(piped, killed_after_dot, monkeypatch):
    run = planned(2)
    Run.objects.update(doubt_policy=Run.DoubtPolicy.RESEND)
    killed_after_dot(1)
    with pytest.raises(Killed):
        deliver_all()
    monkeypatch.undo()
    let_leases_end()
    reconcile()
    assert states_of(run) == ["pending", "pending"]
    deliver_all()
    assert states_of(run) == ["sent", "sent"]
    assert set(piped.ids_of("p1@example.org")) == {run.deliveries.get(email="p1@example.org").message_id}


def test_the_mails_of_another_host_wait_for_it_and_are_in_doubt_when_it_does_not_come_back(
    piped, killed_after_dot, monkeypatch, settings, tmp_path
):
    run = planned(3)
    killed_after_dot(2)
    with pytest.raises(Killed):
        deliver_all()
    monkeypatch.undo()
    let_leases_end()
    here, settings.MAIL_JOURNAL = settings.MAIL_JOURNAL, str(tmp_path / "elsewhere")
    reconcile()
    assert states_of(run) == ["sending"] * 3
    settings.MAIL_JOURNAL_PATIENCE = 0
    let_leases_end()
    reconcile()
    assert states_of(run) == ["unknown"] * 3
    settings.MAIL_JOURNAL = here
    deliver_all()
    assert piped.taken == 2


def test_a_sender_that_stalled_past_its_lease_writes_over_nobody(piped, monkeypatch):
    run = planned(2)
    settle = campaigns._Sending.settle

    def late(self):
        let_leases_end()
        reconcile()
        Delivery.objects.filter(email="p1@example.org").update(response="found in the journal")
        settle(self)

    monkeypatch.setattr(campaigns._Sending, "settle", late)
    deliver_all()
    assert run.deliveries.get(email="p1@example.org").response == "found in the journal"
    assert states_of(run)[0] == "sent"
    assert len(piped.ids_of("p1@example.org")) == 1


def test_a_paused_run_stops_at_the_next_look(piped, monkeypatch):
    monkeypatch.setattr(campaigns, "LOOK_AGAIN", 0)
    run = planned(5)
    taken = campaigns._Sending.taken

    def pause_after_two(self, letter, response):
        taken(self, letter, response)
        if len(self._sent) == 2:
            pause_run(run, by=UserFactory(editor=True))

    monkeypatch.setattr(campaigns._Sending, "taken", pause_after_two)
    deliver_all()
    assert states_of(run) == ["sent", "sent", "pending", "pending", "pending"]
    assert list(run.deliveries.order_by("pk").values_list("attempts", flat=True)) == [1, 1, 0, 0, 0]
    assert piped.taken == 2


def test_an_ill_server_pauses_the_run(piped, settings):
    settings.MAIL_PAUSE_AFTER_FAULTS = 3
    run = planned(6)
    piped.always = "drop at RCPT"
    deliver_all()
    run.refresh_from_db()
    assert run.state == "paused"
    assert list(run.deliveries.order_by("pk").values_list("attempts", flat=True)) == [1, 1, 1, 0, 0, 0]


def test_a_relay_that_refuses_everybody_pauses_the_run_before_all_are_used_up(piped, settings):
    settings.MAIL_PAUSE_AFTER_REFUSALS, settings.MAIL_PAUSE_AFTER_FAULTS = 3, 2
    run = planned(8)
    piped.always = "5xx after dot"
    deliver_all()
    run.refresh_from_db()
    assert (run.state, states_of(run).count("failed")) == ("paused", 4)
    assert Event.objects.about(run.mailing).filter(verb=Event.Verb.MAILING_PAUSED).count() == 1


def test_without_a_folder_to_write_to_mails_go_one_by_one(sink, settings, tmp_path):
    (tmp_path / "file").write_text("in the way")
    settings.MAIL_JOURNAL = str(tmp_path / "file")
    run = planned(2)
    deliver_all()
    assert states_of(run) == ["sent", "sent"]
    assert set(run.deliveries.values_list("journal", flat=True)) == {""}


# --- The journal itself -------------------------------------------------------------------------


def test_a_line_cut_short_was_not_written_before_its_dot(settings, tmp_path):
    settings.MAIL_JOURNAL = str(tmp_path)
    claim = uuid.uuid4()
    journal.host()
    (tmp_path / f"{claim.hex}.journal").write_text("> 1\n< 1 250 2.0.0 queued as 7\n> 2\n! 2\n> 3\n> 44")
    entries = journal.read(claim)
    assert (entries.answered, entries.doubtful) == ({1: "250 2.0.0 queued as 7"}, {3})


def test_a_lost_folder_comes_back_under_another_name(settings, tmp_path):
    settings.MAIL_JOURNAL = str(tmp_path / "journal")
    first = journal.host()
    assert journal.host() == first
    (tmp_path / "journal" / "host").unlink()
    assert journal.host() != first
