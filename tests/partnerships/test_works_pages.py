"""The pages of a works site: for its own officials and for staff, in the portal and in the administration; for others they do not exist."""

import re
import uuid
import xml.etree.ElementTree as ET
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils.formats import date_format

from config.seed.agreement_parts import small_pdf
from municipalities.delegations import Delegation
from municipalities.languages import reading_in
from partnerships import pdf as pdf_module
from partnerships.models import PlanLine, PlanMeasure, PlanMeeting, PlanVersion, SiteEvaluation, SiteFigure, WorksSite, WorksStreet
from partnerships.services.plans import add_measure, agree_plan, move_measure, propose_plan
from partnerships.services.sheets import translate_sheet, untranslated
from partnerships.services.works import WorksNotAllowed
from partnerships.sites.addresses import ROUTES
from partnerships.sites.sheets import sheet_words
from partnerships.works_timeline import SIGN, works_timeline
from tests.factories import (
    PlanLineFactory,
    PlanVersionFactory,
    RequestFactory,
    UserFactory,
    WorksPhaseFactory,
    WorksSiteFactory,
    days_from_today,
    measure_fields,
    since,
)

pytestmark = pytest.mark.django_db
SVG = "{http://www.w3.org/2000/svg}"
STAFF = {"spoc", "editor"}


@pytest.fixture
def site(cast) -> WorksSite:
    """A site of our municipality with phases that open compensation and an agreed plan of two measures."""
    request = RequestFactory(kind="works", in_progress=True, municipality=cast.municipality, asked_by=cast.alderman, assignee=cast.spoc)
    site = WorksSiteFactory(request=request, owner_contact="Marie Curie, cheffe de projet, marie@example.org")
    WorksPhaseFactory(site=site, first=-10, last=60, stopped_one=True, what="Tranchée <profonde>")
    WorksPhaseFactory(site=site, first=61, last=120, is_uncertain=True, what="Réfection du revêtement")
    WorksStreet.objects.create(site=site, name="Chaussée du Test", from_number="1", to_number="99")
    version = PlanVersionFactory(site=site, agreed=True)
    PlanLineFactory(version=version, what="Séance d'information bilingue", starts_on=days_from_today(-5), due_on=days_from_today(-1))
    PlanLineFactory(version=version, what="Zone de livraison rue voisine", owner=PlanLine.Owner.AGENCY)
    return site


def address(site: WorksSite, name: str, *args: Any, door: str = "") -> str:
    return reverse(f"{door}works_{name}", args=[site.request.key, *args])


def all_addresses(site: WorksSite, door: str = "") -> dict[str, str]:
    """Every address of the pages, through one door."""
    line = PlanLine.objects.filter(version__site=site).first()
    measure = PlanMeasure.objects.filter(site=site).first()
    more = {
        "sheet": ["fr"], "sheet_pdf": ["fr"], "version": [1], "propose": [1], "agree": [1], "line": [line.pk], "take_out": [line.pk],
        "measure": [measure.key], "move": [measure.key], "evidence": [measure.key],
    }  # fmt: skip
    return {name: address(site, name, *more.get(name, []), door=door) for name in ROUTES}


# --- Who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ROUTES)
@pytest.mark.parametrize("stranger", ["other_alderman", "editor", "cabinet"])
def test_for_strangers_no_page_exists_whether_read_or_posted(cast, site, enter, name, stranger):
    client, url = enter(cast.person(stranger)), all_addresses(site)[name]
    assert client.get(url).status_code == 404
    assert client.post(url).status_code in (404, 405)


@pytest.mark.parametrize("name", ROUTES)
def test_a_former_alderman_and_a_visitor_are_sent_to_the_log_in(cast, site, enter, client, name):
    url = all_addresses(site)[name]
    for answer in (client.get(url), enter(cast.former).get(url)):
        assert answer.status_code == 302
        assert answer.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("name", ROUTES)
