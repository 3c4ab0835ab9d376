"""The library: who reads what, by the sharing its owner agreed to; versions, figures, and what went in both directions."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from mailings.models import Delivery
from mailings.services import decide_notices
from municipalities.delegations import Delegation
from municipalities.models import User
from partnerships.models import Event, Exchange, Kind, LibraryFigure, LibraryFile, LibraryItem, LibraryShare, ServiceRequest
from partnerships.services.delegations import accept_delegation, invite_delegate
from partnerships.services.library import (
    DeliveryNotAllowed,
    add_version,
    deliver_document,
    record_exchange,
    share_item,
)
from partnerships.uploads import Checked, check_content
from tests.factories import LibraryItemFactory, MandateFactory, RequestFactory, RequestStepFactory, UserFactory, days_from_today
from tests.mailings.reading import assert_reads_well
from tests.partnerships.conftest import Cast

pytestmark = pytest.mark.django_db
TODAY = days_from_today(0)
Scope = LibraryItem.Scope
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\nstartxref\n0\n%%EOF\n"


@pytest.fixture(autouse=True)
def _files_apart(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def audit(cast: Cast) -> ServiceRequest:
    return RequestFactory(in_progress=True, kind=Kind.AUDIT, municipality=cast.municipality, asked_by=cast.alderman)


def pdf(name: str = "etude.pdf", words: bytes = b"") -> Checked:
    return check_content(name, PDF.replace(b"<<>>", b"<<" + words + b">>"))


def unsaved(**changed: Any) -> LibraryItem:
    blank = {"municipality": None, "added_by": None} | changed
    return LibraryItemFactory.build(**blank)


def delivered(request: ServiceRequest, by: User, **changed: Any) -> LibraryItem:
    return deliver_document(request, by=by, item=unsaved(**changed), files={"fr": pdf()})


# --- Who reads what -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "readers"),
    [
        (Scope.OWN, {"alderman", "colleague", "spoc"}),
        (Scope.CHOSEN, {"alderman", "colleague", "spoc", "other_alderman"}),
        (Scope.ALL, {"alderman", "colleague", "spoc", "other_alderman", "third"}),
        (Scope.PUBLIC, {"alderman", "colleague", "spoc", "other_alderman", "third"}),
    ],
)
def test_an_item_is_read_as_far_as_it_is_shared(cast: Cast, enter: Any, scope: str, readers: set[str]) -> None:
    item = LibraryItemFactory(municipality=cast.municipality, scope=scope)
    LibraryShare.objects.create(item=item, municipality=cast.other_municipality)
    version = add_version(item, by=cast.spoc, files={"fr": pdf()})
    (file,) = version.files.all()
    people = {name: cast.person(name) for name in ("alderman", "colleague", "other_alderman", "former", "spoc", "editor", "cabinet")}
    people["third"] = UserFactory(mayor=MandateFactory().municipality)
    for name, person in people.items():
        sees = name in readers
        assert LibraryItem.objects.visible_to(person).exists() is sees, name
        client = enter(person)
        for address in (reverse("library_item", args=[item.key]), reverse("library_file", args=[file.key])):
            assert (client.get(address).status_code == 200) is sees, name
        listed = client.get(reverse("library"))
        assert (item.title_fr in listed.content.decode() or item.title_nl in listed.content.decode()) is sees, name


def test_nobody_without_a_log_in_comes_to_a_file(cast: Cast, client: Any) -> None:
    item = LibraryItemFactory(municipality=cast.municipality, scope=Scope.PUBLIC)
    (file,) = add_version(item, by=cast.spoc, files={"data": check_content("a.csv", b"a;b\n1;2\n")}).files.all()
    for address in (reverse("library"), reverse("library_item", args=[item.key]), reverse("library_file", args=[file.key])):
        assert client.get(address).status_code == 302


def test_a_file_is_given_out_to_keep_and_nothing_runs_in_it(cast: Cast, enter: Any) -> None:
    item = LibraryItemFactory(municipality=cast.municipality)
    (file,) = add_version(item, by=cast.spoc, files={"fr": pdf("étude.pdf")}).files.all()
    answer = enter(cast.alderman).get(reverse("library_file", args=[file.key]))
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "private, no-store"


def test_filters_offer_and_find_only_what_the_reader_sees(cast: Cast, enter: Any) -> None:
    LibraryItemFactory(municipality=cast.municipality, title_fr="Vacance rue Haute", title_nl="Leegstand Hoogstraat", year=2025)
    LibraryItemFactory(municipality=cast.municipality, kind="benchmark", title_fr="Loyers comparés", title_nl="Huurprijzen vergeleken")
    LibraryItemFactory(municipality=cast.other_municipality, title_fr="Secret d'à côté", title_nl="Geheim van hiernaast", year=2019)
    client = enter(cast.alderman)

    def titles(**query: str) -> list[str]:
        return [row.title_fr for row in client.get(reverse("library"), query).context["rows"]]

    assert titles() == ["Loyers comparés", "Vacance rue Haute"]
    assert titles(q="hoogstraat") == titles(q="HAUTE vacance") == titles(year="2025") == ["Vacance rue Haute"]
    assert titles(q="huurprijzen") == titles(kind="benchmark") == ["Loyers comparés"]
    assert titles(q="secret") == titles(kind="data_set") == []
    assert len(titles(municipality=cast.municipality.slug)) == 2
    assert titles(year="2019", kind="x") == titles(municipality=cast.other_municipality.slug) == titles()
    page = client.get(reverse("library")).content.decode()
    assert "2019" not in page
    assert str(cast.other_municipality) not in page


def test_the_list_costs_the_same_however_long(cast: Cast, enter: Any, django_assert_max_num_queries: Any) -> None:
    client = enter(cast.alderman)
    LibraryItemFactory(municipality=cast.municipality)
    client.get(reverse("library"))
    with django_assert_max_num_queries(12) as first:
        client.get(reverse("library"))
    LibraryItemFactory.create_batch(8, municipality=cast.municipality)
    LibraryItemFactory.create_batch(8, shared=True)
    with django_assert_max_num_queries(len(first)):
        client.get(reverse("library"))


def test_figures_stand_in_a_table_with_source_and_date(cast: Cast, enter: Any) -> None:
    item = LibraryItemFactory(municipality=cast.municipality)
    LibraryFigure.objects.create(
        item=item, what_fr="Cellules vides", what_nl="Leegstaande panden", value="12.50", unit="%", period="2025", area="Rue Haute",
        source="Relevé communal", source_on=dt.date(2026, 1, 15),
    )  # fmt: skip
    cast.alderman.interface_language = "nl"
    cast.alderman.save()
    page = enter(cast.alderman).get(reverse("library_item", args=[item.key])).content.decode()
    for words in ("Leegstaande panden", "12,5 %", "Rue Haute", "Relevé communal", "15 januari 2026"):
        assert words in page


def test_who_reads_a_shared_item_learns_nothing_of_the_request(cast: Cast, audit: ServiceRequest, enter: Any) -> None:
    item = delivered(audit, cast.spoc, scope=Scope.ALL)
    address = reverse("library_item", args=[item.key])
    assert audit.reference in enter(cast.alderman).get(address).content.decode()
    assert audit.reference not in enter(cast.other_alderman).get(address).content.decode()


# --- Delivering ---------------------------------------------------------------------------------


def test_a_delivery_is_kept_noted_ticked_and_told(cast: Cast, audit: ServiceRequest) -> None:
    step = RequestStepFactory(request=audit, library=True)
    item = delivered(audit, cast.spoc)
    assert (item.municipality, item.request, item.added_by, item.scope) == (cast.municipality, audit, cast.spoc, Scope.OWN)
    assert [file.language for file in item.versions.get().files.all()] == ["fr"]
    exchange = Exchange.objects.get()
    assert (exchange.direction, exchange.item, exchange.municipality) == ("given", item, cast.municipality)
    step.refresh_from_db()
    assert step.done_on == TODAY
    assert [event.verb for event in Event.objects.about(audit)] == ["step_done", "document_delivered"]
    decide_notices(timezone.now())
    assert Delivery.objects.get(notice__event__verb="document_delivered").recipient == cast.alderman


@pytest.mark.parametrize(("language", "title"), [("fr", "title_fr"), ("nl", "title_nl"), ("both", "title_nl")])
def test_the_mail_names_the_document_in_the_readers_language(cast: Cast, audit: ServiceRequest, language: str, title: str) -> None:
    cast.alderman.correspondence_language = language
    cast.alderman.save()
    item = delivered(audit, cast.spoc)
    decide_notices(timezone.now())
    mail = Delivery.objects.get(notice__event__verb="document_delivered")
    assert_reads_well(mail.subject, mail.body_text, mail.body_html)
    assert getattr(item, title) in mail.body_text
    assert reverse("library_item", args=[item.key]) in mail.body_text


@pytest.mark.parametrize("who", ["alderman", "other_alderman", "former", "editor", "cabinet"])
def test_only_who_handles_requests_delivers(cast: Cast, audit: ServiceRequest, who: str) -> None:
    with pytest.raises(DeliveryNotAllowed):
        delivered(audit, cast.person(who))
    with pytest.raises(DeliveryNotAllowed):
        record_exchange(audit, by=cast.person(who), direction="received", what="Relevé", on=TODAY)
    assert not LibraryItem.objects.exists()


def test_nothing_is_delivered_without_a_file_or_before_the_request_is_read(cast: Cast, audit: ServiceRequest) -> None:
    with pytest.raises(ValidationError):
        deliver_document(audit, by=cast.spoc, item=unsaved(), files={})
    with pytest.raises(DeliveryNotAllowed):
        delivered(RequestFactory(submitted=True, municipality=cast.municipality), cast.spoc)
    assert not LibraryItem.objects.exists()


def test_both_directions_stand_on_the_pages_of_request_and_municipality(cast: Cast, audit: ServiceRequest, enter: Any) -> None:
    record_exchange(audit, by=cast.spoc, direction="received", what="Relevé des rez-de-chaussée", on=TODAY, conditions="Usage interne")
    item = delivered(audit, cast.spoc)
    for address in (reverse("request", args=[audit.key]), reverse("municipality", args=[cast.municipality.slug])):
        page = enter(cast.alderman).get(address).content.decode()
        assert "Relevé des rez-de-chaussée" in page
        assert reverse("library_item", args=[item.key]) in page
    admin = enter(cast.spoc).get(reverse("admin:partnerships_servicerequest_change", args=[audit.pk])).content.decode()
    assert "Usage interne" in admin
    with pytest.raises(ValidationError):
        record_exchange(audit, by=cast.spoc, direction="given", what="Demain", on=days_from_today(1))
    with pytest.raises(ValidationError):
        record_exchange(audit, by=cast.spoc, direction="given", what=" ", on=TODAY)


# --- Versions -----------------------------------------------------------------------------------


def test_a_new_version_takes_along_what_is_not_replaced(cast: Cast) -> None:
    item = LibraryItemFactory()
    add_version(item, by=cast.spoc, files={"fr": pdf(), "nl": pdf("studie.pdf", b"/A 1")})
    second = add_version(item, by=cast.spoc, files={"nl": pdf("studie2.pdf", b"/B 2")})
    assert second.number == 2
    assert {file.language: file.name for file in second.files.all()} == {"fr": "etude.pdf", "nl": "studie2.pdf"}
    assert add_version(item, by=cast.spoc, files={"nl": pdf("autre-nom.pdf", b"/B 2")}) == second
    assert LibraryFile.objects.count() == 4


# --- Sharing ------------------------------------------------------------------------------------


def test_a_change_of_readers_is_recorded_with_who_agreed(cast: Cast) -> None:
    item = LibraryItemFactory(municipality=cast.municipality, owner="municipality")
    shared = share_item(item, by=cast.spoc, scope=Scope.ALL, agreed_by=cast.alderman, agreed_on=TODAY)
    assert share_item(shared, by=cast.spoc, scope=Scope.ALL, agreed_by=cast.alderman, agreed_on=TODAY) == shared
    (event,) = Event.objects.about(item)
    assert event.verb == "document_shared"
    assert (event.data["from"], event.data["to"], event.data["agreed_by"]) == ("own", "all", cast.alderman.pk)
    assert LibraryItem.objects.visible_to(cast.other_alderman).get() == item
    share_item(shared, by=cast.spoc, scope=Scope.OWN)
    assert not LibraryItem.objects.visible_to(cast.other_alderman).exists()
    assert Event.objects.about(item).count() == 2


@pytest.mark.parametrize("who", [None, "other_alderman", "spoc", "former"])
def test_what_a_municipality_owns_goes_further_only_with_its_own_consent(cast: Cast, who: str | None) -> None:
    item = LibraryItemFactory(municipality=cast.municipality, owner="municipality")
    agreed = {"agreed_by": cast.person(who), "agreed_on": TODAY} if who else {}
    with pytest.raises(ValidationError) as refused:
        share_item(item, by=cast.spoc, scope=Scope.ALL, **agreed)
    assert "agreed_by" in refused.value.message_dict or "__all__" in refused.value.message_dict
    item.refresh_from_db()
    assert item.scope == Scope.OWN


def test_the_database_asks_for_consent_too(cast: Cast) -> None:
    item = LibraryItemFactory(municipality=cast.municipality, owner="municipality")
    with pytest.raises(IntegrityError, match="library_shared_with_consent"), transaction.atomic():
        LibraryItem.objects.filter(pk=item.pk).update(scope=Scope.ALL)
    with pytest.raises(IntegrityError, match="library_municipality_named"), transaction.atomic():
        LibraryItem.objects.filter(pk=item.pk).update(municipality=None)


def test_chosen_readers_are_named_and_forgotten_with_the_scope(cast: Cast) -> None:
    item = LibraryItemFactory(municipality=cast.municipality)
    with pytest.raises(ValidationError):
        share_item(item, by=cast.spoc, scope=Scope.CHOSEN)
    item = share_item(item, by=cast.spoc, scope=Scope.CHOSEN, shared_with=[cast.other_municipality])
    assert LibraryItem.objects.visible_to(cast.other_alderman).exists()
    share_item(item, by=cast.spoc, scope=Scope.OWN, shared_with=[cast.other_municipality])
    assert not LibraryShare.objects.exists()


# --- The administration -------------------------------------------------------------------------


def form(**changed: Any) -> dict[str, Any]:
    typed = {
        "kind": "study", "owner": "agency", "title_fr": "Étude", "title_nl": "Studie", "summary_fr": "Court.", "summary_nl": "Kort.",
        "year": "2026", "languages": ["fr"], "licence": "internal", "scope": "own",
    }  # fmt: skip
    return typed | changed


def upload(content: bytes = PDF, name: str = "etude.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def test_a_document_is_delivered_from_the_page_of_the_request(cast: Cast, audit: ServiceRequest, enter: Any) -> None:
    client, address = enter(cast.spoc), reverse("admin:partnerships_servicerequest_deliver", args=[audit.pk])
    assert audit.title in client.get(address).content.decode()
    assert client.post(address, form()).context["form"].errors["file_fr"]
    refused = client.post(address, form(file_fr=upload(b"<html>", "etude.pdf")))
    assert "etude.pdf" in str(refused.context["form"].errors["file_fr"])
    assert "Court." in refused.content.decode()
    assert client.post(address, form(scope="chosen", file_fr=upload())).context["form"].errors["shared_with"]
    assert client.post(address, form(owner="municipality", scope="all", file_fr=upload())).context["form"].errors["agreed_by"]
    assert not LibraryItem.objects.exists()
    assert client.post(address, form(file_fr=upload())).status_code == 302
    assert LibraryItem.objects.get().municipality == cast.municipality
    assert enter(cast.editor).get(address).status_code == 403
    assert enter(cast.alderman).get(address).status_code == 404


def test_an_exchange_is_noted_from_the_page_of_the_request(cast: Cast, audit: ServiceRequest, enter: Any) -> None:
    client, address = enter(cast.spoc), reverse("admin:partnerships_servicerequest_exchange", args=[audit.pk])
    assert client.get(address).status_code == 200
    later = client.post(address, {"direction": "received", "what": "Relevé", "on": str(days_from_today(2))})
    assert later.context["form"].errors["on"]
    assert client.post(address, {"direction": "received", "what": "Relevé", "on": str(TODAY)}).status_code == 302
    assert Exchange.objects.get().what == "Relevé"
    assert enter(cast.editor).post(address, {}).status_code == 403


def _figures(count: int = 0) -> dict[str, str]:
    return {"figures-TOTAL_FORMS": str(count), "figures-INITIAL_FORMS": "0", "figures-MIN_NUM_FORMS": "0", "figures-MAX_NUM_FORMS": "99"}


def test_the_administration_adds_shares_and_keeps_versions(cast: Cast, enter: Any) -> None:
    client = enter(cast.spoc)
    add = reverse("admin:partnerships_libraryitem_add")
    row = {
        "figures-0-what_fr": "Vacance", "figures-0-what_nl": "Leegstand", "figures-0-value": "9.1", "figures-0-unit": "%",
        "figures-0-period": "2025", "figures-0-source": "Relevé", "figures-0-source_on": "2026-01-15",
    }  # fmt: skip
    typed = form(municipality=str(cast.municipality.pk), file_fr=upload())
    assert client.post(add, typed | _figures(1) | row).status_code == 302
    item = LibraryItem.objects.get()
    assert str(item.figures.get().value) == "9.10"
    change = reverse("admin:partnerships_libraryitem_change", args=[item.pk])
    assert client.get(change).status_code == 200
    figure = item.figures.get()
    kept = _figures(1) | row | {"figures-INITIAL_FORMS": "1", "figures-0-id": str(figure.pk), "figures-0-item": str(item.pk)}
    shared = form(scope="all", file_fr=upload(PDF + b"\n"))
    assert client.post(change, shared | kept).status_code == 302
    item.refresh_from_db()
    assert (item.scope, item.versions.count()) == ("all", 2)
    assert [event.verb for event in Event.objects.about(item)] == ["document_shared"]
    listed = client.get(reverse("admin:partnerships_libraryitem_changelist"), {"q": "studie"}).content.decode()
    assert change.split("?")[0] in listed
    for stranger, status in ((cast.editor, 403), (cast.alderman, 404)):
        assert enter(stranger).get(change).status_code == status


def test_the_list_of_the_administration_costs_the_same(cast: Cast, enter: Any, django_assert_max_num_queries: Any) -> None:
    client, address = enter(cast.spoc), reverse("admin:partnerships_libraryitem_changelist")
    LibraryItemFactory()
    client.get(address)
    with django_assert_max_num_queries(40) as first:
        client.get(address)
    LibraryItemFactory.create_batch(8)
    with django_assert_max_num_queries(len(first)):
        client.get(address)


# --- What came of a confidential request --------------------------------------------------------


def test_a_document_of_a_confidential_request_is_kept_from_who_stands_there_by_delegation(
    cast: Cast, audit: ServiceRequest, enter: Any
) -> None:
    made = invite_delegate(
        cast.alderman.mandates.get(),
        by=cast.alderman,
        email="aide@example.org",
        first_name="Ada",
        last_name="Inventée",
        scope=Delegation.Scope.REQUESTS,
        until=days_from_today(30),
    )
    accept_delegation(made, by=made.delegate)
    delegate = User.objects.get(pk=made.delegate_id)
    item = delivered(audit, cast.spoc)
    file = item.versions.get().files.get()
    addresses = (reverse("library_item", args=[item.key]), reverse("library_file", args=[file.key]))
    assert LibraryItem.objects.visible_to(delegate).exists()
    for until, sees in ((None, False), (days_from_today(-1), True), (days_from_today(0), False)):
        ServiceRequest.objects.filter(pk=audit.pk).update(is_confidential=True, confidential_until=until)
        assert LibraryItem.objects.visible_to(delegate).exists() is sees
        assert [enter(delegate).get(address).status_code == 200 for address in addresses] == [sees, sees]
        assert (item.title_fr in enter(delegate).get(reverse("library")).content.decode()) is sees
        assert LibraryItem.objects.visible_to(cast.alderman).exists()
        assert LibraryItem.objects.visible_to(cast.colleague).exists()
    ServiceRequest.objects.filter(pk=audit.pk).update(asked_by=delegate)
    assert LibraryItem.objects.visible_to(delegate).exists()
