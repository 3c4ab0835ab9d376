"""Who hears of referrals and of merged twins, and what their mails name beside the request."""

from typing import Any

from municipalities.models import User
from partnerships.models import Event, Referral, ServiceRequest

Verb = Event.Verb
OF_REFERRALS = frozenset({Verb.REQUEST_REFERRED, Verb.REFERRAL_ENDED})


def about_referral(event: Event) -> dict[str, Any]:
    """To whom it was referred, or into which other request it was merged; None for anything else."""
    told: dict[str, Any] = {"referral": None, "into": None}
    if event.verb in OF_REFERRALS:
        told["referral"] = Referral.objects.select_related("partner", "colleague").get(pk=event.data["referral"])
    if event.verb == Verb.REQUEST_MERGED:
        told["into"] = ServiceRequest.objects.select_related("municipality").filter(pk=event.data.get("into")).first()
    return told


def colleague_of(event: Event) -> list[User]:
    """The colleague to whom a request was referred; of the end they need no mail."""
    if event.verb != Verb.REQUEST_REFERRED:
        return []
    referral = Referral.objects.select_related("colleague").get(pk=event.data["referral"])
    return [referral.colleague] if referral.colleague and referral.colleague.is_active else []


def kept_of(event: Event) -> ServiceRequest | None:
    """The request that goes on after a merge; nothing for the event on that one, which repeats the first."""
    return ServiceRequest.objects.select_related("municipality", "asked_by", "assignee").filter(pk=event.data.get("into")).first()