@pytest.mark.parametrize("person", ["alderman", "other_alderman", "editor", "cabinet"])
def test_the_administrations_pages_are_for_those_who_may_see_requests(cast, site, enter, name, person):
    answer = enter(cast.person(person)).get(all_addresses(site, "admin:")[name])
    assert answer.status_code in (302, 403, 404)
    if answer.status_code == 302:
        assert "login" in answer.url


@pytest.mark.parametrize("scope", ["requests", "read"])
def test_a_delegate_sees_the_site_and_writes_only_with_a_delegation_for_it(cast, site, enter, scope):
    delegate = UserFactory()
    mandate = cast.alderman.mandates.get()
    Delegation.objects.create(mandate=mandate, delegate=delegate, scope=scope, period=since(5), accepted_at="2026-11-20T12:00Z")
    client = enter(delegate)
    page = client.get(address(site, "site"))
    assert page.status_code == 200
    assert (address(site, "meeting") in page.content.decode()) == (scope == "requests")
    client.post(address(site, "begin"))
    assert PlanVersion.objects.filter(site=site, state="draft").exists() == (scope == "requests")


def test_the_site_of_a_draft_does_not_exist_yet(cast, enter):
    site = WorksSiteFactory(request=RequestFactory(kind="works", draft=True, municipality=cast.municipality, asked_by=cast.alderman))
    for person in ("alderman", "spoc"):
        assert enter(cast.person(person)).get(address(site, "site")).status_code == 404


def test_a_line_or_measure_of_another_site_is_not_reached_through_ones_own(cast, site, enter):
    other = PlanLineFactory()
    client = enter(cast.alderman)
    assert client.get(address(site, "line", other.pk)).status_code == 404
    assert client.post(address(site, "take_out", other.pk)).status_code == 404
    assert client.post(address(site, "move", other.measure.key), {"to": "running"}).status_code == 404


# --- The page of a site -------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
@pytest.mark.parametrize(("person", "door"), [("alderman", ""), ("spoc", ""), ("spoc", "admin:")])
def test_one_page_shows_the_whole_to_both_sides(cast, site, enter, person, door, language):
    who = cast.person(person)
    who.interface_language = language
    who.save()
    SiteFigure.objects.create(site=site, indicator="vacancy", measured_on=days_from_today(-3), value=7, source="Relevé", by=cast.spoc)
    SiteEvaluation.objects.create(site=site, side="agency", lessons="Commencer plus tôt", by=cast.spoc)
    PlanMeeting.objects.create(site=site, held_on=days_from_today(-2), present="Vivaqua", decisions="Accès garantis", by=cast.spoc)
    text = unescape(enter(who).get(address(site, "site", door=door)).content.decode())
    for words in (
        "Tranchée <profonde>",
        "Séance d'information bilingue",
        "Relevé",
        "Commencer plus tôt",
        "Accès garantis",
        "Chaussée du Test",
    ):
        assert words in text

    with reading_in(language):
        for day in (18, 79):
            assert date_format(days_from_today(day), "j F Y").removeprefix("1 ") in text


def test_the_page_keeps_its_number_of_queries(cast, site, enter, django_assert_max_num_queries):
    clients = {door: enter(who) for door, who in (("", cast.alderman), ("admin:", cast.spoc))}
    counts = {}
    for door, client in clients.items():
        client.get(address(site, "site", door=door))
        with django_assert_max_num_queries(40) as few:
            client.get(address(site, "site", door=door))
        counts[door] = len(few)
    version = PlanVersion.objects.get(site=site, state="agreed")
    for number in range(15):
        WorksPhaseFactory(site=site, first=200 + 10 * number, last=205 + 10 * number)
        PlanLineFactory(version=version)
        PlanMeeting.objects.create(site=site, held_on=days_from_today(-number), present="…", decisions="…", by=cast.spoc)
        SiteFigure.objects.create(
            site=site, indicator="footfall", measured_on=days_from_today(-number), value=number, source="…", by=cast.spoc
        )
    for door, client in clients.items():
        with django_assert_max_num_queries(counts[door]):
            assert client.get(address(site, "site", door=door)).status_code == 200


