"""Files in a browser: sent without JavaScript, refused by name with everything else kept, opened, and no fault for axe or at 320 px."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FilePayload, Page, expect

from tests import files
from tests.e2e.conftest import Visitor
from tests.e2e.test_portal_pages import RULES
from tests.e2e.words import words

ALDERMAN = "alderman.ixl@example.org"
OPEN = "Vacance commerciale entre la Porte de Namur et la place Fernand Cocq"
DRAFT = "Diagnostic commercial du quartier Flagey"


def _payload(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def _request(page: Page, title: str) -> str:
    page.goto("/requests/?show=all&q=" + title.split()[-1])
    page.locator(".row__title a", has_text=title).first.click()
    return page.url


def _pages(page: Page) -> list[str]:
    """The request with its files, the page of a file, the step of the form, the question before a removal."""
    draft = _request(page, DRAFT)
    own = page.locator(".file__facts a").first.get_attribute("href") or ""
    shown = _request(page, OPEN)
    about = page.locator(".file__facts a").first.get_attribute("href") or ""
    return [shown, about, f"{draft}edit/files/", own, f"{own}remove/"]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("language", ["fr", "nl"])
def test_axe_finds_no_fault_and_nothing_scrolls_sideways(visitor: Visitor, language: str, dark: bool) -> None:
    page = visitor(language, email=ALDERMAN, dark=dark, width=320)
    faults = []
    for address in _pages(page):
        page.goto(address)
        found = Axe().run(page, options=RULES).response
        assert found["passes"], "axe looked at nothing"
        faults += [f"{page.url}: {fault['id']}: {fault['nodes'][0]['html'][:200]}" for fault in found["violations"]]
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
    assert faults == []


@pytest.mark.parametrize("language", ["fr", "nl"])
@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_a_bad_file_is_refused_and_the_rest_is_sent_at_the_second_try(
    visitor: Visitor, language: str, javascript: bool, tmp_path: Path
) -> None:
    page = visitor(language, email=ALDERMAN, width=360, javascript=javascript)
    _request(page, OPEN)
    said = f"Voici les plans ({language}, {javascript})."
    page.locator('#reply [name="body"]').fill(said)
    page.locator('#reply [name="attachments"]').set_input_files([_payload("plan.pdf", files.pdf("Plan")), _payload("logo.svg", files.SVG)])
    page.locator('#reply button[type="submit"]').click()
    expect(page.locator(".error-summary")).to_contain_text("logo.svg")
    expect(page.locator('#reply [name="body"]')).to_have_value(said)
    expect(page.locator('[name="attachments-kept"]')).to_be_checked()
    page.locator('#reply button[type="submit"]').click()
    message = page.locator(".message", has_text=said)
    expect(message.locator(".file a", has_text="plan.pdf")).to_be_visible()
    if javascript:
        with page.expect_download() as download:
            message.locator(".file a", has_text="plan.pdf").click()
        download.value.save_as(tmp_path / "kept.pdf")
        assert download.value.suggested_filename == "plan.pdf"
        assert (tmp_path / "kept.pdf").read_bytes() == files.pdf("Plan")


def test_a_new_version_and_a_removal_by_keyboard(visitor: Visitor) -> None:
    page = visitor("nl", email=ALDERMAN)
    draft = _request(page, DRAFT)
    page.goto(f"{draft}edit/files/")
    page.locator('[name="attachments"]').set_input_files([_payload("fases.pdf", files.pdf("een"))])
    page.locator('button[formaction*="/to/later/"]').press("Enter")
    page.locator(".file", has_text="fases.pdf").locator(".file__facts a").press("Enter")
    page.locator('[name="attachments"]').set_input_files([_payload("fases-2.pdf", files.pdf("twee"))])
    page.locator('form.card button[type="submit"]').press("Enter")
    expect(page.locator("h1")).to_have_text("fases-2.pdf")
    expect(page.locator(".version")).to_have_count(2)
    page.get_by_role("link", name=words("nl", "Remove this file")).press("Enter")
    page.get_by_role("button", name=words("nl", "Remove")).press("Enter")
    expect(page.locator("h1")).to_have_text(re.compile("Flagey"))
    expect(page.locator(".file", has_text="fases.pdf")).to_be_visible()
