"""A person is planted in every text of the database: the export holds them all, and after the erasure nothing of them is left."""

import datetime as dt
import json
import stat
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.test import Client
from django.utils import timezone, translation

from config.privacy.erasure import ErasureRefused, erase_person, preview_erasure, refusal
from config.privacy.export import data_of
from config.privacy.models import Erasure, PersonalDataAccess
from config.privacy.purposes import Erase
from config.privacy.register import entry_of, tables
from mailings.models import Delivery, MailPreference
from mailings.services import decide_notices
from municipalities.models import Mandate, Municipality, User
from partnerships.models import Event, Message, ServiceRequest
from partnerships.models.rows import RowsField
from tests.factories import (
    AgreementFactory,
    DeliveryFactory,
    MailingFactory,
    MessageFactory,
    MunicipalityFactory,
    RequestFactory,
    SpocAssignmentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

FIRST, LAST, OLD_LAST = "Zzfirst", "O'Zzlast", "Zzmaiden"
EMAIL, OLD_EMAIL = "zz.mark@zzcommune.example.org", "zz.old@zzcommune.example.org"
PHONE = "+32 2 555 98 76"
PLANTED = f"Appelez {FIRST} {LAST} ({LAST.upper()}, {FIRST}; née {FIRST} {OLD_LAST}) au 02/555.98.76, {EMAIL} ou {OLD_EMAIL}."
MARKS = ("zzfirst", "zzlast", "zzmaiden", "zz.mark", "zz.old", "zzjob", "5559876", "555 98 76", "555.98.76", "zzsecret")


@pytest.fixture
def municipality() -> Municipality:
    return MunicipalityFactory()


@pytest.fixture
def person(municipality: Municipality) -> User:
    """A former alderman whose name, addresses and telephone changed, and stand in everything around them."""
    person = UserFactory(former=municipality, first_name=FIRST, last_name=OLD_LAST, email=OLD_EMAIL, phone=PHONE)
    person.last_name, person.email = LAST, EMAIL
    person.job_title_fr, person.job_title_nl = "Zzjob échevin", "Zzjob schepen"
    person.correspondence_language, person.interface_language = "nl", "nl"
    person.save()
    return person


@pytest.fixture
def traces(person: User, municipality: Municipality) -> ServiceRequest:
    """What the person left, in every table that has to do with people; then their name is planted in every free text."""
    request = RequestFactory(municipality=municipality, asked_by=person, closed=True, technical_contact=f"Mme {LAST}, service Commerce")
    MessageFactory(request=request, author=person)
    MessageFactory(request=request, author=UserFactory(spoc=True), side=Message.Side.AGENCY)
    AgreementFactory(municipality=municipality)
    SpocAssignmentFactory(municipality=municipality)
    mailing = MailingFactory(sent=True)
    mailing.approvals.update(comment="Bien.")
    DeliveryFactory(recipient=person, sent=True)
    DeliveryFactory(recipient=person, mailing=True, sent=True)
    DeliveryFactory(sent=True)
    MailPreference.objects.create(user=person, unsubscribed_at=timezone.now())
    address = EmailAddress.objects.create(user=person, email=EMAIL, verified=True, primary=True)
    address.emailconfirmation_set.create(key="zzsecret-key", created=timezone.now())
    Authenticator.objects.create(user=person, type="totp", data={"secret": "zzsecret"})
    LogEntry.objects.create(
        user=UserFactory(administrator=True),
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(person.pk),
        object_repr=f"{FIRST} {LAST}",
        action_flag=2,
        change_message=json.dumps([{"changed": {"name": "mandate", "object": f"{FIRST} {LAST} · Schepen"}}]),
    )
    Client().force_login(person)
    _plant_everywhere(person)
    return request


def _plant_everywhere(person: User) -> None:
    """Put the name into every column the register calls free text, in every row there is, histories and mails of others too."""
    for model, field in _free_texts():
        rows = models.QuerySet(model)
        if isinstance(field, models.JSONField):
            rows.update(**{field.name: [{"text": PLANTED}] if isinstance(field, RowsField) else {"text": PLANTED}})
        elif isinstance(field, models.CharField | models.TextField):
            room = field.max_length or 999
            words = next((words for words in (PLANTED, f"{FIRST} {LAST}", FIRST) if len(words) <= room), "")
            rows.update(**{field.name: words})
    ServiceRequest.objects.filter(asked_by=person).update(technical_contact=f"Mme {LAST}, service Commerce")


def _free_texts() -> Iterator[tuple[type[models.Model], models.Field]]:
    for model in tables():
        entry = entry_of(model)
        for field in model._meta.concrete_fields:
            if entry and entry.fields[field.name].erase in (Erase.SCRUB, Erase.WIPE, Erase.CONTACT) and not isinstance(field, ArrayField):
                yield model, field


def found_in_database() -> list[str]:
    """Every text, JSON and list column of every table, as the database itself lists them, in which a mark stands."""
    pattern = "|".join(mark.replace(".", "[.]") for mark in MARKS)
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name, c.column_name FROM information_schema.columns c"
            " JOIN information_schema.tables t USING (table_schema, table_name)"
            " WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'"
            " AND c.data_type IN ('text', 'character varying', 'jsonb', 'json', 'ARRAY')"
        )
        for table, column in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" WHERE "{column}"::text ~* %s', [pattern])
            if cursor.fetchone()[0]:
                found.append(f"{table}.{column}")
    return found


