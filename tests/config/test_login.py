"""The door: a code by mail, the same answer for everybody, a second factor for staff, and the calendar as doorkeeper."""

import datetime as dt
import re
import time
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mailings.models import Delivery
from municipalities.models import Municipality, User
from tests.factories import MandateFactory, MunicipalityFactory, UserFactory, since

pytestmark = pytest.mark.django_db
LOGIN = reverse("account_login")
CODE = re.compile(r"\b[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}\b")


@pytest.fixture
def ixelles() -> Municipality:
    return MunicipalityFactory(name_fr="Ixelles")


def _ask_code(client: Client, email: str, **extra: Any) -> HttpResponse:
    return client.post(LOGIN, {"email": email, **extra}, follow=True)


def _code_of(person: User) -> str:
    letter = Delivery.objects.get(recipient=person, kind=Delivery.Kind.LOGIN_CODE)
    assert letter.email == person.email
    return CODE.search(letter.body_text)[0]


def _enter_code(client: Client, code: str, **extra: Any) -> HttpResponse:
    return client.post(reverse("account_confirm_login_code"), {"code": code, **extra}, follow=True)


def _totp(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def _plain(page: HttpResponse, *addresses: str) -> str:
    """The page without what differs by nature: the form's key and the address somebody typed."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page.content.decode())
    for address in addresses:
        text = text.replace(address, "ADDRESS")
    return text


def test_an_alderman_comes_in_with_a_code_from_the_mail(client: Client, ixelles: Municipality) -> None:
    alderman = UserFactory(alderman=ixelles)
    asked = _ask_code(client, alderman.email.upper())
    assert asked.redirect_chain == [(reverse("account_confirm_login_code"), 302)]
    text = asked.content.decode()
    assert 'autocomplete="one-time-code"' in text
    entered = _enter_code(client, _code_of(alderman))
    assert entered.redirect_chain[-1] == (reverse("home"), 302)
    assert "Ixelles" in entered.content.decode()


@pytest.mark.parametrize(
    "change",
    [str.lower, lambda code: code.replace("-", ""), lambda code: f"  {code} "],
    ids=["small", "no dash", "pasted"],
)
def test_the_code_is_taken_as_people_type_it(client: Client, ixelles: Municipality, change: Any) -> None:
    alderman = UserFactory(alderman=ixelles)
    _ask_code(client, alderman.email)
    assert _enter_code(client, change(_code_of(alderman))).redirect_chain[-1][0] == reverse("home")


def test_the_answer_is_the_same_for_known_unknown_and_former(ixelles: Municipality) -> None:
    known, former, off = UserFactory(alderman=ixelles), UserFactory(former=ixelles), UserFactory(alderman=ixelles, is_active=False)
    addresses = [known.email, "nobody@example.org", former.email, off.email]
    pages = [_ask_code(Client(), address) for address in addresses]
    assert len({_plain(page, *addresses) for page in pages}) == 1
    assert len({tuple(page.redirect_chain) for page in pages}) == 1
    assert [letter.recipient for letter in Delivery.objects.all()] == [known]


def test_a_wrong_code_gets_the_same_answer_for_known_and_unknown(ixelles: Municipality) -> None:
    known = UserFactory(alderman=ixelles)
    pages = []
    for address in (known.email, "nobody@example.org"):
        client = Client()
        _ask_code(client, address)
        pages.append(_plain(_enter_code(client, "BBBB-BBBB"), known.email, "nobody@example.org"))
    assert pages[0] == pages[1]


def test_the_address_can_be_corrected(client: Client, ixelles: Municipality) -> None:
    alderman = UserFactory(alderman=ixelles)
    _ask_code(client, "aldermann@example.org")
    again = client.post(reverse("account_logout"), {"next": LOGIN}, follow=True)
    assert again.redirect_chain == [(LOGIN, 302)]
    _ask_code(client, alderman.email)
    assert _enter_code(client, _code_of(alderman)).redirect_chain[-1][0] == reverse("home")


def test_five_wrong_codes_end_the_attempt(client: Client, ixelles: Municipality) -> None:
    alderman = UserFactory(alderman=ixelles)
    _ask_code(client, alderman.email)
    code = _code_of(alderman)
    for _attempt in range(5):
        _enter_code(client, "BBBB-BBBB")
    _enter_code(client, code)
    assert client.get(reverse("home")).status_code == 302


def test_a_code_lives_ten_minutes(client: Client, ixelles: Municipality) -> None:
    alderman = UserFactory(alderman=ixelles)
    _ask_code(client, alderman.email)
    code = _code_of(alderman)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11)):
        _enter_code(client, code)
        assert client.get(reverse("home")).status_code == 302


def test_too_many_requests_for_codes_are_refused_in_a_friendly_way() -> None:
    for number in range(30):
        assert Client().post(LOGIN, {"email": f"person{number}@example.org"}).status_code == 302
    refused = Client().post(LOGIN, {"email": "one-more@example.org"})
    assert refused.status_code == 429
    assert 'lang="fr"' in refused.content.decode()
    assert 'lang="nl"' in refused.content.decode()


def test_one_address_gets_five_codes_a_minute_at_most(ixelles: Municipality) -> None:
    alderman = UserFactory(alderman=ixelles)
    for _attempt in range(8):
        page = Client().post(LOGIN, {"email": alderman.email})
    assert page.status_code == 200
    assert page.context["form"].errors
    assert Delivery.objects.count() == 5


def test_access_ends_the_day_after_the_mandate(client: Client, ixelles: Municipality) -> None:
    alderman = UserFactory()
    MandateFactory(user=alderman, municipality=ixelles, period=since(100, until=1))
    today = timezone.localdate()
    client.force_login(alderman)
    assert client.get(reverse("home")).status_code == 200
    with time_machine.travel(dt.datetime.combine(today + dt.timedelta(days=1), dt.time(0, 1), timezone.get_current_timezone())):
        client.force_login(alderman)  # a fresh session, so that only the calendar speaks
        gone = client.get(reverse("home"), follow=True)
        assert gone.redirect_chain[-1][0] == LOGIN
        assert "_auth_user_id" not in client.session


def test_a_link_from_a_mail_is_reached_after_the_login(client: Client, ixelles: Municipality) -> None:
    alderman = UserFactory(alderman=ixelles)
    wanted = reverse("requests") + "?show=turn"
    at_door = client.get(wanted)
    assert at_door.url.startswith(LOGIN)
    page = client.get(at_door.url)
    assert f'name="next" value="{wanted}"' in page.content.decode()
    _ask_code(client, alderman.email, next=wanted)
    assert _enter_code(client, _code_of(alderman), next=wanted).redirect_chain[-1][0] == wanted


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"])
def test_the_login_leads_nowhere_else(client: Client, ixelles: Municipality, target: str) -> None:
    alderman = UserFactory(alderman=ixelles)
    _ask_code(client, alderman.email, next=target)
    chain = _enter_code(client, _code_of(alderman), next=target).redirect_chain
    assert not [url for url, _status in chain if "evil" in url or "javascript" in url]


def test_logging_out_is_a_button_and_ends_the_session(client: Client, ixelles: Municipality) -> None:
    client.force_login(UserFactory(alderman=ixelles))
    assert client.get(reverse("account_logout")).status_code == 200
    assert client.get(reverse("home")).status_code == 200
    client.post(reverse("account_logout"))
    assert client.get(reverse("home")).status_code == 302


@pytest.mark.parametrize(
    "name", ["account_signup", "account_email", "account_reset_password", "account_set_password", "account_change_password"]
)
def test_doors_nobody_needs_are_closed(client: Client, ixelles: Municipality, name: str) -> None:
    assert client.get(reverse(name)).status_code == 404
    client.force_login(UserFactory(alderman=ixelles))
    assert client.get(reverse(name)).status_code == 404


# --- Staff ----------------------------------------------------------------------------------------


def _log_in(client: Client, person: User) -> HttpResponse:
    _ask_code(client, person.email)
    return _enter_code(client, _code_of(person))


@pytest.mark.parametrize("address", ["home", "admin:index", "preferences", "requests"])
def test_staff_come_no_further_without_a_second_factor(client: Client, address: str) -> None:
    _log_in(client, UserFactory(spoc=True))
    assert client.get(reverse(address)).url == reverse("mfa_activate_totp")


def test_staff_set_up_an_app_and_come_in_with_it(client: Client) -> None:
    spoc = UserFactory(spoc=True)
    _log_in(client, spoc)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    page = client.post(reverse("mfa_activate_totp"), {"code": _totp(secret)}, follow=True)
    assert page.redirect_chain == [(reverse("mfa_view_recovery_codes"), 302)]
    assert Authenticator.objects.filter(user=spoc, type=Authenticator.Type.TOTP).exists()
    assert client.get(reverse("home")).status_code == 200


def test_staff_with_an_app_need_its_code_at_each_login(client: Client) -> None:
    spoc = UserFactory(spoc=True)
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    TOTP.activate(spoc, secret)
    asked = _log_in(client, spoc)
    assert asked.redirect_chain[-1][0].startswith(reverse("mfa_authenticate"))
    assert client.get(reverse("home")).status_code == 302
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert client.get(reverse("home")).url.startswith(LOGIN)
    client.post(reverse("mfa_authenticate"), {"code": _totp(secret)})
    assert client.get(reverse("home")).status_code == 200


def test_a_session_older_than_the_app_gives_its_code_and_goes_on(client: Client) -> None:
    spoc = UserFactory(spoc=True)
    _log_in(client, spoc)
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    TOTP.activate(spoc, secret)  # in another browser
    asked = client.get(reverse("preferences"))
    assert asked.url.startswith(reverse("mfa_reauthenticate"))
    assert client.get(asked.url).status_code == 200
    given = client.post(asked.url, {"code": _totp(secret), "next": reverse("preferences")}, follow=True)
    assert given.redirect_chain[-1] == (reverse("preferences"), 302)
    assert given.status_code == 200


@pytest.mark.parametrize(
    "name",
    ["mfa_index", "mfa_list_webauthn", "mfa_add_webauthn", "mfa_activate_totp", "mfa_generate_recovery_codes", "preferences"],
)
def test_pages_of_the_second_factor_wear_the_portals_frame(client: Client, ixelles: Municipality, name: str) -> None:
    client.force_login(UserFactory(alderman=ixelles))
    page = client.get(reverse(name), follow=True)
    assert page.status_code == 200
    assert 'class="site-header"' in page.content.decode()
    assert '<html lang="fr">' in page.content.decode()


def test_a_session_lasts_a_working_day() -> None:
    assert settings.SESSION_COOKIE_AGE == 12 * 3600
