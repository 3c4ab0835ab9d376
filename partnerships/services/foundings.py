"""Entering the traders' association that came of a request: the record, its stage, its contact, the link, the days of the follow-ups."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.associations import enterprise_digits
from municipalities.models import Association, AssociationContact, AssociationStage, Neighbourhood, User
from partnerships.models import DevelopmentDetails, Event, Founding, Kind, ServiceRequest, StepRule
from partnerships.permissions import Party, party_of
from partnerships.services.events import record_event
from partnerships.services.steps import LAID_READY_IN, lay_steps, plan_follow_ups

LONGEST_NAME = 120


class FoundingNotAllowed(Exception):
    """Not a development request that is worked on, or not by somebody who works on it."""


class AlreadyFounded(Exception):
    """An association was entered from this request before."""

    def __init__(self, founding: Founding) -> None:
        super().__init__(f"association {founding.association_id}")
        self.founding = founding


@dataclass(frozen=True)
class Contact:
    """Whom to write to at the association; kept only with their consent."""

    name: str
    function: str = ""
    email: str = ""
    phone: str = ""


def may_found(user: User, request: ServiceRequest) -> bool:
    """The agency's side, for a development request whose work has started; also after it was closed."""
    states = LAID_READY_IN | {ServiceRequest.State.CLOSED}
    is_development = request.kind == Kind.DEVELOPMENT
    may_write = user.has_perm("municipalities.add_association")
    return is_development and may_write and request.state in states and party_of(user, request) == Party.AGENCY


def prefilled(request: ServiceRequest) -> dict[str, Any]:
    """What the request and its steps already tell of the association."""
    registered = request.steps.filter(rule=StepRule.REGISTRATION).exclude(enterprise_number="").first()
    is_registered = registered is not None and registered.is_done
    return {
        "name": request.title[:LONGEST_NAME],
        "enterprise_number": registered.written_enterprise_number if registered else "",
        "state": Association.State.ACTIVE if is_registered else Association.State.FOUNDING,
        "founded_on": (registered.done_on if registered else None) or timezone.localdate(),
    }


def known_association(request: ServiceRequest) -> dict[str, Any]:
    """The association that the form of the request named, linked as of today."""
    named = DevelopmentDetails.objects.filter(request=request).values_list("association", flat=True).first()
    return {"association": named, "since": timezone.localdate()}


@transaction.atomic
def found_association(
    request: ServiceRequest,
    *,
    by: User,
    name: str,
    state: str,
    founded_on: dt.date,
    enterprise_number: str = "",
    neighbourhood: Neighbourhood | None = None,
    website: str = "",
    contact: Contact | None = None,
) -> Founding:
    """Enter the association of a request and plan its follow-ups. Raises ValidationError by field, AlreadyFounded, FoundingNotAllowed."""
    request = _locked(request, by)
    association = _association(request, name, enterprise_number, neighbourhood, website)
    _stage(association, state, founded_on)
    if contact:
        AssociationContact.objects.create(association=association, has_consented=True, **vars(contact))
    return _bind(Founding(request=request, association=association, founded_on=founded_on, by=by))


@transaction.atomic
def link_association(request: ServiceRequest, *, by: User, association: Association, since: dt.date) -> Founding:
    """Bind a request to an association that stands in the register already, and plan its follow-ups from that day.

    One of the same municipality that no other request is bound to. Raises ValidationError by field, AlreadyFounded, FoundingNotAllowed.
    """
    request = _locked(request, by)
    if since > timezone.localdate():
        raise ValidationError({"since": _("Choose today or a day before.")})
    if not linkable_associations(request).filter(pk=association.pk).exists():
        raise ValidationError({"association": _("This association belongs to another municipality, or to another request already.")})
    return _bind(Founding(request=request, association=association, founded_on=since, was_known=True, by=by))


def linkable_associations(request: ServiceRequest) -> QuerySet[Association]:
    """The associations of its municipality that no request is bound to yet."""
    return Association.objects.filter(municipality=request.municipality_id, founding=None).order_by("name", "pk")


def _locked(request: ServiceRequest, by: User) -> ServiceRequest:
    """The request, for somebody who may, and that has no association yet."""
    request = ServiceRequest.objects.select_for_update(of=("self",)).select_related("municipality").get(pk=request.pk)
    if not may_found(by, request):
        raise FoundingNotAllowed
    if before := Founding.objects.select_related("association").filter(request=request).first():
        raise AlreadyFounded(before)
    return request


def _bind(founding: Founding) -> Founding:
    """Keep the bond, lay the steps ready and give the follow-ups their days; both sides find it in the history."""
    founding.save(force_insert=True)
    request = founding.request
    lay_steps(request)
    follow_ups = plan_follow_ups(request, founding.founded_on)
    data: dict[str, Any] = {"association": founding.association_id, "follow_ups": [str(step.due_on) for step in follow_ups]}
    if founding.was_known:
        data["was_known"] = True
    record_event(Event.Verb.ASSOCIATION_FOUNDED, request, by=founding.by, municipality=request.municipality, data=data)
    return founding


def _association(
    request: ServiceRequest, name: str, enterprise_number: str, neighbourhood: Neighbourhood | None, website: str
) -> Association:
    association = Association(
        municipality=request.municipality,
        name=name.strip(),
        enterprise_number=enterprise_digits(enterprise_number),
        neighbourhood=neighbourhood,
        website=website,
    )
    try:
        association.full_clean()
    except ValidationError as error:
        raise ValidationError(_by_field(error, association)) from None
    association.save()
    return association


def _by_field(error: ValidationError, association: Association) -> dict[str, Any]:
    """A refusal of the whole row is said beside the name: it is the name that is taken."""
    messages = dict(error.message_dict)
    if whole := messages.pop("__all__", None):
        taken = Association.objects.filter(municipality=association.municipality, name=association.name).exists()
        messages["name" if taken else "enterprise_number"] = whole
    return messages


def _stage(association: Association, state: str, founded_on: dt.date) -> None:
    if founded_on > timezone.localdate():
        raise ValidationError({"founded_on": _("The day of the founding is not in the future.")})
    AssociationStage.objects.create(association=association, state=state, since=founded_on)
