"""Every step of every form: no fault for axe, also with its missing points marked, and no sideways scroll at 320 px."""

import re

import pytest
from playwright.sync_api import Page

from partnerships.forms.steps import STEPS
from partnerships.models import Kind
from tests.e2e.conftest import Visitor
from tests.e2e.test_portal_pages import _faults

ALDERMAN = "alderman.ixl@example.org"


def _begin(page: Page, kind: str) -> str:
    """Leave the first step for later; return the address of the draft."""
    page.goto(f"/requests/new/{kind}/")
    page.locator('[name="title"]').fill(f"{kind} …")
    page.locator('button[formaction*="/to/later/"]').click()
    page.wait_for_url(re.compile(r"/requests/[0-9a-f-]{36}/$"))
    return page.url


@pytest.mark.parametrize(("kind", "language", "dark"), [("audit", "fr", False), ("development", "nl", True), ("works", "fr", True)])
def test_no_step_has_a_fault_or_scrolls_sideways(visitor: Visitor, kind: str, language: str, dark: bool) -> None:
    page = visitor(language, email=ALDERMAN, dark=dark, width=320)
    draft = _begin(page, kind)
    steps = [f"{draft}edit/{step.key}/" for step in STEPS[Kind(kind)]]
    faults = []
    for address in [draft, *steps, *(f"{step}?missing" for step in steps), f"{draft}check/"]:
        page.goto(address)
        faults += _faults(page)
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            faults.append(f"{address} scrolls sideways")
    assert faults == []
