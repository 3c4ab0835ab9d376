"""A question in a browser: from the alderman to the signed link of a body, to the 19, to the mailing; without JavaScript."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Portal, Visitor
from tests.e2e.words import words

LINK = re.compile(r"https?://\S+/questions/reply/\S+")


@dataclass(frozen=True)
class Cast:
    language: str
    alderman: str
    stranger: str
    title: str
    question: str
    reply: str
    answer_fr: str
    answer_nl: str
    title_fr: str
    title_nl: str


CASTS = [
    Cast(
        "fr",
        "alderman.ixl@example.org",
        "alderman.jet@example.org",
        "Kiosques à journaux sur le domaine régional",
        "Deux kiosques de la chaussée veulent vendre des boissons : qui les autorise ?",
        "La Région délivre l'autorisation, après avis de la commune.",
        "La Région autorise la vente de boissons, après avis de la commune.",
        "Het Gewest laat de verkoop van dranken toe, na advies van de gemeente.",
        "Qui autorise la vente de boissons dans un kiosque ?",
        "Wie laat de verkoop van dranken in een kiosk toe?",
    ),
    Cast(
        "nl",
        "alderman.jet@example.org",
        "alderman.ixl@example.org",
        "Foodtrucks op een gewestweg",
        "Drie foodtrucks vragen een vaste plaats op de gewestweg: wie beslist?",
        "Het college beslist, met een gewestelijke vergunning voor het domein.",
        "Le collège décide, avec une autorisation domaniale de la Région.",
        "Het college beslist, met een domeinvergunning van het Gewest.",
        "Qui décide d'un emplacement de food-truck sur une voirie régionale ?",
        "Wie beslist over een standplaats voor een foodtruck op een gewestweg?",
    ),
]


def _ask(page: Page, cast: Cast) -> None:
    page.goto("/questions/new/")
    page.locator('[name="title"]').fill(cast.title)
    page.locator('[name="words"]').fill(cast.question)
    page.get_by_label("Commerce de proximité" if cast.language == "fr" else "Buurthandel").check()
    page.locator('main form button[type="submit"]').first.click()
    expect(page.get_by_role("heading", name=words(cast.language, "Similar questions"))).to_be_visible()
    page.locator('button[name="step"][value="send"]').click()
    expect(page.get_by_role("heading", name=cast.title)).to_be_visible()


def _act(page: Page, address: str, action: str, **fields: str) -> None:
    """Take an act on its own page."""
    page.goto(f"{address}../{action}/")
    for name, value in fields.items():
        field = page.locator(f'form.card [name="{name}"]')
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    page.locator('form.card button[type="submit"]').click()
    page.wait_for_url(address)


@pytest.mark.parametrize("cast", CASTS, ids=lambda cast: cast.language)
def test_question_from_alderman_to_body_to_the_19_to_the_mailing(portal: Portal, visitor: Visitor, cast: Cast) -> None:
    alderman = visitor(cast.language, email=cast.alderman, javascript=False)
    _ask(alderman, cast)
    page_of_question = alderman.url
    stranger = visitor(cast.language, email=cast.stranger)
    assert stranger.goto(page_of_question).status == 404

    spoc = visitor(cast.language, email="spoc1@example.org")
    spoc.goto("/admin/partnerships/question/?list=open")
    spoc.get_by_role("link", name=cast.title).first.click()
    address = spoc.url.split("?")[0]
    spoc.goto(f"{address}../forward/")
    taskforce = spoc.locator('[name="body"] option', has_text=re.compile("askforce")).get_attribute("value") or ""
    _act(spoc, address, "forward", body=taskforce)
    portal.wait_for_mail(cast.alderman, cast.title)
    mail = portal.wait_for_mail("taskforce@example.org", cast.title)
    link = LINK.search(mail["text"])
    assert link, mail["text"]
    body = visitor(cast.language, javascript=False)
    assert body.goto(link[0]).status == 200
    shown = body.locator("main").inner_text()
    assert cast.question in shown
    assert cast.alderman not in shown
    body.locator(f'[name="reply_{cast.language}"]').fill(cast.reply)
    body.locator('main form button[type="submit"]').click()
    expect(body.get_by_role("heading", name=words(cast.language, "Thank you for your reply"))).to_be_visible()
    assert body.goto(link[0]).status == 410, "a link is used once"

    texts = {"title_fr": cast.title_fr, "title_nl": cast.title_nl, "answer_fr": cast.answer_fr, "answer_nl": cast.answer_nl}
    _act(spoc, address, "draft", **texts, source_fr="Administration régionale", source_nl="Gewestelijk bestuur")
    spoc.goto(f"{address}../ask_review/")
    reviewer = spoc.locator('[name="reviewer"] option', has_text="Overstraete").get_attribute("value") or ""
    _act(spoc, address, "ask_review", reviewer=reviewer)
    lead = visitor(cast.language, email="lead@example.org")
    _act(lead, address, "answer")
    told = portal.wait_for_mail(cast.alderman, cast.answer_fr if cast.language == "fr" else cast.answer_nl)
    assert cast.title in told["text"]
    assert stranger.goto(page_of_question).status == 404, "the asker hears first"

    _act(lead, address, "publish")
    assert stranger.goto(page_of_question).status == 200
    shown = stranger.locator("main").inner_text()
    assert (cast.answer_fr if cast.language == "fr" else cast.answer_nl) in shown
    assert cast.question not in shown, "what was asked stays with who asked"

    editor = visitor(cast.language, email="editor@example.org")
    editor.goto("/admin/mailings/mailing/")
    editor.locator("#result_list a").first.click()
    offered = editor.locator("main, #content").first.inner_html()
    assert cast.title_fr in offered.replace("&#x27;", "'")
    assert cast.title_nl in offered.replace("&#x27;", "'")
