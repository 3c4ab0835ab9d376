"""Which events are told now, and which wait for others about the same request.

The rule: an event about a request waits until NOTICES_GATHER_SECONDS (ten minutes) have passed since the oldest untold one
about that request. Then all of them are told together: each person gets one mail with what concerns them, in the order in
which it happened. So a SPOC who acknowledges, starts and asks within a few minutes sends one mail, not three, and no word
waits longer than those minutes. At once go a request that was just submitted, everything about an urgent request, and
everything that is not about a request; what was waiting for the same request goes with it, so that nobody reads the
later before the earlier. With zero seconds nothing is gathered.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q

from partnerships.models import Event, ServiceRequest

AT_ONCE = frozenset({Event.Verb.REQUEST_SUBMITTED})


def ripe(undecided: Any, now: dt.datetime) -> Any:
    """Of the undecided events those that may be told: per request the oldest alone, which stands for all of them."""
    if not settings.NOTICES_GATHERED_WITHIN:
        return undecided
    of_request = Q(content_type=_requests())
    same = undecided.order_by().filter(of_request, object_id=OuterRef("object_id"))
    has_waited = Q(at__lte=now - settings.NOTICES_GATHERED_WITHIN)
    is_urgent = Exists(ServiceRequest.objects.order_by().filter(pk=OuterRef("object_id"), is_urgent=True))
    goes = has_waited | Exists(same.filter(verb__in=AT_ONCE)) | is_urgent
    return undecided.filter(~of_request | (~Exists(same.filter(pk__lt=OuterRef("pk"))) & goes))


def standing_for(leaders: Iterable[Event]) -> Q:
    """The events that these stand for: themselves, and all about the same requests.

    Whoever holds the oldest event of a request holds them all: another worker passes the oldest by, and takes no other.
    """
    leaders = list(leaders)
    wanted = Q(pk__in=[leader.pk for leader in leaders])
    if not settings.NOTICES_GATHERED_WITHIN:
        return wanted
    requests = [leader.object_id for leader in leaders if leader.content_type_id == _requests().pk]
    return wanted | Q(content_type=_requests(), object_id__in=requests)


def grouped(events: Iterable[Event]) -> list[list[Event]]:
    """The events that make one mail, oldest first: those about one request together, every other by itself."""
    groups: dict[tuple[str, int], list[Event]] = {}
    for event in events:
        is_gathered = settings.NOTICES_GATHERED_WITHIN and event.content_type_id == _requests().pk
        groups.setdefault(("request", event.object_id) if is_gathered else ("event", event.pk), []).append(event)
    return list(groups.values())


def _requests() -> ContentType:
    return ContentType.objects.get_for_model(ServiceRequest)
