"""The situations in which a service says no."""

from collections.abc import Sequence

from mailings.models import Mailing
from mailings.permissions import Action


class MailingActionNotAllowed(Exception):
    """The table does not let this person take this action on the mailing as it stands now."""

    def __init__(self, action: Action, mailing: Mailing) -> None:
        super().__init__(f"{action} on a mailing that is {mailing.state}")
        self.action = action
        self.mailing = mailing


class NotApproved(MailingActionNotAllowed):
    """Nobody approved the content as it stands now, so it goes to nobody."""


class StaleContent(Exception):
    """The content changed since it was shown; the verdict was not taken."""

    def __init__(self, mailing: Mailing) -> None:
        super().__init__("the content changed since it was shown")
        self.mailing = mailing


class StaleRevision(Exception):
    """Somebody else saved the mailing meanwhile; nothing was written, `mailing` is what stands in the database."""

    def __init__(self, mailing: Mailing) -> None:
        super().__init__(f"revision is {mailing.revision} now")
        self.mailing = mailing


class NotComplete(Exception):
    """A language is missing, or the mail would be too large; `missing` says what, in words a person can act on."""

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__("; ".join(missing))
        self.missing = list(missing)


class NotMeant(Exception):
    """The mailing is not meant for this person today, or they unsubscribed."""

    def __init__(self, mailing: Mailing) -> None:
        super().__init__("not meant for this person today")
        self.mailing = mailing


class NoSuchMailing(Exception):
    """That week has no weekly mailing."""


class NotDue(Exception):
    """The hour of the mailing has not come, or no hour was set."""
