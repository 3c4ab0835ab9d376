"""One mail in a person's language: three small templates in the common layout, or both full versions one after the other."""

import re
import textwrap
import uuid
from dataclasses import dataclass
from typing import Any, cast

import css_inline
from django.conf import settings
from django.template import Context, engines
from django.template.backends.django import DjangoTemplates
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from mailings.rendering.links import delivery_token, portal_link
from municipalities.languages import CorrespondenceLanguage, reading_in

TEXT_WIDTH = 76
UNBROKEN = "\N{NO-BREAK SPACE}"  # stands before French marks while a line is filled: none of them begins a line
LONGEST_SUBJECT = 300
INLINER = css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)


@dataclass(frozen=True)
class RenderedMail:
    """A mail ready to be sent: what its row carries."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Version:
    """The whole of a mail in one language."""

    language: str
    subject: str
    text: str
    html: SafeString


def render_mail(mail: str, *, language: str, key: uuid.UUID, context: dict[str, Any]) -> RenderedMail:
    """Render `templates/email/<mail>/` for a person written to in `fr`, `nl` or `both`; `key` is that of the delivery."""
    token = delivery_token(key)
    context = {"mail_choices_url": portal_link("mail_choices", token)} | context
    versions = [render_version(mail, one, context) for one in CorrespondenceLanguage(language).contents]
    return lay_out(versions, choose={one: portal_link("choose_language", token, one) for one in ("fr", "nl")})


def render_version(mail: str, language: str, context: dict[str, Any]) -> Version:
    """Subject, text and HTML of a mail in one content language, words of the interface and bilingual content alike."""
    values = {
        "agency": getattr(settings, f"AGENCY_NAME_{language.upper()}"),
        "mail_choices_url": "",
        "is_piece": False,
    } | context
    with reading_in(language):
        return Version(
            language=language,
            subject=" ".join(render_text(f"email/{mail}/subject.txt", values).split()),
            text=render_text(f"email/{mail}/body.txt", values).strip(),
            html=mark_safe(get_template(f"email/{mail}/body.html").render(values)),  # noqa: S308 - our own template, escaped
        )


def render_text(template: str, values: dict[str, Any]) -> str:
    """Plain text has no entities: an apostrophe stays an apostrophe."""
    django = cast("DjangoTemplates", engines["django"])
    return django.engine.get_template(template).render(Context(values, autoescape=False))


def lay_out(versions: list[Version], *, choose: dict[str, str], preheader: str = "") -> RenderedMail:
    """Put the versions into the one layout, with the choice of a language on top when there are two; inline the styles."""
    subject = " / ".join(dict.fromkeys(version.subject for version in versions))[:LONGEST_SUBJECT]
    values = {"versions": versions, "subject": subject, "choose": choose, "preheader": preheader}
    html = INLINER.inline(get_template("email/_layout.html").render(values))
    return RenderedMail(subject, wrap_text(render_text("email/_layout.txt", values)), _thin(html))


def _thin(html: str) -> str:
    """Without the indentation of the templates, which nobody reads and every mail would carry."""
    return re.sub(r"\n\s+", "\n", html)


def wrap_text(text: str) -> str:
    """Lines of at most 76 characters, except addresses; a list's item keeps its indent; never two empty lines in a row."""
    lines = [_wrap_line(line.rstrip()) for line in text.strip().split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


def _wrap_line(line: str) -> str:
    if len(line) <= TEXT_WIDTH:
        return line
    lead = re.match(r"\s*(?:> |- |\d+\. )?", line)
    start = lead.group() if lead else ""
    indent = start if start.strip() == ">" else " " * len(start)
    filled = textwrap.fill(
        re.sub(r" (?=[;:?!»](?:\s|$))|(?<=«) ", UNBROKEN, line[len(start) :]),
        width=TEXT_WIDTH,
        initial_indent=start,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return filled.replace(UNBROKEN, " ")
