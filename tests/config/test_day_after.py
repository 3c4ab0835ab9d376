"""The day after a mandate's end, by the clock alone: nothing runs, nobody presses anything, and everything is shut or harmless."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mailings.audience import officials_of, recipients_of, still_wanted
from mailings.models import Delivery, Mailing, MailPreference
from mailings.rendering import content_token, delivery_token
from mailings.services import decide_notices, plan_run, queue_login_code
from municipalities.delegations import Delegation
from municipalities.models import Mandate, Municipality, User
from partnerships.models import Event, Message, ServiceRequest
from partnerships.services.delegations import accept_delegation, invite_delegate
from partnerships.services.requests import acknowledge_request, send_message
from tests.config.test_every_url_needs_login import ADDRESSES, CLOSED, PUBLIC
from tests.config.test_login import _ask_code, _code_of, _enter_code
from tests.factories import AgreementFactory, MailingFactory, MunicipalityFactory, RequestFactory, SpocAssignmentFactory, UserFactory, since

pytestmark = pytest.mark.django_db
LOGIN = reverse("account_login")
LAST_IN = 3  # days until the last day of the mandate


@dataclass
class Office:
    """An alderman whose mandate ends soon, who has used everything the portal offers; a delegate who acts for them."""

    place: Municipality
    alderman: User
    delegate: User
    spoc: User
    request: ServiceRequest
    mailing: Mailing
    browser: Client
    noon: dt.datetime

    def day(self, days: int, hour: int = 12, minute: int = 0) -> Any:
        return time_machine.travel(self.noon.replace(hour=hour, minute=minute) + dt.timedelta(days=days), tick=False)

    def last_day(self) -> Any:
        return self.day(LAST_IN)

    def day_after(self) -> Any:
        return self.day(LAST_IN + 1)

    def mail(self, person: User, **which: Any) -> Delivery:
        return Delivery.objects.get(recipient=person, **which)


@pytest.fixture
def office() -> Office:
    place = MunicipalityFactory()
    alderman, spoc = UserFactory(alderman=place), UserFactory(spoc=True)
    SpocAssignmentFactory(municipality=place, officer=spoc)
    AgreementFactory(municipality=place)
    Mandate.objects.filter(user=alderman).update(period=since(365, until=LAST_IN + 1))
    made = invite_delegate(
        alderman.mandates.get(), by=alderman, email="ada@example.org", first_name="Ada", last_name="A", scope="requests", until=None
    )
    accept_delegation(made, by=made.delegate)
    delegate = User.objects.get(pk=made.delegate_id)
    asked = RequestFactory(municipality=place, submitted=True, asked_by=alderman, assignee=spoc)
    send_message(asked, by=delegate, body="Pour l'échevin.", language="fr")
    decide_notices(timezone.now())
    browser = Client()
    browser.force_login(alderman)
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    return Office(place, alderman, delegate, spoc, asked, MailingFactory(approved=True), browser, noon)


# --- The session --------------------------------------------------------------------------------


def pages(office: Office) -> list[str]:
    agreement = office.place.agreements.get()
    return [
        *(reverse(name) for name in ("home", "requests", "request_new", "mailings", "preferences", "delegates", "invitations")),
        reverse("municipality", args=[office.place.slug]),
        reverse("agreement_timeline", args=[office.place.slug]),
        reverse("request", args=[office.request.key]),
        *(reverse(name, args=[agreement.key]) for name in ("agreement", "agreement_summary")),
    ]


def test_every_page_opens_on_the_last_day_and_none_the_day_after(office: Office) -> None:
    with office.last_day():
        assert {address: office.browser.get(address).status_code for address in pages(office)} == dict.fromkeys(pages(office), 200)
    with office.day_after():
        for address in pages(office):
            assert office.browser.get(address).url.startswith(LOGIN), address


def test_no_address_of_the_portal_or_the_administration_lets_the_old_session_in(office: Office) -> None:
    """Whatever address there is or will be: it is the session that is refused, each time anew."""
    with office.day_after():
        for address in ADDRESSES:
            if address in PUBLIC | CLOSED:
                continue
            browser = Client()
            browser.force_login(office.alderman)
            answer = browser.get(address)
            assert (answer.status_code, answer.url.split("?")[0]) in {(302, LOGIN), (302, reverse("admin:login"))}, address


def test_what_is_typed_the_day_after_is_not_written(office: Office) -> None:
    before = Message.objects.count(), ServiceRequest.objects.count(), Delegation.objects.count()
    with office.day_after():
        browser = office.browser
        browser.post(reverse("request_message", args=[office.request.key]), {"body": "Trop tard.", "language": "fr", "token": uuid.uuid4()})
        browser.post(reverse("request_withdraw", args=[office.request.key]), {"reason": "Trop tard."})
        browser.post(reverse("delegates"), {"email": "late@example.org", "scope": "read", "until": "2099-01-01"})
    assert before == (Message.objects.count(), ServiceRequest.objects.count(), Delegation.objects.count())
    assert ServiceRequest.objects.get().state == "submitted"


def test_the_delegate_is_out_with_the_mandate(office: Office) -> None:
    browser = Client()
    browser.force_login(office.delegate)
    with office.last_day():
        assert browser.get(reverse("requests")).status_code == 200
    with office.day_after():
        assert browser.get(reverse("requests")).url.startswith(LOGIN)


def test_no_code_lets_in_neither_a_new_one_nor_one_of_the_evening_before(office: Office) -> None:
    browser = Client()
    with office.day(LAST_IN, hour=23, minute=57):
        _ask_code(browser, office.alderman.email)
    with office.day(LAST_IN + 1, hour=0, minute=2):
        _enter_code(browser, _code_of(office.alderman))
        assert browser.get(reverse("home")).url.startswith(LOGIN)
        _ask_code(Client(), office.alderman.email)
    assert Delivery.objects.filter(recipient=office.alderman, kind=Delivery.Kind.LOGIN_CODE).count() == 1


# --- Mails --------------------------------------------------------------------------------------


def test_no_mailing_is_planned_and_what_was_planned_does_not_leave(office: Office) -> None:
    with office.last_day():
        assert office.alderman in recipients_of(office.mailing, timezone.localdate())
        plan_run(office.mailing, by=None)
        mail = office.mail(office.alderman, kind="mailing")
        assert still_wanted([mail], timezone.localdate()) == {mail.pk: None}
    with office.day_after():
        assert still_wanted([mail], timezone.localdate()) == {mail.pk: Delivery.Skip.NO_ACCESS}
        assert office.alderman not in recipients_of(office.mailing, timezone.localdate())
        assert office.alderman not in officials_of([office.place.pk], timezone.localdate())
        plan_run(MailingFactory(approved=True), by=None)
    assert Delivery.objects.filter(recipient=office.alderman, kind="mailing").count() == 1


def test_nobody_writes_to_them_about_their_request_any_more(office: Office) -> None:
    with office.day_after():
        before = set(Delivery.objects.values_list("pk", flat=True))
        acknowledge_request(office.request, by=office.spoc)
        decide_notices(timezone.now())
        heard = {mail.recipient for mail in Delivery.objects.exclude(pk__in=before)}
        assert not heard & {office.alderman, office.delegate}


def test_a_code_queued_before_midnight_does_not_leave_after_it(office: Office) -> None:
    with office.last_day():
        code = queue_login_code(office.alderman, code="BBBB-BBBB")
    with office.day_after():
        assert still_wanted([code], timezone.localdate()) == {code.pk: Delivery.Skip.NO_ACCESS}


# --- Signed links -------------------------------------------------------------------------------


def test_signed_links_open_nothing_that_is_theirs_and_do_no_more_than_stop_mails(office: Office) -> None:
    """Stopping mails never asks for access; the web version holds only what everybody was sent."""
    with office.last_day():
        run = plan_run(office.mailing, by=None)
        mail = office.mail(office.alderman, kind="mailing")
    stranger, token = Client(), delivery_token(mail.key)
    with office.day_after():
        events = Event.objects.count()
        for link in (reverse("web_version", args=[token]), reverse("web_version", args=[content_token(run.pk, "fr")])):
            text = stranger.get(link).content.decode()
            assert office.mailing.subject_fr in text
            for private in (office.request.title, office.request.reference, office.alderman.last_name, office.alderman.email):
                assert private not in text
        assert stranger.post(reverse("choose_language", args=[token, "nl"])).status_code == 200
        assert stranger.post(reverse("unsubscribe", args=[token])).status_code == 200
        for address in pages(office):
            assert stranger.get(address).status_code == 302  # no link logs anybody in
        assert Event.objects.count() == events
    office.alderman.refresh_from_db()
    assert office.alderman.correspondence_language == "nl"
    assert MailPreference.objects.get(user=office.alderman).unsubscribed_at
    assert not office.alderman.has_access(office.noon.date() + dt.timedelta(days=LAST_IN + 1))


# --- What stays ---------------------------------------------------------------------------------


def test_past_words_stay_signed_for_colleagues_and_for_the_agency(office: Office) -> None:
    colleague = UserFactory(officer=office.place)
    browser, team = Client(), Client()
    browser.force_login(colleague)
    team.force_login(office.spoc)
    session = team.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": 0}]
    session.save()
    english = {"accept-language": "en"}
    with office.day_after():
        pages_seen = [
            browser.get(reverse("request", args=[office.request.key]), headers=english),
            team.get(reverse("admin:partnerships_servicerequest_change", args=[office.request.pk]), headers=english),
        ]
    for page in pages_seen:
        text = page.content.decode()
        assert f"Ada A for {office.alderman.full_name}" in text
        assert "Pour l" in text
