"""What ends together with a request, whoever ends it."""

import datetime as dt

from municipalities.models import User
from partnerships.models import Event, Referral, ServiceRequest
from partnerships.services.events import record_event


def end_referrals(request: ServiceRequest, *, by: User, at: dt.datetime) -> list[Referral]:
    """Whoever the request was still referred to has nothing more to do: the history says so, no words are needed.

    Called in the transaction in which the request ends.
    """
    ended = list(Referral.objects.open().filter(request=request).select_for_update(of=("self",)).order_by("pk"))
    for referral in ended:
        referral.ended_at, referral.ended_with_request = at, True
        referral.save(update_fields=["ended_at", "ended_with_request"])
        data = {"referral": referral.pk, "with_request": True}
        record_event(Event.Verb.REFERRAL_ENDED, request, by=by, municipality=request.municipality, data=data)
    return ended
