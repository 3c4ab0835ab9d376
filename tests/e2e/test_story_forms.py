"""Audit and development from the first click to the number, step by step: without JavaScript, and by the keyboard alone."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import pytest
from playwright.sync_api import Page, expect

from partnerships.forms.steps import STEPS
from partnerships.models import Kind
from tests.e2e.conftest import Visitor
from tests.e2e.words import words

MOST_TABS = 150
SEGMENTS_OF_A_DAY = 3


class Hands(Protocol):
    def write(self, name: str, text: str) -> None: ...
    def tick(self, name: str) -> None: ...
    def choose(self, name: str, value: str) -> None: ...
    def day(self, name: str) -> None: ...
    def press(self, selector: str) -> None: ...


@dataclass
class Pointer:
    """Somebody with a mouse, in a browser that may run no script."""

    page: Page

    def write(self, name: str, text: str) -> None:
        self.page.locator(f'[name="{name}"]').fill(text)

    def tick(self, name: str) -> None:
        self.page.locator(f'[name="{name}"]').first.check()

    def choose(self, name: str, value: str) -> None:
        self.page.locator(f'[name="{name}"][value="{value}"]').check()

    def day(self, name: str) -> None:
        self.page.locator(f'[name="{name}"]').fill((dt.date.today() + dt.timedelta(days=120)).isoformat())

    def press(self, selector: str) -> None:
        self.page.locator(selector).first.click()


@dataclass
class Keyboard:
    """Somebody who never touches a mouse: Tab to get there, then keys."""

    page: Page

    def _reach(self, selector: str) -> None:
        for _tab in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
                return
        raise AssertionError(f"no way to {selector} by the keyboard on {self.page.url}")

    def write(self, name: str, text: str) -> None:
        self._reach(f'[name="{name}"]')
        self.page.keyboard.type(text)

    def tick(self, name: str) -> None:
        self._reach(f'[name="{name}"]')
        self.page.keyboard.press("Space")

    def choose(self, name: str, value: str) -> None:
        self._reach(f'[name="{name}"]')
        self.page.keyboard.press("Space")
        wanted = self.page.locator(f'[name="{name}"][value="{value}"]')
        for _answer in range(10):
            if wanted.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{name} does not come to {value}")

    def day(self, name: str) -> None:
        """2 February of next year, whatever the order of day, month and year."""
        self._reach(f'[name="{name}"]')
        for _segment in range(SEGMENTS_OF_A_DAY):
            self.page.keyboard.press("ArrowUp")
            self.page.keyboard.press("ArrowUp")
            self.page.keyboard.press("ArrowRight")

    def press(self, selector: str) -> None:
        self._reach(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")


NEXT = ".form-actions .button--primary"


def _audit(hands: Hands) -> None:
    hands.choose("area_kind", "named")
    hands.write("area", "Spiegel / Miroir")
    hands.press(NEXT)
    hands.write("decision", "Plan 2027")
    hands.write("questions-0-question", "Un / Een?")
    hands.press('button[name="more"][value="questions"]')
    hands.write("questions-1-question", "Deux / Twee?")
    hands.tick("sectors")
    hands.press(NEXT)
    hands.write("data_offered-0-what", "CSV 2026")
    hands.press(NEXT)
    hands.tick("result_forms")
    hands.day("needed_by")
    hands.choose("personal_data", "no")
    hands.press(NEXT)


def _development(hands: Hands) -> None:
    hands.write("area", "Spiegel / Miroir")
    hands.press(NEXT)
    hands.tick("problems")
    hands.write("problem_words", "12 / 40")
    hands.press(NEXT)
    hands.tick("project_kinds")
    hands.write("shops", "40")
    hands.choose("association_plan", "new")
    hands.write("wished_name", "Spiegel")
    hands.press(NEXT)
    hands.write("staff", "1")
    hands.press(NEXT)
    hands.tick("support")
    hands.write("aims-0-indicator", "12")
    hands.write("aims-0-target", "8")
    hands.press(NEXT)


WALKS = {"audit": _audit, "development": _development}
PEOPLE = {"fr": "alderman.ixl@example.org", "nl": "alderman.jet@example.org"}


@pytest.mark.parametrize(
    ("kind", "language", "hands_of", "javascript"),
    [
        ("audit", "fr", Pointer, False),
        ("audit", "nl", Keyboard, True),
        ("development", "nl", Pointer, False),
        ("development", "fr", Keyboard, True),
    ],
    ids=["audit-fr-no-script", "audit-nl-keyboard", "development-nl-no-script", "development-fr-keyboard"],
)
def test_a_request_is_asked_from_the_first_click_to_its_number(
    visitor: Visitor, kind: str, language: str, hands_of: Callable[[Page], Hands], javascript: bool
) -> None:
    page = visitor(language, email=PEOPLE[language], javascript=javascript)
    hands = hands_of(page)
    page.goto("/")
    hands.press('main a[href="/requests/new/"]')
    page.wait_for_url("**/requests/new/")
    hands.press(f'main a[href^="/requests/new/{kind}/"]')
    page.wait_for_url(f"**/requests/new/{kind}/**")
    hands.write("title", f"{kind} {language} {hands_of.__name__}")
    hands.write("description", "…")
    hands.press(NEXT)
    page.wait_for_url("**/edit/place/")
    WALKS[kind](hands)
    page.wait_for_url("**/edit/people/")
    hands.write("technical_contact", "Commerce / Handel")
    hands.write("technical_phone", "+32 2 000 00 00")
    keys = [step.key for step in STEPS[Kind(kind)]]
    for following in keys[keys.index("people") + 1 :]:
        hands.press(NEXT)
        page.wait_for_url(f"**/edit/{following}/")
    hands.press(NEXT)
    page.wait_for_url("**/check/")
    expect(page.get_by_text(words(language, "Nothing filled in.")).first).to_be_visible()
    hands.press('main form[action$="/submit/"] button')
    page.wait_for_url(re.compile(r"/requests/[0-9a-f-]{36}/$"))
    reference = re.search(r"[A-Z]{3}-\d{4}-\d{4}", page.locator("main").inner_text())
    assert reference
    expect(page.get_by_text("Spiegel").first).to_be_visible()
