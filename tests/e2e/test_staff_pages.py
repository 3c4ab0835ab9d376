"""The pages of the team: no fault for axe and no sideways scroll, in French and in Dutch, on a desk and on a telephone."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visitor
from tests.e2e.test_portal_pages import _faults

LEAD, ADMINISTRATOR = "lead@example.org", "admin@example.org"
DATA = Path(settings.BASE_DIR) / "config" / "seed" / "data"
WIDTHS = {"desk": 1280, "telephone": 360}
PAGES = (
    "/admin/",
    "/admin/coverage/",
    "/admin/partnerships/servicerequest/?list=all",
    "/admin/partnerships/servicerequest/ask/",
    "/admin/mailings/run/municipalities/IXL/",
    "/admin/mailings/run/1/change/",
    "/admin/mailings/run/1/proof/",
    "/admin/mailings/run/1/municipalities/IXL/told/",
    "/admin/mailings/mailing/1/audience/",
    "/admin/partnerships/spochandover/",
    "/admin/partnerships/spochandover/add/",
    "/admin/partnerships/absence/",
    "/admin/partnerships/absence/add/",
    "/admin/partnerships/spocassignment/workload/",
    "/admin/partnerships/agreement/",
    "/admin/municipalities/municipality/",
    "/admin/municipalities/official/?in_office=yes",
    "/admin/municipalities/association/",
    "/admin/municipalities/street/",
    "/admin/partnerships/servicerequest/?list=open",
    "/admin/partnerships/servicerequest/?list=burning",
    "/admin/partnerships/servicerequest/filters/",
    "/admin/municipalities/turnover/",
    "/admin/municipalities/turnover/add/",
    "/admin/municipalities/listimport/add/?kind=streets",
)
STREETS = "Gemeente;Straat in het Frans;Straat in het Nederlands;Soort\nElsene;Rue de l'Essai;Proefstraat;{kind}\n"


def _first(page: Page, address: str) -> str:
    """The address of the first row of a list."""
    page.goto(address)
    return page.locator("#result_list a").first.get_attribute("href") or ""


def _agreement(page: Page) -> None:
    page.goto(_first(page, "/admin/partnerships/agreement/?q=CC-2025-21011"))


def _request(title: str) -> Callable[[Page], None]:
    """The page of a request, its form for a note open."""

    def reach(page: Page) -> None:
        page.goto(_first(page, f"/admin/partnerships/servicerequest/?list=all&q={title}"))
        page.locator("#note summary").click()
        expect(page.locator("#note textarea")).to_be_visible()

    return reach


def _association(act: str) -> Callable[[Page], None]:
    """The page that enters the association of a request, or links one of the register."""

    def reach(page: Page) -> None:
        found = _first(page, "/admin/partnerships/servicerequest/?list=all&q=Handelaarsvereniging+Wayezstraat")
        page.goto(found.split("/change/")[0] + act)
        expect(page.locator("form select").first).to_be_visible()

    return reach


def _compared(page: Page) -> None:
    _agreement(page)
    page.goto(page.url.replace("/change/", "/compare/"))


def _history(page: Page) -> None:
    page.goto(_first(page, "/admin/partnerships/agreement/?q=CC-2025-21009").replace("/change/", "/history/"))


def _turnover(name: str) -> Callable[[Page], None]:
    def upload(page: Page) -> None:
        page.goto("/admin/municipalities/turnover/add/")
        page.locator('input[name="file"]').set_input_files(DATA / name)
        page.locator('form[enctype] button[type="submit"]').click()
        page.wait_for_url("**/turnover/*/change/")

    return upload


def _list(kind: str) -> Callable[[Page], None]:
    def upload(page: Page) -> None:
        page.goto("/admin/municipalities/listimport/add/?kind=streets")
        file = {"name": "straten.csv", "mimeType": "text/csv", "buffer": STREETS.format(kind=kind).encode()}
        page.locator('input[name="file"]').set_input_files(files=[file])  # type: ignore[list-item]
        page.locator('form[enctype] button[type="submit"]').click()
        page.wait_for_url("**/listimport/*/change/")

    return upload


def _bulk(page: Page) -> None:
    page.goto("/admin/municipalities/official/?q=elsene")
    page.locator('#result_list input[name="_selected_action"]').first.check()
    page.locator('select[name="action"]').select_option("end_mandates")
    page.locator('.actions button[type="submit"]').first.click()
    expect(page.locator('input[name="confirmed"]')).to_have_count(1)


def _several(page: Page, act: str = "assign") -> None:
    page.goto("/admin/partnerships/servicerequest/?list=open&state=in_progress")
    page.locator('#result_list input[name="_selected_action"]').first.check()
    page.locator('select[name="action"]').select_option(act)
    page.locator('.actions button[type="submit"]').first.click()
    expect(page.locator('input[name="confirmed"]')).to_have_count(1)


def _came_of(page: Page) -> None:
    """Refused, since the work has started: the demo stays as it is."""
    _several(page, "start")
    page.locator("button.button--primary").click()
    expect(page.locator(".outcomes li")).to_have_count(1)


def _person(page: Page) -> None:
    page.goto("/admin/privacy/erasure/")
    page.locator('input[name="email"]').fill("former.ixl@example.org")
    page.locator('form[action$="/find/"] button').click()
    page.wait_for_url("**/people/*/")


def _erase(page: Page) -> None:
    _person(page)
    page.goto(f"{page.url}erase/")


REACHED: dict[str, Callable[[Page], None]] = {
    "request with notes": _request("Vacance+commerciale+entre"),
    "request of the agency": _request("terrasses+des+trois"),
    "request that a partner helps with": _request("cellules+vides+Xavier"),
    "association of a request": _association("/association/"),
    "association linked": _association("/association/link/"),
    "agreement": _agreement,
    "agreement beside the one before": _compared,
    "history of an agreement": _history,
    "import with ten faults": _turnover("colleges-ten-faults.xlsx"),
    "import that is clear": _turnover("colleges.xlsx"),
    "list that is clear": _list("Winkelstraat"),
    "list with a fault": _list("Zijstraat"),
    "act on several officials": _bulk,
    "act on several requests": _several,
    "what came of it": _came_of,
}
PRIVATE: dict[str, Callable[[Page], None]] = {
    "privacy requests": lambda page: page.goto("/admin/privacy/erasure/") and None,
    "accesses": lambda page: page.goto("/admin/privacy/personaldataaccess/") and None,
    "a person's data": _person,
    "erase": _erase,
}


def _looked_at(page: Page, width: int) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth")
    return _faults(page) + ([f"{page.url}: {wide} px wide"] if wide > width else [])


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.parametrize("language", ["fr", "nl"])
def test_the_pages_of_the_team(visitor: Visitor, language: str, width: int) -> None:
    page, faults = visitor(language, email=LEAD, width=width), []
    for address in PAGES:
        page.goto(address)
        faults += _looked_at(page, width)
    for reach in REACHED.values():
        reach(page)
        faults += _looked_at(page, width)
    assert faults == []


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.parametrize("language", ["fr", "nl"])
def test_the_pages_of_privacy(visitor: Visitor, language: str, width: int) -> None:
    page, faults = visitor(language, email=ADMINISTRATOR, width=width), []
    for reach in PRIVATE.values():
        reach(page)
        faults += _looked_at(page, width)
    assert faults == []


# What the browser itself measures: the box of each word against the paper, the lines and the other words.
MEASURE = """() => {
  const svg = [...document.querySelectorAll('svg.agreements-timeline')].find(one => one.getBoundingClientRect().width > 0);
  const box = element => element.getBoundingClientRect(), paper = box(svg);
  const words = [...svg.querySelectorAll('text')].map(one => ({text: one.textContent, box: box(one)}));
  const drawn = [...svg.querySelectorAll('rect, line')].map(one => ({text: one.getAttribute('class'), box: box(one)}));
  const touch = (a, b) => a.left < b.right && b.left < a.right && a.top + 3 < b.bottom && b.top + 3 < a.bottom;
  const off = words.filter(one => one.box.left < paper.left - 1 || one.box.right > paper.right + 1).map(one => one.text);
  const crossed = words.flatMap((one, at) => [...drawn, ...words.slice(at + 1)]
    .filter(other => touch(one.box, other.box)).map(other => one.text + ' / ' + other.text));
  return [...off, ...crossed];
}"""


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", ["fr", "nl"])
def test_no_word_of_the_picture_of_agreements_is_crossed(visitor: Visitor, language: str, width: int) -> None:
    page = visitor(language, email="alderman.koe@example.org", width=width)
    page.goto("/municipalities/koekelberg/")
    assert page.evaluate(MEASURE) == []


def test_the_worklist_by_its_keys(visitor: Visitor) -> None:
    page = visitor("fr", email=LEAD)
    page.goto("/admin/partnerships/servicerequest/?list=open")
    links = page.locator("#result_list tbody th a")
    for keys, at in (("j", 0), ("jj", 2), ("k", 1)):
        for key in keys:
            page.keyboard.press(key)
        expect(links.nth(at)).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator("#result_list .action-select").nth(1)).to_be_checked()
    page.locator("#searchbar").focus()
    page.keyboard.type("jx?")
    expect(page.locator("#searchbar")).to_have_value("jx?")
    expect(page.locator("#worklist-keys dl")).to_be_hidden()
    links.nth(1).focus()
    page.keyboard.press("?")
    expect(page.locator("#worklist-keys dl")).to_be_visible()
    page.locator("[data-keys-switch]").uncheck()
    page.reload()
    page.keyboard.press("j")
    expect(links.first).not_to_be_focused()
    page.locator("#worklist-keys summary").click()
    page.locator("[data-keys-switch]").check()
    page.keyboard.press("j")
    expect(links.first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/servicerequest/\d+/change/"))
