"""Who helps a reader: asked once per page, for the reader's own municipalities and the one the page is about."""

import datetime as dt
from typing import Any

from partnerships.models import SpocAssignment


def contacts_of(request: Any, municipality_ids: set[int], on: dt.date) -> list[SpocAssignment]:
    """SPOC and deputy of these municipalities, whoever stands in front first; those of the reader's own are asked along."""
    known: dict[int, list[SpocAssignment]] = request.__dict__.setdefault("_contacts", {})
    if not municipality_ids <= known.keys():
        wanted = municipality_ids | set(request.user.municipality_ids_on(on))
        known.clear()
        for assignment in SpocAssignment.objects.for_municipalities(wanted, on):
            known.setdefault(assignment.municipality_id, []).append(assignment)
        known.update({pk: [] for pk in wanted - known.keys()})
    return [assignment for pk, assigned in known.items() if pk in municipality_ids for assignment in assigned]
