"""What a recipient, their mail program and a link scanner see of a mail."""

import html
import re
from html.parser import HTMLParser

ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|amp|lt|gt|quot|apos|nbsp|[a-z]{2,8});")
TAG = re.compile(r"</?(?:p|a|td|tr|table|span|div|h\d|br|li|ul|ol|strong|em|blockquote)\b[^>]*>")  # what our own templates write
ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:)]")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.loaded: set[str] = set()
        self.words: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "a":
            self.links.add(values["href"] or "")
        self.loaded |= {values[name] or "" for name in ("src", "background", "srcset", "poster") if name in values}
        self.loaded |= {values["href"] or ""} if tag == "link" else set()
        self._unread += tag in {"style", "title"}

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in {"style", "title"}

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.words.append(data)


def _read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    return reader


def links_in_html(page: str) -> set[str]:
    """Where one can go from an HTML part, leaving the mail."""
    return {link for link in _read(page).links if link.startswith("http")}


def links_in_text(text: str) -> set[str]:
    return set(ADDRESS.findall(text)) | {line.strip() for line in text.splitlines() if line.startswith("http")}


def loaded_by(page: str) -> set[str]:
    """What a mail program would fetch to show it."""
    return _read(page).loaded


def words_of(page: str) -> str:
    """The visible words of an HTML part, with single spaces."""
    return " ".join(html.unescape(" ".join(_read(page).words)).split())


def assert_reads_well(subject: str, text: str, page: str) -> None:
    """What holds for every mail of the portal, whatever it says."""
    assert subject.strip() == subject != ""
    assert "\n" not in subject
    assert len(subject) <= 300
    for part in (subject, text, page):
        assert "{{" not in part
        assert "{%" not in part
        assert "@@" not in part
        assert "%(" not in part
    assert not ENTITY.search(subject)
    assert not ENTITY.search(text)
    assert not TAG.search(text)
    assert "\n\n\n" not in text
    assert all(len(line) <= 76 or "http" in line for line in text.splitlines())
    assert all(len(line.encode()) <= 998 for line in page.splitlines())
    assert len(page.encode()) <= 100_000
    assert loaded_by(page) == set()
    assert "url(" not in page
    assert links_in_html(page) == links_in_text(text)
    assert all(link.startswith("http://testserver/") or "example.org" in link for link in links_in_html(page))
