"""What the mail about a closed request asks: one question, five links."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from mailings.rendering import portal_link
from mailings.rendering.rating_links import rating_token
from municipalities.models import User
from partnerships.models import Event, Rating, ServiceRequest
from partnerships.services.ratings import may_rate


@dataclass(frozen=True)
class Answer:
    """One of the five answers, and the address that chooses it beforehand; nothing is given before it is sent from there."""

    score: Rating.Score
    url: str


def asked_rating(event: Event, person: User, on: dt.date) -> dict[str, Any]:
    """The five answers for whoever of the asking side hears that their request is closed; none for the agency's side."""
    if event.verb != Event.Verb.REQUEST_CLOSED:
        return {}
    request = event.subject
    if not isinstance(request, ServiceRequest) or not may_rate(person, request, on):
        return {"answers": []}
    address = portal_link("rating", rating_token(request, person))
    return {"answers": [Answer(score, f"{address}?score={score.value}") for score in Rating.Score]}
