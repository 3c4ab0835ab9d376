"""Page, document, summary and picture of an agreement: for its own officials and staff; for others they do not exist."""

import hashlib
import xml.etree.ElementTree as ET
from ctypes.util import find_library

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from config.seed.agreement_parts import small_pdf
from partnerships import pdf as pdf_module
from partnerships.models import Agreement, AgreementAmendment, AgreementSignatory, Theme
from partnerships.services.agreements import check_pdf, choose_themes, keep_document, safe_name
from tests.factories import AgreementFactory, UserFactory

pytestmark = pytest.mark.django_db
PDF = small_pdf(("CC-TEST",))
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def agreement(cast) -> Agreement:
    """The agreement of our municipality, with everything an agreement can have."""
    one = Agreement.objects.get(municipality=cast.municipality)
    one.working_methods_fr, one.working_methods_nl = "Une réunion par mois", "Elke maand een vergadering"
    one.save()
    theme = Theme.objects.create(slug="trade", name_fr="Commerce de proximité", name_nl="Buurthandel")
    choose_themes(one, [theme])
    AgreementSignatory.objects.create(agreement=one, side="agency", function_fr="Direction générale", function_nl="Algemene directie")
    AgreementAmendment.objects.create(
        agreement=one,
        number=1,
        signed_on=one.signed_on,
        effective_from=one.starts_on,
        changes_fr="Un thème en plus",
        changes_nl="Een thema erbij",
    )
    upload = SimpleUploadedFile("../Convention signée (2).PDF", PDF)
    return keep_document(one, by=cast.spoc, pdf=check_pdf(upload))


def addresses(agreement: Agreement) -> dict[str, str]:
    key, slug = agreement.key, agreement.municipality.slug
    names = ("agreement", "agreement_document", "agreement_summary", "agreement_summary_pdf")
    return {name: reverse(name, args=[key]) for name in names} | {
        "municipality": reverse("municipality", args=[slug]),
        "agreement_timeline": reverse("agreement_timeline", args=[slug]),
    }


@pytest.mark.parametrize("name", ["agreement", "agreement_document", "agreement_summary", "agreement_summary_pdf", "agreement_timeline"])
@pytest.mark.parametrize(
    ("person", "status"),
    [("alderman", 200), ("colleague", 200), ("spoc", 200), ("editor", 200), ("other_alderman", 404), ("cabinet", 404), ("former", 302)],
)
def test_who_may_open_what(cast, agreement, enter, name, person, status):
    if name == "agreement_summary_pdf" and status == 200 and not pdf_module.can_make_pdf():
        status = 302  # to the page that prints
    answer = enter(cast.person(person)).get(addresses(agreement)[name])
    assert answer.status_code == status
    if person == "former":
        assert answer.url.startswith(reverse("account_login"))


def test_anonymous_is_sent_to_the_log_in(agreement, client):
    for address in addresses(agreement).values():
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer.url.startswith(reverse("account_login"))


def test_a_draft_is_hidden_from_its_officials_with_its_document(cast, agreement, enter):
    Agreement.objects.filter(pk=agreement.pk).update(signed_on=None)
    for name in ("agreement", "agreement_document", "agreement_summary", "agreement_timeline"):
        assert enter(cast.alderman).get(addresses(agreement)[name]).status_code == 404


