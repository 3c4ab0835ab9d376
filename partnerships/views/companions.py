"""What stands beside a request on its page in the portal: to whom it was referred, its twins, and what it is linked with."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from municipalities.models import User
from partnerships.models import Attachment, Message, Referral, RequestTie, ServiceRequest
from partnerships.models.requests import ServiceRequestQuerySet
from partnerships.models.ties import Ties, ties_of


@dataclass(frozen=True)
class Companions:
    """Only what this reader may see."""

    referrals: list[Referral]
    into: ServiceRequest | None
    twins: list[ServiceRequest]
    linked: list[ServiceRequest]
    twin_messages: list[Message]
    twin_files: list[Attachment]


def with_companions(requests: ServiceRequestQuerySet) -> ServiceRequestQuerySet:
    """Requests that know whether anything stands beside them: most have nothing, and their page then asks for nothing."""
    ties = RequestTie.objects.filter(Q(first=OuterRef("pk")) | Q(second=OuterRef("pk")))
    referrals = Referral.objects.filter(request=OuterRef("pk"))
    return requests.annotate(has_ties=Exists(ties), has_referrals=Exists(referrals))


def companions_of(shown: ServiceRequest, user: User) -> Companions:
    """No query where nothing stands beside a request of `with_companions`; another municipality's is never among them."""
    ties = ties_of(shown) if getattr(shown, "has_ties", True) else Ties(None, [], [])
    tied = [*ties.twins, *ties.linked, *([ties.into] if ties.into else [])]
    visible = ServiceRequest.objects.visible_to(user).filter(pk__in=[each.pk for each in tied])
    seen = set(visible.values_list("pk", flat=True)) if tied else set()
    twins = [twin for twin in ties.twins if twin.pk in seen]
    return Companions(
        referrals=list(Referral.objects.of(shown)) if getattr(shown, "has_referrals", True) else [],
        into=ties.into if ties.into and ties.into.pk in seen else None,
        twins=twins,
        linked=[other for other in ties.linked if other.pk in seen],
        twin_messages=list(Message.objects.for_requests(twins).select_related("request")) if twins else [],
        twin_files=list(Attachment.objects.of_twins(twins)) if twins else [],
    )
