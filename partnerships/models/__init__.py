"""Agreements, SPOCs, requests and the event log, one noun a file."""

from partnerships.models.absences import Absence
from partnerships.models.agreements import Agreement
from partnerships.models.events import Event
from partnerships.models.handovers import SpocHandover, SpocHandoverLeg
from partnerships.models.kinds import Kind
from partnerships.models.requests import AuditDetails, Message, ReferenceCounter, ServiceRequest
from partnerships.models.spocs import SpocAssignment

__all__ = [
    "Absence",
    "Agreement",
    "AuditDetails",
    "Event",
    "Kind",
    "Message",
    "ReferenceCounter",
    "ServiceRequest",
    "SpocAssignment",
    "SpocHandover",
    "SpocHandoverLeg",
]
