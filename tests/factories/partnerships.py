"""Agreements, SPOCs, requests and events."""

import datetime as dt
from typing import Any

import factory
from django.utils import timezone

from municipalities.languages import ContentLanguage
from partnerships.models import (
    Absence,
    Agreement,
    AuditDetails,
    DevelopmentDetails,
    Event,
    Kind,
    Message,
    ReferenceCounter,
    ServiceRequest,
    SpocAssignment,
    YesNo,
)
from tests.factories.people import MunicipalityFactory, UserFactory, days_from_today, since

State = ServiceRequest.State
NOT_YET_SUBMITTED = {State.DRAFT}
NOT_YET_ACKNOWLEDGED = {State.DRAFT, State.SUBMITTED, State.DECLINED, State.WITHDRAWN}


class AgreementFactory(factory.django.DjangoModelFactory[Agreement]):
    """In force without end; traits: draft, future (signed, from tomorrow), expiring (90 days), expired (yesterday the last day)."""

    class Meta:
        model = Agreement

    class Params:
        draft = factory.Trait(signed_on=None)
        future = factory.Trait(period=factory.LazyFunction(lambda: since(-1)))
        expiring = factory.Trait(period=factory.LazyFunction(lambda: since(300, until=91)))
        expired = factory.Trait(period=factory.LazyFunction(lambda: since(300, until=0)))

    municipality = factory.SubFactory(MunicipalityFactory)
    reference = factory.Sequence(lambda n: f"CC-TEST-{n}")
    college_decision_on = factory.LazyFunction(lambda: days_from_today(-340))
    signed_on = factory.LazyFunction(lambda: days_from_today(-320))
    period = factory.LazyFunction(lambda: since(300))


class SpocAssignmentFactory(factory.django.DjangoModelFactory[SpocAssignment]):
    """A SPOC since a year; traits: deputy, ended (yesterday was the last day)."""

    class Meta:
        model = SpocAssignment

    class Params:
        deputy = factory.Trait(role=SpocAssignment.Role.DEPUTY)
        ended = factory.Trait(period=factory.LazyFunction(lambda: since(365, until=0)))

    municipality = factory.SubFactory(MunicipalityFactory)
    officer = factory.SubFactory(UserFactory, spoc=True)
    role = SpocAssignment.Role.PRIMARY
    period = factory.LazyFunction(lambda: since(365))


class AbsenceFactory(factory.django.DjangoModelFactory[Absence]):
    """A SPOC away from yesterday to the day after tomorrow; trait: future (from in a week, for a week)."""

    class Meta:
        model = Absence

    class Params:
        future = factory.Trait(period=factory.LazyFunction(lambda: since(-7, until=14)))

    officer = factory.SubFactory(UserFactory, spoc=True)
    period = factory.LazyFunction(lambda: since(1, until=3))


class AuditDetailsFactory(factory.django.DjangoModelFactory[AuditDetails]):
    """Everything an audit needs to be submitted."""

    class Meta:
        model = AuditDetails

    decision = "Plan communal de commerce, au collège de mars."
    area_kind = AuditDetails.AreaKind.NAMED
    questions = factory.LazyFunction(lambda: [{"question": "Combien de cellules vides ?"}, {"question": "Quels secteurs manquent ?"}])
    data_offered = factory.LazyFunction(lambda: [{"what": "Relevé des cellules vides", "period": "2024", "contact": "Service Commerce"}])
    sectors = factory.LazyFunction(lambda: ["retail_food"])
    data_wanted = factory.LazyFunction(lambda: ["vacancy"])
    result_forms = factory.LazyFunction(lambda: ["report"])
    personal_data = YesNo.NO
    needed_by = factory.LazyFunction(lambda: days_from_today(120))
    needed_for = "Collège"


class DevelopmentDetailsFactory(factory.django.DjangoModelFactory[DevelopmentDetails]):
    """Everything a development project needs to be submitted."""

    class Meta:
        model = DevelopmentDetails

    problems = factory.LazyFunction(lambda: ["vacancy"])
    problem_words = "Douze cellules vides sur quarante."
    project_kinds = factory.LazyFunction(lambda: ["strengthen"])
    association_plan = DevelopmentDetails.AssociationPlan.NONE
    shops = 40
    staff = "Un agent, un jour par semaine"
    support = factory.LazyFunction(lambda: ["method"])
    aims = factory.LazyFunction(lambda: [{"indicator": "Cellules vides", "now": "12", "target": "8"}])


