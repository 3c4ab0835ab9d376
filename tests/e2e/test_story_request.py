"""The main job in a browser: log in by code, send a request, have it taken up, answer, see it closed; in French and in Dutch."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.asking import ask_for
from tests.e2e.conftest import Portal, Visitor
from tests.e2e.hands import Pointer
from tests.e2e.words import words

CODE = re.compile(r"^\s*([A-Z0-9]{3,5}-?[A-Z0-9]{3,5})\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Cast:
    language: str
    alderman: str
    title: str
    question: str
    answer: str
    result: str


CASTS = [
    Cast(
        "fr",
        "alderman.ixl@example.org",
        "Diagnostic de la chaussée de Boondael",
        "Pourriez-vous nous transmettre le relevé des cellules vides ?",
        "Le relevé est joint au dossier de la réunion de mardi.",
        "Le rapport a été présenté au collège.",
    ),
    Cast(
        "nl",
        "alderman.jet@example.org",
        "Diagnose van de handelskern Spiegel",
        "Kunt u ons de lijst van leegstaande panden bezorgen?",
        "De lijst zit in het dossier van de vergadering van dinsdag.",
        "Het verslag werd aan het college voorgesteld.",
    ),
]


def _log_in_by_code(page: Page, portal: Portal, cast: Cast) -> None:
    before = len(portal.mails(cast.alderman))
    page.goto("/accounts/login/")
    page.locator('input[name="email"]').fill(cast.alderman)
    page.locator('main form button[type="submit"]').first.click()
    page.locator('input[name="code"]').wait_for()
    mail = _newest_after(portal, cast.alderman, before)
    found = CODE.search(mail["text"])
    assert found, mail["text"]
    page.locator('input[name="code"]').fill(found[1])
    page.locator('main form button[type="submit"]').first.click()
    page.wait_for_url(f"{portal.url}/")


def _newest_after(portal: Portal, to: str, before: int) -> dict[str, str]:
    portal.wait_for_mail(to, "", count=before + 1)
    return portal.mails(to)[0]


def _act(page: Page, action: str, text: str = "") -> None:
    """Take one action on the request's page in the administration."""
    form = page.locator(f'form[action$="/{action}/"]').first
    holder = page.locator("details", has=page.locator(f'form[action$="/{action}/"]'))
    if holder.count() and holder.first.get_attribute("open") is None:
        holder.first.locator("summary").click()
    if text:
        form.locator('[name="words"]').fill(text)
    form.locator('button[type="submit"], input[type="submit"]').first.click()
    page.wait_for_load_state()


@pytest.mark.parametrize("cast", CASTS, ids=lambda cast: cast.language)
def test_request_from_log_in_to_closed(portal: Portal, visitor: Visitor, cast: Cast) -> None:
    alderman = visitor(cast.language, javascript=False)  # all an alderman must be able to do works without JavaScript
    _log_in_by_code(alderman, portal, cast)
    expect(alderman.locator("html")).to_have_attribute("lang", cast.language)
    home = alderman.locator("main").inner_text()
    assert words(cast.language, "Framework agreement") in home
    assert words(cast.language, "Contact person (SPOC)") in home
    spoc = str(alderman.locator('main a[href^="mailto:"]').first.get_attribute("href")).removeprefix("mailto:")

    reference = ask_for(Pointer(alderman), "audit", cast.language, cast.title)
    portal.wait_for_mail(spoc, reference)

    officer = visitor(cast.language, email=spoc)
    officer.goto("/admin/partnerships/servicerequest/?list=new")
    officer.get_by_role("link", name=reference).first.click()
    _act(officer, "acknowledge")
    told = portal.wait_for_mail(cast.alderman, reference)
    assert f'lang="{cast.language}"' in told["html"]
    assert ("Content-Language", cast.language) in [tuple(header) for header in told["headers"]]
    _act(officer, "start")
    _act(officer, "ask", cast.question)
    assert reference in portal.wait_for_mail(cast.alderman, cast.question)["text"]

    alderman.goto("/requests/")
    alderman.get_by_role("link", name=cast.title).first.click()
    expect(alderman.get_by_text(cast.question)).to_be_visible()
    alderman.locator('form[action$="/message/"] [name="body"]').fill(cast.answer)
    alderman.locator('form[action$="/message/"] button[type="submit"]').click()
    expect(alderman.get_by_text(cast.answer)).to_be_visible()
    portal.wait_for_mail(spoc, cast.answer)

    officer.reload()
    _act(officer, "complete", cast.result)
    portal.wait_for_mail(cast.alderman, cast.result)
    alderman.reload()
    alderman.locator('form[action$="/close/"] button').click()
    expect(alderman.locator(".badge--closed").first).to_be_visible()


def test_other_municipality_finds_nothing(portal: Portal, visitor: Visitor) -> None:
    alderman = visitor("fr", email="alderman.ixl@example.org")
    alderman.goto("/requests/")
    address = str(alderman.locator('main a[href^="/requests/"][href$="/"]:not([href*="new"])').first.get_attribute("href"))
    assert alderman.goto(address).status == 200
    stranger = visitor("nl", email="alderman.jet@example.org")
    assert stranger.goto(address).status == 404
    stranger.goto("/requests/?q=IXL")
    assert "IXL-" not in stranger.locator("main").inner_text()


def test_former_alderman_is_sent_no_code(portal: Portal, visitor: Visitor) -> None:
    former, known = visitor("fr"), visitor("fr")
    pages = []
    for page, email in ((former, "former.ixl@example.org"), (known, "mayor.ixl@example.org")):
        page.goto("/accounts/login/")
        page.locator('input[name="email"]').fill(email)
        page.locator('main form button[type="submit"]').first.click()
        page.locator('input[name="code"]').wait_for()
        pages.append(page.locator("main").inner_text().replace(email, "…"))
    assert pages[0] == pages[1]
    portal.wait_for_mail("mayor.ixl@example.org", "")
    assert portal.mails("former.ixl@example.org") == []