def test_the_scan_finds_what_was_planted(traces: ServiceRequest) -> None:
    found = found_in_database()
    for column in (
        "municipalities_user.email",
        "municipalities_historicaluser.last_name",
        "partnerships_message.body",
        "mailings_delivery.body_text",
    ):
        assert column in found
    assert len(found) > 40


def test_after_the_erasure_nothing_of_the_person_is_left(person: User, traces: ServiceRequest) -> None:
    erase_person(person, by=None, basis=Erasure.Basis.ASKED)
    assert found_in_database() == []


def test_what_the_person_did_stays_under_a_number(person: User, traces: ServiceRequest) -> None:
    messages, mandates = Message.objects.count(), Mandate.objects.count()
    erase_person(person, by=None, basis=Erasure.Basis.ASKED)
    person = User.objects.get(pk=person.pk)
    traces.refresh_from_db()
    assert (Message.objects.count(), Mandate.objects.count()) == (messages, mandates)
    assert traces.asked_by == person
    assert traces.technical_contact == ""
    with translation.override("en"):
        assert str(person) == f"Former official #{person.pk}"
    assert person.email == f"official-{person.pk}@erased.invalid"
    assert (person.phone, person.job_title_fr, person.interface_language, person.correspondence_language) == ("", "", "", "both")
    assert not person.is_active
    assert not MailPreference.objects.filter(user=person).exists()
    assert not Authenticator.objects.filter(user=person).exists()
    assert not Delivery.objects.filter(recipient=person).exclude(email=person.email).exists()
    assert set(User.history.filter(id=person.pk).values_list("last_name", flat=True)) == {f"#{person.pk}"}


def test_the_words_around_the_name_stay(person: User, traces: ServiceRequest) -> None:
    erase_person(person, by=None, basis=Erasure.Basis.ASKED)
    body = Message.objects.order_by("pk").first().body
    assert body.startswith("Appelez ")
    assert f"#{person.pk}" in body


def test_sessions_end(person: User, traces: ServiceRequest, client: Client) -> None:
    assert Session.objects.count() == 1
    erase_person(person, by=None, basis=Erasure.Basis.ASKED)
    assert Session.objects.count() == 0


def test_erasing_twice_changes_nothing_the_second_time(person: User, traces: ServiceRequest) -> None:
    erase_person(person, by=None, basis=Erasure.Basis.ASKED)
    again = erase_person(User.objects.get(pk=person.pk), by=None, basis=Erasure.Basis.ASKED)
    assert not again.is_change
    assert [line for line in again.lines if line.touched] == []
    assert Erasure.objects.count() == 1


