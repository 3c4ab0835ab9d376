"""The log-in's mail goes through the queue, in the person's language, and no other mail of the log-in goes anywhere."""

import pytest
from django.core import mail

from mailings.accounts import LOGIN_CODE, PortalAccountAdapter
from mailings.models import Delivery
from tests.factories import MunicipalityFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["fr", "nl", "both"])
def test_a_code_is_queued_and_not_sent(language: str) -> None:
    person = UserFactory(mayor=MunicipalityFactory(), correspondence_language=language)
    PortalAccountAdapter().send_mail(LOGIN_CODE, person.email.upper(), {"code": "BCDF-GHJK"})
    row = Delivery.objects.get()
    assert (row.recipient, row.language, row.state, row.kind) == (person, language, "pending", "login_code")
    assert "BCDF-GHJK" in row.body_text
    assert mail.outbox == []


@pytest.mark.parametrize("template", ["account/email/password_reset_key", "account/email/unknown_account"])
def test_no_other_mail_of_the_log_in_leaves(template: str) -> None:
    person = UserFactory(mayor=MunicipalityFactory())
    PortalAccountAdapter().send_mail(template, person.email, {"code": "X"})
    assert not Delivery.objects.exists()
    assert mail.outbox == []


def test_nobody_signs_up_and_a_stranger_gets_no_code() -> None:
    assert PortalAccountAdapter().is_open_for_signup(None) is False
    PortalAccountAdapter().send_mail(LOGIN_CODE, "stranger@example.org", {"code": "X"})
    assert not Delivery.objects.exists()
