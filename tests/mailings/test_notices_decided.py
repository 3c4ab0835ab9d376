"""Who hears of what: the other party, in their own language, once; never the one who acted, never another municipality."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from mailings import services
from mailings.models import Delivery, Notice
from mailings.services.notices import undecided
from municipalities.models import Municipality, User
from partnerships.models import Event, ServiceRequest
from partnerships.services import requests as acts
from tests.factories import (
    EventFactory,
    MailingFactory,
    MunicipalityFactory,
    RequestFactory,
    RunFactory,
    SpocAssignmentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


class Cast:
    """Ixelles with its alderman, officer and SPOC; and everybody else who must never hear of it."""

    def __init__(self) -> None:
        self.place: Municipality = MunicipalityFactory()
        self.alderman: User = UserFactory(alderman=self.place, correspondence_language="nl")
        self.officer: User = UserFactory(officer=self.place)
        self.spoc: User = UserFactory(spoc=True, correspondence_language="fr")
        self.colleague: User = UserFactory(spoc=True)
        SpocAssignmentFactory(municipality=self.place, officer=self.spoc)
        self.elsewhere: Municipality = MunicipalityFactory()
        self.other_alderman: User = UserFactory(alderman=self.elsewhere)
        UserFactory(former=self.place)
        UserFactory(cabinet=True)

    def request(self, state: str) -> ServiceRequest:
        return RequestFactory(**{state: True}, municipality=self.place, asked_by=self.alderman, assignee=self.spoc)


@pytest.fixture
def cast() -> Cast:
    return Cast()


def _heard() -> list[tuple[str, User, str]]:
    services.decide_notices(timezone.now())
    rows = Delivery.objects.filter(kind=Delivery.Kind.NOTICE).select_related("notice__event", "recipient").order_by("pk")
    return [(row.notice.event.verb, row.recipient, row.language) for row in rows]


def _submit(cast: Cast) -> None:
    acts.submit_request(RequestFactory(municipality=cast.place, asked_by=cast.alderman), by=cast.alderman)


OF_THE_AGENCY = {
    "request_acknowledged": ("submitted", lambda c, r: acts.acknowledge_request(r, by=c.spoc)),
    "request_started": ("acknowledged", lambda c, r: acts.start_request(r, by=c.spoc)),
    "request_asked": ("in_progress", lambda c, r: acts.ask_municipality(r, by=c.spoc, question="Combien ?", language="fr")),
    "request_completed": ("in_progress", lambda c, r: acts.complete_request(r, by=c.spoc, result="Fait.", language="fr")),
    "request_declined": ("submitted", lambda c, r: acts.decline_request(r, by=c.spoc, reason="Hors champ.", language="fr")),
    "request_closed": ("completed", lambda c, r: acts.close_request(r, by=c.spoc)),
    "message_sent": ("in_progress", lambda c, r: acts.send_message(r, by=c.colleague, body="Bonjour.", language="fr")),
}
OF_THE_MUNICIPALITY = {
    "request_answered": ("waiting", lambda c, r: acts.send_message(r, by=c.officer, body="Douze.", language="fr")),
    "request_withdrawn": ("in_progress", lambda c, r: acts.withdraw_request(r, by=c.alderman, reason="Résolu.")),
    "request_closed": ("completed", lambda c, r: acts.close_request(r, by=c.officer)),
    "message_sent": ("in_progress", lambda c, r: acts.send_message(r, by=c.alderman, body="Bonjour.", language="fr")),
}


@pytest.mark.parametrize("verb", list(OF_THE_AGENCY))
def test_who_asked_hears_of_the_agencys_acts_in_their_language(cast: Cast, verb: str) -> None:
    state, act = OF_THE_AGENCY[verb]
    act(cast, cast.request(state))
    assert _heard() == [(verb, cast.alderman, "nl")]


@pytest.mark.parametrize("verb", list(OF_THE_MUNICIPALITY))
def test_the_assignee_hears_of_the_municipalitys_acts_in_theirs(cast: Cast, verb: str) -> None:
    state, act = OF_THE_MUNICIPALITY[verb]
    act(cast, cast.request(state))
    asked = [(verb, cast.alderman, "nl")] if verb == "request_closed" else []  # by a colleague: who asked is asked how it was
    assert sorted(_heard(), key=str) == sorted([(verb, cast.spoc, "fr"), *asked], key=str)


def test_who_closes_their_own_request_is_asked_how_it_was_too(cast: Cast) -> None:
    acts.close_request(cast.request("completed"), by=cast.alderman)
    heard = [("request_closed", cast.alderman, "nl"), ("request_closed", cast.spoc, "fr")]
    assert sorted(_heard(), key=str) == sorted(heard, key=str)


def test_a_new_request_reaches_the_spoc_of_the_day(cast: Cast) -> None:
    _submit(cast)
    assert _heard() == [("request_submitted", cast.spoc, "fr")]


def test_without_a_spoc_everybody_who_may_take_it_up_hears(cast: Cast) -> None:
    lead = UserFactory(lead=True)
    place = MunicipalityFactory()
    alderman = UserFactory(alderman=place)
    acts.submit_request(RequestFactory(municipality=place, asked_by=alderman), by=alderman)
    assert {person for _verb, person, _language in _heard()} == {cast.spoc, cast.colleague, lead}


def test_an_assignee_who_left_is_replaced_by_the_spoc(cast: Cast) -> None:
    request = cast.request("in_progress")
    request.assignee = UserFactory(spoc=True, is_active=False)
    request.save()
    acts.send_message(request, by=cast.alderman, body="Bonjour.", language="fr")
    assert [person for _verb, person, _language in _heard()] == [cast.spoc]


def test_the_new_assignee_hears_but_not_when_they_took_it_themselves(cast: Cast) -> None:
    request = cast.request("in_progress")
    acts.assign_request(request, by=cast.spoc, to=cast.colleague)
    acts.assign_request(request, by=cast.colleague, to=cast.colleague)
    assert [(verb, person) for verb, person, _language in _heard()] == [("request_assigned", cast.colleague)]


def test_when_who_asked_has_left_a_colleague_with_a_hand_in_it_hears(cast: Cast) -> None:
    request = cast.request("in_progress")
    acts.send_message(request, by=cast.officer, body="Je complète.", language="fr")
    cast.alderman.mandates.update(municipality=cast.elsewhere)
    _heard()
    acts.complete_request(request, by=cast.spoc, result="Fait.", language="fr")
    assert _heard()[-1][:2] == ("request_completed", cast.officer)


def test_drafts_are_nobodys_business(cast: Cast) -> None:
    draft = RequestFactory(municipality=cast.place, asked_by=cast.alderman)
    acts.withdraw_request(draft, by=cast.alderman)
    assert _heard() == []
    assert Notice.objects.count() == 1


def test_no_mail_says_anything_to_another_municipality(cast: Cast) -> None:
    for state, act in [*OF_THE_AGENCY.values(), *OF_THE_MUNICIPALITY.values()]:
        act(cast, cast.request(state))
    assert cast.other_alderman not in {person for _verb, person, _language in _heard()}


def test_a_notice_carries_the_words_and_where_to_answer(cast: Cast) -> None:
    request = cast.request("in_progress")
    acts.ask_municipality(request, by=cast.spoc, question="Combien de cellules vides ?", language="fr")
    _heard()
    mail = Delivery.objects.get()
    assert "> Combien de cellules vides ?" in mail.body_text
    assert f"http://testserver/requests/{request.key}/" in mail.body_text
    assert 'lang="fr"' in mail.body_html
    assert (mail.priority, mail.state, mail.email) == (1, "pending", cast.alderman.email)


# --- Mailings -----------------------------------------------------------------------------------


def test_reviewers_hear_that_approval_is_asked_and_editors_what_became_of_it() -> None:
    editor, colleague, cabinet = UserFactory(editor=True), UserFactory(editor=True), UserFactory(cabinet=True)
    UserFactory(spoc=True)
    mailing = services.ask_approval(MailingFactory(), by=editor)
    services.send_back_mailing(mailing, by=cabinet, shown_hash=mailing.content_hash(), comment="Vérifiez le montant.")
    services.ask_approval(mailing, by=editor)
    services.approve_mailing(mailing, by=cabinet, shown_hash=mailing.content_hash())
    heard = [(verb, person) for verb, person, _language in _heard()]
    assert sorted(heard, key=str) == sorted(
        [
            ("mailing_approval_asked", cabinet),
            ("mailing_sent_back", editor),
            ("mailing_sent_back", colleague),
            ("mailing_approval_asked", cabinet),
            ("mailing_approved", editor),
            ("mailing_approved", colleague),
        ],
        key=str,
    )
    assert "Vérifiez le montant." in Delivery.objects.filter(notice__event__verb="mailing_sent_back").first().body_text


def test_without_a_reviewer_those_who_approve_in_the_cabinets_name_hear() -> None:
    editor, lead = UserFactory(editor=True), UserFactory(lead=True)
    services.ask_approval(MailingFactory(), by=editor)
    assert [(verb, person) for verb, person, _language in _heard()] == [("mailing_approval_asked", lead)]


def test_editors_hear_of_a_held_mailing_and_a_paused_sending() -> None:
    editor, colleague = UserFactory(editor=True), UserFactory(editor=True)
    mailing = MailingFactory(scheduled=True)
    services.start_due_mailings(mailing.scheduled_for + dt.timedelta(days=2))
    services.pause_run(RunFactory(), by=colleague)
    heard = [(verb, person) for verb, person, _language in _heard()]
    assert heard == [("mailing_held", editor), ("mailing_held", colleague), ("mailing_paused", editor)]


def test_the_silent_steps_of_a_mailing_are_decided_without_a_mail() -> None:
    editor = UserFactory(editor=True)
    UserFactory(mayor=MunicipalityFactory())
    mailing = services.draft_weekly(year=2026, week=48, by=editor)
    services.edit_mailing(mailing, by=editor, revision=1, fields={"intro_fr": "Autre."})
    assert _heard() == []
    assert Notice.objects.count() == 2


# --- Nothing lost, nothing twice ----------------------------------------------------------------


def test_a_second_time_decides_nothing(cast: Cast) -> None:
    _submit(cast)
    assert services.decide_notices(timezone.now()) == 1
    assert services.decide_notices(timezone.now()) == 0
    assert Delivery.objects.count() == 1


def test_an_event_committed_late_with_a_low_number_is_found(cast: Cast) -> None:
    early = EventFactory(subject=cast.request("submitted"), actor=cast.alderman)
    late = EventFactory(subject=cast.request("submitted"), actor=cast.alderman)
    Notice.objects.create(event=late)
    assert services.decide_notices(timezone.now()) == 1
    assert early.notice


def test_after_a_week_without_workers_everything_is_still_found(cast: Cast) -> None:
    with time_machine.travel(timezone.now() - dt.timedelta(days=20), tick=False):
        for _number in range(3):
            EventFactory(subject=cast.request("submitted"), actor=cast.alderman)
            services.decide_notices(timezone.now())
    with time_machine.travel(timezone.now() - dt.timedelta(days=9), tick=False):
        missed = [EventFactory(subject=cast.request("submitted"), actor=cast.alderman) for _number in range(3)]
    assert services.decide_notices(timezone.now()) == 3
    assert Notice.objects.filter(event__in=missed).count() == 3


def test_events_long_decided_are_not_looked_through_again(cast: Cast) -> None:
    for days in (9, 6, 3):
        with time_machine.travel(timezone.now() - dt.timedelta(days=days), tick=False):
            EventFactory(subject=cast.request("submitted"), actor=cast.alderman)
            services.decide_notices(timezone.now())
    newest = Event.objects.order_by("-pk").first()
    assert f'"id" > {newest.pk - 1}' in str(undecided().query)


def test_more_events_than_a_batch_are_all_decided(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailings.services.notices.BATCH", 2)
    for _number in range(5):
        EventFactory(subject=cast.request("submitted"), actor=cast.alderman)
    assert services.decide_notices(timezone.now()) == 5


def test_history_that_was_brought_in_is_passed_over(cast: Cast) -> None:
    _submit(cast)
    assert services.pass_over_undecided() == 1
    assert _heard() == []


@pytest.mark.django_db(transaction=True)
def test_five_who_decide_at_once_write_one_mail_per_event() -> None:
    cast = Cast()
    for _number in range(12):
        EventFactory(subject=cast.request("submitted"), actor=cast.alderman)

    def decide(_number: int) -> int:
        try:
            return services.decide_notices(timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(decide, range(5)))
    services.decide_notices(timezone.now())
    assert Notice.objects.count() == 12
    assert Delivery.objects.count() == 12


@pytest.mark.django_db(transaction=True)
def test_a_notice_whose_mail_fails_to_be_written_stays_to_be_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = Cast()
    EventFactory(subject=cast.request("submitted"), actor=cast.alderman)
    with monkeypatch.context() as broken:
        broken.setattr("mailings.services.notices.render_mail", _fail)
        with pytest.raises(RuntimeError):
            services.decide_notices(timezone.now())
    assert not Notice.objects.exists()
    assert services.decide_notices(timezone.now()) == 1


def _fail(*args: object, **kwargs: object) -> None:
    raise RuntimeError


def test_the_doorbell_rings_once_for_a_batch(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    rings: list[int] = []
    monkeypatch.setattr("mailings.services.notices.ring", lambda: rings.append(1))
    for _number in range(3):
        EventFactory(subject=cast.request("submitted"), actor=cast.alderman)
    services.decide_notices(timezone.now())
    assert rings == [1]