def test_the_dry_run_tells_what_the_run_does_and_does_nothing(person: User, traces: ServiceRequest) -> None:
    before = found_in_database()
    told = preview_erasure(person)
    assert found_in_database() == before
    assert Session.objects.count() == 1
    assert Erasure.objects.count() == 0
    assert erase_person(person, by=None, basis=Erasure.Basis.ASKED).lines == told.lines


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_the_dry_run_speaks_of_things_and_not_of_tables(person: User, traces: ServiceRequest, language: str) -> None:
    with translation.override(language):
        told = [line.name for line in preview_erasure(person).lines]
    assert told
    assert not [name for name in told if "_" in name or not name[0].isupper()]
    assert len(set(told)) == len(told), "two kinds of things never bear one name"


def test_the_event_says_who_erased_and_names_nobody(person: User, traces: ServiceRequest) -> None:
    administrator = UserFactory(administrator=True)
    erase_person(person, by=administrator, basis=Erasure.Basis.ASKED)
    event = Event.objects.get(verb=Event.Verb.PERSON_ERASED)
    assert event.actor == administrator
    assert event.data == {"person": person.pk, "basis": "asked"}
    mails = Delivery.objects.count()
    decide_notices(timezone.now())
    assert Delivery.objects.count() == mails


@pytest.mark.parametrize("who", ["alderman", "spoc", "cabinet"])
def test_somebody_with_a_function_is_not_erased(municipality: Municipality, who: str) -> None:
    person = UserFactory(**{who: municipality if who == "alderman" else True})
    with pytest.raises(ErasureRefused):
        erase_person(person, by=None, basis=Erasure.Basis.ASKED)
    assert User.objects.get(pk=person.pk).email == person.email
    with pytest.raises(CommandError, match="Not erased"):
        call_command("erase_person", person.email, stdout=StringIO())


def test_the_day_after_the_last_day_the_refusal_ends(municipality: Municipality) -> None:
    person = UserFactory(alderman=municipality)
    today = timezone.localdate()
    for upper, is_refused in ((today + dt.timedelta(days=1), True), (today, False)):
        person.mandates.update(period=(today - dt.timedelta(days=9), upper))
        assert bool(refusal(person)) is is_refused


def test_a_namesake_and_a_shared_telephone_are_left_alone(person: User, traces: ServiceRequest, municipality: Municipality) -> None:
    other = UserFactory(former=municipality, first_name=FIRST, last_name=LAST, phone="02 555 98 76", email="other@example.org")
    outcome = erase_person(person, by=None, basis=Erasure.Basis.ASKED)
    other.refresh_from_db()
    assert (other.full_name, other.phone) == (f"{FIRST} {LAST}", "02 555 98 76")
    assert f"{FIRST} {LAST}" in outcome.left_alone
    assert f"{FIRST} {LAST}" in Message.objects.order_by("pk").first().body
    assert EMAIL not in Message.objects.order_by("pk").first().body


# --- The export ---------------------------------------------------------------------------------


def test_the_export_holds_all_that_was_planted_and_no_secret(person: User, traces: ServiceRequest) -> None:
    told = json.dumps(data_of(person), ensure_ascii=False)
    for mark in (FIRST, LAST, OLD_LAST, EMAIL, OLD_EMAIL, PHONE, "Zzjob échevin", "Zzjob schepen", f"Mme {LAST}"):
        assert mark in told
    names = {table["table"] for table in data_of(person)["tables"]}
    assert {"municipalities_user", "municipalities_historicaluser", "municipalities_mandate", "partnerships_servicerequest"} <= names
    assert {"partnerships_message", "mailings_delivery", "mailings_mailpreference", "account_emailaddress", "django_admin_log"} <= names
    assert "zzsecret" not in told
    assert all(table["purposes"] and table["retention"] for table in data_of(person)["tables"])


