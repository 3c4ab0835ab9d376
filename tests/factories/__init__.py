"""Objects for tests, true to every constraint of the database; `RequestFactory(waiting=True)` reads like the sentence it is."""

from tests.factories.consultations import ConsultationActionFactory, ConsultationFactory, InvitationFactory
from tests.factories.desk import PartnerFactory, ReferralFactory, RequestTieFactory, SavedFilterFactory
from tests.factories.mailings import (
    AddressStateFactory,
    ApprovalFactory,
    DeliveryFactory,
    MailEventFactory,
    MailingFactory,
    MailingItemFactory,
    MailPreferenceFactory,
    MeasureFactory,
    NoticeFactory,
    RunFactory,
)
from tests.factories.outcomes import LibraryItemFactory, RatingFactory, RequestStepFactory, StepTemplateFactory
from tests.factories.partnerships import (
    AbsenceFactory,
    AgreementFactory,
    AuditDetailsFactory,
    DevelopmentDetailsFactory,
    EventFactory,
    MessageFactory,
    RequestFactory,
    SpocAssignmentFactory,
)
from tests.factories.people import (
    MandateFactory,
    MunicipalityFactory,
    UserFactory,
    days_from_today,
    group_named,
    since,
)
from tests.factories.questions import BodyFactory, ForwardingFactory, QuestionFactory, ThemeFactory
from tests.factories.works import PlanLineFactory, PlanVersionFactory, WorksPhaseFactory, WorksSiteFactory, measure_fields

__all__ = [
    "AbsenceFactory",
    "AddressStateFactory",
    "AgreementFactory",
    "ApprovalFactory",
    "AuditDetailsFactory",
    "BodyFactory",
    "ConsultationActionFactory",
    "ConsultationFactory",
    "DeliveryFactory",
    "DevelopmentDetailsFactory",
    "EventFactory",
    "ForwardingFactory",
    "InvitationFactory",
    "LibraryItemFactory",
    "MailEventFactory",
    "MailPreferenceFactory",
    "MailingFactory",
    "MailingItemFactory",
    "MandateFactory",
    "MeasureFactory",
    "MessageFactory",
    "MunicipalityFactory",
    "NoticeFactory",
    "PartnerFactory",
    "PlanLineFactory",
    "PlanVersionFactory",
    "QuestionFactory",
    "RatingFactory",
    "ReferralFactory",
    "RequestFactory",
    "RequestStepFactory",
    "RequestTieFactory",
    "RunFactory",
    "SavedFilterFactory",
    "SpocAssignmentFactory",
    "StepTemplateFactory",
    "ThemeFactory",
    "UserFactory",
    "WorksPhaseFactory",
    "WorksSiteFactory",
    "days_from_today",
    "group_named",
    "measure_fields",
    "since",
]
