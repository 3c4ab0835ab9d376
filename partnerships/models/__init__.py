"""Agreements, SPOCs, requests and the event log, one noun a file."""

from partnerships.models.absences import Absence
from partnerships.models.agreement_parts import AgreementAmendment, AgreementReminder, AgreementSignatory, AgreementTheme
from partnerships.models.agreements import Agreement
from partnerships.models.deadlines import DeadlineNotice, DeadlineTarget
from partnerships.models.events import Event
from partnerships.models.foundings import Founding
from partnerships.models.handovers import SpocHandover, SpocHandoverLeg
from partnerships.models.kinds import Kind
from partnerships.models.messages import Message
from partnerships.models.notes import Mention, Note
from partnerships.models.requests import AuditDetails, ReferenceCounter, ServiceRequest
from partnerships.models.spocs import SpocAssignment
from partnerships.models.steps import RequestStep, StepRule, StepTemplate
from partnerships.models.themes import Theme

__all__ = [
    "Absence",
    "Agreement",
    "AgreementAmendment",
    "AgreementReminder",
    "AgreementSignatory",
    "AgreementTheme",
    "AuditDetails",
    "DeadlineNotice",
    "DeadlineTarget",
    "Event",
    "Founding",
    "Kind",
    "Mention",
    "Message",
    "Note",
    "ReferenceCounter",
    "RequestStep",
    "ServiceRequest",
    "SpocAssignment",
    "SpocHandover",
    "SpocHandoverLeg",
    "StepRule",
    "StepTemplate",
    "Theme",
]
