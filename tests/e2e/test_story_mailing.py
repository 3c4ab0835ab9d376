"""This week's mailing in a browser: written in both languages, approved by the cabinet, sent once to each official."""

import collections
import datetime as dt
import email
import email.policy
import re
import urllib.request
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from municipalities.reference import MUNICIPALITIES
from tests.e2e.conftest import Portal, Visitor

BRUSSELS = ZoneInfo("Europe/Brussels")
SEATS = ("mayor", "alderman", "officer")
MARK_FR, MARK_NL = "Semaine d'essai : mesures de soutien", "Proefweek: steunmaatregelen"
LONGEST_LINE = 998  # RFC 5322, 2.1.1
LARGEST_HTML = 100_000


def _this_week() -> str:
    year, week, _day = dt.datetime.now(BRUSSELS).isocalendar()
    return f"{year}-W{week:02d}"


def _open_this_week(page: Page) -> str:
    """Open this week's mailing in the administration; return its address."""
    page.goto("/admin/mailings/mailing/")
    page.locator("#result_list tr", has_text=_this_week()).get_by_role("link").first.click()
    page.wait_for_url(re.compile(r"/mailing/\d+/change/"))
    return page.url


def _write_ask_approve_send(visitor: Visitor, language: str) -> None:
    editor = visitor(language, email="editor@example.org")
    _open_this_week(editor)
    editor.locator('[name="subject_fr"]').fill(MARK_FR)
    editor.locator('[name="subject_nl"]').fill(MARK_NL)
    editor.locator("form.mailing-form .submit-row button").click()
    expect(editor.locator('[name="subject_fr"]')).to_have_value(MARK_FR)
    assert editor.locator('a[href$="/send/"]').count() == 0, "an edit voids the approval"
    editor.locator('form[action$="/ask-approval/"] button').click()

    cabinet = visitor(language, email="cabinet@example.org")
    cabinet.goto("/")
    cabinet.get_by_role("link", name=MARK_FR if language == "fr" else MARK_NL).first.click()
    shown = cabinet.locator("main").inner_text()
    assert MARK_FR in shown, "the cabinet reads both versions"
    assert MARK_NL in shown
    cabinet.locator('form[action$="/approve/"] button.button--primary').click()

    editor.reload()
    editor.locator('a[href$="/send/"]').click()
    editor.locator('form[action$="/send/"] button[type="submit"]').click()


def _officials() -> set[str]:
    return {f"{seat}.{row.code.lower()}@example.org" for seat in SEATS for row in MUNICIPALITIES}


def _received(portal: Portal) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = collections.defaultdict(list)
    for mail in portal.mails():
        is_mailing = "List-Unsubscribe" in dict(mail["headers"])  # editors also hear, by a notice, that it was approved
        if is_mailing and (MARK_FR in mail["subject"] or MARK_NL in mail["subject"]):
            found[str(mail["to"]).split("<")[-1].strip("<> ")].append(mail)
    return found


def test_weekly_mailing_reaches_each_official_once_in_their_language(portal: Portal, visitor: Visitor) -> None:
    _write_ask_approve_send(visitor, "fr")
    portal.wait_for_mail("alderman.ixl@example.org", MARK_FR)
    portal.wait_for_mail("alderman.jet@example.org", MARK_NL)
    everybody = _officials()
    for address in everybody:
        portal.wait_for_mail(address, "")
    received = _received(portal)
    assert everybody <= set(received)
    assert {address for address, mails in received.items() if len(mails) != 1} == set()
    assert not [address for address in received if address.startswith("former.")]

    french, dutch = received["alderman.ixl@example.org"][0], received["alderman.jet@example.org"][0]
    assert MARK_NL not in f"{french['subject']}{french['text']}{french['html']}"
    assert MARK_FR not in f"{dutch['subject']}{dutch['text']}{dutch['html']}"
    assert "IXL-" in str(french["text"]), "the state of one's own requests is in the mail"
    assert "JET-" not in str(french["text"])
    both = [mails[0] for mails in received.values() if MARK_FR in str(mails[0]["html"]) and MARK_NL in str(mails[0]["html"])]
    assert both, "who has not chosen gets the two full versions"
    for mails in received.values():
        _keeps_the_rules(str(mails[0]["source"]))

    _read_online_and_unsubscribe(portal, visitor, french)
    alderman = visitor("nl", email="alderman.jet@example.org")
    alderman.goto("/mailings/")
    alderman.get_by_role("link", name=MARK_NL).first.click()
    expect(alderman.get_by_role("heading", name=MARK_NL).first).to_be_visible()


def _keeps_the_rules(source: str) -> None:
    """RFC 5322 line lengths, RFC 2369 and RFC 8058 headers, no pictures from elsewhere."""
    mail = email.message_from_string(source, policy=email.policy.default)
    assert max(map(len, source.splitlines())) <= LONGEST_LINE
    assert re.fullmatch(r"<https?://\S+>(, <mailto:\S+>)?", str(mail["List-Unsubscribe"]).strip())
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Id"]
    assert str(mail["Auto-Submitted"]) == "auto-generated"
    assert str(mail["Content-Language"]) in {"fr", "nl", "fr, nl"}
    assert len(mail.get_all("Message-ID", [])) == 1
    html = mail.get_body(("html",))
    assert html is not None
    content = html.get_content()
    assert len(content.encode()) <= LARGEST_HTML
    assert not re.search(r'(src|background)="https?:', content)


def _read_online_and_unsubscribe(portal: Portal, visitor: Visitor, mail: dict[str, object]) -> None:
    headers = dict(mail["headers"])  # type: ignore[call-overload]
    address = re.findall(r"<(https?:[^>]+)>", headers["List-Unsubscribe"])[0]
    reader = visitor("fr")
    assert reader.goto(address.replace("/unsubscribe/", "/")).status == 200
    assert MARK_FR in reader.locator("body").inner_text()
    assert "IXL-" not in reader.locator("body").inner_text(), "the web version shows nothing personal"
    assert reader.goto(address).status == 200  # a link scanner reads it, and nothing happens
    request = urllib.request.Request(address, data=b"List-Unsubscribe=One-Click", method="POST")
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 200
        assert answer.url == address, "no redirect (RFC 8058, 3.2)"
