"""Who has seen a request last: told to both sides, each in its measure."""

import datetime as dt
from dataclasses import dataclass

from municipalities.models import User
from partnerships.models import Message, ServiceRequest, Sighting
from partnerships.models.sightings import EXACT_TO

Side = Message.Side


@dataclass(frozen=True)
class Seen:
    """The last look of each side, its own people by name; `before`: the reader's own last visit, to mark what is new since.

    A municipality reads when the agency looked, never who of it; staff read names on both sides.
    """

    agency: dt.datetime | None
    people: list[Sighting]
    colleagues: list[Sighting]
    before: dt.datetime | None


def look_at(request: ServiceRequest, *, by: User, now: dt.datetime) -> Seen:
    """Note that the person looks at the request now, and tell who looked before. A draft is nobody's but its writers'."""
    if request.is_draft:
        return Seen(None, [], [], None)
    sightings = list(Sighting.objects.filter(request=request).select_related("person"))
    own = next((one for one in sightings if one.person_id == by.pk), None)
    if own is None or own.at < now - EXACT_TO:
        side = Side.AGENCY if by.is_staff else Side.MUNICIPALITY
        Sighting.objects.bulk_create(
            [Sighting(request=request, person=by, side=side, at=now)],
            update_conflicts=True,
            unique_fields=["request", "person"],
            update_fields=["side", "at"],
        )
    others = [one for one in sightings if one.person_id != by.pk]
    of_agency = [one for one in others if one.side == Side.AGENCY]
    return Seen(
        agency=max((one.at for one in of_agency), default=None),
        people=[one for one in others if one.side == Side.MUNICIPALITY],
        colleagues=of_agency,
        before=own.at if own else None,
    )
