"""The signed link to the one question about a closed request: for one person, one request and one closing of it."""

from dataclasses import dataclass

from django.core.signing import BadSignature, Signer

from mailings.rendering.links import BadToken
from municipalities.models import User
from partnerships.models import ServiceRequest


@dataclass(frozen=True)
class RatingTarget:
    """What the link was written for; `closing` is the second in which the request was closed."""

    request: int
    person: int
    closing: int


def _signer() -> Signer:
    return Signer(salt="mailings.ratings", sep=".")


def closing_of(request: ServiceRequest) -> int:
    """The closing by its second; 0 for a request that is not ended. Reopened and closed again, it is another one."""
    return int(request.ended_at.timestamp()) if request.ended_at else 0


def rating_token(request: ServiceRequest, person: User) -> str:
    """Lets the holder of this mail answer the question, without logging in."""
    return _signer().sign(f"{request.pk}-{person.pk}-{closing_of(request)}")


def read_rating_token(token: str) -> RatingTarget:
    """What a token stands for; raises BadToken for anything this portal did not sign."""
    try:
        request, person, closing = _signer().unsign(token).split("-")
    except BadSignature as wrong:
        raise BadToken from wrong
    return RatingTarget(int(request), int(person), int(closing))
