"""Delegations: who may do what, until when, in whose name; and what the database refuses."""

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from mailings.audience import still_wanted
from mailings.models import Delivery
from mailings.services import decide_notices
from municipalities.delegations import Delegation, signed
from municipalities.models import Mandate, User
from partnerships.models import Event, Message, ServiceRequest
from partnerships.permissions import Action, can
from partnerships.services.delegations import (
    DelegationNotAllowed,
    accept_delegation,
    decline_delegation,
    invite_delegate,
    revoke_delegation,
)
from partnerships.services.requests import send_message
from tests.factories import RequestFactory, UserFactory, days_from_today, since
from tests.partnerships.conftest import Cast

READ, REQUESTS = Delegation.Scope.READ, Delegation.Scope.REQUESTS


def mandate_of(person: User) -> Mandate:
    return person.mandates.get()


def invite(giver: User, *, scope: str = REQUESTS, email: str = "nouvelle@example.org", until: dt.date | None = None) -> Delegation:
    return invite_delegate(
        mandate_of(giver), by=giver, email=email, first_name="Ada", last_name="Inventée", scope=scope, until=until or days_from_today(30)
    )


def fresh(person: User) -> User:
    """The person as the next page sees them: nothing remembered."""
    return User.objects.get(pk=person.pk)


def delegate_to(giver: User, *, scope: str = REQUESTS, **fields: Any) -> Delegation:
    made = invite(giver, scope=scope, **fields)
    return accept_delegation(made, by=made.delegate)


def stranger(kind: str, cast: Cast) -> User | None:
    """The people of the table; None is somebody who did not log in."""
    if kind in {"alderman", "colleague", "other_alderman", "former"}:
        return cast.person(kind)
    if kind == "anonymous":
        return None
    made = invite(cast.alderman, scope=READ if kind == "reader" else REQUESTS)
    if kind in {"writer", "reader", "revoked", "expired"}:
        accept_delegation(made, by=made.delegate)
    if kind == "revoked":
        revoke_delegation(made, by=cast.alderman)
    if kind == "declined":
        decline_delegation(made, by=made.delegate)
    if kind == "expired":
        Delegation.objects.filter(pk=made.pk).update(period=since(30, until=0))
    return fresh(made.delegate)


@pytest.mark.parametrize(
    ("kind", "page", "may_write"),
    [
        ("alderman", 200, True),
        ("colleague", 200, True),
        ("writer", 200, True),
        ("reader", 200, False),
        ("invited", 404, False),
        ("declined", 302, False),
        ("revoked", 302, False),
        ("expired", 302, False),
        ("other_alderman", 404, False),
        ("former", 302, False),
        ("anonymous", 302, False),
    ],
)
def test_who_opens_a_request_and_who_writes_in_it(kind: str, page: int, may_write: bool, cast: Cast, enter: Any) -> None:
    asked = RequestFactory(municipality=cast.municipality, asked_by=cast.alderman, waiting=True)
    person = stranger(kind, cast)
    client = enter(person) if person else Client()
    assert client.get(reverse("request", args=[asked.key])).status_code == page
    written = {"body": "Voici.", "language": "fr", "token": "5f0c9a5e-0000-4000-8000-000000000001"}
    client.post(reverse("request_message", args=[asked.key]), written)
    assert Message.objects.filter(request=asked).exists() is may_write


def test_reader_is_offered_no_new_request(cast: Cast, enter: Any) -> None:
    client = enter(fresh(delegate_to(cast.alderman, scope=READ).delegate))
    assert reverse("request_new") not in client.get(reverse("home")).content.decode()
    assert client.get(reverse("requests")).status_code == 200
    assert client.get(reverse("request_draft", args=["audit"])).status_code == 404


def test_words_of_a_delegate_show_both_names_everywhere(cast: Cast, enter: Any) -> None:
    delegation = delegate_to(cast.alderman)
    asked = RequestFactory(municipality=cast.municipality, asked_by=cast.alderman, waiting=True, assignee=cast.spoc)
    decide_notices(timezone.now())
    message = send_message(asked, by=fresh(delegation.delegate), body="Voici.", language="fr")
    assert (message.behalf_of, Event.objects.about(asked).last().behalf_of) == (cast.alderman, cast.alderman)
    client = enter(cast.alderman)
    page = client.get(reverse("request", args=[asked.key]), headers={"accept-language": "en"}).content.decode()
    assert page.count(f"Ada Inventée for {cast.alderman.full_name}") >= 2
    staff = enter(cast.spoc)
    shown = staff.get(reverse("admin:partnerships_servicerequest_change", args=[asked.pk]), headers={"accept-language": "en"})
    assert shown.content.decode().count(f"Ada Inventée for {cast.alderman.full_name}") >= 2


