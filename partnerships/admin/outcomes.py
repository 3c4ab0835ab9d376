"""What comes of a request, as its page in the administration shows it: steps, association, documents, satisfaction."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import URLPattern
from django.utils import timezone

from municipalities.admin.base import person_of
from municipalities.associations import Association
from partnerships.admin.deliveries import delivery_urls
from partnerships.admin.foundings import founding_urls
from partnerships.admin.steps import Steps, step_urls, steps_of
from partnerships.models import Exchange, Kind, Rating, ServiceRequest
from partnerships.services.foundings import may_found
from partnerships.services.library import may_deliver


@dataclass(frozen=True)
class Outcome:
    """Everything the partials under `_outcome.html` read."""

    steps: Steps
    association: Association | None
    may_found: bool
    rating: Rating | None
    exchanges: list[Exchange]
    may_deliver: bool


def outcome_of(request: HttpRequest, obj: ServiceRequest) -> Outcome:
    association = rating = None
    if obj.kind == Kind.DEVELOPMENT:
        association = Association.objects.with_state(timezone.localdate()).filter(founding__request=obj).first()
    if obj.completed_at:
        rating = Rating.objects.select_related("given_by").filter(request=obj).first()
    may = association is None and may_found(person_of(request), obj)
    exchanges = list(obj.exchanges.select_related("item").order_by("-on", "-pk"))
    return Outcome(steps_of(request, obj), association, may, rating, exchanges, may_deliver(person_of(request), obj))


def outcome_urls() -> list[URLPattern]:
    return step_urls() + founding_urls() + delivery_urls()