def test_the_list_of_the_administration_costs_the_same_with_many(cast, site, enter, django_assert_max_num_queries):
    client, url = enter(cast.spoc), reverse("admin:partnerships_workssite_changelist")
    client.get(url)
    with django_assert_max_num_queries(30) as few:
        text = client.get(url).content.decode()
    assert site.name in text
    for _number in range(20):
        WorksPhaseFactory(site=WorksSiteFactory(), stopped_one=True)
    with django_assert_max_num_queries(len(few)):
        assert client.get(url).status_code == 200


def test_the_list_leads_to_the_page_and_is_no_ones_without_the_right(cast, site, enter):
    change = reverse("admin:partnerships_workssite_change", args=[site.pk])
    assert enter(cast.spoc).get(change).url == address(site, "site", door="admin:")
    assert enter(cast.editor).get(reverse("admin:partnerships_workssite_changelist")).status_code == 403
    assert enter(cast.editor).get(change).status_code in (403, 404)


def test_the_request_leads_to_its_site_in_portal_and_administration(cast, site, enter):
    portal = enter(cast.alderman).get(reverse("request", args=[site.request.key])).content.decode()
    assert address(site, "site") in portal
    office = enter(cast.spoc).get(reverse("admin:partnerships_servicerequest_change", args=[site.request.pk])).content.decode()
    assert address(site, "site", door="admin:") in office


def test_a_works_request_without_a_site_gets_one(cast, enter):
    request = RequestFactory(kind="works", in_progress=True, municipality=cast.municipality, asked_by=cast.alderman)
    page = enter(cast.alderman).get(reverse("request", args=[request.key])).content.decode()
    url = reverse("works_open", args=[request.key])
    assert url in page
    for _click in range(2):
        enter(cast.alderman).post(url)
    assert WorksSite.objects.get(request=request).name == request.title


# --- The plan, walked through the pages ---------------------------------------------------------


@pytest.mark.parametrize("door", ["", "admin:"])
def test_a_plan_is_drawn_up_proposed_agreed_and_carried_out(cast, enter, door):
    request = RequestFactory(kind="works", in_progress=True, municipality=cast.municipality, asked_by=cast.alderman, assignee=cast.spoc)
    site = WorksSiteFactory(request=request)
    alderman, spoc = enter(cast.alderman), enter(cast.spoc)
    alderman.post(address(site, "begin"))
    fields = measure_fields(token=uuid.uuid4(), revision=1)
    for _click in range(2):
        answer = spoc.post(address(site, "add", door=door), fields)
    assert answer.url == address(site, "version", 1, door=door)
    line = PlanLine.objects.get()
    changed = fields | {"what": "Deux séances", "revision": line.revision}
    alderman.post(address(site, "line", line.pk), changed)
    version = PlanVersion.objects.get()
    spoc.post(address(site, "propose", 1, door=door), {"revision": version.revision})
    page = alderman.get(address(site, "version", 1)).content.decode()
    assert address(site, "agree", 1) in page
    assert address(site, "agree", 1, door=door) not in spoc.get(address(site, "version", 1, door=door)).content.decode()
    alderman.post(address(site, "agree", 1))
    version.refresh_from_db()
    assert version.state == "agreed"
    measure = PlanMeasure.objects.get()
    spoc.post(address(site, "move", measure.key, door=door), {"to": "done"})
    spoc.post(address(site, "evidence", measure.key, door=door), {"words": "Lettre du 3 novembre", "address": "example.org/lettre"})
    measure.refresh_from_db()
    assert measure.state == "done"
    assert "https://example.org/lettre" in alderman.get(address(site, "measure", measure.key)).content.decode()


