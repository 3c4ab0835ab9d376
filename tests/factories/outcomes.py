"""What comes of requests: lists of steps, associations."""

import factory

from partnerships.models import Kind, LibraryItem, Rating, RequestStep, StepRule, StepTemplate
from tests.factories.partnerships import RequestFactory
from tests.factories.people import MunicipalityFactory, UserFactory


class StepTemplateFactory(factory.django.DjangoModelFactory[StepTemplate]):
    """A plain step of an audit; traits: registration (development), follow_up (development, after 6 months), library."""

    class Meta:
        model = StepTemplate

    class Params:
        registration = factory.Trait(kind=Kind.DEVELOPMENT, rule=StepRule.REGISTRATION)
        follow_up = factory.Trait(kind=Kind.DEVELOPMENT, rule=StepRule.FOLLOW_UP, months=6)
        library = factory.Trait(rule=StepRule.LIBRARY)

    kind = Kind.AUDIT
    position = factory.Sequence(lambda n: n + 1)
    name_fr = factory.Sequence(lambda n: f"Étape {n}")
    name_nl = factory.Sequence(lambda n: f"Stap {n}")


class RequestStepFactory(factory.django.DjangoModelFactory[RequestStep]):
    """A plain step of a request that is worked on; `follow_up` is one after 6 months, without a day yet."""

    class Meta:
        model = RequestStep

    class Params:
        registration = factory.Trait(rule=StepRule.REGISTRATION)
        follow_up = factory.Trait(rule=StepRule.FOLLOW_UP, months=6)
        library = factory.Trait(rule=StepRule.LIBRARY)

    request = factory.SubFactory(RequestFactory, in_progress=True, kind=Kind.DEVELOPMENT)
    position = factory.Sequence(lambda n: n + 1)
    name_fr = factory.Sequence(lambda n: f"Étape {n}")
    name_nl = factory.Sequence(lambda n: f"Stap {n}")


class RatingFactory(factory.django.DjangoModelFactory[Rating]):
    """What the asking side says of a closed request of its own."""

    class Meta:
        model = Rating

    request = factory.SubFactory(RequestFactory, closed=True)
    score = 4
    given_by = factory.SelfAttribute("request.asked_by")


class LibraryItemFactory(factory.django.DjangoModelFactory[LibraryItem]):
    """A study of the agency for one municipality, read by it alone; traits: shared (all 19), chosen, regional (no municipality)."""

    class Meta:
        model = LibraryItem

    class Params:
        shared = factory.Trait(scope=LibraryItem.Scope.ALL)
        chosen = factory.Trait(scope=LibraryItem.Scope.CHOSEN)
        regional = factory.Trait(municipality=None, scope=LibraryItem.Scope.ALL)

    municipality = factory.SubFactory(MunicipalityFactory)
    title_fr = factory.Sequence(lambda n: f"Étude {n} du noyau commercial")
    title_nl = factory.Sequence(lambda n: f"Studie {n} van de handelskern")
    summary_fr = "Vacance, mix et fréquentation."
    summary_nl = "Leegstand, mix en aantal voorbijgangers."
    year = 2026
    languages = factory.LazyFunction(lambda: ["fr", "nl"])
    added_by = factory.SubFactory(UserFactory, spoc=True)
