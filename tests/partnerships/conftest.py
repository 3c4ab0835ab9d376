"""The cast: two municipalities, their people, the agency's staff and the cabinet."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from municipalities.models import Municipality, User
from tests.factories import AgreementFactory, MunicipalityFactory, SpocAssignmentFactory, UserFactory


@dataclass
class Cast:
    municipality: Municipality
    other_municipality: Municipality
    alderman: User
    colleague: User
    other_alderman: User
    former: User
    spoc: User
    editor: User
    cabinet: User

    def person(self, name: str) -> User:
        return getattr(self, name)


@pytest.fixture
def cast(db: None) -> Cast:
    ours, theirs = MunicipalityFactory(), MunicipalityFactory()
    spoc = UserFactory(spoc=True)
    SpocAssignmentFactory(municipality=ours, officer=spoc)
    AgreementFactory(municipality=ours)
    return Cast(
        municipality=ours,
        other_municipality=theirs,
        alderman=UserFactory(alderman=ours),
        colleague=UserFactory(officer=ours),
        other_alderman=UserFactory(alderman=theirs),
        former=UserFactory(former=ours),
        spoc=spoc,
        editor=UserFactory(editor=True),
        cabinet=UserFactory(cabinet=True),
    )


@pytest.fixture
def enter() -> Any:
    """Log a person in, staff with their second factor."""

    def _enter(user: User) -> Client:
        client = Client()
        client.force_login(user)
        if user.is_staff:
            session = client.session
            session["account_authentication_methods"] = [{"method": "mfa", "at": 0}]
            session.save()
        return client

    return _enter