def test_of_two_who_change_a_measure_the_second_sees_both_and_loses_nothing(cast, site, enter):
    line = add_measure(site, by=cast.alderman, token=uuid.uuid4(), fields=measure_fields())
    url = address(site, "line", line.pk)
    fields = measure_fields(token=line.measure.key, revision=line.revision)
    enter(cast.spoc).post(url, fields | {"what": "Ce que dit le SPOC"})
    answer = enter(cast.alderman).post(url, fields | {"what": "Ce que dit l'échevine"})
    text = unescape(answer.content.decode())
    assert answer.status_code == 409
    assert "Ce que dit le SPOC" in text
    assert "Ce que dit l'échevine" in text
    revision = re.search(r'name="revision" value="(\d+)"', text).group(1)
    enter(cast.alderman).post(url, fields | {"what": "Ce que dit l'échevine", "revision": revision})
    line.refresh_from_db()
    assert line.what == "Ce que dit l'échevine"


def test_what_changed_meanwhile_is_read_before_it_is_proposed(cast, site, enter):
    line = add_measure(site, by=cast.alderman, token=uuid.uuid4(), fields=measure_fields())
    answer = enter(cast.alderman).post(address(site, "propose", line.version.number), {"revision": 0})
    assert answer.status_code == 409
    assert PlanVersion.objects.get(pk=line.version_id).state == "draft"


@pytest.mark.parametrize(
    ("name", "fields", "beside"),
    [
        ("add", {"what": "", "due_on": "2027-01-01"}, "what"),
        ("add", {"what": "Trop tôt", "due_on": "2027-01-01", "starts_on": "2027-02-01"}, "due_on"),
        ("meeting", {"held_on": "2090-01-01", "present": "x", "decisions": "gardé"}, "held_on"),
        ("figure", {"indicator": "vacancy", "measured_on": "2026-01-01", "value": "-4", "source": "gardé"}, "value"),
        ("evaluate", {"lessons": ""}, "lessons"),
    ],
)
def test_bad_input_is_told_beside_the_field_and_nothing_is_half_done(cast, site, enter, name, fields, beside):
    token = {"token": uuid.uuid4(), "revision": 1, "kind": "information", "owner": "agency"}
    before = (PlanLine.objects.count(), PlanMeeting.objects.count(), SiteFigure.objects.count(), SiteEvaluation.objects.count())
    answer = enter(cast.alderman).post(address(site, name), token | fields)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert f'id="id_{beside}_error"' in text
    assert f'href="#id_{beside}"' in text
    assert all(unescape(value) in text for value in fields.values())
    assert (PlanLine.objects.count(), PlanMeeting.objects.count(), SiteFigure.objects.count(), SiteEvaluation.objects.count()) == before


def test_dropping_a_measure_asks_why(cast, site, enter):
    measure = PlanMeasure.objects.filter(site=site).first()
    url = address(site, "move", measure.key)
    answer = enter(cast.alderman).post(url, {"to": "dropped", "reason": " "})
    assert 'id="id_reason_error"' in answer.content.decode()
    enter(cast.alderman).post(url, {"to": "dropped", "reason": "La rue reste ouverte"})
    measure.refresh_from_db()
    assert (measure.state, measure.reason) == ("dropped", "La rue reste ouverte")


def test_meeting_figure_and_evaluation_are_noted_from_their_forms(cast, site, enter):
    client, measure = enter(cast.alderman), PlanMeasure.objects.filter(site=site).first()
    client.post(
        address(site, "meeting"), {"token": uuid.uuid4(), "held_on": days_from_today(-1), "present": "STIB", "decisions": "Arrêt déplacé"}
    )
    client.post(address(site, "figure"), {"indicator": "complaints", "measured_on": days_from_today(-1), "value": 4, "source": "Guichet"})
    client.post(address(site, "evaluate"), {"lessons": "Prévenir tôt", f"helped_{measure.pk}": 5, f"words_{measure.pk}": "très lu"})
    assert site.meetings.get().decisions == "Arrêt déplacé"
    assert site.figures.get().value == 4
    assert [(mark.helped, mark.words) for mark in site.evaluations.get().marks.all()] == [(5, "très lu")]
    again = client.post(address(site, "figure"), {"indicator": "complaints", "measured_on": days_from_today(-1), "value": 9, "source": "x"})
    assert 'id="id_measured_on_error"' in again.content.decode()


