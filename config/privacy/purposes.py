"""What an entry of the register says of a field: why it is kept, how long, and what an erasure does with it."""

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from municipalities.templatetags.reader import time_words


class Purpose(models.TextChoices):
    """Why something is kept, in the words of the privacy page."""

    REGISTER = "register", _("To know who acts for each municipality and for the agency, and to reach them")
    ACCESS = "access", _("To let in those who may enter, and nobody else")
    COOPERATION = "cooperation", _("To work on the requests of the municipalities and keep what was agreed")
    INFORMATION = "information", _("To give every mayor and alderman the same information, and to show that it arrived")
    ACCOUNTABILITY = "accountability", _("To show who did, decided or saw what, and when")
    PUBLICATION = "publication", _("To publish texts and facts about places and measures; they are not about persons")
    OPERATION = "operation", _("To make the portal work: numbers, keys and clocks that say nothing about a person")

    @property
    def legal_basis(self) -> str:
        """The ground in the GDPR, as the record of processing names it."""
        return str(LEGAL_BASES[self])

    @property
    def is_personal(self) -> bool:
        return self not in (Purpose.PUBLICATION, Purpose.OPERATION)


MISSION = _("mission of public interest (GDPR, article 6(1)(e))")
DUTY = _("legal duty of accountability and security (GDPR, articles 5(2), 6(1)(c) and 32)")
LEGAL_BASES = {
    Purpose.REGISTER: MISSION,
    Purpose.ACCESS: DUTY,
    Purpose.COOPERATION: MISSION,
    Purpose.INFORMATION: MISSION,
    Purpose.ACCOUNTABILITY: DUTY,
    Purpose.PUBLICATION: _("no personal data"),
    Purpose.OPERATION: _("no personal data of its own"),
}


class Retention(enum.StrEnum):
    """How long something is kept; the lengths are settings."""

    CONTACT = "contact"
    PSEUDONYM = "pseudonym"
    SEND_LOG = "send_log"
    MAIL_BODY = "mail_body"
    REQUEST = "request"
    ACCESS_LOG = "access_log"
    SESSION = "session"
    WORKING = "working"
    ROW = "row"
    EVER = "ever"

    @property
    def words(self) -> str:
        """The rule as the reader's language says it."""
        return {
            Retention.CONTACT: gettext("until %(time)s after the last mandate or function ended"),
            Retention.PSEUDONYM: gettext("for ever; %(time)s after the last mandate or function only under a pseudonym"),
            Retention.SEND_LOG: gettext("%(time)s after sending"),
            Retention.MAIL_BODY: gettext("%(time)s after sending"),
            Retention.REQUEST: gettext("%(time)s after the request was closed"),
            Retention.ACCESS_LOG: gettext("%(time)s after it was written"),
            Retention.SESSION: gettext("until you log out, and no longer than the session lasts"),
            Retention.WORKING: gettext("while it is worked on, then removed"),
            Retention.ROW: gettext("as long as what it belongs to"),
            Retention.EVER: gettext("for ever"),
        }[self] % {"time": time_words(self.length)}

    @property
    def length(self) -> dt.timedelta:
        """Zero where the rule is not a length of time."""
        return {
            Retention.CONTACT: settings.RETENTION_CONTACT,
            Retention.PSEUDONYM: settings.RETENTION_CONTACT,
            Retention.SEND_LOG: settings.RETENTION_SEND_LOG,
            Retention.MAIL_BODY: settings.RETENTION_MAIL_BODIES,
            Retention.REQUEST: settings.RETENTION_REQUESTS,
            Retention.ACCESS_LOG: settings.RETENTION_ACCESS_LOG,
        }.get(self, dt.timedelta(0))


class Erase(enum.StrEnum):
    """What an erasure does with the field."""

    KEEP = "keep"  # says nothing about the person once the name is gone
    CLEAR = "clear"  # emptied in the rows about the person
    PSEUDONYM = "pseudonym"  # replaced by the pseudonym or its address in the rows about the person
    SCRUB = "scrub"  # free text: name, addresses and telephone of the person are taken out of every row
    WIPE = "wipe"  # both: emptied in the rows about the person, scrubbed in all others
    CONTACT = "contact"  # names somebody to call: emptied where that is the person


class Link(enum.StrEnum):
    """What a row has to do with the person its column names."""

    ABOUT = "about"  # the row says something about the person: exported whole
    WROTE = "wrote"  # the person's words and choices: exported whole, kept under the pseudonym
    ACTED = "acted"  # the person did something to what others wrote: exported without free text


@dataclass(frozen=True)
class Use:
    """The stated purpose and retention of one field."""

    purpose: Purpose
    retention: Retention
    erase: Erase = Erase.KEEP
    is_secret: bool = False  # proves who somebody is: never exported


@dataclass(frozen=True)
class Entry:
    """What the register says of one model: whom its rows are about, and every field."""

    fields: Mapping[str, Use]
    links: Mapping[str, Link] = field(default_factory=dict)
    is_removed: bool = False  # an erasure removes the rows about the person altogether
    names_objects: bool = False  # rows point at any object, also at a person, by content type and number


def uses(names: str, use: Use) -> dict[str, Use]:
    """The same use for several fields, named in one string."""
    return dict.fromkeys(names.split(), use)


def all_uses(*groups: Mapping[str, Any]) -> dict[str, Use]:
    """Join groups of fields; a field named twice is a mistake."""
    joined: dict[str, Use] = {}
    for group in groups:
        twice = joined.keys() & group.keys()
        if twice:
            raise ValueError(f"named twice: {', '.join(sorted(twice))}")
        joined |= group
    return joined
