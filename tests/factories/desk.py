"""Partner organisations, referrals and ties between requests."""

import factory

from partnerships.models import PartnerOrganisation, Referral, RequestTie, SavedFilter
from tests.factories.partnerships import MessageFactory, RequestFactory
from tests.factories.people import UserFactory


class PartnerFactory(factory.django.DjangoModelFactory[PartnerOrganisation]):
    """An active partner organisation that is reached by mail."""

    class Meta:
        model = PartnerOrganisation

    name_fr = factory.Sequence(lambda n: f"Partenaire {n}")
    name_nl = factory.Sequence(lambda n: f"Partnerorganisatie {n}")
    does_fr = "Aide les commerçants à trouver un local."
    does_nl = "Helpt handelaars een pand te vinden."
    languages = factory.LazyFunction(lambda: ["fr", "nl"])
    email = factory.Sequence(lambda n: f"partenaire{n}@example.org")


class ReferralFactory(factory.django.DjangoModelFactory[Referral]):
    """Open, to a partner organisation, with the words that went with it."""

    class Meta:
        model = Referral

    request = factory.SubFactory(RequestFactory, in_progress=True)
    partner = factory.SubFactory(PartnerFactory)
    by = factory.SubFactory(UserFactory, spoc=True)
    message = factory.SubFactory(
        MessageFactory,
        request=factory.SelfAttribute("..request"),
        author=factory.SelfAttribute("..by"),
        side="agency",
        body="Ils connaissent la rue.",
    )


class RequestTieFactory(factory.django.DjangoModelFactory[RequestTie]):
    """Two requests of one municipality that are linked; `kind="merge"` for a twin."""

    class Meta:
        model = RequestTie

    kind = RequestTie.Kind.LINK
    first = factory.SubFactory(RequestFactory, in_progress=True)
    second = factory.SubFactory(RequestFactory, in_progress=True, municipality=factory.SelfAttribute("..first.municipality"))
    by = factory.SubFactory(UserFactory, spoc=True)


class SavedFilterFactory(factory.django.DjangoModelFactory[SavedFilter]):
    """What an officer who handles requests keeps: what is new."""

    class Meta:
        model = SavedFilter

    owner = factory.SubFactory(UserFactory, spoc=True)
    name = factory.Sequence(lambda n: f"Filtre {n}")
    query = "list=new"
