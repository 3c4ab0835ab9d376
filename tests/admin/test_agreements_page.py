"""An agreement in the administration: its parts, its document, its renewal."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from config.seed.agreement_parts import small_pdf
from municipalities.models import Municipality
from partnerships.models import Agreement, AgreementSignatory, Event, Theme
from tests.factories import AgreementFactory, UserFactory, days_from_today

NO_PARTS = {f"{rows}-{count}_FORMS": 0 for rows in ("signatories", "amendments") for count in ("TOTAL", "INITIAL")}
ADD = "admin:partnerships_agreement_add"


@pytest.fixture
def spoc(staff_client, db: None) -> Client:
    return staff_client(UserFactory(spoc=True, interface_language="en"))


@pytest.fixture
def typed(ixelles: Municipality) -> dict:
    return {
        "municipality": ixelles.pk, "reference": "CC-NEW", "signed_on": days_from_today(-5), "starts_on": days_from_today(-4),
        "ends_on": days_from_today(400), "services": ["audit"], "working_methods_fr": "Kept words",
    } | NO_PARTS  # fmt: skip


def test_agreement_with_all_its_parts(spoc: Client, typed: dict) -> None:
    theme = Theme.objects.create(slug="trade", name_fr="Commerce", name_nl="Handel")
    parts = {
        "chosen_themes": [theme.pk],
        "upload": SimpleUploadedFile("signed.pdf", small_pdf(("a",))),
        "signatories-TOTAL_FORMS": 1, "signatories-0-side": "agency", "signatories-0-name": "Ada Invented",
        "amendments-TOTAL_FORMS": 1, "amendments-0-number": 1, "amendments-0-signed_on": days_from_today(-1),
        "amendments-0-effective_from": days_from_today(5), "amendments-0-changes_fr": "a", "amendments-0-changes_nl": "b",
    }  # fmt: skip
    assert spoc.post(reverse(ADD), typed | parts).status_code == 302
    made = Agreement.objects.get(reference="CC-NEW")
    assert [made.theme_names, made.document_name, made.amendments.count()] == [["Commerce"], "signed.pdf", 1]
    assert made.signatories.get().name == "Ada Invented"
    assert [event.verb for event in Event.objects.about(made)] == ["agreement_signed", "agreement_document_kept"]
    page = spoc.get(reverse("admin:partnerships_agreement_change", args=[made.pk])).content.decode()
    assert made.document_sha256 in page
    assert 'class="agreements-timeline"' in page
    history = spoc.get(reverse("admin:partnerships_agreement_history", args=[made.pk])).content.decode()
    assert "signatory" in history


@pytest.mark.parametrize(
    "content",
    [b"", b"MZ\x90\x00", b"<html>%PDF-1.4 %%EOF startxref", b"%PDF-1.4\nno end", b"PK\x03\x04" + small_pdf(("a",))],
    ids=["empty", "program", "page", "cut off", "archive before it"],
)
def test_what_is_no_pdf_is_refused_by_name_and_words_stay(spoc: Client, typed: dict, content: bytes) -> None:
    answer = spoc.post(reverse(ADD), typed | {"upload": SimpleUploadedFile("signed.pdf", content, "application/pdf")})
    errors = answer.context["adminform"].form.errors
    assert set(errors) == {"upload"}
    assert "signed.pdf" in errors["upload"][0] or content == b""
    assert "Kept words</textarea>" in answer.content.decode()
    assert not Agreement.objects.exists()


def test_too_large_is_refused_by_name(spoc: Client, typed: dict, settings) -> None:
    settings.DOCUMENT_LARGEST_BYTES = 100
    answer = spoc.post(reverse(ADD), typed | {"upload": SimpleUploadedFile("big.pdf", small_pdf(("a",)))})
    assert "big.pdf" in answer.context["adminform"].form.errors["upload"][0]
    assert not Agreement.objects.exists()


def test_signatory_needs_a_name_or_a_function_in_both_languages(spoc: Client, typed: dict) -> None:
    row = {"signatories-TOTAL_FORMS": 1, "signatories-0-side": "agency", "signatories-0-function_fr": "Direction"}
    answer = spoc.post(reverse(ADD), typed | row)
    assert answer.status_code == 200
    assert not AgreementSignatory.objects.exists()


def test_renewing_leads_to_what_changes(spoc: Client, ixelles: Municipality) -> None:
    agreement = AgreementFactory(municipality=ixelles, expiring=True)
    renew = reverse("admin:partnerships_agreement_renew", args=[agreement.pk])
    assert spoc.get(renew).status_code == 405
    answer = spoc.post(renew, follow=True)
    renewal = Agreement.objects.get(predecessor=agreement)
    assert answer.redirect_chain[-1][0] == reverse("admin:partnerships_agreement_compare", args=[renewal.pk])
    assert agreement.reference in answer.content.decode()
    spoc.post(renew)
    assert Agreement.objects.count() == 2


@pytest.mark.parametrize(("role", "status"), [("spoc", 302), ("lead", 302), ("administrator", 302), ("editor", 403)])
def test_who_may_renew(staff_client, ixelles: Municipality, role: str, status: int) -> None:
    agreement = AgreementFactory(municipality=ixelles, expiring=True)
    browser = staff_client(UserFactory(**{role: True}))
    assert browser.post(reverse("admin:partnerships_agreement_renew", args=[agreement.pk])).status_code == status


@pytest.mark.parametrize(("role", "status"), [("spoc", 403), ("lead", 200), ("administrator", 200), ("editor", 403)])
def test_themes_are_kept_by_the_lead(staff_client, db: None, role: str, status: int) -> None:
    assert staff_client(UserFactory(**{role: True})).get(reverse("admin:partnerships_theme_add")).status_code == status


def test_only_the_lead_sees_the_tile_of_requests_outside(staff_client, db: None) -> None:
    for role, is_shown in (("lead", True), ("spoc", False)):
        page = staff_client(UserFactory(**{role: True})).get(reverse("admin:index")).content.decode()
        assert ("list=outside" in page) is is_shown


def test_list_costs_the_same_over_many(spoc: Client, db: None, django_assert_max_num_queries) -> None:
    for _number in range(12):
        AgreementFactory(expired=True)
    with django_assert_max_num_queries(14):
        spoc.get(reverse("admin:partnerships_agreement_changelist"))