def test_what_was_signed_stays_signed_and_work_goes_on_after_the_end(cast: Cast) -> None:
    delegation = delegate_to(cast.alderman)
    asked = RequestFactory(municipality=cast.municipality, asked_by=cast.alderman, waiting=True)
    delegate = fresh(delegation.delegate)
    ServiceRequest.objects.filter(pk=asked.pk).update(asked_by=delegate, asked_for=cast.alderman, created_at=timezone.now())
    message = send_message(asked, by=delegate, body="Voici.", language="fr")
    revoke_delegation(delegation, by=cast.alderman)
    ServiceRequest.objects.get(pk=asked.pk).save()
    assert Message.objects.get(pk=message.pk).behalf_of == cast.alderman
    assert not can(fresh(delegate), Action.MESSAGE, ServiceRequest.objects.get(pk=asked.pk))


@pytest.mark.parametrize("scope", [None, READ], ids=["nobody delegated", "for reading alone"])
def test_database_refuses_a_name_that_was_not_given(scope: str | None, cast: Cast) -> None:
    asked = RequestFactory(municipality=cast.municipality, asked_by=cast.alderman, waiting=True)
    writer = delegate_to(cast.alderman, scope=scope).delegate if scope else cast.colleague
    forged = {"request": asked, "author": writer, "side": "municipality", "body": "Faux.", "language": "fr"}
    with pytest.raises(IntegrityError, match="in the name of somebody"), transaction.atomic():
        Message.objects.create(behalf_of=cast.alderman, **forged)
    with pytest.raises(IntegrityError, match="in the name of somebody"), transaction.atomic():
        Event.objects.create(verb="message_sent", subject=asked, actor=writer, behalf_of=cast.alderman, municipality=cast.municipality)
    with pytest.raises(IntegrityError, match="in the name of somebody"), transaction.atomic():
        ServiceRequest.objects.filter(pk=asked.pk).update(asked_by=writer, asked_for=cast.alderman)


def test_access_ends_the_day_after_the_mandate_by_the_clock_alone(cast: Cast, enter: Any) -> None:
    delegation = delegate_to(cast.alderman, until=days_from_today(30))
    Mandate.objects.filter(pk=delegation.mandate_id).update(period=since(365, until=11))  # its last day is in ten days
    client, home = enter(fresh(delegation.delegate)), reverse("home")
    noon = timezone.now().replace(hour=11)
    with time_machine.travel(noon + dt.timedelta(days=10), tick=False):
        assert client.get(home).status_code == 200
    with time_machine.travel(noon + dt.timedelta(days=11), tick=False):
        assert client.get(home).url.startswith(reverse("account_login"))
        assert not fresh(cast.alderman).has_access(timezone.localdate())


def test_taking_back_shuts_out_at_the_next_page(cast: Cast, enter: Any) -> None:
    delegation = delegate_to(cast.alderman)
    delegate = enter(fresh(delegation.delegate))
    assert delegate.get(reverse("requests")).status_code == 200
    enter(cast.alderman).post(reverse("delegate_revoke", args=[delegation.key]))
    assert delegate.get(reverse("requests")).status_code == 302


def test_alderman_invites_and_delegate_accepts_in_the_portal(cast: Cast, enter: Any) -> None:
    fields = {"mandate": mandate_of(cast.alderman).pk, "email": "Nouvelle@Example.org", "first_name": "Ada", "last_name": "Inventée"}
    fields |= {"scope": REQUESTS, "until": days_from_today(30).isoformat()}
    assert enter(cast.alderman).post(reverse("delegates"), fields).status_code == 302
    made = Delegation.objects.get()
    decide_notices(timezone.now())
    mail = Delivery.objects.get(recipient=made.delegate)
    assert cast.alderman.full_name in mail.subject
    assert still_wanted([mail], timezone.localdate()) == {mail.pk: None}
    client = enter(made.delegate)
    assert client.get(reverse("home")).url == reverse("invitations")
    assert client.get(reverse("invitations")).status_code == 200
    assert client.post(reverse("invitation_accept", args=[made.key])).url == reverse("home")
    assert client.get(reverse("home")).status_code == 200
    decide_notices(timezone.now())
    assert Delivery.objects.filter(recipient=cast.alderman, notice__event__verb="delegation_accepted").count() == 1


@pytest.mark.parametrize("kind", ["colleague", "former", "writer", "anonymous"])
def test_only_mayors_and_aldermen_have_delegates(kind: str, cast: Cast, enter: Any) -> None:
    person = stranger(kind, cast)
    client = enter(person) if person else Client()
    assert client.get(reverse("delegates")).status_code in {302, 404}


def test_invitation_of_another_is_not_found(cast: Cast, enter: Any) -> None:
    made = invite(cast.alderman)
    for person in (cast.colleague, cast.other_alderman):
        assert enter(person).post(reverse("invitation_accept", args=[made.key])).status_code == 404
        assert enter(person).post(reverse("delegate_revoke", args=[made.key])).status_code == 404
        with pytest.raises(DelegationNotAllowed):
            revoke_delegation(made, by=person)