def test_an_ended_request_keeps_its_site_readable_and_offers_nothing_to_write(cast, enter):
    request = RequestFactory(kind="works", withdrawn=True, municipality=cast.municipality, asked_by=cast.alderman)
    site = WorksSiteFactory(request=request)
    text = enter(cast.alderman).get(address(site, "site")).content.decode()
    for name in ("meeting", "figure", "evaluate", "begin"):
        assert address(site, name) not in text
        assert enter(cast.alderman).post(address(site, name), follow=True).status_code == 200
    assert not PlanVersion.objects.exists()


# --- The picture --------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_the_picture_is_well_formed_and_says_what_it_shows(cast, site, enter, language):
    cast.alderman.interface_language = language
    cast.alderman.save()
    answer = enter(cast.alderman).get(address(site, "timeline"))
    assert answer["Content-Type"] == "image/svg+xml"
    svg = ET.fromstring(answer.content)
    title, desc = svg.find(f"{SVG}title").text, svg.find(f"{SVG}desc").text
    assert site.name in title
    for words in ("Tranchée <profonde>", "Réfection du revêtement", "Séance d'information bilingue"):
        assert words in desc
    links = [link.get("href") for link in svg.iter(f"{SVG}a")]
    assert len(links) == 5  # two phases, the days for compensation, two measures
    assert sum("/measures/" in link for link in links) == 2


def test_every_word_of_the_picture_stays_on_its_paper_and_off_the_lines(cast, site):
    site = WorksSite.objects.with_all().get(pk=site.pk)
    lines = PlanLine.objects.filter(version__site=site).select_related("measure")
    wide = works_timeline(site, list(site.phases.all()), lines, days_from_today(0), page="/", address=lambda line: "/")
    for picture in (wide, wide.narrow):
        for row in picture.rows:
            assert 0 <= float(row.x) <= float(row.x) + float(row.width) <= picture.width
            for x, y, words in row.labels:
                assert float(x) >= 0
                assert float(x) + len(words) * SIGN <= picture.width
                assert y < row.above
        tops = [row.labels[0][1] for row in picture.rows]
        assert all(tops[number + 1] - 12 > picture.rows[number].below for number in range(len(tops) - 1))


def test_without_phases_there_is_no_picture(cast, enter):
    site = WorksSiteFactory(request=RequestFactory(kind="works", in_progress=True, municipality=cast.municipality))
    client = enter(cast.alderman)
    assert client.get(address(site, "timeline")).status_code == 404
    assert client.get(address(site, "site")).status_code == 200


# --- The sheet for the traders ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"), [("fr", ("Indemnisation", "10 équivalents temps plein")), ("nl", ("Vergoeding", "10 voltijdse"))]
)
def test_the_sheet_explains_works_measures_and_compensation_in_its_language(cast, site, enter, language, words, settings):
    cast.alderman.interface_language = "en"
    cast.alderman.save()
    text = unescape(enter(cast.alderman).get(address(site, "sheet", language)).content.decode())
    sheet = text[text.index('<article class="card summary-version works-sheet"') :]
    assert f'lang="{language}"' in sheet[:120]
    for expected in (*words, "Tranchée <profonde>", "Séance d'information bilingue", "Chaussée du Test 1–99", site.traders_contact, "2700"):
        assert expected in sheet.replace("\u202f", "").replace("\xa0", " ").replace("2 700", "2700").replace("2.700", "2700")
    assert settings.COMPENSATION["source"] in sheet


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_no_name_or_address_of_a_person_stands_on_the_sheet(cast, site, language):
    site = WorksSite.objects.with_all().get(pk=site.pk)
    text = sheet_words(site, language, days_from_today(0))
    people = [cast.alderman, cast.spoc]
    unwanted = [site.owner_contact, site.site_contact, site.municipal_contact, *(p.last_name for p in people), *(p.email for p in people)]
    assert not [words for words in unwanted if words in unescape(text)]


