"""Staff in front of the administration, with their second factor passed."""

from collections.abc import Callable

import pytest
from django.test import Client

from municipalities.models import Municipality, User
from municipalities.services import load_reference

StaffClient = Callable[[User], Client]


def passed_second_factor(client: Client) -> None:
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp"}]
    session.save()


@pytest.fixture
def staff_client() -> StaffClient:
    """A browser in which that person has logged in with a second factor."""

    def browser(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        passed_second_factor(client)
        return client

    return browser


@pytest.fixture
def ixelles(db: None) -> Municipality:
    load_reference()
    return Municipality.objects.get(code="IXL")


@pytest.fixture
def uccle(ixelles: Municipality) -> Municipality:
    return Municipality.objects.get(code="UCC")
