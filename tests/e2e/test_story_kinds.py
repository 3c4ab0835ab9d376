"""Each service from its draft to the answer on how it was, in French and in Dutch, without JavaScript and by the keyboard alone.

The official and the officer go turn by turn; every act is told to the other side once, in the language of who reads.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.utils import translation
from playwright.sync_api import Page, expect

from municipalities.templatetags.reader import day
from tests.e2e.asking import FIRST_STOPPED, PEOPLE, ask_for
from tests.e2e.conftest import Portal, Visitor
from tests.e2e.hands import Hands, Keyboard, Pointer, day_of_next_year
from tests.e2e.words import words

RATING = re.compile(r"http://\S+/satisfaction/\?score=4")
SAID = {
    "fr": ("Quelles sont les heures de livraison ?", "De 7 à 11 heures, sauf le lundi.", "Le rapport est remis au collège."),
    "nl": ("Wat zijn de leveruren?", "Van 7 tot 11 uur, behalve op maandag.", "Het verslag is aan het college bezorgd."),
}
TO_OFFICIAL = {
    "acknowledge": "%(reference)s – we have received your request",
    "start": "%(reference)s – work on your request has started",
    "ask": "%(reference)s – a question about your request",
    "complete": "%(reference)s – your request is completed",
    "close": "%(reference)s – request closed",
}
TO_OFFICER = {
    "submit": "%(reference)s – new request (%(municipality)s)",
    "answer": "%(reference)s – the municipality has answered (%(municipality)s)",
    "close": "%(reference)s – request closed",
}
NAMES = {("fr", "fr"): "Ixelles", ("fr", "nl"): "Elsene", ("nl", "fr"): "Jette", ("nl", "nl"): "Jette"}
IN_DUTCH = {"spoc2@example.org", "spoc4@example.org", PEOPLE["nl"]}  # those of the cast who are written to in Dutch
PROPOSED = "%(reference)s – version %(number)s of the action plan is proposed"
AGREED = "%(reference)s – version %(number)s of the action plan is agreed"


@dataclass
class Story:
    """One request, the two who take turns at it, and their inboxes."""

    portal: Portal
    kind: str
    language: str
    official: Hands
    officer: Hands
    spoc: str
    reference: str = ""

    @property
    def alderman(self) -> str:
        return PEOPLE[self.language]

    @property
    def page(self) -> Page:
        """The request as the municipality sees it."""
        return self.official.page

    def subject(self, to: str, msgid: str) -> str:
        """The subject of a mail, in the language of who gets it."""
        language = "nl" if to in IN_DUTCH else "fr"
        return words(language, msgid, reference=self.reference, municipality=NAMES[self.language, language], number="1")

    def hears(self, to: str, msgid: str, *texts: str) -> str:
        """Wait for the mail with that subject; it speaks the reader's language and holds these texts. Return its text."""
        language = "nl" if to in IN_DUTCH else "fr"
        mail = self.portal.wait_for_mail(to, self.subject(to, msgid))
        assert ("Content-Language", language) in [tuple(header) for header in mail["headers"]]
        assert f'lang="{language}"' in mail["html"]
        for text in texts:
            assert text in mail["text"], mail["text"]
        return str(mail["text"])

    def act(self, action: str, text: str = "") -> None:
        """Take one action on the request's page in the administration."""
        form = f'form[action$="/{action}/"]'
        if self.officer.page.locator(f"details:has({form})").count():
            self.officer.unfold(f"details:has({form}) > summary")
        if text:
            self.officer.write("words", text, form)
        self.officer.press(f'{form} button[type="submit"]')


def _take_up(story: Story) -> None:
    page = story.officer.page
    page.goto("/admin/partnerships/servicerequest/?list=new")
    page.goto(str(page.get_by_role("link", name=story.reference).first.get_attribute("href")))
    story.act("acknowledge")
    story.hears(story.alderman, TO_OFFICIAL["acknowledge"])
    story.act("start")
    story.hears(story.alderman, TO_OFFICIAL["start"])


def _ask_and_answer(story: Story) -> None:
    question, answer, _result = SAID[story.language]
    story.act("ask", question)
    told = story.hears(story.alderman, TO_OFFICIAL["ask"], f"> {question}")
    link = re.search(rf"{story.portal.url}/requests/[0-9a-f-]{{36}}/", told)
    assert link, told
    story.page.goto(link[0])
    expect(story.page.get_by_text(question)).to_be_visible()
    story.official.write("body", answer, "#reply")
    story.official.press('#reply button[type="submit"]')
    expect(story.page.get_by_text(answer)).to_be_visible()
    story.hears(story.spoc, TO_OFFICER["answer"], f"> {answer}")
    story.officer.page.reload()


def _complete_and_close(story: Story) -> None:
    result = SAID[story.language][2]
    story.act("complete", result)
    story.hears(story.alderman, TO_OFFICIAL["complete"], f"> {result}")
    story.page.reload()
    story.official.press('form[action$="/close/"] button')
    expect(story.page.locator(".badge--closed").first).to_be_visible()
    story.hears(story.spoc, TO_OFFICER["close"])


