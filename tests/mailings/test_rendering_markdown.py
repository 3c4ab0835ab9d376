"""What editors may write, and what comes of it in HTML and in plain text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailings.rendering import markdown_to_html, markdown_to_text
from tests.mailings.reading import links_in_html


@pytest.mark.parametrize(
    ("written", "html", "text"),
    [
        ("Un **mot** et *un autre*.", "<p>Un <strong>mot</strong> et <em>un autre</em>.</p>", "Un mot et un autre."),
        ("Ligne une\nligne deux", "<p>Ligne une<br>\nligne deux</p>", "Ligne une\nligne deux"),
        ("Un.\n\nDeux.", "<p>Un.</p>\n<p>Deux.</p>", "Un.\n\nDeux."),
        ("- un\n- deux", "<ul>\n<li>un</li>\n<li>deux</li>\n</ul>", "- un\n- deux"),
        ("3. trois\n4. quatre", '<ol start="3">\n<li>trois</li>\n<li>quatre</li>\n</ol>', "3. trois\n4. quatre"),
        ("[la page](https://example.org/a)", '<p><a href="https://example.org/a">la page</a></p>', "la page (https://example.org/a)"),
        ("<https://example.org/a>", '<p><a href="https://example.org/a">https://example.org/a</a></p>', "https://example.org/a"),
        ("> cité", "<blockquote>\n<p>cité</p>\n</blockquote>", "> cité"),
        ("L'échevin & l'échevine", "<p>L'échevin &amp; l'échevine</p>", "L'échevin & l'échevine"),
    ],
)
def test_the_little_markdown_there_is(written: str, html: str, text: str) -> None:
    assert markdown_to_html(written) == html
    assert markdown_to_text(written) == text


def test_lists_within_lists_keep_their_indent_in_text() -> None:
    assert markdown_to_text("1. un\n   - a\n   - b\n2. deux") == "1. un\n  - a\n  - b\n2. deux"


@pytest.mark.parametrize(
    "written",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](data:text/html,x)",
        "![image](https://example.org/pixel.png)",
        '<a href="javascript:alert(1)">x</a>',
        '[a](https://example.org/" onmouseover="alert(1))',
    ],
)
def test_nothing_that_acts_or_loads_gets_through(written: str) -> None:
    html = markdown_to_html(written)
    assert "<script" not in html
    assert "<img" not in html
    assert all(link.startswith("https://example.org/") for link in links_in_html(html))


@given(st.text(max_size=200))
def test_any_text_gives_only_the_tags_of_a_mail(written: str) -> None:
    html = markdown_to_html(written)
    for tag in ("script", "img", "iframe", "style", "h1", "table", "form"):
        assert f"<{tag}" not in html
