"""From an approved mailing to one mail per person, exactly once; by hand or when its hour has come."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from mailings import services
from mailings.models import Delivery, Mailing, Run, RunContent
from mailings.rendering import build_messages
from municipalities.models import User
from partnerships.models import Event
from tests.factories import (
    DeliveryFactory,
    MailingFactory,
    MandateFactory,
    MunicipalityFactory,
    RunFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
BRUSSELS = ZoneInfo("Europe/Brussels")
State = Mailing.State


@pytest.fixture
def editor() -> User:
    return UserFactory(editor=True)


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Notes each ring of the doorbell."""
    rings: list[str] = []
    monkeypatch.setattr("mailings.services.planning.ring", lambda: rings.append("ring"))
    return rings


def test_everybody_chosen_gets_one_mail_in_their_language(editor: User, rung: list[str]) -> None:
    place = MunicipalityFactory()
    people = [
        UserFactory(mayor=place, correspondence_language="fr"),
        UserFactory(alderman=place, correspondence_language="nl"),
        UserFactory(alderman=place, correspondence_language="both"),
    ]
    UserFactory(officer=place)
    UserFactory(former=place)
    mailing = MailingFactory(approved=True)
    run = services.send_mailing_now(mailing, by=editor)
    rows = run.deliveries.order_by("pk")
    assert [(row.recipient, row.language, row.email) for row in rows] == [(p, p.correspondence_language, p.email) for p in people]
    assert {(row.kind, row.state, row.priority, row.attempts) for row in rows} == {("mailing", "pending", 5, 0)}
    assert len({row.key for row in rows}) == 3
    mailing.refresh_from_db()
    assert (mailing.state, run.content_hash) == (State.SENDING, mailing.content_hash())
    assert {content.language for content in run.contents.all()} == {"fr", "nl"}
    planned = Event.objects.about(mailing).get(verb=Event.Verb.MAILING_PLANNED)
    assert (planned.actor, planned.data["deliveries"]) == (editor, 3)
    assert rung == ["ring"]


def test_two_mandates_are_one_mail(editor: User) -> None:
    person = UserFactory(alderman=[MunicipalityFactory(), MunicipalityFactory()])
    MandateFactory(user=person, role="mayor")
    run = services.send_mailing_now(MailingFactory(approved=True), by=editor)
    assert run.deliveries.get().recipient == person


def test_an_ended_or_future_mandate_gets_none(editor: User) -> None:
    UserFactory(former=MunicipalityFactory())
    MandateFactory(future=True)
    assert services.send_mailing_now(MailingFactory(approved=True), by=editor).deliveries.count() == 0


def test_whoever_unsubscribed_is_listed_as_left_out(editor: User) -> None:
    person = UserFactory(mayor=MunicipalityFactory())
    services.unsubscribe(person)
    row = services.send_mailing_now(MailingFactory(approved=True), by=editor).deliveries.get()
    assert (row.recipient, row.state, row.skip_reason) == (person, Delivery.State.SKIPPED, Delivery.Skip.UNSUBSCRIBED)
    services.resubscribe(person)
    row = services.send_mailing_now(MailingFactory(approved=True), by=editor).deliveries.get()
    assert row.state == Delivery.State.PENDING


def test_the_content_of_a_run_is_frozen(editor: User) -> None:
    UserFactory(mayor=MunicipalityFactory())
    mailing = MailingFactory(approved=True)
    run = services.send_mailing_now(mailing, by=editor)
    Mailing.objects.filter(pk=mailing.pk).update(subject_fr="Changé après coup", intro_fr="Changé après coup")
    mailing.items.update(title_fr="Changé après coup")
    (message,) = build_messages(list(run.deliveries.all())).values()
    assert "Changé après coup" not in message.subject + message.body
    assert mailing.subject_fr in message.subject


def test_a_second_time_changes_nothing(editor: User, rung: list[str]) -> None:
    UserFactory(mayor=MunicipalityFactory())
    mailing = MailingFactory(approved=True)
    run = services.send_mailing_now(mailing, by=editor)
    UserFactory(mayor=MunicipalityFactory())
    assert services.send_mailing_now(mailing, by=editor) == run
    assert run.deliveries.count() == 1
    assert rung == ["ring"]


@pytest.mark.django_db(transaction=True)
def test_five_who_start_it_at_once_plan_it_once() -> None:
    for _number in range(4):
        UserFactory(alderman=MunicipalityFactory())
    mailing = MailingFactory(scheduled=True)
    later = mailing.scheduled_for + dt.timedelta(minutes=1)

    def start(number: int) -> object:
        try:
            return services.start_due_mailings(later) if number % 2 else services.plan_run(mailing, by=None)
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(start, range(5)))
    assert Run.objects.count() == 1
    assert RunContent.objects.count() == 2
    assert Delivery.objects.count() == 4
    assert Event.objects.filter(verb=Event.Verb.MAILING_PLANNED).count() == 1


# --- The hour -----------------------------------------------------------------------------------


def _scheduled(*moment: int) -> Mailing:
    UserFactory(mayor=MunicipalityFactory())
    return MailingFactory(scheduled=True, scheduled_for=dt.datetime(*moment, tzinfo=BRUSSELS))


def test_nothing_goes_out_before_its_hour_and_everything_at_it() -> None:
    mailing = _scheduled(2026, 11, 26, 9, 0)
    assert services.start_due_mailings(mailing.scheduled_for - dt.timedelta(seconds=1)) == []
    assert [started.run for started in services.start_due_mailings(mailing.scheduled_for)] == [mailing.run]
    assert services.start_due_mailings(mailing.scheduled_for) == []


