"""What comes of a request, as its page in the portal shows it: steps, association, what was exchanged, satisfaction."""

from dataclasses import dataclass

from django.utils import timezone

from municipalities.associations import Association
from municipalities.http import PersonRequest
from partnerships.models import Exchange, Kind, Rating, RequestStep, ServiceRequest
from partnerships.services.ratings import may_rate


@dataclass(frozen=True)
class Outcome:
    """What the partials under `_outcome.html` read; the reader may see the request, so they may see this."""

    steps: list[RequestStep]
    done: int
    association: Association | None
    rating: Rating | None
    may_rate: bool
    exchanges: list[Exchange]


def outcome_of(request: PersonRequest, shown: ServiceRequest) -> Outcome:
    steps = list(shown.steps.select_related("done_by").order_by("position", "pk"))
    association = rating = None
    if shown.kind == Kind.DEVELOPMENT:
        association = Association.objects.with_state(timezone.localdate()).filter(founding__request=shown).first()
    if shown.state == ServiceRequest.State.CLOSED:
        rating = Rating.objects.select_related("given_by").filter(request=shown).first()
    exchanges = list(shown.exchanges.select_related("item").order_by("-on", "-pk"))
    return Outcome(steps, sum(step.is_done for step in steps), association, rating, may_rate(request.user, shown), exchanges)
