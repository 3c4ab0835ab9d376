"""Where a mail about works leads: to the page of the site, on which plan, phases and days stand."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from mailings.rendering import portal_link
from municipalities.models import User
from partnerships.models import Event, ServiceRequest

Verb = Event.Verb
OF_SITES = frozenset({Verb.PLAN_PROPOSED, Verb.PLAN_AGREED, Verb.MEASURE_DUE, Verb.COMPENSATION_DAY_NEAR})


def way_to_site(event: Event, person: User) -> dict[str, Any]:
    """The page of the works where this person works; nothing for what is not about a site."""
    if event.verb not in OF_SITES or not isinstance(event.subject, ServiceRequest):
        return {}
    name = "admin:works_site" if person.is_staff else "works_site"
    return {"link": portal_link(name, event.subject.key), "link_label": _("Open the page of the works")}
