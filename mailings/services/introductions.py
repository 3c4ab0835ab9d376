"""What the mails about a hand-over say: to officials who their contact person is, to colleagues what was planned or called off."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from mailings.rendering import RenderedMail, portal_link, render_mail
from municipalities.models import Mandate, Municipality, User
from partnerships.models import Event, SpocAssignment, SpocHandover


@dataclass(frozen=True)
class Place:
    """A municipality that is handed over: by whom, and who is the deputy beside the new SPOC."""

    municipality: Municipality
    predecessor: User | None
    deputy: User | None


def about_handover(handover: SpocHandover, person: User, on: dt.date) -> dict[str, Any]:
    """An official reads of the municipalities in which they hold a mandate; a colleague of all that are handed over."""
    places = _places_of(handover)
    if person.is_staff:
        link = portal_link("admin:partnerships_spochandover_change", handover.pk)
        return {"handover": handover, "places": places, "link": link, "link_label": _("Open the hand-over in the administration")}
    held = {mandate.municipality_id for mandate in person.mandates_on(on)}
    return introduction(handover.to, [place for place in places if place.municipality.pk in held] or places, handover.starts_on)


def introduction(to: User, places: Sequence[Place], starts_on: dt.date) -> dict[str, Any]:
    """The words of the introduction; `reply_to` is the new contact person."""
    return {
        "to": to,
        "places": places,
        "starts_on": starts_on,
        "reply_to": to.email,
        "link": portal_link("municipality", places[0].municipality.slug),
        "link_label": _("See who helps your municipality"),
    }


def _places_of(handover: SpocHandover) -> list[Place]:
    """Asked once per object, however many people read of it."""
    if "_places" not in handover.__dict__:
        legs = list(handover.legs.select_related("municipality", "ended__officer").order_by("municipality"))
        keys = [leg.municipality_id for leg in legs]
        seconds = SpocAssignment.objects.for_municipalities(keys, handover.starts_on).filter(role=SpocAssignment.Role.DEPUTY)
        deputies = {second.municipality_id: second.officer for second in seconds}
        handover.__dict__["_places"] = [
            Place(leg.municipality, leg.ended.officer if leg.ended else None, deputies.get(leg.municipality_id)) for leg in legs
        ]
    places: list[Place] = handover.__dict__["_places"]
    return places


def preview_introduction(to: User, places: Sequence[Place], starts_on: dt.date, language: str) -> RenderedMail:
    """The introduction as a mayor would get it in `fr`, `nl` or `both`, before anything is written."""
    context = introduction(to, places, starts_on) | {"recipient": User(), "role": Mandate.Role.MAYOR.value}
    return render_mail(Event.Verb.SPOC_INTRODUCED, language=language, key=uuid.UUID(int=0), context=context)
