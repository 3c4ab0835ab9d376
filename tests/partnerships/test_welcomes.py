"""Whoever was entered by others is told: once, in time, in their language, and nobody else."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from mailings.audience import still_wanted
from mailings.models import Delivery
from mailings.services import decide_notices
from municipalities.delegations import Welcome
from municipalities.models import User
from partnerships.services.welcomes import pass_over_newcomers, welcome_newcomers
from tests.factories import MandateFactory, MunicipalityFactory, UserFactory

LATER = dt.timedelta(hours=2)


@pytest.mark.parametrize(
    ("fields", "is_told"),
    [
        ({"alderman": True}, True),
        ({"officer": True}, True),
        ({"cabinet": True}, True),
        ({"former": True}, False),
        ({"spoc": True}, False),
        ({"alderman": True, "is_active": False}, False),
        ({}, False),
    ],
    ids=["alderman", "officer", "reviewer", "former", "staff", "shut out", "without mandate"],
)
def test_who_is_told(fields: dict[str, Any], is_told: bool, db: None) -> None:
    place = MunicipalityFactory()
    UserFactory(**{name: place if name in {"alderman", "officer", "former"} else value for name, value in fields.items()})
    assert welcome_newcomers(timezone.now() + LATER) == int(is_told)


def test_told_once_and_not_before_a_slip_could_be_mended(db: None) -> None:
    UserFactory(mayor=MunicipalityFactory())
    now = timezone.now()
    assert [welcome_newcomers(now), welcome_newcomers(now + LATER), welcome_newcomers(now + LATER)] == [0, 1, 0]
    decide_notices(now + LATER)
    decide_notices(now + LATER)
    assert Delivery.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_told_once_by_four_workers() -> None:
    UserFactory.create_batch(5, cabinet=True)
    now = timezone.now() + LATER

    def ask(_number: int) -> int:
        try:
            return welcome_newcomers(now)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(ask, range(4))) == 5
    assert Welcome.objects.count() == 5


def test_who_begins_next_month_is_told_and_the_mail_goes_out(db: None) -> None:
    person = MandateFactory(future=True).user
    welcome_newcomers(timezone.now() + LATER)
    decide_notices(timezone.now())
    mail = Delivery.objects.get(recipient=person)
    assert still_wanted([mail], timezone.localdate()) == {mail.pk: None}


@pytest.mark.parametrize(("language", "versions"), [("fr", 1), ("nl", 1), ("both", 2)])
def test_mail_names_source_and_mandate_in_the_language_of_the_person(language: str, versions: int, db: None) -> None:
    source = UserFactory(lead=True)
    person = UserFactory(alderman=MunicipalityFactory(), correspondence_language=language)
    User.history.filter(id=person.pk).update(history_user=source)
    welcome_newcomers(timezone.now() + LATER)
    decide_notices(timezone.now())
    mail = Delivery.objects.get(recipient=person)
    place = person.mandates.get().municipality
    for body in (mail.body_text, mail.body_html):
        assert body.count(source.full_name) == versions
        assert (place.name_fr in body, place.name_nl in body) == (language != "nl", language != "fr")
    assert (mail.language, mail.body_html.count("<h1")) == (language, versions)


@pytest.mark.parametrize(
    ("language", "days", "words"),
    [("fr", 365, "1 an après"), ("nl", 730, "2 jaar na"), ("fr", 400, "400 jours après"), ("nl", 90, "90 dagen na")],
)
def test_mail_says_how_long_data_are_kept_by_the_setting(language: str, days: int, words: str, settings: Any, db: None) -> None:
    settings.RETENTION_CONTACT = dt.timedelta(days=days)
    person = UserFactory(alderman=MunicipalityFactory(), correspondence_language=language)
    welcome_newcomers(timezone.now() + LATER)
    decide_notices(timezone.now())
    mail = Delivery.objects.get(recipient=person)
    for body in (mail.body_text, mail.body_html):
        assert words in " ".join(body.split())


def test_people_of_a_demonstration_are_passed_over(db: None) -> None:
    UserFactory(alderman=MunicipalityFactory())
    now = timezone.now() + LATER
    assert [pass_over_newcomers(now), welcome_newcomers(now)] == [1, 0]


def test_preferences_say_where_the_data_come_from(client: Any, db: None) -> None:
    source, person = UserFactory(lead=True), UserFactory(alderman=MunicipalityFactory())
    User.history.filter(id=person.pk).update(history_user=source)
    client.force_login(person)
    assert source.full_name in client.get(reverse("preferences")).content.decode()


@pytest.mark.parametrize(("form", "greeting"), [("madame", "Dear Madam Mayor,"), ("monsieur", "Dear Mr Mayor,"), ("", "Dear Mayor,")])
def test_form_of_address_is_used_once_said(form: str, greeting: str, db: None) -> None:
    person = UserFactory(mayor=MunicipalityFactory(), form_of_address=form)
    welcome_newcomers(timezone.now() + LATER)
    decide_notices(timezone.now())
    mail = Delivery.objects.get(recipient=person)
    with translation.override("fr"):
        assert gettext(greeting) in mail.body_text.splitlines()
