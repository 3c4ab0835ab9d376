"""How people work a page: with a mouse, in a browser that may run no script, or with nothing but the keyboard."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from playwright.sync_api import Page

MOST_TABS = 300
NEXT = ".form-actions .button--primary"


def day_of_next_year(number: int) -> dt.date:
    """2 February for 2, 5 May for 5: a day whose number is that of its month."""
    return dt.date(dt.date.today().year + 1, number, number)


class Hands(Protocol):
    page: Page

    def write(self, name: str, text: str, within: str = "") -> None: ...
    def tick(self, name: str) -> None: ...
    def choose(self, name: str, value: str) -> None: ...
    def pick(self, name: str, value: str) -> None: ...
    def day(self, name: str, number: int = 2) -> None: ...
    def unfold(self, selector: str) -> None: ...
    def press(self, selector: str) -> None: ...


@dataclass
class Pointer:
    """Somebody with a mouse, in a browser that may run no script."""

    page: Page

    def write(self, name: str, text: str, within: str = "") -> None:
        self.page.locator(f'{within} [name="{name}"]').fill(text)

    def tick(self, name: str) -> None:
        self.page.locator(f'[name="{name}"]').first.check()

    def choose(self, name: str, value: str) -> None:
        self.page.locator(f'[name="{name}"][value="{value}"]').check()

    def pick(self, name: str, value: str) -> None:
        self.page.locator(f'[name="{name}"]').select_option(value)

    def day(self, name: str, number: int = 2) -> None:
        self.page.locator(f'[name="{name}"]').fill(day_of_next_year(number).isoformat())

    def unfold(self, selector: str) -> None:
        self.page.locator(selector).first.click()

    def press(self, selector: str) -> None:
        with self.page.expect_navigation():
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

    def write(self, name: str, text: str, within: str = "") -> None:
        self._reach(f'{within} [name="{name}"]')
        self.page.keyboard.type(text)

    def tick(self, name: str) -> None:
        self._reach(f'[name="{name}"]')
        self.page.keyboard.press("Space")

    def choose(self, name: str, value: str) -> None:
        self._reach(f'[name="{name}"]')
        self.page.keyboard.press("Space")
        wanted = self.page.locator(f'[name="{name}"][value="{value}"]')
        self._down_until(wanted.is_checked, f"{name} = {value}")

    def pick(self, name: str, value: str) -> None:
        self._reach(f'[name="{name}"]')
        field = self.page.locator(f'[name="{name}"]')
        self._down_until(lambda: field.input_value() == value, f"{name} = {value}")

    def _down_until(self, is_there: Callable[[], bool], wanted: str) -> None:
        for _answer in range(20):
            if is_there():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrow keys do not come to {wanted}")

    def day(self, name: str, number: int = 2) -> None:
        """Day and month bear the same number, so their order says nothing; the year comes last, first this one, then the next."""
        self._reach(f'[name="{name}"]')
        for ups in (number, number, 2):
            for _up in range(ups):
                self.page.keyboard.press("ArrowUp")
            self.page.keyboard.press("ArrowRight")
        assert self.page.locator(f'[name="{name}"]').input_value() == day_of_next_year(number).isoformat()

    def unfold(self, selector: str) -> None:
        self._reach(selector)
        self.page.keyboard.press("Enter")

    def press(self, selector: str) -> None:
        self._reach(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
