"""What a person wants to receive: chosen behind the link of a mail or in the portal, and heeded until the last moment."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mailings import services
from mailings.audience import left_out_of, recipients_of, still_wanted
from mailings.models import Addressee, Delivery, Mailing, MailPreference
from mailings.rendering import build_messages, delivery_token
from municipalities.models import User
from tests.factories import DeliveryFactory, MailingFactory, MunicipalityFactory, UserFactory
from tests.mailings.reading import links_in_html

pytestmark = pytest.mark.django_db
Kind, Skip = Mailing.Kind, Delivery.Skip
ALL = {"language": "both", "kinds": ["weekly", "urgent"], "paused_until": ""}


@pytest.fixture
def person() -> User:
    return UserFactory(mayor=MunicipalityFactory(), correspondence_language="fr")


@pytest.fixture
def delivery(person: User) -> Delivery:
    return services.plan_run(MailingFactory(approved=True), by=None).deliveries.get(recipient=person)


@pytest.fixture
def stranger() -> Client:
    """No cookie, no session, and CSRF checks as in earnest."""
    return Client(enforce_csrf_checks=True)


def _page(delivery: Delivery) -> str:
    return reverse("mail_choices", args=[delivery_token(delivery.key)])


def _in(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


def _choose(person: User, *, kinds: list[str] | None = None, paused_until: dt.date | None = None) -> MailPreference:
    chosen = list(Kind) if kinds is None else kinds
    return services.choose_mails(person, language="fr", kinds=chosen, paused_until=paused_until, today=timezone.localdate())


def test_language_kinds_and_pause_are_chosen_without_a_log_in(stranger: Client, person: User, delivery: Delivery) -> None:
    answer = stranger.post(_page(delivery), {"language": "nl", "kinds": ["urgent"], "paused_until": _in(20).isoformat()})
    assert answer.status_code == 200
    assert answer["Content-Language"] == "nl"
    assert "notice--success" in answer.content.decode()
    person.refresh_from_db()
    assert person.correspondence_language == "nl"
    chosen = MailPreference.objects.get(user=person)
    assert (chosen.unsubscribed_at, chosen.unwanted_kinds, chosen.paused_until) == (None, ["weekly"], _in(20))


def test_no_kind_unsubscribes_and_any_kind_subscribes_again(stranger: Client, person: User, delivery: Delivery) -> None:
    stranger.post(_page(delivery), ALL | {"kinds": []})
    first = MailPreference.objects.get(user=person)
    assert first.unsubscribed_at
    assert first.unwanted_kinds == []
    stranger.post(_page(delivery), ALL | {"kinds": []})
    assert MailPreference.objects.get(user=person).unsubscribed_at == first.unsubscribed_at
    stranger.post(_page(delivery), ALL)
    assert MailPreference.objects.get(user=person).unsubscribed_at is None


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(stranger: Client, person: User, delivery: Delivery, method: str) -> None:
    answer = getattr(stranger, method)(_page(delivery), ALL | {"kinds": [], "language": "nl"})
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert not MailPreference.objects.exists()
    person.refresh_from_db()
    assert person.correspondence_language == "fr"


@pytest.mark.parametrize(
    "wrong", [{"paused_until": "soon"}, {"paused_until": "2020-01-01"}, {"language": "en"}, {"kinds": ["daily"]}], ids=str
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_half_done(
    stranger: Client, person: User, delivery: Delivery, wrong: dict[str, object]
) -> None:
    page = stranger.post(_page(delivery), ALL | {"language": "nl"} | wrong).content.decode()
    assert "notice--success" not in page
    assert 'aria-invalid="true"' in page or "error" in page
    assert not MailPreference.objects.exists()
    person.refresh_from_db()
    assert person.correspondence_language == "fr"


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_pause_lies_ahead_and_within_a_year(person: User, days: int) -> None:
    with pytest.raises(ValidationError):
        _choose(person, paused_until=_in(days))
    assert not MailPreference.objects.exists()


def test_a_pause_ends_by_itself_on_its_day(person: User) -> None:
    mailing = MailingFactory()
    _choose(person, paused_until=_in(3))
    assert person not in recipients_of(mailing, _in(2))
    assert [(out.user, out.reason) for out in left_out_of(mailing, _in(2))] == [(person, Skip.PAUSED)]
    assert person in recipients_of(mailing, _in(3))
    assert left_out_of(mailing, _in(3)) == []


def test_a_kind_that_is_not_wanted_is_not_sent_and_the_other_is(person: User) -> None:
    weekly, urgent = MailingFactory(), MailingFactory(urgent=True)
    _choose(person, kinds=[Kind.URGENT])
    assert person not in recipients_of(weekly, timezone.localdate())
    assert [(out.user, out.reason) for out in left_out_of(weekly, timezone.localdate())] == [(person, Skip.UNSUBSCRIBED)]
    assert person in recipients_of(urgent, timezone.localdate())


@pytest.mark.parametrize(
    ("kinds", "days", "reason"),
    [([Kind.URGENT], None, Skip.UNSUBSCRIBED), ([], None, Skip.UNSUBSCRIBED), (list(Kind), 5, Skip.PAUSED), ([Kind.WEEKLY], None, None)],
    ids=str,
)
def test_what_is_chosen_after_the_planning_is_heeded_at_the_last_moment(
    person: User, delivery: Delivery, kinds: list[str], days: int | None, reason: str | None
) -> None:
    _choose(person, kinds=kinds, paused_until=_in(days) if days else None)
    assert still_wanted([delivery], timezone.localdate())[delivery.pk] == reason


def test_messages_about_ones_own_affairs_still_come(person: User) -> None:
    notice = DeliveryFactory(notice_mail=True, recipient=person, email=person.email)
    before = still_wanted([notice], timezone.localdate())[notice.pk]
    _choose(person, kinds=[], paused_until=_in(9))
    assert still_wanted([notice], timezone.localdate())[notice.pk] == before


def test_every_mail_of_a_mailing_leads_to_the_choice_of_its_own_reader(delivery: Delivery) -> None:
    message = build_messages([delivery])[delivery.pk]
    address = f"http://testserver{_page(delivery)}"
    assert address in message.body
    assert address in links_in_html(str(message.alternatives[0][0]))


def test_a_log_in_code_leads_there_too(person: User) -> None:
    code = services.queue_login_code(person, code="BCDF-GHJK")
    assert f"http://testserver{_page(code)}" in code.body_text
    assert f"http://testserver{_page(code)}" in links_in_html(code.body_html)


def test_a_link_of_another_making_or_of_a_closed_account_is_no_address(stranger: Client, person: User, delivery: Delivery) -> None:
    assert stranger.get(reverse("mail_choices", args=["x"])).status_code == 404
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert stranger.get(_page(delivery)).status_code == 404
    assert stranger.post(_page(delivery), ALL | {"kinds": []}).status_code == 404
    assert not MailPreference.objects.exists()


def test_nobody_chooses_for_a_colleague_of_another_municipality(client: Client, person: User, delivery: Delivery) -> None:
    other = UserFactory(alderman=MunicipalityFactory())
    client.force_login(other)
    client.post(reverse("my_mail_choices"), ALL | {"kinds": []})
    assert list(MailPreference.objects.values_list("user", flat=True)) == [other.pk]


def test_a_former_alderman_may_still_choose_by_the_link_of_an_old_mail(stranger: Client, person: User, delivery: Delivery) -> None:
    person.mandates.all().delete()
    assert stranger.post(_page(delivery), ALL | {"kinds": []}).status_code == 200
    assert MailPreference.objects.get(user=person).unsubscribed_at


def test_the_page_of_the_portal_asks_for_a_log_in_and_keeps_what_holds(client: Client, person: User) -> None:
    page = reverse("my_mail_choices")
    assert client.get(page).status_code == 302
    _choose(person, kinds=[Kind.URGENT], paused_until=_in(9))
    client.force_login(person)
    text = client.get(page).content.decode()
    assert text.count("<h1") == 1
    assert f'value="{_in(9).isoformat()}"' in text
    answer = client.post(page, ALL, follow=True)
    assert answer.redirect_chain == [(page, 302)]
    assert MailPreference.objects.get(user=person).paused_until is None


def test_an_address_without_an_account_finds_what_it_can_choose(stranger: Client) -> None:
    run = services.plan_run(MailingFactory(approved=True), by=None)
    extra = {"circle": "extra", "reason": "Union", "added_by": UserFactory(editor=True)}
    address = Addressee.objects.create(mailing=run.mailing, email="x@example.org", name="X", language="fr", **extra)
    sent = DeliveryFactory(mailing=True, run=run, recipient=None, addressee=address, email=address.email, language="fr")
    page = stranger.get(_page(sent)).content.decode()
    assert reverse("unsubscribe", args=[delivery_token(sent.key)]) in page
    assert "x@example.org" in page


def test_the_database_refuses_kinds_that_are_none_and_wanting_none_without_unsubscribing(person: User) -> None:
    for wrong in (["daily"], ["weekly", "urgent"]):
        with pytest.raises(IntegrityError), transaction.atomic():
            MailPreference.objects.create(user=person, unwanted_kinds=wrong)
