"""Every object the administration can change tells who changed what, when, from what to what."""

from collections.abc import Callable

import pytest
from django import test
from django.contrib import admin
from django.db import models
from django.urls import reverse

from mailings.models import Mailing
from municipalities.models import User
from partnerships.models import SpocAssignment, Theme
from partnerships.services.agreements import choose_themes
from tests.admin.conftest import StaffClient
from tests.factories import (
    AgreementFactory,
    DeliveryFactory,
    EventFactory,
    MailingFactory,
    MeasureFactory,
    MunicipalityFactory,
    RequestFactory,
    RunFactory,
    SpocAssignmentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
REGISTERED = sorted(admin.site._registry, key=lambda model: model._meta.label)
WITH_HISTORY: dict[str, Callable[[], models.Model]] = {
    "municipalities.municipality": MunicipalityFactory,
    "municipalities.official": lambda: UserFactory(alderman=MunicipalityFactory()),
    "municipalities.staffmember": lambda: UserFactory(spoc=True),
    "partnerships.agreement": AgreementFactory,
    "partnerships.spocassignment": SpocAssignmentFactory,
    "partnerships.servicerequest": lambda: RequestFactory(in_progress=True),
    "mailings.mailing": MailingFactory,
    "mailings.measure": MeasureFactory,
}
WITHOUT: dict[str, Callable[[], models.Model]] = {
    "mailings.run": RunFactory,
    "mailings.delivery": DeliveryFactory,
    "partnerships.event": EventFactory,
}
TOLD_BY_EVENTS = {"municipalities.Turnover", "municipalities.ListImport"}  # never edited: uploaded, imported, undone, each of them an event


@pytest.fixture
def administrator(staff_client: StaffClient) -> test.Client:
    return staff_client(UserFactory(administrator=True))


@pytest.mark.parametrize("label", WITH_HISTORY)
def test_it_has_a_history(administrator: test.Client, label: str) -> None:
    obj = WITH_HISTORY[label]()
    page = administrator.get(reverse(f"admin:{label.replace('.', '_')}_history", args=[obj.pk]))
    assert page.status_code == 200
    assert page.context["changes"]


@pytest.mark.parametrize("label", WITHOUT)
def test_what_no_form_changes_has_none_and_breaks_nothing(administrator: test.Client, label: str) -> None:
    obj = WITHOUT[label]()
    assert administrator.get(reverse(f"admin:{label.replace('.', '_')}_history", args=[obj.pk])).status_code == 404


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.label_lower)
def test_whatever_a_form_can_change_keeps_a_history(model: type[models.Model], rf: test.RequestFactory) -> None:
    """Also what is added tomorrow: a page that takes changes needs history, of its own or of the model it is a view of."""
    request = rf.get("/")
    request.user = User(is_superuser=True, is_staff=True, is_active=True)
    page = admin.site._registry[model]
    if model._meta.label in TOLD_BY_EVENTS:
        return
    if page.has_add_permission(request) or page.has_change_permission(request):
        assert hasattr(model._meta.concrete_model, "history"), f"{model._meta.label}: add history = HistoricalRecords()"


def test_it_says_who_when_and_from_what_to_what(staff_client: StaffClient) -> None:
    lead = UserFactory(lead=True)
    agreement = AgreementFactory(reference="BEFORE-1")
    agreement.reference = "AFTER-2"
    agreement._history_user = lead
    agreement.save()
    newest = staff_client(lead).get(reverse("admin:partnerships_agreement_history", args=[agreement.pk])).context["changes"][0]
    assert newest.by == lead
    (change,) = newest.fields
    assert (change.old, change.new) == ("BEFORE-1", "AFTER-2")


def test_a_mailing_shows_the_changes_of_its_items_too(administrator: test.Client) -> None:
    mailing = MailingFactory(items=1)
    item = mailing.items.get()
    item.title_fr = "Autre titre"
    item.save()
    changes = administrator.get(reverse("admin:mailings_mailing_history", args=[mailing.pk])).context["changes"]
    assert "Autre titre" in {field.new for change in changes for field in change.fields}


def test_an_agreement_says_which_theme_came_and_which_went(
    staff_client: StaffClient, django_assert_max_num_queries: Callable[..., object]
) -> None:
    lead, agreement = UserFactory(lead=True, interface_language="fr"), AgreementFactory()
    themes = [Theme.objects.create(slug=f"t{number}", name_fr=f"Thème {number}", name_nl=f"Thema {number}") for number in range(6)]
    choose_themes(agreement, themes[:1])
    choose_themes(agreement, themes[1:2])
    client, address = staff_client(lead), reverse("admin:partnerships_agreement_history", args=[agreement.pk])
    changes = [change for change in client.get(address).context["changes"] if change.fields]
    told = {(change.kind, field.old, field.new) for change in changes for field in change.fields}
    assert told == {("Encodé", "–", "Thème 0"), ("Supprimé", "Thème 0", "–"), ("Encodé", "–", "Thème 1")}
    with django_assert_max_num_queries(20) as few:
        client.get(address)
    choose_themes(agreement, themes)
    with django_assert_max_num_queries(20) as many:
        client.get(address)
    assert len(few) == len(many)


def test_an_official_says_which_mandate_was_entered(administrator: test.Client) -> None:
    person = UserFactory(alderman=MunicipalityFactory(name_fr="Ixelles", name_nl="Elsene"))
    changes = administrator.get(reverse("admin:municipalities_official_history", args=[person.pk])).context["changes"]
    assert {"Ixelles", "Elsene"} & {field.new for change in changes for field in change.fields}


def test_histories_are_kept_where_the_law_asks_for_them() -> None:
    assert all(hasattr(model, "history") for model in (User, SpocAssignment, Mailing))
