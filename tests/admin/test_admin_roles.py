"""Who reaches which page of the administration: one table."""

import pytest
from django.test import Client
from django.urls import reverse

from municipalities.models import Municipality
from tests.admin.conftest import StaffClient
from tests.factories import (
    AgreementFactory,
    DeliveryFactory,
    MailingFactory,
    MeasureFactory,
    RequestFactory,
    RunFactory,
    SpocAssignmentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
ROLES = ("spoc", "lead", "editor", "administrator")
LISTS = {
    "partnerships_servicerequest": {"spoc", "lead", "administrator"},
    "partnerships_event": {"spoc", "lead", "administrator"},
    "partnerships_agreement": set(ROLES),
    "partnerships_spocassignment": set(ROLES),
    "municipalities_municipality": set(ROLES),
    "municipalities_official": set(ROLES),
    "municipalities_staffmember": {"administrator"},
    "mailings_mailing": set(ROLES),
    "mailings_measure": set(ROLES),
    "mailings_run": set(ROLES),
    "mailings_delivery": set(ROLES),
}
ADDS = {
    "partnerships_servicerequest": set(),
    "partnerships_event": set(),
    "partnerships_agreement": {"spoc", "lead", "administrator"},
    "partnerships_spocassignment": {"spoc", "lead", "administrator"},
    "municipalities_municipality": set(),
    "municipalities_official": {"spoc", "lead", "administrator"},
    "municipalities_staffmember": {"administrator"},
    "mailings_mailing": {"editor", "administrator"},
    "mailings_measure": {"editor", "administrator"},
    "mailings_run": set(),
    "mailings_delivery": set(),
}
TABLE = [
    pytest.param(f"admin:{name}_{page}", role, role in allowed, id=f"{name}-{page}-{role}")
    for page, table in (("changelist", LISTS), ("add", ADDS))
    for name, allowed in table.items()
    for role in ROLES
]


@pytest.mark.parametrize(("address", "role", "is_allowed"), TABLE)
def test_role_reaches_page(staff_client: StaffClient, address: str, role: str, is_allowed: bool) -> None:
    client = staff_client(UserFactory(**{role: True}))
    answer = client.get(reverse(address), follow=True)
    assert answer.status_code == (200 if is_allowed else 403)


def _objects(ixelles: Municipality) -> dict[str, object]:
    official = UserFactory(alderman=ixelles)
    return {
        "partnerships_servicerequest": RequestFactory(municipality=ixelles, submitted=True),
        "partnerships_agreement": AgreementFactory(municipality=ixelles),
        "partnerships_spocassignment": SpocAssignmentFactory(municipality=ixelles),
        "municipalities_municipality": ixelles,
        "municipalities_official": official,
        "municipalities_staffmember": UserFactory(editor=True),
        "mailings_mailing": MailingFactory(),
        "mailings_measure": MeasureFactory(),
        "mailings_run": RunFactory(),
        "mailings_delivery": DeliveryFactory(sent=True),
    }


@pytest.mark.parametrize("role", ROLES)
def test_role_opens_objects_and_their_history(staff_client: StaffClient, ixelles: Municipality, role: str) -> None:
    client = staff_client(UserFactory(**{role: True}))
    for name, obj in _objects(ixelles).items():
        expected = 200 if role in LISTS[name] else 403
        assert client.get(reverse(f"admin:{name}_change", args=[obj.pk])).status_code == expected, name
        if name not in {"mailings_run", "mailings_delivery"}:
            assert client.get(reverse(f"admin:{name}_history", args=[obj.pk])).status_code == expected, name


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
@pytest.mark.parametrize("role", ROLES)
def test_first_page_loads_in_every_language(staff_client: StaffClient, ixelles: Municipality, role: str, language: str) -> None:
    client = staff_client(UserFactory(**{role: True}, interface_language=language))
    answer = client.get(reverse("admin:index"))
    assert answer.status_code == 200
    assert f'lang="{language}"'.encode() in answer.content


def test_first_page_shows_only_what_is_theirs(staff_client: StaffClient, ixelles: Municipality) -> None:
    of_editor = staff_client(UserFactory(editor=True)).get(reverse("admin:index"))
    assert of_editor.context["boards"].requests == []
    assert of_editor.context["boards"].holes == []
    of_lead = staff_client(UserFactory(lead=True)).get(reverse("admin:index"))
    assert len(of_lead.context["boards"].holes) == 19 * 6  # no mailing was ever sent, so none was missed


def test_holes_close_with_what_covers_them(staff_client: StaffClient, ixelles: Municipality) -> None:
    AgreementFactory(municipality=ixelles)
    SpocAssignmentFactory(municipality=ixelles)
    SpocAssignmentFactory(municipality=ixelles, deputy=True)
    UserFactory(mayor=ixelles)
    UserFactory(alderman=ixelles)
    boards = staff_client(UserFactory(lead=True)).get(reverse("admin:index")).context["boards"]
    assert ixelles not in {hole.municipality for hole in boards.holes}
    assert len(boards.holes) == 18 * 6  # with an address that works


@pytest.mark.parametrize("person", [{"cabinet": True}, {"alderman": True}])
def test_administration_does_not_exist_for_others(staff_client: StaffClient, ixelles: Municipality, person: dict[str, object]) -> None:
    user = UserFactory(**{role: ixelles if role == "alderman" else value for role, value in person.items()})
    client = staff_client(user)
    for name in ["index", *(f"{one}_changelist" for one in LISTS)]:
        assert client.get(reverse(f"admin:{name}")).status_code == 404


def test_nobody_gets_in_unknown_or_without_second_factor(client: Client, db: None) -> None:
    for name in LISTS:
        answer = client.get(reverse(f"admin:{name}_changelist"))
        assert answer.status_code == 302
        assert "/accounts/login/" in client.get(answer["Location"]).get("Location", answer["Location"])
    client.force_login(UserFactory(administrator=True), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(reverse("admin:index"))["Location"].startswith("/accounts/2fa/")


def test_groups_and_keys_have_no_page(staff_client: StaffClient) -> None:
    client = staff_client(UserFactory(is_staff=True, is_superuser=True))
    for address in ("auth/group/", "mfa/authenticator/", "account/emailaddress/"):
        assert client.get(f"/admin/{address}").status_code == 404


def test_pages_carry_no_inline_style_or_script(staff_client: StaffClient, ixelles: Municipality) -> None:
    client = staff_client(UserFactory(is_staff=True, is_superuser=True))
    pages = [reverse("admin:index"), *(reverse(f"admin:{name}_changelist") for name in LISTS)]
    for name, obj in _objects(ixelles).items():
        pages.append(reverse(f"admin:{name}_change", args=[obj.pk]))
        if name not in {"mailings_run", "mailings_delivery"}:
            pages.append(reverse(f"admin:{name}_history", args=[obj.pk]))
    for page in pages:
        body = client.get(page, follow=True).content.decode()
        for forbidden in (" style=", "<style", " onclick=", " onchange=", "javascript:"):
            assert forbidden not in body, f"{forbidden} on {page}"
