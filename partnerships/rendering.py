"""A request as people read it; what was filled in, step by step, comes from the form itself (`forms.steps.sections_of`)."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.models import User
from municipalities.templatetags.reader import day
from partnerships.models import ServiceRequest


@dataclass(frozen=True)
class Fact:
    """`is_typed`: the words are a person's own, in the language of the request."""

    label: str
    value: str
    is_typed: bool
    name: str = ""


def people_of(request: ServiceRequest) -> list[Fact]:
    """Who asks, when, and who answers."""
    people = [Fact(_("Asked by"), request.who, False)]
    if request.submitted_at:
        people.append(Fact(_("Submitted on"), day(request.submitted_at), False))
    if request.assignee:
        people.append(Fact(_("Handled by"), _handler(request, request.assignee), False))
    return people


def _handler(request: ServiceRequest, assignee: User) -> str:
    """The assignee; while they are away, whoever stands in, with both names."""
    contact = request.contact_on(timezone.localdate())
    if contact is None or contact == assignee:
        return assignee.full_name
    return _("%(name)s, in the absence of %(absent)s") % {"name": contact.full_name, "absent": assignee.full_name}
