"""Measures, mailings and the delivery engine's tables, one noun a file."""

from mailings.models.addressees import AddressChoice, Addressee
from mailings.models.coverage import CoverageNote
from mailings.models.deliveries import Delivery, Run, RunContent
from mailings.models.mailings import Approval, Mailing, MailingItem
from mailings.models.measures import Measure
from mailings.models.notices import Heartbeat, MailPreference, Notice, Telling
from mailings.models.proposals import Proposal
from mailings.models.returns import AddressState, MailEvent
from mailings.models.reviews import MailingComment, StandIn

__all__ = [
    "AddressChoice",
    "AddressState",
    "Addressee",
    "Approval",
    "CoverageNote",
    "Delivery",
    "Heartbeat",
    "MailEvent",
    "MailPreference",
    "Mailing",
    "MailingComment",
    "MailingItem",
    "Measure",
    "Notice",
    "Proposal",
    "Run",
    "RunContent",
    "StandIn",
    "Telling",
]
