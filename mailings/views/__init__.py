"""Pages of mailings: the archive, the cabinet's review, and what signed links in mails open."""

from mailings.views.archive import mailing, mailings
from mailings.views.choices import mail_choices, my_mail_choices
from mailings.views.invitations import invitation_answer
from mailings.views.links import choose_language, rating, unsubscribe, web_version
from mailings.views.measures import measure, measures
from mailings.views.proofs import review_proof
from mailings.views.review import mailing_preview, review, review_approve, review_send_back, reviews
from mailings.views.review_acts import review_comment, review_comment_settle, review_verdict, stand_in_end, stand_in_name, stand_in_new

__all__ = [
    "choose_language",
    "invitation_answer",
    "mail_choices",
    "mailing",
    "mailing_preview",
    "mailings",
    "measure",
    "measures",
    "my_mail_choices",
    "rating",
    "review",
    "review_approve",
    "review_comment",
    "review_comment_settle",
    "review_proof",
    "review_send_back",
    "review_verdict",
    "reviews",
    "stand_in_end",
    "stand_in_name",
    "stand_in_new",
    "unsubscribe",
    "web_version",
]
