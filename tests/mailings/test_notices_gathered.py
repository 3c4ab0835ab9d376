"""Events about one request make one mail per person: nothing twice, nothing lost, nothing later than ten minutes."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from mailings.models import Delivery, Notice, Telling
from mailings.services import decide_notices
from municipalities.models import User
from partnerships.models import Event, ServiceRequest
from partnerships.services import requests as acts
from partnerships.services.notes import write_note
from tests.factories import MunicipalityFactory, RequestFactory, SpocAssignmentFactory, UserFactory
from tests.mailings.reading import assert_reads_well

pytestmark = pytest.mark.django_db
NINE = dt.datetime(2026, 11, 25, 9, 0, tzinfo=dt.UTC)
TEN_MINUTES = dt.timedelta(minutes=10)


@pytest.fixture(autouse=True)
def _gather(settings: Any) -> None:
    settings.NOTICES_GATHERED_WITHIN = TEN_MINUTES


class Cast:
    def __init__(self) -> None:
        self.place = MunicipalityFactory()
        self.alderman: User = UserFactory(alderman=self.place, correspondence_language="nl")
        self.spoc: User = UserFactory(spoc=True)
        SpocAssignmentFactory(municipality=self.place, officer=self.spoc)

    def request(self, state: str = "submitted", **fields: Any) -> ServiceRequest:
        return RequestFactory(**{state: True}, municipality=self.place, asked_by=self.alderman, assignee=self.spoc, **fields)


@pytest.fixture
def cast() -> Cast:
    return Cast()


def at(minutes: float) -> Any:
    return time_machine.travel(NINE + dt.timedelta(minutes=minutes), tick=False)


def decide(minutes: float) -> int:
    with at(minutes):
        return decide_notices(timezone.now())


def told() -> list[tuple[User, list[str]]]:
    """Per mail, who got it and of what it tells, in order."""
    mails = Delivery.objects.order_by("pk").select_related("recipient").prefetch_related("tellings__notice__event")
    return [(mail.recipient, [telling.notice.event.verb for telling in mail.tellings.all()]) for mail in mails]


def acknowledged_started_asked(cast: Cast, request: ServiceRequest) -> None:
    with at(0):
        acts.acknowledge_request(request, by=cast.spoc)
    with at(2):
        acts.start_request(request, by=cast.spoc)
    with at(4):
        acts.ask_municipality(request, by=cast.spoc, question="Combien de cellules ?", language="fr")


def test_three_acts_within_ten_minutes_are_one_mail(cast: Cast) -> None:
    acknowledged_started_asked(cast, cast.request())
    assert decide(9.9) == 0
    assert decide(10) == 3
    assert told() == [(cast.alderman, ["request_acknowledged", "request_started", "request_asked"])]
    assert decide(11) == 0


def test_the_first_waits_ten_minutes_and_no_longer_however_much_follows(cast: Cast) -> None:
    request = cast.request("in_progress")
    for minute in range(0, 25, 5):
        with at(minute):
            acts.send_message(request, by=cast.spoc, body=f"Minute {minute}", language="fr")
        decide(minute)
    decide(35)
    assert [len(events) for _person, events in told()] == [3, 2]


def test_one_event_alone_is_its_own_mail(cast: Cast) -> None:
    with at(0):
        acts.acknowledge_request(cast.request(), by=cast.spoc)
    decide(10)
    mail = Delivery.objects.get()
    assert mail.notice.event.verb == "request_acknowledged"
    assert Telling.objects.get().delivery == mail


def test_two_requests_are_two_mails(cast: Cast) -> None:
    acknowledged_started_asked(cast, cast.request())
    acknowledged_started_asked(cast, cast.request())
    decide(10)
    assert [len(events) for _person, events in told()] == [3, 3]


def test_each_person_reads_what_concerns_them(cast: Cast) -> None:
    request = cast.request("in_progress")
    with at(0):
        acts.send_message(request, by=cast.spoc, body="Une question ?", language="fr")
    with at(1):
        acts.send_message(request, by=cast.alderman, body="Une réponse.", language="fr")
    with at(2):
        acts.complete_request(request, by=cast.spoc, result="Voici.", language="fr")
    decide(10)
    assert dict(told()) == {cast.alderman: ["message_sent", "request_completed"], cast.spoc: ["message_sent"]}


def test_a_new_request_goes_at_once_and_an_urgent_one_always_does(cast: Cast) -> None:
    with at(0):
        acts.submit_request(RequestFactory(municipality=cast.place, asked_by=cast.alderman), by=cast.alderman)
        urgent = cast.request("in_progress", is_urgent=True, urgent_reason="Lundi.")
        acts.send_message(urgent, by=cast.alderman, body="Vite.", language="fr")
    assert decide(0) == 2


def test_what_was_waiting_goes_with_what_goes_at_once(cast: Cast) -> None:
    draft = RequestFactory(municipality=cast.place, asked_by=cast.alderman)
    with at(0):
        request = acts.submit_request(draft, by=cast.alderman)
        acts.send_message(request, by=cast.alderman, body="J'oubliais.", language="fr")
    decide(0)
    assert told() == [(cast.spoc, ["request_submitted", "message_sent"])]


def test_a_mention_does_not_wait(cast: Cast) -> None:
    colleague = UserFactory(spoc=True)
    with at(0):
        write_note(cast.request("in_progress"), by=cast.spoc, body="Vois-tu ?", mentioned=[colleague])
    decide(0)
    assert told() == [(colleague, ["colleague_mentioned"])]


def test_zero_seconds_gather_nothing(cast: Cast, settings: Any) -> None:
    settings.NOTICES_GATHERED_WITHIN = dt.timedelta(0)
    acknowledged_started_asked(cast, cast.request())
    decide(4)
    assert [len(events) for _person, events in told()] == [1, 1, 1]


@pytest.mark.parametrize("language", ["fr", "nl", "both"])
def test_the_mail_of_several_reads_well(cast: Cast, language: str) -> None:
    cast.alderman.correspondence_language = language
    cast.alderman.save()
    request = cast.request(title="L'avenir de la place & <b>ses</b> commerces")
    acknowledged_started_asked(cast, request)
    decide(10)
    mail = Delivery.objects.get()
    assert_reads_well(mail.subject, mail.body_text, mail.body_html)
    assert request.reference in mail.subject
    assert "3" in mail.subject
    versions = 2 if language == "both" else 1
    assert mail.body_text.count("> Combien de cellules ?") == versions
    assert mail.body_html.count("Combien de cellules ?") == versions
    assert mail.body_html.count("<h1") == versions
    assert mail.body_text.count(f"/requests/{request.key}/") == versions
    assert mail.reply_to == cast.spoc.email


# --- Nothing twice, nothing lost ----------------------------------------------------------------


def test_the_database_refuses_to_tell_an_event_twice(cast: Cast) -> None:
    acknowledged_started_asked(cast, cast.request())
    decide(10)
    one = Telling.objects.first()
    with pytest.raises(IntegrityError, match="telling_once_per_event_and_person"), transaction.atomic():
        Telling.objects.create(notice=one.notice, recipient=one.recipient, delivery=one.delivery)


def test_after_a_crash_in_mid_decision_everything_is_still_to_be_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    acknowledged_started_asked(cast, cast.request())
    with monkeypatch.context() as broken:
        broken.setattr("mailings.services.notices.render_mail", _fail)
        with pytest.raises(RuntimeError), transaction.atomic():
            decide(10)
    assert not Notice.objects.exists()
    assert decide(12) == 3
    assert [len(events) for _person, events in told()] == [3]


def _fail(*args: object, **kwargs: object) -> None:
    raise RuntimeError


def test_after_a_week_without_workers_one_mail_tells_all(cast: Cast) -> None:
    acknowledged_started_asked(cast, cast.request())
    decide(7 * 24 * 60)
    assert [len(events) for _person, events in told()] == [3]


def test_an_event_of_a_request_in_another_workers_hands_is_left_to_it(cast: Cast) -> None:
    """The oldest stands for all: whoever cannot have it takes none of the others."""
    from mailings.services.gathering import ripe
    from mailings.services.notices import undecided

    acknowledged_started_asked(cast, cast.request())
    first = Event.objects.order_by("pk").first()
    assert list(ripe(undecided(), NINE + TEN_MINUTES)) == [first]


@pytest.mark.django_db(transaction=True)
def test_five_who_decide_at_once_write_one_mail_per_request(settings: Any) -> None:
    settings.NOTICES_GATHERED_WITHIN = TEN_MINUTES
    cast = Cast()
    requests = [cast.request() for _number in range(8)]
    for request in requests:
        acknowledged_started_asked(cast, request)

    def work(_number: int) -> int:
        try:
            return decide_notices(NINE + TEN_MINUTES)
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(work, range(5)))
    decide_notices(NINE + TEN_MINUTES)
    assert [len(events) for _person, events in told()] == [3] * 8
    assert Notice.objects.count() == Event.objects.count() == 24