@pytest.mark.parametrize(
    ("hour", "utc"),
    [
        pytest.param((2026, 3, 29, 1, 59), dt.datetime(2026, 3, 29, 0, 59, tzinfo=dt.UTC), id="before-spring-change"),
        pytest.param((2026, 3, 29, 3, 0), dt.datetime(2026, 3, 29, 1, 0, tzinfo=dt.UTC), id="after-spring-change"),
        pytest.param((2026, 10, 25, 2, 30), dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC), id="first-of-two-half-past-two"),
        pytest.param((2026, 10, 25, 3, 0), dt.datetime(2026, 10, 25, 2, 0, tzinfo=dt.UTC), id="after-autumn-change"),
        pytest.param((2026, 12, 31, 23, 59), dt.datetime(2026, 12, 31, 22, 59, tzinfo=dt.UTC), id="new-years-eve"),
    ],
)
def test_the_hour_is_that_of_brussels_once(hour: tuple[int, ...], utc: dt.datetime) -> None:
    mailing = _scheduled(*hour)
    assert services.start_due_mailings(utc - dt.timedelta(minutes=1)) == []
    started = [services.start_due_mailings(utc + dt.timedelta(minutes=minutes)) for minutes in range(0, 180, 15)]
    assert [len(each) for each in started] == [1] + [0] * 11
    assert Run.objects.get().mailing == mailing


@pytest.mark.parametrize(("late", "state"), [(36 * 60, State.SENDING), (36 * 60 + 1, State.HELD)])
def test_past_the_grace_it_is_held(late: int, state: str) -> None:
    mailing = _scheduled(2026, 11, 26, 9, 0)
    services.start_due_mailings(mailing.scheduled_for + dt.timedelta(minutes=late))
    mailing.refresh_from_db()
    assert mailing.state == state
    if state == State.HELD:
        assert mailing.held_reason == Mailing.HeldReason.TOO_LATE
        assert not Run.objects.exists()
        assert Event.objects.about(mailing).get().verb == Event.Verb.MAILING_HELD


def test_without_an_approval_of_its_content_it_is_held() -> None:
    mailing = _scheduled(2026, 11, 26, 9, 0)
    Mailing.objects.filter(pk=mailing.pk).update(intro_nl="Glissé par derrière.")
    services.start_due_mailings(mailing.scheduled_for)
    mailing.refresh_from_db()
    assert (mailing.state, mailing.held_reason) == (State.HELD, Mailing.HeldReason.NOT_APPROVED)


def test_a_mailing_for_nobody_is_held() -> None:
    mailing = MailingFactory(scheduled=True)
    services.start_due_mailings(mailing.scheduled_for)
    mailing.refresh_from_db()
    assert mailing.held_reason == Mailing.HeldReason.NOBODY


def test_a_held_mailing_gets_a_new_hour(editor: User) -> None:
    mailing = _scheduled(2026, 11, 26, 9, 0)
    services.start_due_mailings(mailing.scheduled_for + dt.timedelta(days=3))
    at = timezone.now() + dt.timedelta(hours=1)
    mailing = services.schedule_mailing(mailing, by=editor, at=at)
    assert (mailing.state, mailing.scheduled_for, mailing.held_reason) == (State.SCHEDULED, at, "")


# --- On its way ---------------------------------------------------------------------------------


def test_pausing_and_resuming_are_recorded_and_resuming_rings(editor: User, rung: list[str]) -> None:
    run = RunFactory(consecutive_faults=7)
    assert services.pause_run(run, by=editor).state == Run.State.PAUSED
    assert rung == []
    run = services.resume_run(run, by=editor)
    assert (run.state, run.consecutive_faults) == (Run.State.RUNNING, 0)
    assert rung == ["ring"]
    verbs = list(Event.objects.about(run.mailing).values_list("verb", flat=True))
    assert verbs == [Event.Verb.MAILING_PAUSED, Event.Verb.MAILING_RESUMED]


def test_pausing_twice_is_once(editor: User) -> None:
    run = RunFactory()
    services.pause_run(run, by=editor)
    services.pause_run(run, by=editor)
    assert Event.objects.about(run.mailing).count() == 1


@pytest.mark.parametrize("arrived", [True, False])
def test_a_doubt_is_settled_in_the_open_and_once(editor: User, rung: list[str], arrived: bool) -> None:
    delivery = DeliveryFactory(mailing=True, in_doubt=True)
    message_id = delivery.message_id
    settled = services.settle_doubt(delivery, by=editor, arrived=arrived)
    assert settled.state == (Delivery.State.SENT if arrived else Delivery.State.PENDING)
    assert bool(settled.sent_at) == arrived
    assert settled.message_id == message_id
    assert rung == ([] if arrived else ["ring"])
    again = services.settle_doubt(delivery, by=editor, arrived=not arrived)
    assert again.state == settled.state
    event = Event.objects.about(delivery.run.mailing).get(verb=Event.Verb.DELIVERY_SETTLED)
    assert (event.actor, event.data) == (editor, {"delivery": delivery.pk, "arrived": arrived})


@pytest.mark.parametrize("who", ["spoc", "cabinet"])
def test_a_doubt_is_not_settled_by_others(who: str) -> None:
    delivery = DeliveryFactory(mailing=True, in_doubt=True)
    with pytest.raises(services.MailingActionNotAllowed):
        services.settle_doubt(delivery, by=UserFactory(**{who: True}), arrived=True)
    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.UNKNOWN
