"""Every form that posts carries its token, also in a template that is included without the context of the page."""

import re
from pathlib import Path

from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR) / "templates"
INCLUDE = re.compile(r'{% include "([^"]+)"([^%]*)%}')


def _includes() -> list[tuple[str, str, str]]:
    """Which template includes which, and with what."""
    pages = [(str(path.relative_to(TEMPLATES)), path.read_text()) for path in TEMPLATES.rglob("*.html")]
    return [(name, found[1], found[2]) for name, text in pages for found in INCLUDE.finditer(text)]


def _with_forms() -> set[str]:
    """Templates that post a form, themselves or through what they include."""
    posting = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html") if "{% csrf_token %}" in path.read_text()}
    while more := {outer for outer, inner, _values in _includes() if inner in posting} - posting:
        posting |= more
    return posting


def test_a_form_included_alone_is_given_its_token() -> None:
    posting = _with_forms()
    alone = [(outer, inner, values) for outer, inner, values in _includes() if inner in posting and values.split()[-1:] == ["only"]]
    assert alone, "no form is included alone: the pattern no longer fits the templates"
    assert [f"{outer} includes {inner}" for outer, inner, values in alone if "csrf_token=csrf_token" not in values] == []
