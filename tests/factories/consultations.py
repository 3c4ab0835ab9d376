"""Consultations with their circle."""

import datetime as dt

import factory
from django.utils import timezone

from municipalities.models import Mandate
from partnerships.models import Consultation, ConsultationAction, Invitation
from tests.factories.people import MunicipalityFactory, UserFactory


class ConsultationFactory(factory.django.DjangoModelFactory[Consultation]):
    """A draft for the aldermen, in ten days; traits: announced, held, published, cancelled."""

    class Meta:
        model = Consultation

    class Params:
        announced = factory.Trait(state="invited", invited_at=factory.LazyFunction(timezone.now))
        held = factory.Trait(
            state="held",
            invited_at=factory.LazyFunction(timezone.now),
            starts_at=factory.LazyFunction(lambda: timezone.now() - dt.timedelta(days=3)),
        )
        published = factory.Trait(
            held=True,
            state="published",
            minutes_fr="Ce qui s'est dit.",
            minutes_nl="Wat er gezegd werd.",
            published_at=factory.LazyFunction(timezone.now),
        )
        cancelled = factory.Trait(announced=True, state="cancelled", cancelled_at=factory.LazyFunction(timezone.now))

    title_fr = "Commerce de proximité et chantiers"
    title_nl = "Buurthandel en werven"
    host_fr = "La Secrétaire d'État"
    host_nl = "De staatssecretaris"
    agenda_fr = "1. Accueil\n2. Chantiers : l'accompagnement des commerçants"
    agenda_nl = "1. Verwelkoming\n2. Werven: begeleiding van de handelaars"
    starts_at = factory.LazyFunction(lambda: timezone.now().replace(microsecond=0) + dt.timedelta(days=10))
    ends_at = factory.LazyAttribute(lambda o: o.starts_at + dt.timedelta(hours=2))
    link = "https://meet.example.org/overleg"
    roles = factory.LazyFunction(lambda: [Mandate.Role.ALDERMAN])
    created_by = factory.SubFactory(UserFactory, editor=True)


class InvitationFactory(factory.django.DjangoModelFactory[Invitation]):
    class Meta:
        model = Invitation

    consultation = factory.SubFactory(ConsultationFactory, announced=True)
    municipality = factory.SubFactory(MunicipalityFactory)
    person = factory.LazyAttribute(lambda o: UserFactory(alderman=o.municipality))


class ConsultationActionFactory(factory.django.DjangoModelFactory[ConsultationAction]):
    class Meta:
        model = ConsultationAction

    consultation = factory.SubFactory(ConsultationFactory, published=True)
    holder = "municipality"
    municipality = factory.SubFactory(MunicipalityFactory)
    what_fr = "Transmettre la liste des chantiers"
    what_nl = "De lijst van de werven bezorgen"
    due_on = factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=20))