def test_who_works_elsewhere_cannot_be_named(cast: Cast) -> None:
    for person in (cast.other_alderman, cast.spoc, cast.cabinet, cast.alderman):
        with pytest.raises(ValidationError):
            invite(cast.alderman, email=person.email)
    assert invite(cast.alderman, email=cast.colleague.email.upper()).delegate == cast.colleague


def test_longer_than_the_mandate_is_refused_with_a_word_and_by_the_database(cast: Cast) -> None:
    mandate = mandate_of(cast.alderman)
    Mandate.objects.filter(pk=mandate.pk).update(period=since(365, until=11))
    with pytest.raises(ValidationError) as refusal:
        invite(cast.alderman, until=days_from_today(11))
    assert list(refusal.value.message_dict) == ["until"]
    for delegate, period, words in (
        (cast.colleague, since(0, until=12), "inside its mandate"),
        (cast.alderman, since(0, until=5), "to themselves"),
    ):
        with pytest.raises(IntegrityError, match=words), transaction.atomic():
            Delegation.objects.create(mandate_id=mandate.pk, delegate=delegate, scope=READ, period=period)
    with pytest.raises(IntegrityError, match="only a mayor or an alderman"), transaction.atomic():
        Delegation.objects.create(mandate=mandate_of(cast.colleague), delegate=cast.alderman, scope=READ, period=since(0, until=5))


@pytest.mark.django_db(transaction=True)
def test_six_invitations_at_once_make_one(cast: Cast) -> None:
    def press(_number: int) -> bool:
        try:
            invite(cast.alderman, email=cast.colleague.email)
        except ValidationError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(6) as presses:
        assert sorted(presses.map(press, range(6))) == [False] * 5 + [True]


def test_standing_costs_one_query_with_and_without_delegations(cast: Cast, django_assert_num_queries: Any) -> None:
    delegation = delegate_to(cast.alderman, email=cast.colleague.email)
    for person in (cast.alderman, delegation.delegate, UserFactory()):
        today, asked = timezone.localdate(), fresh(person)
        with django_assert_num_queries(1):
            asked.has_access(today)
            asked.standings_on(today)
            asked.mandates_on(today)
            asked.invitations_on(today)


def test_own_mandate_writes_for_itself_without_delegation(cast: Cast) -> None:
    asked = RequestFactory(municipality=cast.municipality, asked_by=cast.alderman, waiting=True)
    assert send_message(asked, by=cast.colleague, body="Voici.", language="fr").behalf_of is None


def test_team_ends_a_delegation_from_the_page_of_the_person(cast: Cast, enter: Any) -> None:
    delegation = delegate_to(cast.alderman)
    client = enter(cast.spoc)
    change = reverse("admin:municipalities_delegation_change", args=[delegation.pk])
    assert change in client.get(reverse("admin:municipalities_official_change", args=[cast.alderman.pk])).content.decode()
    assert client.get(change).status_code == 200
    assert client.post(reverse("admin:municipalities_delegation_end", args=[delegation.pk])).status_code == 302
    delegation.refresh_from_db()
    assert delegation.revoked_at


def test_invited_person_comes_in_by_the_code_of_the_mail_and_accepts(cast: Cast, client: Client) -> None:
    """From the invitation to the first page in the name of the alderman, through the log-in itself."""
    made = invite(cast.alderman)
    decide_notices(timezone.now())
    link = reverse("invitations")
    assert f"http://testserver{link}" in Delivery.objects.get(recipient=made.delegate, kind="notice").body_text
    at_door = client.get(link)
    assert at_door.url == f"{reverse('account_login')}?next={link}"
    client.post(reverse("account_login"), {"email": "nouvelle@example.org", "next": link})
    mail = Delivery.objects.get(recipient=made.delegate, kind="login_code")
    code = re.search(r"\b[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}\b", mail.body_text)
    assert code
    landed = client.post(reverse("account_confirm_login_code"), {"code": code[0], "next": link}, follow=True)
    assert landed.redirect_chain[-1] == (link, 302)
    assert cast.alderman.full_name in landed.content.decode()
    assert client.get(reverse("requests")).status_code == 404  # nothing is open before the answer
    assert not landed.wsgi_request.user.standings_on(timezone.localdate())
    accepted = client.post(reverse("invitation_accept", args=[made.key]), follow=True)
    assert accepted.redirect_chain[-1] == (reverse("home"), 302)
    assert cast.municipality.name_fr in accepted.content.decode() or cast.municipality.name_nl in accepted.content.decode()
    assert client.get(reverse("requests")).status_code == 200
    made.refresh_from_db()
    assert made.accepted_at


@pytest.mark.parametrize(("language", "words"), [("fr", "pour"), ("nl", "voor"), ("en", "for")])
def test_both_names_are_said_in_the_language_of_the_reader(language: str, words: str, cast: Cast) -> None:
    with translation.override(language):
        assert signed(cast.colleague, cast.alderman) == f"{cast.colleague.full_name} {words} {cast.alderman.full_name}"
