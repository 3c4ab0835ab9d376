"""What can still become of a request that has ended, and which others it belongs with."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import Q

from municipalities.models import User
from partnerships.models import ServiceRequest
from partnerships.permissions import reopens_until
from partnerships.services.continuations import can_continue


@dataclass(frozen=True)
class TakingUp:
    """`until`: the last day to reopen it. `token`: of the button that asks anew; the same one twice makes one draft."""

    until: dt.date | None
    may_continue: bool
    token: uuid.UUID
    before: ServiceRequest | None
    after: list[ServiceRequest]


def taking_up(user: User, shown: ServiceRequest) -> TakingUp:
    """For a person who may see the request; of others it names those they may see too."""
    visible = ServiceRequest.objects.visible_to(user).filter(Q(continued_by__request=shown) | Q(continuation__of=shown))
    others = list(visible.select_related("continuation").order_by("pk").distinct())
    after = [one for one in others if getattr(one, "continuation", None) and one.continuation.of_id == shown.pk]
    before = next((one for one in others if one not in after), None)
    return TakingUp(reopens_until(shown), can_continue(user, shown), uuid.uuid4(), before, after)
