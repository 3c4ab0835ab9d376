"""Objects for tests, true to every constraint of the database; `RequestFactory(waiting=True)` reads like the sentence it is."""

import datetime as dt
import string
from typing import Any

import factory
from django.contrib.auth.models import Group
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from config.roles import sync_roles
from mailings.models import Approval, Delivery, Mailing, MailingItem, MailPreference, Measure, Notice, Run
from municipalities.languages import ContentLanguage, CorrespondenceLanguage
from municipalities.models import Mandate, Municipality, Portfolio, User
from partnerships.models import Agreement, AuditDetails, Event, Kind, Message, ReferenceCounter, ServiceRequest, SpocAssignment

State = ServiceRequest.State
ROLES_HELD = ("mayor", "alderman", "secretary", "officer", "collaborator", "former")
NOT_YET_SUBMITTED = {State.DRAFT}
NOT_YET_ACKNOWLEDGED = {State.DRAFT, State.SUBMITTED, State.DECLINED, State.WITHDRAWN}


def days_from_today(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


def since(days_ago: int, until: int | None = None) -> DateRange:
    """A period that began some days ago, open, or ending `until` days from today (that day no longer belongs to it)."""
    return DateRange(days_from_today(-days_ago), None if until is None else days_from_today(until))


def _three_letters(number: int) -> str:
    letters = string.ascii_uppercase
    return "Z" + letters[number // 26 % 26] + letters[number % 26]


# --- Municipalities and people ------------------------------------------------------------------


class MunicipalityFactory(factory.django.DjangoModelFactory[Municipality]):
    """An invented municipality; for one of the real 19 call `load_reference()` and get it by code."""

    class Meta:
        model = Municipality

    nis_code = factory.Sequence(lambda n: f"9{n % 10000:04d}")
    code = factory.Sequence(_three_letters)
    slug = factory.LazyAttribute(lambda o: f"commune-{o.nis_code}")
    name_fr = factory.LazyAttribute(lambda o: f"Commune-{o.code}")
    name_nl = factory.LazyAttribute(lambda o: f"Gemeente-{o.code}")
    official_style_fr = factory.LazyAttribute(lambda o: f"Commune de {o.name_fr}")
    official_style_nl = factory.LazyAttribute(lambda o: f"Gemeente {o.name_nl}")
    sort_key_fr = factory.LazyAttribute(lambda o: o.name_fr.lower())
    sort_key_nl = factory.LazyAttribute(lambda o: o.name_nl.lower())
    postcodes = factory.LazyFunction(lambda: ["1999"])


class UserFactory(factory.django.DjangoModelFactory[User]):
    """A person. `UserFactory(alderman=ixelles)` holds that mandate today; `spoc=True` is staff with the group's rights.

    Roles: mayor, alderman (trade), secretary, officer, collaborator, and former (an alderman until yesterday), each with a
    municipality or a list of them. Traits: spoc, lead, editor, administrator (staff), cabinet (a reviewer, no staff).
    """

    class Meta:
        model = User

    class Params:
        spoc = factory.Trait(group="spoc", is_staff=True)
        lead = factory.Trait(group="lead", is_staff=True)
        editor = factory.Trait(group="editor", is_staff=True)
        administrator = factory.Trait(group="administrator", is_staff=True)
        cabinet = factory.Trait(group="cabinet", is_cabinet_reviewer=True)

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    first_name = factory.Sequence(lambda n: f"Prénom{n}")
    last_name = factory.Sequence(lambda n: f"Nom{n}")
    correspondence_language = CorrespondenceLanguage.FRENCH
    group = None
    mayor = None
    alderman = None
    secretary = None
    officer = None
    collaborator = None
    former = None

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        group = kwargs.pop("group")
        held = {role: kwargs.pop(role) for role in ROLES_HELD}
        user = model_class.objects.create_user(*args, **kwargs)
        if group:
            user.groups.add(group_named(group))
        for role, places in held.items():
            for place in places if isinstance(places, list | tuple) else [places] if places else []:
                _hold(user, role, place)
        return user


def _hold(user: User, role: str, municipality: Municipality) -> Mandate:
    if role == "former":
        return MandateFactory(user=user, municipality=municipality, ended=True)
    return MandateFactory(user=user, municipality=municipality, role=role)


def group_named(name: str) -> Group:
    """One of the groups of config/roles.py, with its permissions."""
    if not Group.objects.filter(name=name).exists():
        sync_roles()
    return Group.objects.get(name=name)


class MandateFactory(factory.django.DjangoModelFactory[Mandate]):
    """An alderman for trade in office since a year; traits: ended (yesterday was the last day), future (from tomorrow)."""

    class Meta:
        model = Mandate

    class Params:
        ended = factory.Trait(period=factory.LazyFunction(lambda: since(365, until=0)))
        future = factory.Trait(period=factory.LazyFunction(lambda: since(-1)))

    user = factory.SubFactory(UserFactory)
    municipality = factory.SubFactory(MunicipalityFactory)
    role = Mandate.Role.ALDERMAN
    portfolios = factory.LazyAttribute(lambda o: [Portfolio.TRADE] if o.role == Mandate.Role.ALDERMAN else [])
    period = factory.LazyFunction(lambda: since(365))


# --- Agreements, SPOCs, requests ----------------------------------------------------------------


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


class AuditDetailsFactory(factory.django.DjangoModelFactory[AuditDetails]):
    """Everything an audit needs to be submitted."""

    class Meta:
        model = AuditDetails

    decision = "Plan communal de commerce, au collège de mars."
    questions = "Combien de cellules vides ?\nQuels secteurs manquent ?"
    data_offered = "Relevé des cellules vides, 2024, tableur, service Commerce."
    sectors = factory.LazyFunction(lambda: [AuditDetails.Sector.RETAIL_FOOD])
    data_wanted = factory.LazyFunction(lambda: [AuditDetails.Data.VACANCY])
    result_forms = factory.LazyFunction(lambda: [AuditDetails.Result.REPORT])
    needed_by = factory.LazyFunction(lambda: days_from_today(120))
    needed_for = "Collège"


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

    `RequestFactory(waiting=True, municipality=ixelles)`, `RequestFactory(overdue=True)`. An audit gets its details; set
    any of them as `audit__decision="…"`, or `audit=False` for none. No events are written: those are the services' work.
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
    technical_contact = "Service Commerce, +32 2 000 00 01"
    created_at = factory.LazyFunction(lambda: timezone.now() - dt.timedelta(days=10))
    submitted_at = factory.LazyAttribute(lambda o: None if o.state in NOT_YET_SUBMITTED else _hours_after(o.created_at, 24))
    acknowledged_at = factory.LazyAttribute(lambda o: None if o.state in NOT_YET_ACKNOWLEDGED else _hours_after(o.submitted_at, 24))
    completed_at = factory.LazyAttribute(
        lambda o: _hours_after(o.submitted_at, 96) if o.state in {State.COMPLETED, State.CLOSED} else None
    )
    ended_at = factory.LazyAttribute(lambda o: _hours_after(o.created_at, 144) if o.state in ServiceRequest.ENDED else None)
    due_on = factory.LazyAttribute(lambda o: None if o.submitted_at is None else days_from_today(7))
    result = factory.LazyAttribute(lambda o: "" if o.completed_at is None else "Le rapport est remis au collège.")
    reference = factory.LazyAttribute(_reference)

    @factory.post_generation
    def audit(self: ServiceRequest, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create and extracted is not False and self.kind == Kind.AUDIT:
            AuditDetailsFactory(request=self, **kwargs)


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


# --- Measures and mailings ----------------------------------------------------------------------


class MeasureFactory(factory.django.DjangoModelFactory[Measure]):
    """A measure in both languages, published a moment ago; trait: unpublished."""

    class Meta:
        model = Measure

    class Params:
        unpublished = factory.Trait(published_at=None)

    slug = factory.Sequence(lambda n: f"measure-{n}")
    level = Measure.Level.REGIONAL
    authority_fr = "Région de Bruxelles-Capitale"
    authority_nl = "Brussels Hoofdstedelijk Gewest"
    title_fr = factory.Sequence(lambda n: f"Prime de relance {n}")
    title_nl = factory.Sequence(lambda n: f"Herstelpremie {n}")
    summary_fr = "La prime aide les petits commerces à rouvrir."
    summary_nl = "De premie helpt kleine handelszaken heropenen."
    valid_from = factory.LazyFunction(timezone.localdate)
    source_url = "https://example.org/mesure"


def _free_week(mailing: Any) -> tuple[int, int]:
    """This ISO week, or the first one after it that has no weekly mailing yet."""
    day = timezone.localdate()
    while Mailing.objects.filter(kind=Mailing.Kind.WEEKLY, iso_year=day.isocalendar().year, iso_week=day.isocalendar().week).exists():
        day += dt.timedelta(weeks=1)
    return day.isocalendar()[:2]


class MailingFactory(factory.django.DjangoModelFactory[Mailing]):
    """A weekly draft, complete in both languages, with two items; one trait per state, and urgent.

    `items=0` makes none, `items=[measure, …]` one per measure. approved, scheduled, sending and sent carry an approval
    of exactly this content, by `approver` or a reviewer made for it.
    """

    class Meta:
        model = Mailing
        skip_postgeneration_save = True

    class Params:
        urgent = factory.Trait(kind=Mailing.Kind.URGENT)
        draft = factory.Trait(state=Mailing.State.DRAFT)
        in_review = factory.Trait(state=Mailing.State.IN_REVIEW)
        approved = factory.Trait(state=Mailing.State.APPROVED)
        scheduled = factory.Trait(state=Mailing.State.SCHEDULED)
        held = factory.Trait(state=Mailing.State.HELD, held_reason="L'heure est passée.")
        sending = factory.Trait(state=Mailing.State.SENDING)
        sent = factory.Trait(state=Mailing.State.SENT)
        week = factory.LazyAttribute(_free_week)

    kind = Mailing.Kind.WEEKLY
    state = Mailing.State.DRAFT
    iso_year = factory.LazyAttribute(lambda o: o.week[0] if o.kind == Mailing.Kind.WEEKLY else None)
    iso_week = factory.LazyAttribute(lambda o: o.week[1] if o.kind == Mailing.Kind.WEEKLY else None)
    subject_fr = factory.Sequence(lambda n: f"Les mesures de la semaine {n}")
    subject_nl = factory.Sequence(lambda n: f"De maatregelen van week {n}")
    intro_fr = "Voici les nouvelles mesures de la semaine."
    intro_nl = "Dit zijn de nieuwe maatregelen van deze week."
    closing_fr = "Cordialement,"
    closing_nl = "Met vriendelijke groet,"
    scheduled_for = factory.LazyAttribute(
        lambda o: timezone.now() + dt.timedelta(hours=1) if o.state == Mailing.State.SCHEDULED else None
    )
    sent_at = factory.LazyAttribute(lambda o: timezone.now() if o.state in Mailing.GONE_OUT else None)

    @factory.post_generation
    def items(self: Mailing, create: bool, extracted: Any, **kwargs: Any) -> None:
        if not create:
            return
        measures = [None, None] if extracted is None else [None] * extracted if isinstance(extracted, int) else list(extracted)
        for position, measure in enumerate(measures, start=1):
            MailingItemFactory(mailing=self, position=position, measure=measure, **kwargs)

    @factory.post_generation
    def approver(self: Mailing, create: bool, extracted: User | None, **kwargs: Any) -> None:
        approved = {Mailing.State.APPROVED, Mailing.State.SCHEDULED} | Mailing.GONE_OUT
        if create and self.state in approved:
            ApprovalFactory(mailing=self, by=extracted or UserFactory(cabinet=True))


class MailingItemFactory(factory.django.DjangoModelFactory[MailingItem]):
    class Meta:
        model = MailingItem

    mailing = factory.SubFactory(MailingFactory, items=0)
    position = factory.Sequence(lambda n: n % 30000)
    title_fr = factory.LazyAttribute(lambda o: o.measure.title_fr if o.measure else f"Mesure {o.position}")
    title_nl = factory.LazyAttribute(lambda o: o.measure.title_nl if o.measure else f"Maatregel {o.position}")
    body_fr = factory.LazyAttribute(lambda o: o.measure.summary_fr if o.measure else "Une mesure **utile** aux commerces.")
    body_nl = factory.LazyAttribute(lambda o: o.measure.summary_nl if o.measure else "Een **nuttige** maatregel voor handelszaken.")
    source_url = "https://example.org/source"
    measure = None


class ApprovalFactory(factory.django.DjangoModelFactory[Approval]):
    """A reviewer's approval of the content as it stands; trait: sent_back."""

    class Meta:
        model = Approval

    class Params:
        sent_back = factory.Trait(verdict=Approval.Verdict.SENT_BACK, comment="Le montant est à vérifier.")

    mailing = factory.SubFactory(MailingFactory)
    by = factory.SubFactory(UserFactory, cabinet=True)
    verdict = Approval.Verdict.APPROVED
    content_hash = factory.LazyAttribute(lambda o: o.mailing.content_hash())


class RunFactory(factory.django.DjangoModelFactory[Run]):
    """The running sending of a mailing; no frozen contents and no deliveries: `plan_run` makes those. Trait: done."""

    class Meta:
        model = Run

    class Params:
        done = factory.Trait(
            state=Run.State.DONE, finished_at=factory.LazyFunction(timezone.now), mailing=factory.SubFactory(MailingFactory, sent=True)
        )

    mailing = factory.SubFactory(MailingFactory, sending=True)
    content_hash = factory.LazyAttribute(lambda o: o.mailing.content_hash())


class NoticeFactory(factory.django.DjangoModelFactory[Notice]):
    class Meta:
        model = Notice

    event = factory.SubFactory(EventFactory)


class DeliveryFactory(factory.django.DjangoModelFactory[Delivery]):
    """A pending test mail; `mailing=True` belongs to a run, `notice_mail=True` to a notice, `login_code=True` carries a code.

    Traits of state: sent, failed, in_doubt, skipped.
    """

    class Meta:
        model = Delivery

    class Params:
        login_code = factory.Trait(kind=Delivery.Kind.LOGIN_CODE)
        mailing = factory.Trait(kind=Delivery.Kind.MAILING, run=factory.SubFactory(RunFactory), subject="", body_text="", body_html="")
        notice_mail = factory.Trait(kind=Delivery.Kind.NOTICE, notice=factory.SubFactory(NoticeFactory))
        sent = factory.Trait(state=Delivery.State.SENT, sent_at=factory.LazyFunction(timezone.now), attempts=1)
        failed = factory.Trait(state=Delivery.State.FAILED, attempts=1, response="550 5.1.1 unknown")
        in_doubt = factory.Trait(state=Delivery.State.UNKNOWN, attempts=1)
        skipped = factory.Trait(state=Delivery.State.SKIPPED, skip_reason=Delivery.Skip.NO_ACCESS)

    kind = Delivery.Kind.TEST
    priority = factory.LazyAttribute(lambda o: Delivery.PRIORITY[o.kind])
    recipient = factory.SubFactory(UserFactory, alderman=factory.SubFactory(MunicipalityFactory))
    email = factory.SelfAttribute("recipient.email")
    language = factory.SelfAttribute("recipient.correspondence_language")
    subject = "Un message"
    body_text = "Bonjour,\nvoici un message."
    body_html = "<p>Bonjour, voici un message.</p>"


class MailPreferenceFactory(factory.django.DjangoModelFactory[MailPreference]):
    """Somebody who unsubscribed from mailings a moment ago."""

    class Meta:
        model = MailPreference

    user = factory.SubFactory(UserFactory)
    unsubscribed_at = factory.LazyFunction(timezone.now)
