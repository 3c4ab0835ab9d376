"""Measures, mailings, notices and deliveries."""

import datetime as dt
from typing import Any

import factory
from django.utils import timezone

from mailings.models import AddressState, Approval, Delivery, MailEvent, Mailing, MailingItem, MailPreference, Measure, Notice, Run
from municipalities.models import User
from tests.factories.partnerships import EventFactory
from tests.factories.people import MunicipalityFactory, UserFactory


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
    scheduled_for = factory.LazyAttribute(lambda o: timezone.now() + dt.timedelta(hours=1) if o.state == Mailing.State.SCHEDULED else None)
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


class MailEventFactory(factory.django.DjangoModelFactory[MailEvent]):
    """The provider reports that a sent mail arrived."""

    class Meta:
        model = MailEvent

    delivery = factory.SubFactory(DeliveryFactory, sent=True)
    kind = MailEvent.Kind.DELIVERED
    source = MailEvent.Source.PROVIDER
    event_id = factory.Sequence(lambda n: f"event-{n}")
    at = factory.LazyFunction(timezone.now)


class AddressStateFactory(factory.django.DjangoModelFactory[AddressState]):
    """The address of an official that refuses mail since a moment ago."""

    class Meta:
        model = AddressState

    person = factory.SubFactory(UserFactory, alderman=factory.SubFactory(MunicipalityFactory))
    email = factory.SelfAttribute("person.email")
    state = AddressState.State.HARD
    since = factory.LazyFunction(timezone.now)
    reason = "550 5.1.1 unknown"