def _rate(story: Story, stranger: Hands) -> None:
    """The link of the mail needs no log-in; looking at it keeps nothing, sending does."""
    link = RATING.search(story.hears(story.alderman, TO_OFFICIAL["close"]))
    assert link
    stranger.page.goto(link[0])
    expect(stranger.page.locator('[name="score"][value="4"]')).to_be_checked()
    given = story.page.locator('section[aria-labelledby="rating-title"]')
    story.page.reload()
    expect(given).not_to_contain_text("4 / 5")
    stranger.press('main form button[type="submit"]')
    expect(stranger.page.locator("main")).to_contain_text(words(story.language, "Thank you for your answer"))
    story.page.reload()
    expect(given).to_contain_text("4 / 5")


# --- What is of one kind ------------------------------------------------------------------------


def _nothing_more(story: Story) -> None:
    """An audit has no steps of its own before its result."""


def _found(story: Story) -> None:
    """The officer ticks the first step on the way to an association; the municipality sees it done."""
    first = ".work-steps > li:first-child"
    story.officer.unfold(f"{first} summary")
    story.officer.press(f'{first} details button[type="submit"]')
    story.page.reload()
    expect(story.page.locator(".work-step--done")).to_have_count(1)
    expect(story.page.locator(f"{first}.work-step--done")).to_be_visible()


def _plan(story: Story) -> None:
    """The page of the site says days 29 and 90; the municipality proposes a measure, which the SPOC agrees."""
    measure = words(story.language, "Signposting")
    story.official.press('main a[href$="/works/"]')
    with translation.override(story.language):
        days = [day(day_of_next_year(FIRST_STOPPED) + dt.timedelta(days=number - 1)) for number in (29, 90)]
    for written in days:
        expect(story.page.locator("#compensation .works-window__days")).to_contain_text(written)
    site = story.page.url
    story.official.press('#plan form[action$="/plan/begin/"] button')
    story.official.press('main a[href$="/plan/add/"]')
    story.official.write("what", measure)
    story.official.pick("kind", "information")
    story.official.pick("owner", "agency")
    story.official.day("due_on")
    story.official.press(".form-actions .button--primary")
    story.official.press('form[action$="/propose/"] button')
    _agree(story, measure)
    story.page.goto(site)
    expect(story.page.locator("#plan")).to_contain_text(measure)
    story.page.goto(site.removesuffix("works/"))


def _agree(story: Story, measure: str) -> None:
    page, request = story.officer.page, story.officer.page.url
    told = story.hears(story.spoc, PROPOSED)
    link = re.search(rf"{story.portal.url}/admin/\S+", told)
    assert link, told
    page.goto(link[0])
    story.officer.press(".works-proposal a")
    expect(page.locator("main")).to_contain_text(measure)
    story.officer.press('form[action$="/agree/"] button')
    story.hears(story.alderman, AGREED)
    page.goto(request)


BETWEEN: dict[str, Callable[[Story], None]] = {"audit": _nothing_more, "development": _found, "works": _plan}


# --- The stories --------------------------------------------------------------------------------


def _spoc_of(page: Page) -> str:
    page.goto("/")
    return str(page.locator('main a[href^="mailto:"]').first.get_attribute("href")).removeprefix("mailto:")


def _heard_once(story: Story, to: str, *expected: str) -> None:
    """Everything that was told about the request, each once, and nothing else."""
    subjects = Counter(mail["subject"] for mail in story.portal.mails(to) if story.reference in mail["subject"])
    assert subjects == Counter(story.subject(to, msgid) for msgid in expected)


@pytest.mark.parametrize(
    ("kind", "language", "hands"),
    [
        ("audit", "fr", Pointer),
        ("audit", "nl", Keyboard),
        ("development", "fr", Keyboard),
        ("development", "nl", Pointer),
        ("works", "fr", Pointer),
        ("works", "nl", Keyboard),
    ],
    ids=[
        "audit-fr-no-script",
        "audit-nl-keyboard",
        "development-fr-keyboard",
        "development-nl-no-script",
        "works-fr-no-script",
        "works-nl-keyboard",
    ],
)
def test_from_draft_to_how_it_was(portal: Portal, visitor: Visitor, kind: str, language: str, hands: Callable[[Page], Hands]) -> None:
    script = hands is Keyboard
    official = visitor(language, email=PEOPLE[language], javascript=script)
    spoc = _spoc_of(official)
    story = Story(portal, kind, language, hands(official), hands(visitor(language, email=spoc, javascript=script)), spoc)
    story.reference = ask_for(story.official, kind, language, f"{kind} {language}")
    story.hears(spoc, TO_OFFICER["submit"])
    _take_up(story)
    BETWEEN[kind](story)
    _ask_and_answer(story)
    _complete_and_close(story)
    _rate(story, hands(visitor(language, javascript=script)))
    planned = kind == "works"
    _heard_once(story, story.alderman, *TO_OFFICIAL.values(), *[AGREED] * planned)
    _heard_once(story, spoc, *TO_OFFICER.values(), *[PROPOSED] * planned)
