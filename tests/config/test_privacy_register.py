"""Every field of every table has a stated purpose and retention, and the pages and records are made from that."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import translation

from config.privacy.purposes import Purpose, Retention
from config.privacy.record import NAMES, activities
from config.privacy.register import REGISTER, entry_of, history_base, missing_words, stored_fields, tables
from municipalities.models import Mandate, User
from municipalities.templatetags.reader import time_words
from tests.factories import MunicipalityFactory, UserFactory


def test_every_field_of_every_table_has_a_purpose_and_a_retention() -> None:
    assert missing_words() == [], "\n" + "\n".join(missing_words())


def test_a_field_without_purpose_is_told_with_what_to_add(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = REGISTER["municipalities.Mandate"]
    without = {name: use for name, use in entry.fields.items() if name != "portfolios"}
    monkeypatch.setitem(REGISTER, "municipalities.Mandate", type(entry)(fields=without))
    told = "\n".join(missing_words())
    assert 'uses("portfolios", Use(' in told
    assert "municipalities.Mandate: 'user' names a person" in told
    assert "config/privacy/register/municipalities.py" in told


def test_a_model_without_entry_is_told_with_its_whole_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(REGISTER, "mailings.Approval")
    (told,) = [line for line in missing_words() if line.startswith("mailings.Approval ")]
    assert '"mailings.Approval": Entry(links={"by": Link.ABOUT}, fields=uses("id mailing' in told


def test_free_text_must_say_what_an_erasure_does_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = REGISTER["partnerships.Message"]
    kept = dict(entry.fields) | {"body": entry.fields["sent_at"]}
    monkeypatch.setitem(REGISTER, "partnerships.Message", type(entry)(fields=kept, links=entry.links))
    assert any("'body' is free text" in line for line in missing_words())


def test_nothing_is_registered_that_is_gone() -> None:
    assert set(REGISTER) == {model._meta.label for model in tables() if history_base(model) is None}


def test_histories_follow_their_models() -> None:
    history = Mandate.history.model
    entry = entry_of(history)
    assert entry is not None
    assert set(entry.fields) == {field.name for field in stored_fields(history)}
    assert entry.fields["role"] == REGISTER["municipalities.Mandate"].fields["role"]


def test_no_personal_field_is_kept_for_ever_with_its_name() -> None:
    """Whatever identifies somebody has an end; what stays for ever says nothing once the name is a number."""
    for label, entry in REGISTER.items():
        for name, use in entry.fields.items():
            if use.erase in ("clear", "pseudonym", "wipe", "contact"):
                assert use.retention not in (Retention.EVER, Retention.PSEUDONYM), f"{label}.{name}"


@pytest.mark.parametrize(("language", "years", "days"), [("en", "2 years", "180 days")])
def test_lengths_are_said_in_years_where_they_are_years(language: str, years: str, days: str) -> None:
    with translation.override(language):
        assert Retention.SEND_LOG.words.startswith(years)
        assert time_words(Retention.MAIL_BODY.length) == days


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_the_privacy_page_is_public_and_says_what_the_register_says(client: Client, language: str) -> None:
    client.cookies["django_language"] = language
    client.post(reverse("set_language"), {"language": language})
    page = client.get(reverse("privacy"))
    text = page.content.decode()
    assert page.status_code == 200
    with translation.override(language):
        for activity in activities(of_people_only=True):
            assert activity.purpose in page.context["activities"][0].purpose or activity.purpose.replace("'", "&#x27;") in text


@pytest.mark.django_db
def test_every_page_leads_to_the_privacy_page(client: Client) -> None:
    assert f'href="{reverse("privacy")}"' in client.get(reverse("account_login")).content.decode()
    client.force_login(UserFactory(alderman=MunicipalityFactory()))
    assert f'href="{reverse("privacy")}"' in client.get(reverse("home")).content.decode()


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_the_record_of_processing_names_every_table_of_people(language: str) -> None:
    out = StringIO()
    call_command("print_register", language=language, stdout=out)
    with translation.override(language):
        for purpose in Purpose:
            assert (f"## {purpose.label}\n" in out.getvalue()) == purpose.is_personal
        of_people = [m for m in tables() if any(_is_person(f) for f in m._meta.concrete_fields) and not history_base(m)]
        names = [NAMES.get(m._meta.label, m._meta.verbose_name_plural) for m in of_people]
        for name in names:
            assert str(name).lower() in out.getvalue().lower()


def _is_person(field: models.Field) -> bool:
    return isinstance(field, models.ForeignKey) and issubclass(field.related_model, User)
