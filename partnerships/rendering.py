"""A request as people read it; what was filled in, step by step, comes from the form itself (`forms.steps.sections_of`)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.models import User
from municipalities.templatetags.reader import day
from partnerships.models import Agreement, Event, ServiceRequest, SpocAssignment


@dataclass(frozen=True)
class Table:
    """Rows of answers under their columns."""

    columns: list[str]
    rows: list[list[str]]

    @classmethod
    def filled(cls, columns: list[str], rows: list[list[str]]) -> "Table":
        """Without the columns in which nobody wrote anything."""
        kept = [place for place in range(len(columns)) if any(row[place] for row in rows)]
        return cls([columns[place] for place in kept], [[row[place] for place in kept] for row in rows])

    @property
    def lines(self) -> list[list[tuple[str, str]]]:
        """Each row as pairs of column and cell, for where a screen has no room for columns."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Fact:
    """`is_typed`: the words are a person's own, in the language of the request. `table`: the same value, to be shown in columns."""

    label: str
    value: str
    is_typed: bool
    name: str = ""
    table: Table | None = None


def without_repeats(events: Iterable[Event]) -> list[Event]:
    """Of edits of a draft that one person made in a row only the last: every step they left was one."""
    told: list[Event] = []
    for event in events:
        if told and event.verb == Event.Verb.REQUEST_EDITED == told[-1].verb and event.actor_id == told[-1].actor_id:
            told.pop()
        told.append(event)
    return told


def people_of(request: ServiceRequest) -> list[Fact]:
    """Who asks, when, and who answers."""
    people = [Fact(_("Asked by"), request.who, False)]
    if request.submitted_at:
        people.append(Fact(_("Submitted on"), day(request.submitted_at), False))
    if request.assignee:
        label = _("Followed at the agency by") if request.is_from_agency else _("Handled by")
        people.append(Fact(label, _handler(request, request.assignee), False))
    return people


def known_of(request: ServiceRequest, on: dt.date) -> list[Fact]:
    """What the portal knows without asking: for whom, by whom, who will answer, and whether the agreement covers the service."""
    asker = request.asked_for or request.asked_by
    phone = f"{request.who}\n{asker.phone}" if asker.phone else request.who
    spoc = SpocAssignment.objects.for_municipalities([request.municipality_id], on).first()
    contact = "\n".join(filter(None, [spoc.officer.full_name, spoc.officer.phone])) if spoc else ""
    facts = [
        Fact(_("Municipality"), str(request.municipality), False),
        Fact(_("Asked by"), phone, False),
        Fact(_("Contact person (SPOC)"), contact, False),
        Fact(_("Framework agreement"), _covered(request, on), False),
    ]
    return [fact for fact in facts if fact.value]


def _covered(request: ServiceRequest, on: dt.date) -> str:
    """A request outside the agreement is taken all the same; who asks knows it beforehand."""
    agreement = Agreement.objects.in_force(on).filter(municipality=request.municipality_id).first()
    if agreement is None:
        return _("None is in force today. You can ask all the same; the agency tells you what is possible.")
    words = {"reference": agreement.reference}
    if request.kind in agreement.services:
        return _("%(reference)s covers this service.") % words
    return _("%(reference)s does not cover this service. You can ask all the same; the agency tells you what is possible.") % words


def _handler(request: ServiceRequest, assignee: User) -> str:
    """The assignee; while they are away, whoever stands in, with both names."""
    contact = request.contact_on(timezone.localdate())
    if contact is None or contact == assignee:
        return assignee.full_name
    return _("%(name)s, in the absence of %(absent)s") % {"name": contact.full_name, "absent": assignee.full_name}
