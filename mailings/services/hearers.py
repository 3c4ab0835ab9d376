"""Who hears of an event: the other party, never the one who acted, and nobody of another municipality."""

import datetime as dt

from django.db.models import QuerySet

from mailings.audience import reviewers, staff_with
from municipalities.models import User
from partnerships.models import Event, ServiceRequest, SpocAssignment

Verb = Event.Verb

TO_MUNICIPALITY = frozenset(
    {Verb.REQUEST_ACKNOWLEDGED, Verb.REQUEST_STARTED, Verb.REQUEST_ASKED, Verb.REQUEST_COMPLETED, Verb.REQUEST_DECLINED}
)
TO_AGENCY = frozenset({Verb.REQUEST_SUBMITTED, Verb.REQUEST_ANSWERED, Verb.REQUEST_WITHDRAWN, Verb.REQUEST_ASSIGNED})
TO_OTHER_PARTY = frozenset({Verb.REQUEST_CLOSED, Verb.MESSAGE_SENT})
TO_EDITORS = frozenset({Verb.MAILING_APPROVED, Verb.MAILING_SENT_BACK, Verb.MAILING_HELD, Verb.MAILING_PAUSED})
HANDLES = "partnerships.handle_servicerequest"


def hearers_of(event: Event, on: dt.date) -> list[User]:
    """The people to whom a mail goes because of this event, by the table above."""
    heard = _of_request(event, event.subject, on) if isinstance(event.subject, ServiceRequest) else _of_mailing(event)
    return [person for person in heard if person.pk != event.actor_id]


def _of_mailing(event: Event) -> list[User]:
    if event.verb == Verb.MAILING_APPROVAL_ASKED:
        return list(reviewers()) or list(staff_with("mailings.approve_mailing"))
    if event.verb in TO_EDITORS:
        return list(staff_with("mailings.send_mailing"))
    return []


def _of_request(event: Event, request: ServiceRequest, on: dt.date) -> list[User]:
    if not request.reference:
        return []  # never submitted: nobody outside the municipality knows of it
    if event.verb in TO_MUNICIPALITY:
        return _officials(request, on)
    if event.verb in TO_AGENCY:
        return _staff(request, on)
    if event.verb in TO_OTHER_PARTY:
        return _officials(request, on) if event.actor and event.actor.is_staff else _staff(request, on)
    return []


def _officials(request: ServiceRequest, on: dt.date) -> list[User]:
    """Who asked, while they hold a mandate in that municipality; then whoever else there had a hand in the request."""
    if _in_office(User.objects.filter(pk=request.asked_by_id), request, on):
        return [request.asked_by]
    actors = Event.objects.about(request).order_by().exclude(actor=None).values("actor")
    return _in_office(User.objects.filter(pk__in=actors), request, on)


def _in_office(people: QuerySet[User], request: ServiceRequest, on: dt.date) -> list[User]:
    return list(
        people.filter(mandates__municipality=request.municipality_id, mandates__period__contains=on, is_active=True, is_staff=False)
        .distinct()
        .order_by("pk")
    )


def _staff(request: ServiceRequest, on: dt.date) -> list[User]:
    """The assignee; without one, or when they left, the SPOC, the deputy; else everybody who may take it up."""
    able = staff_with(HANDLES)
    if request.assignee and able.filter(pk=request.assignee.pk).exists():
        return [request.assignee]
    spocs = SpocAssignment.objects.for_municipalities([request.municipality_id], on).values_list("officer", flat=True)
    by_key = able.in_bulk(list(spocs))
    return [by_key[key] for key in spocs if key in by_key][:1] or list(able)
