"""Municipalities with their coverage, agreements, SPOCs, requests and the event log in the administration, one noun a file."""

from partnerships.admin import bulk_acts  # noqa: F401 - gives lists their acts
from partnerships.admin.absences import AbsenceAdmin
from partnerships.admin.agreements import AgreementAdmin
from partnerships.admin.bodies import BodyAdmin
from partnerships.admin.choices import ChoiceAdmin
from partnerships.admin.deadlines import DeadlineTargetAdmin
from partnerships.admin.delegations import DelegationAdmin
from partnerships.admin.events import EventAdmin
from partnerships.admin.library import LibraryItemAdmin
from partnerships.admin.lists import ListImportAdmin
from partnerships.admin.municipalities import MunicipalityAdmin
from partnerships.admin.partners import PartnerOrganisationAdmin
from partnerships.admin.questions import QuestionAdmin
from partnerships.admin.ratings import RatingAdmin
from partnerships.admin.requests import ServiceRequestAdmin
from partnerships.admin.spocs import SpocAssignmentAdmin
from partnerships.admin.steps import FollowUpAdmin, StepTemplateAdmin
from partnerships.admin.themes import ThemeAdmin
from partnerships.admin.turnovers import TurnoverAdmin
from partnerships.admin.works import WorksSiteAdmin

__all__ = [
    "AbsenceAdmin",
    "AgreementAdmin",
    "BodyAdmin",
    "ChoiceAdmin",
    "DeadlineTargetAdmin",
    "DelegationAdmin",
    "EventAdmin",
    "FollowUpAdmin",
    "LibraryItemAdmin",
    "ListImportAdmin",
    "MunicipalityAdmin",
    "PartnerOrganisationAdmin",
    "QuestionAdmin",
    "RatingAdmin",
    "ServiceRequestAdmin",
    "SpocAssignmentAdmin",
    "StepTemplateAdmin",
    "ThemeAdmin",
    "TurnoverAdmin",
    "WorksSiteAdmin",
]
