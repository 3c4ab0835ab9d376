"""Merging twins and linking what is about the same."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from municipalities.models import User
from partnerships.models import Event, Referral, RequestTie, ServiceRequest
from partnerships.permissions import Action, can
from partnerships.services.events import record_event
from partnerships.services.requests import ActionNotAllowed, take_action

State = ServiceRequest.State


@transaction.atomic
def merge_request(twin: ServiceRequest, *, by: User, into: ServiceRequest) -> ServiceRequest:
    """Close a twin and go on in the other; its number, words and files stay where they are and are shown with the other.

    Both askers are told. Only within one municipality and in one direction, into something that is still open and was not
    merged itself. Raises ValidationError beside the number otherwise.
    """
    locked = ServiceRequest.objects.select_for_update(of=("self",)).order_by("pk").in_bulk([twin.pk, into.pk])
    _check_twins(locked[twin.pk], locked[into.pk])
    RequestTie.objects.filter(kind=RequestTie.Kind.LINK, **_pair(twin, into)).delete()
    _check_may_merge(locked[twin.pk], by)
    RequestTie.objects.create(kind=RequestTie.Kind.MERGE, first=into, second=twin, by=by)
    closed = take_action(twin, Action.MERGE, by=by, data={"into": into.pk})
    record_event(Event.Verb.REQUEST_MERGED, into, by=by, municipality=closed.municipality, data={"twin": twin.pk})
    return closed


def _check_may_merge(twin: ServiceRequest, by: User) -> None:
    """Asked before the tie is made, without which the database lets no request close that is not completed."""
    if not can(by, Action.MERGE, twin):
        raise ActionNotAllowed(Action.MERGE, twin)


def _check_twins(twin: ServiceRequest, into: ServiceRequest) -> None:
    if twin.pk == into.pk:
        raise ValidationError({"other": _("This is the request itself.")})
    if (twin.municipality_id, twin.direction) != (into.municipality_id, into.direction):
        raise ValidationError({"other": _("Only requests of one municipality are merged. Link them instead.")})
    if not into.is_open:
        raise ValidationError({"other": _("That request has ended: merge the other way round, or link them.")})
    if RequestTie.objects.merges().filter(first=twin).exists():
        raise ValidationError({"other": _("Another request was merged into this one: merge the other way round.")})
    if Referral.objects.open().filter(request=twin).exists():
        raise ValidationError({"other": _("This request is still referred to somebody. End that first.")})


@transaction.atomic
def link_requests(request: ServiceRequest, *, by: User, other: ServiceRequest) -> ServiceRequest:
    """Bind two requests that are about the same, also of two municipalities: each municipality sees only its own."""
    if request.pk == other.pk:
        raise ValidationError({"other": _("This is the request itself.")})
    linked = take_action(request, Action.LINK, by=by, data={"other": other.pk})
    _tie, is_new = RequestTie.objects.get_or_create(**_pair(request, other), defaults={"kind": RequestTie.Kind.LINK, "by": by})
    if not is_new:
        raise ValidationError({"other": _("These two belong together already.")})
    return linked


@transaction.atomic
def unlink_requests(request: ServiceRequest, *, by: User, other: ServiceRequest) -> ServiceRequest:
    """Undo a link; what was merged stays merged."""
    unlinked = take_action(request, Action.UNLINK, by=by, data={"other": other.pk})
    gone, _by_model = RequestTie.objects.filter(kind=RequestTie.Kind.LINK, **_pair(request, other)).delete()
    if not gone:
        raise ValidationError({"other": _("These two are not linked.")})
    return unlinked


def _pair(one: ServiceRequest, other: ServiceRequest) -> dict[str, ServiceRequest]:
    first, second = sorted((one, other), key=lambda request: request.pk)
    return {"first": first, "second": second}