def test_the_export_holds_nothing_of_others(municipality: Municipality) -> None:
    person = UserFactory(alderman=municipality)
    spoc = UserFactory(spoc=True, first_name="Zzother", last_name="Zzspoc", phone="+32 2 111 22 33")
    request = RequestFactory(municipality=municipality, asked_by=person, assignee=spoc, in_progress=True)
    MessageFactory(request=request, author=spoc, side=Message.Side.AGENCY, body="Zzword of the agency")
    DeliveryFactory(body_text="Zzword to another")
    told = json.dumps(data_of(person), ensure_ascii=False)
    assert request.title in told
    for foreign in ("Zzother", "Zzspoc", spoc.email, "111 22 33", "Zzword"):
        assert foreign not in told
    handled = json.dumps(data_of(spoc), ensure_ascii=False)
    assert "Zzword of the agency" in handled
    assert request.title not in handled
    assert person.email not in handled


def test_the_file_is_for_its_owner_alone_and_never_overwritten(person: User, tmp_path: Path) -> None:
    path = tmp_path / "person.json"
    call_command("export_person", EMAIL.upper(), output=path, stderr=StringIO())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text())["person"] == EMAIL
    assert PersonalDataAccess.objects.get().page == PersonalDataAccess.Page.EXPORT
    with pytest.raises(CommandError):
        call_command("export_person", EMAIL, output=path, stderr=StringIO())


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_the_readable_export_says_the_same(person: User, traces: ServiceRequest, language: str) -> None:
    out = StringIO()
    call_command("export_person", EMAIL, format="text", language=language, stdout=out)
    assert LAST in out.getvalue()
    assert "municipalities_mandate" in out.getvalue()


@pytest.mark.parametrize("command", ["export_person", "erase_person"])
def test_an_unknown_address_is_refused(command: str) -> None:
    with pytest.raises(CommandError, match="Nobody has this address"):
        call_command(command, "nobody@example.org")


# --- After a restore ----------------------------------------------------------------------------


def _restored(person: User) -> None:
    """As if a backup from before the erasure had been brought back: the row again as it was."""
    User.objects.filter(pk=person.pk).update(email=EMAIL, first_name=FIRST, last_name=LAST, is_active=True)


@pytest.mark.parametrize("source", ["table", "file"])
def test_a_restore_brings_nobody_back(
    person: User, settings: Any, tmp_path: Path, source: str, django_capture_on_commit_callbacks: Any
) -> None:
    settings.ERASURES_FILE = str(tmp_path / "erasures.jsonl")
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(person, by=None, basis=Erasure.Basis.ASKED)
    assert "zz.mark" not in Path(settings.ERASURES_FILE).read_text()
    _restored(person)
    arguments = []
    if source == "file":
        arguments = [settings.ERASURES_FILE]
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE privacy_erasure")
    call_command("replay_erasures", *arguments, stdout=StringIO())
    assert found_in_database() == []
    out = StringIO()
    call_command("replay_erasures", *arguments, stdout=out)
    assert out.getvalue().startswith("0 of ")


def test_somebody_entered_anew_after_their_erasure_is_not_erased_again(person: User, municipality: Municipality) -> None:
    erase_person(person, by=None, basis=Erasure.Basis.ASKED)
    again = UserFactory(former=municipality, email=EMAIL)
    call_command("replay_erasures", stdout=StringIO())
    assert User.objects.get(pk=again.pk).email == EMAIL


def test_a_mandate_that_came_back_too_is_named_and_not_ended_in_passing(person: User) -> None:
    erase_person(person, by=None, basis=Erasure.Basis.ASKED)
    _restored(person)
    person.mandates.update(period=(timezone.localdate() - dt.timedelta(days=9), None))
    told = StringIO()
    with pytest.raises(CommandError, match="1 could not be erased"):
        call_command("replay_erasures", stdout=StringIO(), stderr=told)
    assert f"Number {person.pk}" in told.getvalue()
    assert EMAIL not in told.getvalue()
