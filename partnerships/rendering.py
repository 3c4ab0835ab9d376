"""A request as people read it: its facts, with labels, in the order of the form."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from municipalities.models import User
from municipalities.templatetags.reader import day
from partnerships.models import AuditDetails, ServiceRequest

GENERAL = ("description", "area", "technical_contact", "wished_by", "wished_by_reason", "urgent_reason", "partners_contacted", "language")
AUDIT = (
    "decision",
    "questions",
    "sectors",
    "data_wanted",
    "compare_with",
    "data_offered",
    "legal_basis",
    "earlier_studies",
    "result_forms",
    "result_language",
    "needed_by",
    "needed_for",
    "circumstances",
)
CHOICES_OF = {"sectors": AuditDetails.Sector, "data_wanted": AuditDetails.Data, "result_forms": AuditDetails.Result}


@dataclass(frozen=True)
class Fact:
    """`is_typed`: the words are a person's own, in the language of the request."""

    label: str
    value: str
    is_typed: bool


def facts_of(request: ServiceRequest, audit: AuditDetails | None) -> list[Fact]:
    """Who asks, when, who answers, and everything that was filled in; what was left empty is left out."""
    people = [Fact(_("Asked by"), request.who, False)]
    if request.submitted_at:
        people.append(Fact(_("Submitted on"), day(request.submitted_at), False))
    if request.assignee:
        people.append(Fact(_("Handled by"), _handler(request, request.assignee), False))
    return people + _facts(request, GENERAL) + (_facts(audit, AUDIT) if audit else [])


def _handler(request: ServiceRequest, assignee: User) -> str:
    """The assignee; while they are away, whoever stands in, with both names."""
    contact = request.contact_on(timezone.localdate())
    if contact is None or contact == assignee:
        return assignee.full_name
    return _("%(name)s, in the absence of %(absent)s") % {"name": contact.full_name, "absent": assignee.full_name}


def _facts(record: Model, names: tuple[str, ...]) -> list[Fact]:
    return [_fact(record, name, value) for name in names if (value := getattr(record, name))]


def _fact(record: Model, name: str, value: Any) -> Fact:
    label = capfirst(str(getattr(record._meta.get_field(name), "verbose_name", name)))
    if isinstance(value, dt.date):
        return Fact(label, day(value), False)
    if name in CHOICES_OF:
        return Fact(label, "\n".join(str(CHOICES_OF[name](item).label) for item in value), False)
    if name in {"language", "result_language"}:
        return Fact(label, str(getattr(record, f"get_{name}_display")()), False)
    return Fact(label, value, True)
