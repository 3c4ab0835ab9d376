"""Agreements, SPOCs, requests and the event log, one noun a file."""

from partnerships.models.absences import Absence
from partnerships.models.agreement_parts import AgreementAmendment, AgreementReminder, AgreementSignatory, AgreementTheme
from partnerships.models.agreements import Agreement
from partnerships.models.answers import YesNo
from partnerships.models.attachments import Attachment, DraftUpload
from partnerships.models.audits import AuditDetails
from partnerships.models.bodies import Body, Forwarding, QuestionNotice, QuestionRemark
from partnerships.models.choices import Choice
from partnerships.models.consultation_actions import ConsultationAction
from partnerships.models.consultations import Consultation, ConsultationFile, ConsultationReminder, Invitation
from partnerships.models.data_requests import Continuation, DataRequestDetails
from partnerships.models.deadlines import DeadlineNotice, DeadlineTarget
from partnerships.models.developments import DevelopmentDetails
from partnerships.models.events import Event
from partnerships.models.feeds import FeedToken
from partnerships.models.foundings import Founding
from partnerships.models.handovers import SpocHandover, SpocHandoverLeg
from partnerships.models.kinds import Kind
from partnerships.models.library import (
    Exchange,
    LibraryFigure,
    LibraryFile,
    LibraryItem,
    LibraryShare,
    LibraryVersion,
)
from partnerships.models.messages import Message
from partnerships.models.notes import Mention, Note
from partnerships.models.partners import PartnerOrganisation, Referral
from partnerships.models.plans import (
    EvaluationMark,
    MeasureReminder,
    PlanEvidence,
    PlanLine,
    PlanMeasure,
    PlanMeeting,
    PlanVersion,
    SiteEvaluation,
    SiteFigure,
)
from partnerships.models.questions import Question
from partnerships.models.ratings import Rating, rating_ends_on
from partnerships.models.references import ReferenceCounter
from partnerships.models.requests import ServiceRequest
from partnerships.models.saved_filters import SavedFilter
from partnerships.models.sheets import SheetText
from partnerships.models.sightings import Sighting
from partnerships.models.spocs import SpocAssignment
from partnerships.models.steps import RequestStep, StepRule, StepTemplate
from partnerships.models.themes import Theme, ThemeFollow
from partnerships.models.ties import RequestTie, is_merged
from partnerships.models.works import CompensationReminder, WorksPhase, WorksShops, WorksSite, WorksStreet

__all__ = [
    "Absence",
    "Agreement",
    "AgreementAmendment",
    "AgreementReminder",
    "AgreementSignatory",
    "AgreementTheme",
    "Attachment",
    "AuditDetails",
    "Body",
    "Choice",
    "CompensationReminder",
    "Consultation",
    "ConsultationAction",
    "ConsultationFile",
    "ConsultationReminder",
    "Continuation",
    "DataRequestDetails",
    "DeadlineNotice",
    "DeadlineTarget",
    "DevelopmentDetails",
    "DraftUpload",
    "EvaluationMark",
    "Event",
    "Exchange",
    "FeedToken",
    "Forwarding",
    "Founding",
    "Invitation",
    "Kind",
    "LibraryFigure",
    "LibraryFile",
    "LibraryItem",
    "LibraryShare",
    "LibraryVersion",
    "MeasureReminder",
    "Mention",
    "Message",
    "Note",
    "PartnerOrganisation",
    "PlanEvidence",
    "PlanLine",
    "PlanMeasure",
    "PlanMeeting",
    "PlanVersion",
    "Question",
    "QuestionNotice",
    "QuestionRemark",
    "Rating",
    "ReferenceCounter",
    "Referral",
    "RequestStep",
    "RequestTie",
    "SavedFilter",
    "ServiceRequest",
    "SheetText",
    "Sighting",
    "SiteEvaluation",
    "SiteFigure",
    "SpocAssignment",
    "SpocHandover",
    "SpocHandoverLeg",
    "StepRule",
    "StepTemplate",
    "Theme",
    "ThemeFollow",
    "WorksPhase",
    "WorksShops",
    "WorksSite",
    "WorksStreet",
    "YesNo",
    "is_merged",
    "rating_ends_on",
]
