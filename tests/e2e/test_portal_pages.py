"""Every page an alderman sees: no fault for axe, no sideways scroll at 320 px, usable without JavaScript, and nothing typed is lost."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visitor
from tests.e2e.words import words

ALDERMAN = "alderman.ixl@example.org"
PAGES = (
    "/",
    "/requests/?show=all",
    "/requests/?show=all&place=cocq",
    "/requests/new/",
    "/requests/new/audit/",
    "/library/",
    "/questions/",
    "/questions/?show=own",
    "/questions/new/",
    "/themes/",
    "/municipalities/ixelles/",
    "/preferences/",
    "/mailings/",
    "/delegates/",
    "/consultations/",
    "/my-feeds/",
    "/measures/",
    "/preferences/mails/",
)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def _faults(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response
    assert found["passes"], "axe looked at nothing"
    return [f"{page.url}: {fault['id']}: {fault['nodes'][0]['html'][:200]}" for fault in found["violations"]]


def _requests(page: Page) -> list[str]:
    """The newest request, one of the agency, one with answers, messages, files, steps, a referral and a twin; of each other list a page."""
    found = []
    for words_of_title in ("", "terrasses des trois", "Vacance commerciale"):
        page.goto("/requests/?show=all")
        found.append(page.locator(".row__title a", has_text=words_of_title).first.get_attribute("href") or "")
    for listed in ("/library/", "/questions/", "/measures/", "/consultations/"):
        page.goto(listed)
        found.append(page.locator(".row__title a").first.get_attribute("href") or "")
    return found


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("language", ["fr", "nl"])
def test_axe_finds_no_fault(visitor: Visitor, language: str, dark: bool) -> None:
    page = visitor(language, email=ALDERMAN, dark=dark)
    faults = []
    for address in (*PAGES, *_requests(page)):
        page.goto(address)
        faults += _faults(page)
    assert faults == []


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_nothing_scrolls_sideways_at_320_pixels(visitor: Visitor, language: str) -> None:
    page = visitor(language, email=ALDERMAN, width=320)
    for address in (*PAGES, *_requests(page)):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address


@pytest.mark.parametrize(
    ("email", "address"),
    [
        ("delegate.jet@example.org", "/invitations/"),
        ("delegate.ixl@example.org", "/invitations/"),
        ("delegate.ixl@example.org", "/municipalities/ixelles/"),
        ("lead@example.org", "/municipalities/ixelles/"),
    ],
)
def test_pages_of_delegates_and_of_staff_have_no_fault_and_fit(visitor: Visitor, email: str, address: str) -> None:
    page = visitor("nl", email=email, width=320)
    page.goto(address)
    assert _faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize(("language", "words"), [("fr", "rien à cette adresse"), ("nl", "niets op dit adres")])
def test_what_is_closed_to_the_cabinet_is_the_portals_own_page(visitor: Visitor, language: str, words: str) -> None:
    page = visitor(language, email="cabinet@example.org", width=320)
    answer = page.goto("/requests/")
    assert answer is not None
    assert answer.status == 404
    expect(page.locator("h1", has_text=words)).to_be_visible()
    assert _faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_login_page_has_no_fault(visitor: Visitor) -> None:
    page = visitor("nl", width=320)
    page.goto("/accounts/login/")
    assert _faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_draft_is_saved_without_javascript(visitor: Visitor) -> None:
    page = visitor("fr", email=ALDERMAN, javascript=False)
    page.goto("/requests/new/works/")
    page.locator('[name="title"]').fill("Chantier sans script")
    page.locator('button[formaction*="/to/later/"]').click()
    expect(page.locator("h1")).to_have_text("Chantier sans script")


def test_an_expired_session_loses_nothing_that_was_typed(visitor: Visitor) -> None:
    page = visitor("fr", email=ALDERMAN)
    page.goto("/requests/new/audit/")
    page.locator('[name="title"]').fill("Perdu et retrouvé")
    page.locator(".form-actions .button--primary").click()
    page.wait_for_url("**/edit/place/")
    page.locator(".steps button", has_text=words("fr", "What the audit should answer")).click()
    page.wait_for_url("**/edit/question/")  # loaded with its script, which keeps what is typed
    step = page.url
    page.locator('[name="decision"]').fill("Le plan de commerce")
    page.locator('[name="sectors"][value="crafts"]').check()
    kept = page.context.cookies()
    page.context.clear_cookies(name=next(cookie["name"] for cookie in kept if cookie["name"].startswith("portal")))
    page.locator(".form-actions .button--primary").click()
    page.wait_for_url("**/accounts/login/**")
    page.context.add_cookies(kept)
    page.goto(step)
    expect(page.locator('[name="decision"]')).to_have_value("Le plan de commerce")
    expect(page.locator('[name="sectors"][value="crafts"]')).to_be_checked()
    expect(page.locator("[data-kept]")).to_be_visible()
    page.locator('button[formaction*="/to/later/"]').click()
    expect(page.locator("h1")).to_have_text("Perdu et retrouvé")
    page.goto("/requests/new/audit/")
    expect(page.locator('[name="title"]')).to_have_value("")
    page.goto(step)
    expect(page.locator('[name="decision"]')).to_have_value("Le plan de commerce")
    expect(page.locator("[data-kept]")).to_be_hidden()
