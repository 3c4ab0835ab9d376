"""Works in a browser: a plan both agree and the sheet for the traders, in French and in Dutch, without a script."""

import uuid

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visitor
from tests.e2e.test_portal_pages import RULES
from tests.e2e.words import words

SITE = uuid.uuid5(uuid.UUID("6f1f6a0e-6f35-5b0c-9d0f-4c4d5d1c2a10"), "request:ixl-boondael-works")
PORTAL, OFFICE = f"/requests/{SITE}/works/", f"/admin/partnerships/workssite/{SITE}/works/"
PAGES = ("", "edit/", "plan/1/", "plan/add/", "sheet/fr/", "meetings/new/", "figures/new/", "evaluation/")
ALDERMAN, LEAD = "alderman.ixl@example.org", "lead@example.org"


def _faults(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response
    assert found["passes"], "axe looked at nothing"
    return [f"{page.url}: {fault['id']}: {fault['nodes'][0]['html'][:200]}" for fault in found["violations"]]


@pytest.mark.parametrize(("language", "email", "base"), [("fr", ALDERMAN, PORTAL), ("nl", ALDERMAN, PORTAL), ("nl", LEAD, OFFICE)])
def test_axe_finds_no_fault_on_the_pages_of_a_site(visitor: Visitor, language: str, email: str, base: str) -> None:
    page = visitor(language, email=email)
    faults = []
    for address in PAGES:
        page.goto(base + address)
        faults += _faults(page)
    assert faults == []


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_nothing_of_a_site_scrolls_sideways_at_320_pixels(visitor: Visitor, language: str) -> None:
    page = visitor(language, email=ALDERMAN, width=320)
    for address in PAGES:
        page.goto(PORTAL + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address


@pytest.mark.parametrize(("language", "measure"), [("fr", "Séance pour les livreurs"), ("nl", "Infomoment voor leveranciers")])
def test_a_measure_is_added_proposed_and_agreed_without_a_script(visitor: Visitor, language: str, measure: str) -> None:
    alderman = visitor(language, email=ALDERMAN, javascript=False)
    alderman.goto(PORTAL)
    alderman.locator(f'form[action$="{PORTAL}plan/begin/"] button').click()
    expect(alderman.locator("#version-heading")).to_be_visible()
    alderman.goto(PORTAL + "plan/add/")
    alderman.locator('[name="what"]').fill(measure)
    alderman.locator('[name="kind"]').select_option("information")
    alderman.locator('[name="owner"]').select_option("agency")
    alderman.locator('[name="due_on"]').fill("2030-01-31")
    alderman.locator(".form-actions button").first.click()
    expect(alderman.locator(".works-lines")).to_contain_text(measure)
    number = alderman.url.rstrip("/").rsplit("/", 1)[1]
    alderman.locator('form[action$="/propose/"] button').click()
    expect(alderman.locator("main")).to_contain_text(words(language, "The plan is proposed. The other side is told by mail."))
    lead = visitor(language, email=LEAD, javascript=False)
    lead.goto(f"{OFFICE}plan/{number}/")
    lead.locator('form[action$="/agree/"] button').click()
    expect(lead.locator("#plan")).to_contain_text(measure)
    alderman.goto(f"{PORTAL}sheet/{language}/")
    expect(alderman.locator(".works-sheet")).to_contain_text(measure)
    expect(alderman.locator(".works-sheet")).to_contain_text(words(language, "What is done for you"))