def _reference(request: Any) -> str | None:
    """The next number of the counter that the service uses too, so that both may be mixed in one test."""
    if request.submitted_at is None:
        return None
    year = timezone.localdate(request.submitted_at).year
    counter, _created = ReferenceCounter.objects.get_or_create(municipality=request.municipality, year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"{request.municipality.code}-{year}-{counter.last:04d}"


def _hours_after(moment: dt.datetime | None, hours: int) -> dt.datetime | None:
    return moment + dt.timedelta(hours=hours) if moment else None


class RequestFactory(factory.django.DjangoModelFactory[ServiceRequest]):
    """A complete draft of an alderman of its municipality; one trait per state gives it the times and texts of that state.

    `RequestFactory(waiting=True, municipality=ixelles)`, `RequestFactory(overdue=True)`. Its kind gets its details;
    set any of them as `audit__decision="…"`, or `audit=False` for none. No events are written: those are the services' work.
    """

    class Meta:
        model = ServiceRequest
        skip_postgeneration_save = True

    class Params:
        draft = factory.Trait(state=State.DRAFT)
        submitted = factory.Trait(state=State.SUBMITTED)
        acknowledged = factory.Trait(state=State.ACKNOWLEDGED)
        in_progress = factory.Trait(state=State.IN_PROGRESS)
        waiting = factory.Trait(state=State.WAITING)
        completed = factory.Trait(state=State.COMPLETED)
        closed = factory.Trait(state=State.CLOSED)
        declined = factory.Trait(state=State.DECLINED, reason="Hors du champ de la convention.")
        withdrawn = factory.Trait(state=State.WITHDRAWN)
        overdue = factory.Trait(state=State.IN_PROGRESS, due_on=factory.LazyFunction(lambda: days_from_today(-1)))
        urgent = factory.Trait(is_urgent=True, urgent_reason="Le chantier commence lundi.")

    municipality = factory.SubFactory(MunicipalityFactory)
    kind = Kind.AUDIT
    state = State.DRAFT
    language = ContentLanguage.FRENCH
    asked_by = factory.SubFactory(UserFactory, alderman=factory.SelfAttribute("..municipality"))
    title = factory.Sequence(lambda n: f"Diagnostic du noyau commercial {n}")
    description = "Plusieurs cellules se sont vidées depuis un an."
    area = "Rue du Marché"
    technical_contact = "Service Commerce"
    technical_phone = "+32 2 000 00 01"
    created_at = factory.LazyFunction(lambda: timezone.now() - dt.timedelta(days=10))
    submitted_at = factory.LazyAttribute(lambda o: None if o.state in NOT_YET_SUBMITTED else _hours_after(o.created_at, 24))
    acknowledged_at = factory.LazyAttribute(lambda o: None if o.state in NOT_YET_ACKNOWLEDGED else _hours_after(o.submitted_at, 24))
    completed_at = factory.LazyAttribute(lambda o: _hours_after(o.submitted_at, 96) if o.state in {State.COMPLETED, State.CLOSED} else None)
    ended_at = factory.LazyAttribute(lambda o: _hours_after(o.created_at, 144) if o.state in ServiceRequest.ENDED else None)
    due_on = factory.LazyAttribute(lambda o: None if o.submitted_at is None else days_from_today(7))
    clock_stopped_on = factory.LazyAttribute(lambda o: days_from_today(-1) if o.state == State.WAITING else None)
    result = factory.LazyAttribute(lambda o: "" if o.completed_at is None else "Le rapport est remis au collège.")
    reference = factory.LazyAttribute(_reference)

    @factory.post_generation
    def audit(self: ServiceRequest, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create and extracted is not False and self.kind == Kind.AUDIT:
            AuditDetailsFactory(request=self, **kwargs)

    @factory.post_generation
    def development(self: ServiceRequest, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create and extracted is not False and self.kind == Kind.DEVELOPMENT:
            DevelopmentDetailsFactory(request=self, **kwargs)


class MessageFactory(factory.django.DjangoModelFactory[Message]):
    class Meta:
        model = Message

    request = factory.SubFactory(RequestFactory, in_progress=True)
    author = factory.SelfAttribute("request.asked_by")
    side = Message.Side.MUNICIPALITY
    body = "Les chiffres suivent demain."
    language = ContentLanguage.FRENCH


class EventFactory(factory.django.DjangoModelFactory[Event]):
    """An event nobody has decided on yet, about a request of its own unless one is given."""

    class Meta:
        model = Event

    verb = Event.Verb.REQUEST_SUBMITTED
    subject = factory.SubFactory(RequestFactory, submitted=True)
    actor = factory.LazyAttribute(lambda o: getattr(o.subject, "asked_by", None))
    municipality = factory.LazyAttribute(lambda o: getattr(o.subject, "municipality", None))
