"""The little Markdown editors write: paragraphs, bold, italic, lists, quotes, links; never HTML, never images."""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

LINKS_ALLOWED = ("https://", "http://", "mailto:", "tel:")
RULES = ["emphasis", "link", "autolink", "list", "newline", "escape", "blockquote"]
SCHEMES = {"https", "http", "mailto", "tel"}
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
TAGS = {"p", "strong", "em", "ul", "ol", "li", "a", "br", "blockquote"}


def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False, "breaks": True}).enable(RULES)
    parser.validateLink = lambda url: url.lower().startswith(LINKS_ALLOWED)  # type: ignore[method-assign]
    return parser


PARSER = _parser()


def markdown_to_html(words: str) -> SafeString:
    """HTML of an editor's words, cleaned to the few tags a mail needs."""
    html = nh3.clean(PARSER.render(words), tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None)
    return mark_safe(html.strip())  # noqa: S308 - cleaned just now


def markdown_to_text(words: str) -> str:
    """The same words for the plain text of a mail; a link keeps its address in brackets."""
    writer = _TextWriter()
    for token in PARSER.parse(words):
        writer.take(token)
    return "\n\n".join(writer.blocks)


class _TextWriter:
    """Paragraphs as they stand, the items of one list together as one block, quotes behind `>`."""

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self.items: list[str] = []
        self.lists: list[int | None] = []  # the next number of each open list, None where it has bullets
        self.marker = ""
        self.quotes = 0

    def take(self, token: Token) -> None:
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            self.lists.append(int(token.attrs.get("start", 1)) if token.type == "ordered_list_open" else None)
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            self._close_list()
        elif token.type == "list_item_open":
            self._open_item()
        elif token.tag == "blockquote":
            self.quotes += token.nesting
        elif token.type == "inline":
            self._write(_inline(token))

    def _open_item(self) -> None:
        number = self.lists[-1]
        self.marker = "- " if number is None else f"{number}. "
        self.lists[-1] = None if number is None else number + 1

    def _close_list(self) -> None:
        self.lists.pop()
        if not self.lists:
            self.blocks.append("\n".join(self.items))
            self.items = []

    def _write(self, text: str) -> None:
        if self.lists:
            indent = "  " * (len(self.lists) - 1)
            self.items.append(indent + self.marker + text.replace("\n", "\n  " + indent))
            self.marker = "  "
        else:
            self.blocks.append("\n".join(f"> {line}" for line in text.split("\n")) if self.quotes else text)


def _inline(token: Token) -> str:
    words: list[str] = []
    href, begun_at = "", 0
    for child in token.children or []:
        if child.type == "link_open":
            href, begun_at = str(child.attrs["href"]), len(words)
        elif child.type == "link_close":
            label = "".join(words[begun_at:])
            words[begun_at:] = [label if label == href.removeprefix("mailto:") else f"{label} ({href})"]
        else:
            words.append("\n" if child.type in {"softbreak", "hardbreak"} else child.content)
    return "".join(words)