def test_the_document_is_a_file_in_which_nothing_runs(cast, agreement, enter):
    answer = enter(cast.alderman).get(reverse("agreement_document", args=[agreement.key]))
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert answer["Cache-Control"] == "private, no-store"
    assert agreement.document_sha256 == hashlib.sha256(PDF).hexdigest()
    assert agreement.document_name == "Convention_signée_2.pdf"
    assert agreement.document_name not in agreement.document.name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a.pdf", "a.pdf"),
        ("..\\..\\x.PDF", "x.pdf"),
        ("/etc/passwd", "passwd.pdf"),
        ("", "agreement.pdf"),
        ("...", "agreement.pdf"),
        ('a"b\r\nc.pdf', "abc.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_names_become_safe(name, safe):
    assert safe_name(name) == safe


def test_page_tells_all_in_the_readers_language(cast, agreement, enter):
    for language, words in (
        ("fr", ("Une réunion par mois", "Commerce de proximité", "Direction générale", "Un thème en plus")),
        ("nl", ("Elke maand een vergadering", "Buurthandel", "Algemene directie", "Een thema erbij")),
    ):
        cast.alderman.interface_language = language
        cast.alderman.save()
        text = enter(cast.alderman).get(reverse("agreement", args=[agreement.key])).content.decode()
        assert all(word in text for word in words)


def test_summary_holds_both_full_versions_whoever_reads(cast, agreement, enter):
    text = enter(cast.alderman).get(reverse("agreement_summary", args=[agreement.key])).content.decode()
    assert '<article class="card summary-version" lang="fr">' in text
    assert '<article class="card summary-version" lang="nl">' in text
    for word in ("Une réunion par mois", "Elke maand een vergadering", "Commerce de proximité", "Buurthandel"):
        assert text.count(word) == 1


def test_pdf_of_the_summary(cast, agreement, enter):
    if find_library("pango-1.0") is None:
        pytest.skip("NO PANGO: install it (apt-get install libpango-1.0-0 libpangoft2-1.0-0) to run the tests of PDF files")
    answer = enter(cast.alderman).get(reverse("agreement_summary_pdf", args=[agreement.key]))
    assert answer.content.startswith(b"%PDF-1.7")
    assert answer["Content-Disposition"] == f'attachment; filename="{agreement.reference}.pdf"'
    assert "sandbox" in answer["Content-Security-Policy"]


def test_without_weasyprint_the_print_page_takes_over_and_says_so(cast, agreement, enter, monkeypatch):
    def missing(name: str) -> None:
        raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(pdf_module.importlib, "import_module", missing)
    answer = enter(cast.alderman).get(reverse("agreement_summary_pdf", args=[agreement.key]), follow=True)
    assert answer.redirect_chain == [(reverse("agreement_summary", args=[agreement.key]), 302)]
    assert len(answer.context["messages"]) == 1
    assert reverse("agreement_summary_pdf", args=[agreement.key]) not in answer.content.decode()


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_picture_is_well_formed_and_says_what_it_shows(cast, agreement, enter, language):
    AgreementFactory(municipality=cast.municipality, draft=True, expiring=True, predecessor=agreement)
    cast.spoc.interface_language = language
    cast.spoc.save()
    answer = enter(cast.spoc).get(reverse("agreement_timeline", args=[cast.municipality.slug]))
    assert answer["Content-Type"] == "image/svg+xml"
    root = ET.fromstring(answer.content)
    assert root.find(f"{SVG}title").text
    assert agreement.reference in root.find(f"{SVG}desc").text
    assert root.get("aria-labelledby") == "timeline-title timeline-desc"
    links = root.findall(f"{SVG}a")
    assert [link.get("href") for link in links] == [reverse("agreement", args=[one.key]) for one in _by_period(cast)]
    numbers = [rect.get(name) for rect in root.iter(f"{SVG}rect") for name in ("x", "y", "width", "height")]
    assert all(float(number) >= 0 for number in numbers)


def _by_period(cast) -> list[Agreement]:
    return sorted(Agreement.objects.filter(municipality=cast.municipality), key=lambda one: (one.period.lower, one.pk))


def test_queries_do_not_grow_with_agreements_and_parts(cast, agreement, enter, django_assert_max_num_queries):
    for number in range(2, 12):
        AgreementAmendment.objects.create(
            agreement=agreement,
            number=number,
            signed_on=agreement.signed_on,
            effective_from=agreement.starts_on,
            changes_fr="a",
            changes_nl="b",
        )
        AgreementFactory(municipality=cast.municipality, draft=True)
    spoc = enter(UserFactory(spoc=True))
    for name, most in (("agreement", 30), ("agreement_summary", 24), ("municipality", 30)):
        with django_assert_max_num_queries(most):
            assert spoc.get(addresses(agreement)[name]).status_code == 200
