"""Asking for each of the three services from the first page to its number, step by step, by any hands."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from partnerships.forms.steps import STEPS
from partnerships.models import Kind
from tests.e2e.hands import NEXT, Hands
from tests.e2e.words import words

REFERENCE = re.compile(r"[A-Z]{3}-\d{4}-\d{4}")
REQUEST_PAGE = re.compile(r"/requests/[0-9a-f-]{36}/$")
FIRST_STOPPED, LAST_STOPPED = 2, 6  # 2 February to 6 June: long enough for day 29 and day 90


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


def _works(hands: Hands) -> None:
    hands.write("name", "Spiegel / Miroir 2027")
    hands.pick("owner", "municipality")
    hands.choose("road", "municipal")
    hands.choose("coordinated", "no")
    hands.write("streets-0-name", "Rue du Miroir / Spiegelstraat")
    hands.press(NEXT)
    hands.write("phases-0-what", "Égouts / Riolering")
    hands.day("phases-0-first", FIRST_STOPPED)
    hands.day("phases-0-last", LAST_STOPPED)
    hands.pick("phases-0-direction_stopped", "both")
    hands.press(NEXT)
    hands.pick("shops-0-sector", "retail_food")
    hands.write("shops-0-number", "14")
    hands.press(NEXT)
    hands.write("information_given", "–")
    hands.tick("wishes")
    hands.write("site_contact", "+32 2 000 00 01")
    hands.write("municipal_contact", "+32 2 000 00 02")
    hands.press(NEXT)


WALKS: dict[str, Callable[[Hands], None]] = {"audit": _audit, "development": _development, "works": _works}
SECOND = {"audit": "place", "development": "place", "works": "site"}
PEOPLE = {"fr": "alderman.ixl@example.org", "nl": "alderman.jet@example.org"}


def ask_for(hands: Hands, kind: str, language: str, title: str) -> str:
    """Draft it in all its steps, check it, and submit it; return its reference, on its page."""
    page = hands.page
    page.goto("/")
    hands.press('main a[href="/requests/new/"]')
    page.wait_for_url("**/requests/new/")
    hands.press(f'main a[href^="/requests/new/{kind}/"]')
    page.wait_for_url(f"**/requests/new/{kind}/**")
    hands.write("title", title)
    hands.write("description", "…")
    hands.press(NEXT)
    page.wait_for_url(f"**/edit/{SECOND[kind]}/")
    WALKS[kind](hands)
    page.wait_for_url("**/edit/people/")
    hands.write("technical_contact", "Commerce / Handel")
    hands.write("technical_phone", "+32 2 000 00 00")
    _pass_what_may_stay_empty(hands, kind)
    expect(page.get_by_text(words(language, "Nothing filled in.")).first).to_be_visible()
    hands.press('main form[action$="/submit/"] button')
    page.wait_for_url(REQUEST_PAGE)
    reference = REFERENCE.search(page.locator("main").inner_text())
    assert reference
    return reference[0]


def _pass_what_may_stay_empty(hands: Hands, kind: str) -> None:
    keys = [step.key for step in STEPS[Kind(kind)]]
    for following in keys[keys.index("people") + 1 :]:
        hands.press(NEXT)
        hands.page.wait_for_url(f"**/edit/{following}/")
    hands.press(NEXT)
    hands.page.wait_for_url("**/check/")
