"""What is confidential is kept from delegates: on every page, in every count, in every mail; and nothing else changes."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from mailings.models import Delivery
from mailings.services import decide_notices
from municipalities.delegations import Delegation
from municipalities.models import User
from partnerships.models import ServiceRequest
from partnerships.permissions import Action, allowed_actions
from partnerships.services.delegations import accept_delegation, invite_delegate
from partnerships.services.requests import ActionNotAllowed, acknowledge_request, send_message, submit_request
from tests.factories import RequestFactory, days_from_today
from tests.partnerships.conftest import Cast

pytestmark = pytest.mark.django_db
SECRET = "Dossier réservé au collège"


def _delegate(cast: Cast, scope: str) -> User:
    made = invite_delegate(
        cast.alderman.mandates.get(),
        by=cast.alderman,
        email=f"{scope}@example.org",
        first_name="Ada",
        last_name="Inventée",
        scope=scope,
        until=days_from_today(30),
    )
    accept_delegation(made, by=made.delegate)
    return User.objects.get(pk=made.delegate.pk)


def _secret(cast: Cast, **more: Any) -> ServiceRequest:
    values = {"submitted": True, "asked_by": cast.alderman, "title": SECRET, "is_confidential": True}
    return RequestFactory(municipality=cast.municipality, **values | more)


@pytest.mark.parametrize("scope", Delegation.Scope.values)
@pytest.mark.parametrize("state", ["draft", "submitted", "waiting", "closed"])
def test_a_delegate_finds_no_trace_of_it(cast: Cast, enter: Any, scope: str, state: str) -> None:
    delegate = _delegate(cast, scope)
    kept = RequestFactory(municipality=cast.municipality, asked_by=cast.alderman, title=SECRET, is_confidential=True, **{state: True})
    client = enter(delegate)
    for name in ("request", "request_edit", "request_check", "request_withdraw"):
        assert client.get(reverse(name, args=[kept.key])).status_code == 404
    assert client.get(reverse("request_step", args=[kept.key, "about"])).status_code == 404
    for name in ("request_submit", "request_message", "request_close"):
        assert client.post(reverse(name, args=[kept.key]), {"body": "x", "language": "fr"}).status_code == 404
    listed = client.get(reverse("requests") + "?show=all")
    assert (listed.context["rows"], listed.context["count"]) == ([], 0)
    for url in (
        reverse("home"),
        reverse("requests") + "?show=all&q=réservé",
        reverse("municipality", args=[cast.municipality.slug]),
    ):
        text = client.get(url).content.decode()
        assert SECRET not in text
        assert kept.reference is None or kept.reference not in text


@pytest.mark.parametrize("person", ["alderman", "colleague", "spoc"])
def test_members_of_the_college_officers_and_the_agency_read_it(cast: Cast, enter: Any, person: str) -> None:
    kept = _secret(cast)
    assert SECRET in enter(cast.person(person)).get(reverse("request", args=[kept.key])).content.decode()


@pytest.mark.parametrize("person", ["other_alderman", "former", "editor"])
def test_who_did_not_read_it_before_does_not_read_it_now(cast: Cast, enter: Any, person: str) -> None:
    assert enter(cast.person(person)).get(reverse("request", args=[_secret(cast).key])).status_code in {302, 404}


def test_a_delegate_reads_what_they_asked_themselves(cast: Cast, enter: Any) -> None:
    delegate = _delegate(cast, Delegation.Scope.REQUESTS)
    kept = _secret(cast, draft=True, submitted=False, asked_by=delegate, asked_for=cast.alderman, created_at=timezone.now())
    assert enter(delegate).get(reverse("request", args=[kept.key])).status_code == 200
    assert Action.EDIT in allowed_actions(delegate, kept)


@pytest.mark.parametrize(("days", "is_kept"), [(-1, False), (0, True), (1, True), (None, True)])
def test_it_is_kept_to_the_end_of_its_last_day(cast: Cast, enter: Any, days: int | None, is_kept: bool) -> None:
    delegate = _delegate(cast, Delegation.Scope.READ)
    until = None if days is None else timezone.localdate() + dt.timedelta(days=days)
    kept = _secret(cast, confidential_until=until)
    assert enter(delegate).get(reverse("request", args=[kept.key])).status_code == (404 if is_kept else 200)


def test_a_delegate_acts_on_it_neither_by_page_nor_by_service(cast: Cast) -> None:
    delegate = _delegate(cast, Delegation.Scope.REQUESTS)
    kept = _secret(cast, in_progress=True, submitted=False)
    assert allowed_actions(delegate, kept) == []
    with pytest.raises(ActionNotAllowed):
        send_message(kept, by=delegate, body="Bonjour", language="fr")


def test_no_mail_tells_a_delegate_of_it(cast: Cast) -> None:
    delegate = _delegate(cast, Delegation.Scope.REQUESTS)
    kept, open_to_all = _secret(cast), _secret(cast, is_confidential=False)
    for request in (kept, open_to_all):
        request.followers.add(delegate, cast.colleague, cast.former)
        acknowledge_request(request, by=cast.spoc)
    decide_notices(timezone.now())
    heard = {request.pk: set() for request in (kept, open_to_all)}
    for row in Delivery.objects.filter(notice__event__verb="request_acknowledged").select_related("notice__event"):
        heard[row.notice.event.object_id].add(row.recipient_id)
    assert heard == {kept.pk: {cast.alderman.pk, cast.colleague.pk}, open_to_all.pk: {cast.alderman.pk, cast.colleague.pk, delegate.pk}}


def test_an_urgent_request_says_so_in_the_mail_to_the_spoc(cast: Cast) -> None:
    draft = RequestFactory(municipality=cast.municipality, asked_by=cast.alderman, urgent=True)
    submit_request(draft, by=cast.alderman)
    decide_notices(timezone.now())
    mail = Delivery.objects.get(notice__event__verb="request_submitted", recipient=cast.spoc)
    assert "urgent" in mail.subject.lower()
    for body in (mail.body_text, mail.body_html):
        assert "Le chantier commence lundi." in body


def test_an_end_without_confidence_is_refused_by_the_database(cast: Cast) -> None:
    kept = _secret(cast)
    with pytest.raises(IntegrityError, match="request_secret_before_its_end"), transaction.atomic():
        ServiceRequest.objects.filter(pk=kept.pk).update(is_confidential=False, confidential_until=timezone.localdate())
