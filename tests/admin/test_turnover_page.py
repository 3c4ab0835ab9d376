"""The page of an import: who reaches it, upload, questions, import, and undoing asked twice."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from municipalities.models import Mandate, Municipality, User
from municipalities.turnover.models import Turnover
from municipalities.turnover.uploads import plan_of
from tests.admin.conftest import StaffClient
from tests.factories import UserFactory
from tests.municipalities.turnover_files import college, csv_of, row, state, uploaded, xlsx_of

pytestmark = pytest.mark.django_db
ADD = reverse("admin:municipalities_turnover_add")
LIST = reverse("admin:municipalities_turnover_changelist")
FORBIDDEN = (" style=", "<style", " onclick=", " onchange=", "javascript:")


@pytest.fixture
def lead(ixelles: Municipality) -> User:
    return UserFactory(lead=True, interface_language="en")


@pytest.fixture
def browser(staff_client: StaffClient, lead: User) -> Client:
    return staff_client(lead)


def _url(name: str, turnover: Turnover) -> str:
    return reverse(f"admin:municipalities_turnover_{name}", args=[turnover.pk])


def _upload(browser: Client, data: bytes, name: str = "college.csv") -> Any:
    return browser.post(ADD, {"file": SimpleUploadedFile(name, data)}, follow=True)


def _apply(browser: Client, turnover: Turnover) -> Any:
    return browser.post(_url("apply", turnover), {"shown": plan_of(turnover).fingerprint}, follow=True)


@pytest.mark.parametrize(("role", "may"), [("lead", True), ("administrator", True), ("spoc", False), ("editor", False)])
def test_only_lead_and_administrator_reach_any_page(staff_client: StaffClient, lead: User, role: str, may: bool) -> None:
    client = staff_client(UserFactory(**{role: True}))
    done, waiting = uploaded(college(), by=lead), uploaded(college(), by=lead)
    staff_client(lead).post(_url("apply", done), {"shown": plan_of(done).fingerprint})
    gets = [ADD, LIST, _url("change", done), _url("undo", done), reverse("admin:municipalities_turnover_template", args=["xlsx"])]
    for address in gets:
        assert client.get(address).status_code == (200 if may else 403), address
    for name in ("decide", "apply", "discard"):
        assert client.post(_url(name, waiting)).status_code == (404 if may else 403)
    assert Turnover.objects.filter(pk=waiting.pk).exists()


@pytest.mark.parametrize("stranger", [{"cabinet": True}, {"alderman": True}, {"former": True}])
def test_page_does_not_exist_for_strangers(staff_client: StaffClient, lead: User, ixelles: Municipality, stranger: dict[str, bool]) -> None:
    roles = {role: ixelles if role != "cabinet" else True for role in stranger}
    client = staff_client(UserFactory(**roles))
    turnover = uploaded(college(), by=lead)
    for address in (ADD, LIST, _url("change", turnover), _url("undo", turnover)):
        assert client.get(address).status_code in ({404} if "former" not in stranger else {404, 302})
    assert client.post(_url("apply", turnover)).status_code in {404, 302}
    assert not Turnover.objects.standing().exists()


def test_somebody_elses_file_does_not_exist_until_it_is_imported(staff_client: StaffClient, lead: User) -> None:
    other = staff_client(UserFactory(administrator=True))
    turnover = uploaded(college(), by=lead)
    assert other.get(_url("change", turnover)).status_code == 404
    assert turnover.file_name not in other.get(LIST).content.decode()
    _apply(staff_client(lead), turnover)
    assert other.get(_url("change", turnover)).status_code == 200


@pytest.mark.parametrize("data", [csv_of(college()), xlsx_of(college())], ids=["csv", "xlsx"])
def test_upload_shows_what_it_would_do_and_writes_nothing(browser: Client, ixelles: Municipality, data: bytes) -> None:
    UserFactory(mayor=ixelles, first_name="Anneleen", last_name="Vanderhoeve")
    before = state()
    answer = _upload(browser, data, "../collège.csv")
    page = answer.content.decode()
    assert "Adèle Montclair" in page
    assert "Anneleen Vanderhoeve" in page
    assert "Import all of it" in page
    assert not [word for word in FORBIDDEN if word in page]
    assert state()["mandates"] == before["mandates"]
    assert Turnover.objects.get().file_name == "collège.csv"


def test_unreadable_file_is_refused_beside_the_field(browser: Client) -> None:
    answer = _upload(browser, b"\x89PNG\r\n\x1a\n\x00\x00", "college.xlsx")
    assert "neither a spreadsheet" in answer.content.decode()
    assert not Turnover.objects.exists()
    assert "larger than 2 MB" in _upload(browser, b"x" * (2 * 1024 * 1024 + 1)).content.decode()


def test_faults_are_shown_by_row_column_and_reason_in_the_readers_language(staff_client: StaffClient, ixelles: Municipality) -> None:
    client = staff_client(UserFactory(lead=True, interface_language="nl"))
    page = _upload(client, csv_of([*college(), row("Ixel", "Roi", "<b>Ander</b>", "Kaat")])).content.decode()
    assert "Gemeente" in page
    assert "Mandaat" in page
    assert "“Ixel”" in page
    assert "“Roi”" in page
    assert "<b>Ander" not in page
    assert reverse("admin:municipalities_turnover_apply", args=[Turnover.objects.get().pk]) not in page


def test_faulty_file_cannot_be_imported_past_the_page(browser: Client, lead: User) -> None:
    turnover = uploaded([row("Ixel", "Roi", "Ander", "Kaat")], by=lead)
    before = state()
    browser.post(_url("apply", turnover), {"shown": plan_of(turnover).fingerprint})
    assert state()["mandates"] == before["mandates"]
    assert not Turnover.objects.standing().exists()


def test_question_is_answered_and_taken_back(browser: Client, lead: User, ixelles: Municipality) -> None:
    benoit = UserFactory(alderman=ixelles, first_name="Benoît", last_name="Valdebois")
    stranger = UserFactory(alderman=Municipality.objects.get(code="UCC"))
    turnover = uploaded([college()[0], row("Ixelles", "Échevin", "Valdeboys", "Benoit", portfolios="Commerce")], by=lead)
    assert "Same person as Benoît Valdebois" in browser.get(_url("change", turnover)).content.decode()
    forged = browser.post(_url("decide", turnover), {"row_3": str(stranger.pk)})
    assert forged.status_code == 200
    assert not Turnover.objects.get().decisions
    page = browser.post(_url("decide", turnover), {"row_3": str(benoit.pk)}, follow=True).content.decode()
    assert "Valdeboys" in page
    assert "Import all of it" in page
    page = browser.post(_url("decide", turnover), {"again": "1"}, follow=True).content.decode()
    assert "Same person as Benoît Valdebois" in page


def test_import_and_undo_asked_twice(browser: Client, lead: User, ixelles: Municipality) -> None:
    UserFactory(mayor=ixelles)
    turnover = uploaded(college(), by=lead)
    before = state()
    page = _apply(browser, turnover).content.decode()
    assert _url("undo", turnover) in page
    after = state()
    assert after != before
    asked = browser.get(_url("undo", turnover)).content.decode()
    assert "Yes, undo this import" in asked
    assert state() == after
    page = browser.post(_url("undo", turnover), follow=True).content.decode()
    assert _url("undo", turnover) not in page
    assert state() == before


def test_second_press_of_the_button_changes_nothing(browser: Client, lead: User) -> None:
    turnover = uploaded(college(), by=lead)
    shown = plan_of(turnover).fingerprint
    for _press in range(2):
        answer = browser.post(_url("apply", turnover), {"shown": shown}, follow=True)
        assert answer.status_code == 200
    assert Mandate.objects.count() == 3


def test_plan_not_shown_is_not_carried_out(browser: Client, lead: User) -> None:
    turnover = uploaded(college(), by=lead)
    page = browser.post(_url("apply", turnover), {"shown": "something else"}, follow=True).content.decode()
    assert "read it again" in page
    assert not Mandate.objects.exists()


def test_refused_undo_names_the_reasons(browser: Client, lead: User) -> None:
    turnover = uploaded(college(), by=lead)
    _apply(browser, turnover)
    person = User.objects.get(email="adele.montclair@example.org")
    person.phone = "+32 2 000 00 01"
    person.save()
    answer = browser.post(_url("undo", turnover))
    assert answer.status_code == 409
    assert "Adèle Montclair was changed since" in answer.content.decode()
    assert Mandate.objects.count() == 3


def test_file_is_thrown_away(browser: Client, lead: User) -> None:
    turnover = uploaded(college(), by=lead)
    browser.post(_url("discard", turnover))
    assert not Turnover.objects.exists()


@pytest.mark.parametrize(("kind", "begin"), [("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")])
def test_template_is_downloaded(browser: Client, kind: str, begin: bytes) -> None:
    answer = browser.get(reverse("admin:municipalities_turnover_template", args=[kind]))
    assert answer.content.startswith(begin)
    assert f"template.{kind}" in answer["Content-Disposition"]
    assert browser.get(reverse("admin:municipalities_turnover_template", args=["exe"])).status_code == 404


def test_pages_cost_a_fixed_number_of_queries(browser: Client, lead: User, django_assert_max_num_queries: Any) -> None:
    turnover = uploaded([*college(), *([row("Uccle", "Bourgmestre", "Boven", "Kaat")])], by=lead)
    for address in (LIST, _url("change", turnover)):
        with django_assert_max_num_queries(20):
            browser.get(address)
    _apply(browser, turnover)
    for address in (_url("change", turnover), _url("undo", turnover)):
        with django_assert_max_num_queries(96):  # one for each table that may speak of a person, however many people
            browser.get(address)


def test_file_expires_by_the_clock_alone(browser: Client, lead: User) -> None:
    turnover = uploaded(college(), by=lead)
    Turnover.objects.update(uploaded_at=timezone.now() - timedelta(hours=24, minutes=1))
    assert browser.get(_url("change", turnover)).status_code == 404
    assert browser.post(_url("apply", turnover), {"shown": plan_of(turnover).fingerprint}).status_code == 404
    assert not Mandate.objects.exists()