def test_measures_only_proposed_or_dropped_are_not_on_the_sheet(cast, site):
    line = add_measure(site, by=cast.alderman, token=uuid.uuid4(), fields=measure_fields(what="Encore en discussion"))
    dropped = PlanLine.objects.filter(version__site=site, version__state="agreed").last()
    move_measure(dropped.measure, by=cast.spoc, to="dropped", reason="Plus utile")
    text = unescape(sheet_words(WorksSite.objects.with_all().get(pk=site.pk), "fr", days_from_today(0)))
    assert line.what not in text
    assert dropped.what not in text


@pytest.mark.parametrize("language", ["fr", "nl"])
@pytest.mark.parametrize("door", ["", "admin:"])
def test_the_sheet_as_pdf(cast, site, enter, language, door):
    if not pdf_module.can_make_pdf():
        pytest.skip("WeasyPrint or Pango is not here: the print page takes its place, see the test below")
    answer = enter(cast.spoc).get(address(site, "sheet_pdf", language, door=door))
    assert answer.content.startswith(b"%PDF-1.7")
    assert answer["Content-Disposition"] == f'attachment; filename="{site.request.reference}-{language}.pdf"'
    assert "sandbox" in answer["Content-Security-Policy"]


def test_without_weasyprint_the_page_takes_over_and_says_so(cast, site, enter, monkeypatch):
    def missing(name: str) -> None:
        raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(pdf_module.importlib, "import_module", missing)
    answer = enter(cast.alderman).get(address(site, "sheet_pdf", "nl"), follow=True)
    assert answer.redirect_chain == [(address(site, "sheet", "nl"), 302)]
    assert address(site, "sheet_pdf", "nl") not in answer.content.decode()


def test_there_is_no_sheet_in_another_language(cast, site, enter):
    assert enter(cast.alderman).get(address(site, "sheet", "en")).status_code == 404


def test_days_for_compensation_on_the_page_follow_the_phases(cast, site, enter):
    site.phases.filter(position=1).update(period=DateRange(days_from_today(0), days_from_today(20)))
    cast.alderman.interface_language = "en"
    cast.alderman.save()
    text = enter(cast.alderman).get(address(site, "site")).content.decode()
    assert "20 days in a row; compensation opens from 29 days on" in text


def test_agreeing_is_offered_to_the_side_whose_word_is_missing_alone(cast, site, enter):
    version = add_measure(site, by=cast.alderman, token=uuid.uuid4(), fields=measure_fields()).version
    version.refresh_from_db()
    propose_plan(version, by=cast.alderman, revision=version.revision)
    assert enter(cast.colleague).post(address(site, "agree", version.number), follow=True).status_code == 200
    version.refresh_from_db()
    assert version.state == "proposed"
    agree_plan(version, by=cast.spoc)


