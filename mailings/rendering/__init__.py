"""How mails look: Markdown, the layout, each mail in each language, and the messages handed to the mail server."""

from mailings.rendering.frames import CannotBeFramed, Frame, Pieces, frame_of, pieces_of
from mailings.rendering.links import BadToken, LinkTarget, content_token, delivery_token, portal_link, read_token
from mailings.rendering.mailing import LARGEST_HTML, content_of, preview_of, readable, sent_content, size_of_largest_mail
from mailings.rendering.mails import RenderedMail, render_mail
from mailings.rendering.markdown import markdown_to_html, markdown_to_text
from mailings.rendering.messages import build_messages
from mailings.rendering.personal import Places, personal_of, places_on, role_of

__all__ = [
    "LARGEST_HTML",
    "BadToken",
    "CannotBeFramed",
    "Frame",
    "LinkTarget",
    "Pieces",
    "Places",
    "RenderedMail",
    "build_messages",
    "content_of",
    "content_token",
    "delivery_token",
    "frame_of",
    "markdown_to_html",
    "markdown_to_text",
    "personal_of",
    "pieces_of",
    "places_on",
    "portal_link",
    "preview_of",
    "read_token",
    "readable",
    "render_mail",
    "role_of",
    "sent_content",
    "size_of_largest_mail",
]
