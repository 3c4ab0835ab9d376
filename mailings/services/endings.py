"""What the mail about the end of an agreement says, and to whom it goes."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from mailings.audience import staff_with
from mailings.rendering import portal_link
from municipalities.models import User
from partnerships.models import Agreement, Event, SpocAssignment

OVERSEES = "partnerships.oversee_agreement"


def overseers() -> list[User]:
    """The lead: hears of agreements that end and of requests outside them."""
    return list(staff_with(OVERSEES))


def hearers_of_agreement(event: Event, agreement: Agreement, on: dt.date) -> list[User]:
    """Of an end: whoever stands in front of the municipality that day, and the lead; each once. Of the rest the history tells."""
    if event.verb != Event.Verb.AGREEMENT_ENDING:
        return []
    spocs = SpocAssignment.objects.for_municipalities([agreement.municipality_id], on)
    front = [spoc.officer for spoc in spocs if spoc.officer.is_active][:1]
    return list({person.pk: person for person in [*front, *overseers()]}.values())


def about_agreement(agreement: Agreement, on: dt.date) -> dict[str, Any]:
    ends_on = agreement.ends_on
    return {
        "agreement": agreement,
        "ends_on": ends_on,
        "days_left": (ends_on - on).days if ends_on else 0,
        "has_draft": agreement.renewal is not None,
        "link": portal_link("admin:partnerships_agreement_change", agreement.pk),
        "link_label": _("Open the agreement in the administration"),
    }
