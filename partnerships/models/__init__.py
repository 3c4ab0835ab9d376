"""Agreements, SPOCs, requests and the event log, one noun a file."""

from partnerships.models.agreements import Agreement
from partnerships.models.events import Event
from partnerships.models.kinds import Kind
from partnerships.models.requests import AuditDetails, Message, ReferenceCounter, ServiceRequest
from partnerships.models.spocs import SpocAssignment

__all__ = ["Agreement", "AuditDetails", "Event", "Kind", "Message", "ReferenceCounter", "ServiceRequest", "SpocAssignment"]
