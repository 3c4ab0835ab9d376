"""What stands beside a request on its page in the portal: to whom it was referred, its twins, and what it is linked with."""

from dataclasses import dataclass

from municipalities.models import User
from partnerships.models import Message, Referral, ServiceRequest
from partnerships.models.ties import ties_of


@dataclass(frozen=True)
class Companions:
    """Only what this reader may see."""

    referrals: list[Referral]
    into: ServiceRequest | None
    twins: list[ServiceRequest]
    linked: list[ServiceRequest]
    twin_messages: list[Message]


def companions_of(shown: ServiceRequest, user: User) -> Companions:
    """Two queries where nothing is tied; another municipality's request is never among them."""
    ties = ties_of(shown)
    tied = [*ties.twins, *ties.linked, *([ties.into] if ties.into else [])]
    visible = ServiceRequest.objects.visible_to(user).filter(pk__in=[each.pk for each in tied])
    seen = set(visible.values_list("pk", flat=True)) if tied else set()
    twins = [twin for twin in ties.twins if twin.pk in seen]
    return Companions(
        referrals=list(Referral.objects.of(shown)),
        into=ties.into if ties.into and ties.into.pk in seen else None,
        twins=twins,
        linked=[other for other in ties.linked if other.pk in seen],
        twin_messages=list(Message.objects.for_requests(twins).select_related("request")) if twins else [],
    )
