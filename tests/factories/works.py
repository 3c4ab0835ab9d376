"""Works sites and their action plans."""

import datetime as dt
from typing import Any

import factory
from django.db.backends.postgresql.psycopg_any import DateRange

from partnerships.models import Kind, PlanLine, PlanMeasure, PlanVersion, WorksPhase, WorksSite
from tests.factories.partnerships import RequestFactory
from tests.factories.people import days_from_today


def days(first: dt.date, last: dt.date) -> DateRange:
    """From the first to the last day, both included."""
    return DateRange(first, last + dt.timedelta(days=1))


class WorksSiteFactory(factory.django.DjangoModelFactory[WorksSite]):
    """The site of a works request in progress, complete but for its streets and phases."""

    class Meta:
        model = WorksSite

    request = factory.SubFactory(RequestFactory, kind=Kind.WORKS, in_progress=True)
    name = "Remplacement des conduites"
    owner = WorksSite.Owner.VIVAQUA
    road = WorksSite.Road.MUNICIPAL
    coordinated = WorksSite.Coordinated.YES
    information_given = "Lettre toutes-boîtes, bilingue, par la commune."
    wishes = factory.LazyFunction(lambda: [WorksSite.Wish.MEETING, WorksSite.Wish.COMPENSATION])
    site_contact = "Chef de chantier, +32 2 000 00 41"
    municipal_contact = "Gestionnaire, service Travaux, +32 2 000 00 42"
    traders_contact = "Service Commerce, 02 000 00 43"


class WorksPhaseFactory(factory.django.DjangoModelFactory[WorksPhase]):
    """Forty days from today; trait: stopped (in one direction). Another length by `first=` and `last=`, days from today."""

    class Meta:
        model = WorksPhase
        exclude = ("first", "last")

    class Params:
        stopped_one = factory.Trait(direction_stopped=WorksPhase.Direction.ONE)

    first, last = 0, 39
    site = factory.SubFactory(WorksSiteFactory)
    position = factory.LazyAttribute(lambda o: o.site.phases.count() + 1)
    what = factory.Sequence(lambda n: f"Pose de la conduite, tronçon {n}")
    period = factory.LazyAttribute(lambda o: days(days_from_today(o.first), days_from_today(o.last)))


def measure_fields(**own: Any) -> dict[str, Any]:
    """What a measure of a plan needs."""
    common = {"what": "Séance d'information", "kind": PlanLine.Kind.INFORMATION, "owner": PlanLine.Owner.MUNICIPALITY}
    return common | {"due_on": days_from_today(20)} | own


class PlanLineFactory(factory.django.DjangoModelFactory[PlanLine]):
    """A line of the first version of a plan, which is a draft; `version__agreed=True` for an agreed one."""

    class Meta:
        model = PlanLine

    version = factory.SubFactory("tests.factories.works.PlanVersionFactory")
    measure = factory.LazyAttribute(
        lambda o: PlanMeasure.objects.create(
            site=o.version.site,
            state=PlanMeasure.State.AGREED if o.version.state == PlanVersion.State.AGREED else PlanMeasure.State.PROPOSED,
        )
    )
    position = factory.LazyAttribute(lambda o: o.version.lines.count() + 1)
    what = factory.Sequence(lambda n: f"Séance d'information {n}")
    kind = PlanLine.Kind.INFORMATION
    owner = PlanLine.Owner.MUNICIPALITY
    due_on = factory.LazyFunction(lambda: days_from_today(20))


class PlanVersionFactory(factory.django.DjangoModelFactory[PlanVersion]):
    """A draft; traits: proposed (by the municipality), agreed."""

    class Meta:
        model = PlanVersion

    class Params:
        proposed = factory.Trait(
            state=PlanVersion.State.PROPOSED,
            proposed_at=factory.LazyFunction(lambda: _noon(-5)),
            proposed_side="municipality",
            municipality_agreed_at=factory.LazyFunction(lambda: _noon(-5)),
        )
        agreed = factory.Trait(
            state=PlanVersion.State.AGREED,
            proposed_at=factory.LazyFunction(lambda: _noon(-5)),
            proposed_side="municipality",
            municipality_agreed_at=factory.LazyFunction(lambda: _noon(-5)),
            agency_agreed_at=factory.LazyFunction(lambda: _noon(-4)),
        )

    site = factory.SubFactory(WorksSiteFactory)
    number = factory.LazyAttribute(lambda o: o.site.versions.count() + 1)


def _noon(ago: int) -> dt.datetime:
    return dt.datetime.combine(days_from_today(ago), dt.time(12), tzinfo=dt.UTC)
