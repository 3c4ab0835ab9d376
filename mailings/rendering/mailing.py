"""A mailing as mail: the common part rendered and inlined once per run and language, with places for what is personal."""

import json
import re
import secrets
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from mailings.models import Mailing, RunContent
from mailings.rendering.links import content_token, portal_link
from mailings.rendering.mails import RenderedMail, Version, lay_out, render_version
from mailings.rendering.markdown import markdown_to_html, markdown_to_text
from mailings.rendering.personal import Personal, render_personal
from municipalities.languages import CONTENT_LANGUAGES, CorrespondenceLanguage
from partnerships.news import Section

LARGEST_HTML = 90_000  # bytes of the common part in both languages; 10 kB of the 100 are left to the personal part
NOBODY = "-"  # stands for a signed token where the mail has no recipient yet
_SECRET = secrets.token_hex(6)  # nobody can write a place into a text of their own
_PLACE = re.compile(rf"@@(\w+)-{_SECRET}@@")


@dataclass(frozen=True)
class Skeleton:
    """The common part, cut at the places where personal pieces go: words, place, words, place, …"""

    subject: str
    html: tuple[str, ...]
    text: tuple[str, ...]

    def fill(self, html: dict[str, str], text: dict[str, str]) -> RenderedMail:
        return RenderedMail(self.subject, _join(self.text, text), _join(self.html, html))


def _place(name: str) -> str:
    return f"@@{name}-{_SECRET}@@"


def _join(pieces: tuple[str, ...], values: dict[str, str]) -> str:
    return "".join(values.get(piece, "") if number % 2 else piece for number, piece in enumerate(pieces))


def content_of(mailing: Mailing, language: str) -> dict[str, Any]:
    """What a mailing says in one language, as it is frozen for a run."""
    return {
        "kind": mailing.kind,
        "week": mailing.week_label,
        "subject": getattr(mailing, f"subject_{language}"),
        "intro": getattr(mailing, f"intro_{language}"),
        "closing": getattr(mailing, f"closing_{language}"),
        "items": [
            {
                "title": getattr(item, f"title_{language}"),
                "body": getattr(item, f"body_{language}"),
                "source_url": item.source_url,
                "section": item.section,
                "path": item.path,
            }
            for item in mailing.items.order_by("position", "pk")
        ],
    }


def skeleton_of_run(run: int, language: str, contents: dict[str, RunContent]) -> Skeleton:
    """The common part of a run for people written to in this language (`both`: two full versions)."""
    online = portal_link("web_version", content_token(run, language))
    return _skeleton_of({one: contents[one].content for one in CorrespondenceLanguage(language).contents}, online)


def _skeleton_of(contents: dict[str, dict[str, Any]], online: str) -> Skeleton:
    frozen = tuple((language, json.dumps(content, sort_keys=True)) for language, content in contents.items())
    return _skeleton(frozen, online, settings.BASE_URL)


@lru_cache(maxsize=16)
def _skeleton(frozen: tuple[tuple[str, str], ...], online: str, base_url: str) -> Skeleton:
    """Rendering and inlining cost hundreds of times what filling in costs: done once per worker, content and language."""
    versions = [_version(language, json.loads(content), online) for language, content in frozen]
    choose = {language: _place(f"choose_{language}") for language in CONTENT_LANGUAGES}
    titles = [item["title"] for language, content in frozen[:1] for item in json.loads(content)["items"]]
    mail = lay_out(versions, choose=choose, preheader=" · ".join(titles[:3]))
    return Skeleton(mail.subject, tuple(_PLACE.split(mail.html)), tuple(_PLACE.split(mail.text)))


def _version(language: str, content: dict[str, Any], online: str) -> Version:
    places = {name: _place(f"{name}_{language}") for name in ("greeting", "box")}
    links = {"online_url": online, "unsubscribe_url": _place("unsubscribe"), "mail_choices_url": _place("mail_choices")}
    return render_version("mailing", language, readable(content) | places | links)


def readable(content: dict[str, Any]) -> dict[str, Any]:
    """The words of one language as HTML and as text, for mail and page alike."""
    year, _dash, week = content["week"].partition("-W")
    return {
        "subject": content["subject"],
        "year": year,
        "week": week.lstrip("0"),
        "intro_html": markdown_to_html(content["intro"]),
        "intro_text": markdown_to_text(content["intro"]),
        "closing_html": markdown_to_html(content["closing"]),
        "closing_text": markdown_to_text(content["closing"]),
        "items": [_readable_item(item, before) for before, item in pairwise([{}, *content["items"]])],
    }


def _readable_item(item: dict[str, str], before: dict[str, str]) -> dict[str, Any]:
    """A section shows its name where it begins; what was frozen before there were sections has none."""
    section, path = item.get("section", ""), item.get("path", "")
    begins = bool(section) and section != before.get("section", "")
    return {
        "section": Section(section).label if begins else "",  # lazy: named in the language of the version
        "portal_url": settings.BASE_URL + path if path else "",
        "title": item["title"],
        "html": markdown_to_html(item["body"]),
        "text": markdown_to_text(item["body"]),
        "url": item["source_url"],
        "source": (urlsplit(item["source_url"]).hostname or "").removeprefix("www."),
    }


def sent_content(mailing: Mailing, language: str) -> dict[str, Any]:
    """What a mailing said in one language when it was sent: the frozen copy of its run."""
    frozen = RunContent.objects.filter(run__mailing=mailing, language=language).first()
    return frozen.content if frozen else content_of(mailing, language)


def fill_skeleton(skeleton: Skeleton, personal: Personal, *, language: str, token: str) -> RenderedMail:
    """One person's mail: their own pieces spliced into the common part."""
    html, text = render_personal(personal, CorrespondenceLanguage(language).contents)
    return fill_skeleton_with(skeleton, html=html, text=text, token=token)


def fill_skeleton_with(skeleton: Skeleton, *, html: dict[str, str], text: dict[str, str], token: str) -> RenderedMail:
    """The common part with these personal pieces, and the signed links of this token."""
    links = {name: portal_link(name, token) for name in ("unsubscribe", "mail_choices")}
    links |= {f"choose_{one}": portal_link("choose_language", token, one) for one in CONTENT_LANGUAGES}
    return skeleton.fill(html | links, text | links)


def preview_of(mailing: Mailing, language: str, *, token: str = NOBODY) -> RenderedMail:
    """The mail as it would go out now, with a note where the personal part will stand."""
    contents = {one: content_of(mailing, one) for one in CorrespondenceLanguage(language).contents}
    skeleton = _skeleton_of(contents, portal_link("mailings"))
    return fill_skeleton(skeleton, Personal(is_sample=True), language=language, token=token)


def size_of_largest_mail(mailing: Mailing) -> int:
    """Bytes of the HTML that people written to in both languages would get."""
    return len(preview_of(mailing, CorrespondenceLanguage.BOTH).html.encode())
