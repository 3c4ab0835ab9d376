"""Associations: number, state by date, who sees which, and their pages."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from config.seed.associations import enterprise_number
from municipalities.associations import enterprise_digits, validate_enterprise_number
from municipalities.models import Association, AssociationContact, AssociationStage, Municipality
from municipalities.services import load_reference
from tests.factories import MunicipalityFactory, UserFactory, days_from_today

pytestmark = pytest.mark.django_db


@pytest.fixture
def association() -> Association:
    load_reference()
    made = Association.objects.create(municipality=Municipality.objects.get(code="IXL"), name="Les Vitrines de la Cité")
    AssociationStage.objects.create(association=made, state="idea", since=days_from_today(-30))
    AssociationStage.objects.create(association=made, state="active", since=days_from_today(-3))
    AssociationContact.objects.create(association=made, name="Avec Accord", email="oui@example.org", has_consented=True)
    AssociationContact.objects.create(association=made, name="Sans Accord", email="non@example.org")
    return made


@pytest.mark.parametrize("number", ["0123.456.749", "BE 0123.456.749", "123456749", enterprise_number("9000001")])
def test_right_number_is_taken_however_it_is_written(number: str) -> None:
    validate_enterprise_number(number)


@pytest.mark.parametrize("number", ["0123.456.748", "2123456749", "01234567490", "abc"])
def test_wrong_number_is_refused(number: str) -> None:
    with pytest.raises(ValidationError):
        validate_enterprise_number(number)


def test_number_is_kept_as_ten_digits(association: Association) -> None:
    association.enterprise_number = "BE 0123.456.749"
    association.full_clean()
    assert association.enterprise_number == enterprise_digits("123456749") == "0123456749"
    assert association.written_enterprise_number == "0123.456.749"


@pytest.mark.parametrize(("days", "state"), [(-31, None), (-30, "idea"), (-4, "idea"), (-3, "active"), (0, "active")])
def test_state_follows_from_the_dated_stages(association: Association, days: int, state: str | None) -> None:
    assert Association.objects.with_state(days_from_today(days)).get().state == state


def test_found_without_accents(association: Association) -> None:
    assert Association.objects.matching("cite vitr").get() == association


@pytest.mark.parametrize(("who", "status"), [("own", 200), ("other", 404), ("former", 404), ("staff", 200)])
def test_page_shows_streets_and_associations_to_its_own_and_to_staff(
    client: Client, association: Association, who: str, status: int
) -> None:
    ixelles = association.municipality
    people = {
        "own": lambda: UserFactory(alderman=ixelles),
        "other": lambda: UserFactory(alderman=MunicipalityFactory()),
        "former": lambda: UserFactory(former=ixelles, alderman=MunicipalityFactory()),
        "staff": lambda: UserFactory(spoc=True),
    }
    client.force_login(people[who](), backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp"}]
    session.save()
    page = client.get(reverse("municipality", args=[ixelles.slug]))
    assert page.status_code == status
    if status == 200:
        content = page.content.decode()
        assert "Eugène Flagey" in content or "Eugène Flageyplein" in content
        assert association.name in content
        assert "oui@example.org" in content
        assert ("non@example.org" in content) is (who == "staff")
