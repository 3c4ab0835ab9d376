"""A draft begun on one device is found on another, with what was filled in, and goes on where it stopped."""

import pytest
from playwright.sync_api import expect

from tests.e2e.asking import PEOPLE
from tests.e2e.conftest import Visitor
from tests.e2e.hands import NEXT, Pointer
from tests.e2e.words import words


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_a_draft_goes_on_at_another_device(visitor: Visitor, language: str) -> None:
    title = f"Audit {language} 1 / 2"
    desk = Pointer(visitor(language, email=PEOPLE[language]))
    desk.page.goto("/requests/new/audit/")
    desk.write("title", title)
    desk.write("description", "…")
    desk.press(NEXT)
    desk.choose("area_kind", "named")
    desk.write("area", "Spiegel / Miroir")
    desk.press(NEXT)
    desk.page.wait_for_url("**/edit/question/")
    telephone = visitor(language, email=PEOPLE[language], width=360, javascript=False)
    telephone.goto("/requests/")
    telephone.locator("main").get_by_role("link", name=words(language, "Drafts")).first.click()
    telephone.get_by_role("link", name=title).first.click()
    expect(telephone.locator("main")).to_contain_text("Spiegel / Miroir")
    telephone.get_by_role("link", name=words(language, "Finish the draft")).click()
    telephone.wait_for_url("**/edit/question/")
    telephone.goto(telephone.url.replace("/question/", "/place/"))
    expect(telephone.locator('[name="area"]')).to_have_value("Spiegel / Miroir")
    expect(telephone.locator('[name="area_kind"][value="named"]')).to_be_checked()
