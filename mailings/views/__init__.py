"""Pages of mailings: the archive, the cabinet's review, and what signed links in mails open."""

from mailings.views.archive import mailing, mailings
from mailings.views.links import choose_language, rating, unsubscribe, web_version
from mailings.views.review import mailing_preview, review, review_approve, review_send_back, reviews

__all__ = [
    "choose_language",
    "mailing",
    "mailing_preview",
    "mailings",
    "rating",
    "review",
    "review_approve",
    "review_send_back",
    "reviews",
    "unsubscribe",
    "web_version",
]
