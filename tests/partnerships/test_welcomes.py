"""Whoever was entered by others is told: once, in time, in their language, and nobody else."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from mailings.audience import recipients_of, still_wanted
from mailings.models import Delivery
from mailings.rendering import delivery_token
from mailings.services import decide_notices, plan_run
from municipalities.delegations import Welcome
from municipalities.models import User
from partnerships.services.welcomes import pass_over_newcomers, welcome_newcomers
from tests.factories import MailingFactory, MandateFactory, MunicipalityFactory, UserFactory, since

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


def test_day_after_the_mandate_no_mail_goes_out_and_stopping_mails_still_works(client: Any, db: None) -> None:
    """By the clock alone; stopping mails never needs access, the pages behind the log-in do."""
    person = UserFactory(alderman=MunicipalityFactory())
    person.mandates.update(period=since(365, until=4))  # the last day is in three days
    mailing = MailingFactory(approved=True)
    plan_run(mailing, by=None)
    mail = Delivery.objects.get(recipient=person)
    client.force_login(person)
    noon = timezone.now().replace(hour=11)
    with time_machine.travel(noon + dt.timedelta(days=3), tick=False):
        assert still_wanted([mail], timezone.localdate()) == {mail.pk: None}
        assert client.get(reverse("preferences")).status_code == 200
    with time_machine.travel(noon + dt.timedelta(days=4), tick=False):
        assert still_wanted([mail], timezone.localdate()) == {mail.pk: Delivery.Skip.NO_ACCESS}
        assert not recipients_of(mailing, timezone.localdate()).exists()
        assert client.get(reverse("preferences")).url.startswith(reverse("account_login"))
        token = delivery_token(mail.key)
        assert client.get(reverse("web_version", args=[token])).status_code == 200  # only what everybody was sent
        assert client.post(reverse("unsubscribe", args=[token])).status_code == 200
