"""What comes of requests: lists of steps, associations."""

import factory

from partnerships.models import Kind, Rating, RequestStep, StepRule, StepTemplate
from tests.factories.partnerships import RequestFactory


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