@pytest.mark.parametrize(("person", "door"), [("alderman", ""), ("spoc", "admin:")])
def test_every_form_of_the_pages_bears_its_own_proof_against_forgery(cast, site, enter, person, door):
    """A form in a partial that is given only what it reads has no token unless it is given that too."""
    bare = RequestFactory(kind="works", in_progress=True, municipality=cast.municipality, asked_by=cast.alderman)
    page = {"": ("request", bare.key), "admin:": ("admin:partnerships_servicerequest_change", bare.pk)}[door]
    add_measure(site, by=cast.alderman, token=uuid.uuid4(), fields=measure_fields())
    measure = PlanMeasure.objects.filter(site=site).first()
    pages = [reverse(page[0], args=[page[1]]), address(site, "site", door=door), address(site, "measure", measure.key, door=door)]
    pages += [address(site, "version", 2, door=door), *(address(site, name, door=door) for name in ("add", "edit", "evaluate"))]
    for url in pages:
        text = enter(cast.person(person)).get(url).content.decode()
        forms = re.findall(r'<form[^>]*method="post".*?</form>', text, flags=re.DOTALL)
        assert forms
        assert [form for form in forms if "csrfmiddlewaretoken" not in form] == [], url


# --- The sheet in both languages, and files -----------------------------------------------------


@pytest.mark.parametrize("door", ["", "admin:"])
def test_the_sheet_of_the_other_language_gets_its_own_words(cast, site, enter, door):
    client, url = enter(cast.spoc), address(site, "translate", door=door)
    form = client.get(url).context["form"]
    assert set(form.texts.values()) >= {"Tranchée <profonde>", "Séance d'information bilingue", site.name, site.traders_contact}
    said = client.get(address(site, "sheet", "nl", door=door)).content.decode()
    assert '<span lang="fr">Tranchée' in said
    assert url in said
    words = {name: f"NL {number}" for number, name in enumerate(form.texts)}
    assert client.post(url, words).url == address(site, "sheet", "nl", door=door)
    said = unescape(client.get(address(site, "sheet", "nl", door=door)).content.decode())
    sheet = said[said.index("works-sheet") :]
    assert "Tranchée" not in sheet.split("</article>")[0]
    assert 'lang="fr"' not in sheet.split("</article>")[0]
    assert "Tranchée <profonde>" in unescape(client.get(address(site, "sheet", "fr", door=door)).content.decode())


def test_words_of_the_other_language_are_void_once_the_text_changes(cast, site):
    translate_sheet(site, by=cast.alderman, words={"Tranchée <profonde>": "Diepe sleuf", "Réfection du revêtement": "Nieuw wegdek"})
    site.phases.filter(position=1).update(what="Tranchée élargie")
    site = WorksSite.objects.with_all().get(pk=site.pk)
    text = sheet_words(site, "nl", days_from_today(0))
    assert "Diepe sleuf" not in text
    assert "Nieuw wegdek" in text
    assert "Tranchée élargie" in untranslated(site)


def test_strangers_translate_nothing(cast, site):
    for name in ("other_alderman", "former", "editor"):
        with pytest.raises(WorksNotAllowed):
            translate_sheet(site, by=cast.person(name), words={"Tranchée <profonde>": "x"})


def test_evidence_comes_with_a_file_that_others_cannot_open(cast, site, enter):
    measure = PlanMeasure.objects.filter(site=site).first()
    upload = SimpleUploadedFile("Lettre.pdf", small_pdf(("Lettre",)), content_type="application/pdf")
    enter(cast.alderman).post(address(site, "evidence", measure.key), {"words": "La lettre", "attachments": upload})
    kept = measure.evidence.get().attachment
    url = reverse("attachment", args=[kept.key])
    assert kept.request == site.request
    assert url in enter(cast.spoc).get(address(site, "measure", measure.key, door="admin:")).content.decode()
    assert enter(cast.other_alderman).get(url).status_code == 404


def test_a_refused_file_leaves_the_words_in_the_form(cast, site, enter):
    measure = PlanMeasure.objects.filter(site=site).first()
    upload = SimpleUploadedFile("lettre.pdf", b"<html>no</html>", content_type="application/pdf")
    answer = enter(cast.alderman).post(address(site, "evidence", measure.key), {"words": "La lettre distribuée", "attachments": upload})
    assert answer.status_code == 200
    assert "La lettre distribuée" in answer.content.decode()
    assert not measure.evidence.exists()
