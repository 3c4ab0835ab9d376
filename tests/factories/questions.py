"""Questions to the Region, bodies and forwardings; `QuestionFactory(published=True)` reads like the sentence it is."""

from typing import Any

import factory
from django.utils import timezone

from partnerships.models import Body, Forwarding, Question, Theme
from tests.factories.people import MunicipalityFactory, UserFactory, days_from_today

State = Question.State


class ThemeFactory(factory.django.DjangoModelFactory[Theme]):
    class Meta:
        model = Theme

    slug = factory.Sequence(lambda n: f"theme-{n}")
    name_fr = factory.Sequence(lambda n: f"Thème {n}")
    name_nl = factory.Sequence(lambda n: f"Thema {n}")


class BodyFactory(factory.django.DjangoModelFactory[Body]):
    class Meta:
        model = Body

    kind = Body.Kind.ADMINISTRATION
    name_fr = factory.Sequence(lambda n: f"Administration {n}")
    name_nl = factory.Sequence(lambda n: f"Bestuur {n}")
    email = factory.Sequence(lambda n: f"body{n}@example.org")
    language = "both"


class QuestionFactory(factory.django.DjangoModelFactory[Question]):
    """Asked by an alderman of its municipality, in French; traits for every state, each as its constraints want it."""

    class Meta:
        model = Question
        skip_postgeneration_save = True

    class Params:
        with_answer = factory.Trait(
            title_fr="Peut-on prolonger l'ouverture du soir ?",
            title_nl="Mogen winkels 's avonds langer open?",
            answer_fr="Oui, jusqu'à vingt heures.",
            answer_nl="Ja, tot twintig uur.",
            source_fr="Circulaire du 3 juillet",
            source_nl="Omzendbrief van 3 juli",
            drafted_by=factory.SubFactory(UserFactory, spoc=True),
        )
        in_progress = factory.Trait(state=State.IN_PROGRESS)
        forwarded = factory.Trait(state=State.FORWARDED)
        replied = factory.Trait(state=State.REPLIED)
        drafted = factory.Trait(with_answer=True, state=State.DRAFTED)
        in_review = factory.Trait(with_answer=True, state=State.IN_REVIEW)
        answered = factory.Trait(
            with_answer=True,
            state=State.ANSWERED,
            reviewed_by=factory.SubFactory(UserFactory, spoc=True),
            answered_at=factory.LazyFunction(timezone.now),
            check_on=factory.LazyFunction(lambda: days_from_today(180)),
        )
        published = factory.Trait(answered=True, state=State.PUBLISHED, published_at=factory.LazyFunction(timezone.now))
        withdrawn = factory.Trait(state=State.WITHDRAWN, ended_at=factory.LazyFunction(timezone.now))
        declined = factory.Trait(state=State.DECLINED, reason="Hors compétence.", ended_at=factory.LazyFunction(timezone.now))
        merged_away = factory.Trait(
            state=State.MERGED,
            ended_at=factory.LazyFunction(timezone.now),
            merged_into=factory.LazyFunction(lambda: QuestionFactory(in_progress=True)),
        )

    municipality = factory.SubFactory(MunicipalityFactory)
    asked_by = factory.LazyAttribute(lambda o: UserFactory(alderman=o.municipality))
    language = "fr"
    title = "Les commerces peuvent-ils rester ouverts le soir ?"
    words = "Nos commerçants le demandent pour les nocturnes de décembre."
    due_on = factory.LazyFunction(lambda: days_from_today(10))

    @factory.post_generation
    def themes(self: Any, create: bool, extracted: Any, **_kwargs: Any) -> None:
        if create and extracted:
            self.themes.set(extracted)


class ForwardingFactory(factory.django.DjangoModelFactory[Forwarding]):
    """Open, with a day for the reply in a week."""

    class Meta:
        model = Forwarding

    question = factory.SubFactory(QuestionFactory, forwarded=True)
    body = factory.SubFactory(BodyFactory)
    by = factory.SubFactory(UserFactory, spoc=True)
    reply_by = factory.LazyFunction(lambda: days_from_today(7))
