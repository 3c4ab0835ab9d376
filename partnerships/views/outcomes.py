"""What comes of a request, as its page in the portal shows it: the steps of the work and the association."""

from dataclasses import dataclass

from django.utils import timezone

from municipalities.associations import Association
from municipalities.http import PersonRequest
from partnerships.models import RequestStep, ServiceRequest


@dataclass(frozen=True)
class Outcome:
    """What the partials under `_outcome.html` read; the reader may see the request, so they may see this."""

    steps: list[RequestStep]
    done: int
    association: Association | None


def outcome_of(request: PersonRequest, shown: ServiceRequest) -> Outcome:
    steps = list(shown.steps.select_related("done_by").order_by("position", "pk"))
    association = Association.objects.with_state(timezone.localdate()).filter(founding__request=shown).first()
    return Outcome(steps, sum(step.is_done for step in steps), association)
