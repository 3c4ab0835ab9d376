"""The works sites of the try-out: a plain one for every works request, and one told in full, in Ixelles, whose works are under way."""

import datetime as dt
import uuid
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from config.seed.clock import Clock
from config.seed.ledger import write_decided
from config.seed.people import Cast
from config.seed.stories import NAMESPACE
from config.seed.stories_ixelles import BOONDAEL_WORKS
from municipalities.places import Street
from partnerships.models import (
    AuditDetails,
    Event,
    Kind,
    PlanEvidence,
    PlanLine,
    PlanMeasure,
    PlanMeeting,
    PlanVersion,
    ServiceRequest,
    SiteFigure,
    WorksPhase,
    WorksShops,
    WorksSite,
    WorksStreet,
)
from partnerships.services.plans import COPIED

AT_ONCE = 5000
Sector, Hindrance, State = AuditDetails.Sector, WorksPhase.Hindrance, PlanMeasure.State
WORDS = {
    "fr": {
        "information_given": "Lettre toutes-boîtes de la commune, en français et en néerlandais.",
        "site_contact": "Chef de chantier, +32 2 000 00 71",
        "municipal_contact": "Gestionnaire du service Travaux, +32 2 000 00 72",
        "traders_contact": "Service Commerce de la commune, 02 000 00 73",
    },
    "nl": {
        "information_given": "Brief van de gemeente in alle bussen, in het Frans en het Nederlands.",
        "site_contact": "Werfleider, +32 2 000 00 71",
        "municipal_contact": "Beheerder van de dienst Openbare Werken, +32 2 000 00 72",
        "traders_contact": "Dienst Handel van de gemeente, 02 000 00 73",
    },
}
PHASE = {"fr": "Travaux de voirie, par demi-chaussée", "nl": "Wegenwerken, per halve rijbaan"}


def make_sites(cast: Cast, clock: Clock) -> None:
    """Once per request; a second seeding adds nothing and leaves alone what people changed."""
    works = ServiceRequest.objects.filter(kind=Kind.WORKS, reference__isnull=False, works=None)
    requests = list(works.select_related("municipality").order_by("pk"))
    told = [request for request in requests if request.key == BOONDAEL_WORKS.uuid]
    _plain_sites([request for request in requests if request.key != BOONDAEL_WORKS.uuid])
    for request in told:
        _site_of_boondael(request, cast, clock)


def days(first: dt.date, last: dt.date) -> DateRange:
    """From the first to the last day, both included."""
    return DateRange(first, last + dt.timedelta(days=1))


def _plain_sites(requests: list[ServiceRequest]) -> None:
    """What every works request must tell, in its own language."""
    sites = WorksSite.objects.bulk_create([_plain_site(request) for request in requests], batch_size=AT_ONCE)
    streets, phases, shops = [], [], []
    for site, request in zip(sites, requests, strict=True):
        start = timezone.localdate(request.submitted_at) + dt.timedelta(days=21)
        streets.append(WorksStreet(site=site, position=1, name=request.area[:120]))
        phases.append(WorksPhase(site=site, position=1, what=PHASE[request.language], period=days(start, start + dt.timedelta(days=34))))
        shops.append(WorksShops(site=site, sector=Sector.RETAIL_OTHER, number=24, small=21, is_estimate=True))
    WorksStreet.objects.bulk_create(streets, batch_size=AT_ONCE)
    WorksPhase.objects.bulk_create(phases, batch_size=AT_ONCE)
    WorksShops.objects.bulk_create(shops, batch_size=AT_ONCE)


def _plain_site(request: ServiceRequest) -> WorksSite:
    return WorksSite(
        request=request,
        name=request.title,
        owner=WorksSite.Owner.MUNICIPALITY,
        road=WorksSite.Road.MUNICIPAL,
        coordinated=WorksSite.Coordinated.UNKNOWN,
        wishes=[WorksSite.Wish.MEETING, WorksSite.Wish.DELIVERIES],
        created_at=request.submitted_at or request.created_at,
        **WORDS[request.language],
    )


SHOPS = ((Sector.RETAIL_FOOD, 9, 8), (Sector.RETAIL_OTHER, 21, 19), (Sector.HOSPITALITY, 17, 15), (Sector.SERVICES, 11, 11))


# --- Chaussée de Boondael -----------------------------------------------------------------------


def _site_of_boondael(request: ServiceRequest, cast: Cast, clock: Clock) -> None:
    site = WorksSite.objects.create(
        **WORDS["fr"]
        | {"information_given": "Trois semaines avant : lettre toutes-boîtes FR/NL. Depuis : affiches en français seulement."},
        request=request,
        name="Égouts et voirie de la chaussée de Boondael",
        owner=WorksSite.Owner.VIVAQUA,
        owner_contact="Bureau de chantier, +32 2 000 00 74",
        reference="IXL/VOI/2026/118",
        road=WorksSite.Road.MUNICIPAL,
        coordinated=WorksSite.Coordinated.YES,
        coordination_number="CC-2026-0412",
        sensitive=[WorksSite.Sensitive.END_OF_YEAR, WorksSite.Sensitive.SALES],
        sensitive_note="Marché du samedi matin devant le cimetière",
        baseline="6 cellules vides sur 58 au dernier relevé ; 4 100 passages par jour de semaine.",
        wishes=[WorksSite.Wish.MEETING, WorksSite.Wish.DELIVERIES, WorksSite.Wish.COMPENSATION, WorksSite.Wish.FOLLOW_UP],
        past="Pétition de 31 commerçants remise au collège à l'ouverture du chantier.",
        created_at=request.submitted_at or request.created_at,
    )
    street = Street.objects.filter(municipality=request.municipality, name_fr="Chaussée de Boondael").first()
    stretch: dict[str, Any] = {"street": street} if street else {"name": "Chaussée de Boondael"}
    WorksStreet.objects.create(site=site, position=1, from_number="310", to_number="498", **stretch)
    for sector, number, small in SHOPS:
        WorksShops.objects.create(site=site, sector=sector, number=number, small=small, is_estimate=sector == Sector.SERVICES)
    phases = _phases(site, clock.today)
    _plan(site, phases, cast, clock)
    PlanMeeting.objects.create(
        site=site,
        token=uuid.uuid5(NAMESPACE, "meeting:boondael"),
        held_on=clock.working_day(6),
        present="Commune (Commerce, Travaux), Vivaqua, association des commerçants, hub.brussels",
        decisions="Les livraisons passent avant 10 heures par la rue parallèle.\nAffiches refaites dans les deux langues.",
        by=cast.officials["IXL"]["officer"],
    )
    write_decided(_told_of(site, cast, clock))
    for ago, value in ((12, 6), (2, 8)):
        figure = {"indicator": SiteFigure.Indicator.VACANCY, "measured_on": clock.working_day(ago), "value": value}
        SiteFigure.objects.create(site=site, source="Relevé du service Commerce", by=cast.officials["IXL"]["officer"], **figure)


# What the history says of the plan: what, by whom, how many working days ago.
PLAN_TOLD: tuple[tuple[str, str, int, str, dict[str, Any]], ...] = (
    (Event.Verb.PLAN_CHANGED, "officer", 10, "10:00", {"version": 1, "act": "begun"}),
    (Event.Verb.PLAN_PROPOSED, "alderman", 8, "11:15", {"version": 1, "side": "municipality"}),
    (Event.Verb.PLAN_AGREED, "spoc", 7, "09:30", {"version": 1, "side": "agency"}),
    (Event.Verb.PLAN_CHANGED, "officer", 6, "16:40", {"act": "meeting"}),
    (Event.Verb.PLAN_CHANGED, "officer", 5, "15:20", {"act": "evidence"}),
    (Event.Verb.PLAN_CHANGED, "spoc", 2, "14:00", {"version": 2, "act": "begun"}),
)


def _told_of(site: WorksSite, cast: Cast, clock: Clock) -> list[Event]:
    request = site.request
    people = {**cast.officials["IXL"], "spoc": request.assignee}
    return [
        Event(
            verb=verb, subject=request, actor=people[part], at=clock.ago(ago, hour), municipality_id=request.municipality_id,
            data={"site": site.pk} | data,
        )
        for verb, part, ago, hour, data in PLAN_TOLD
    ]  # fmt: skip


def _phases(site: WorksSite, today: dt.date) -> list[WorksPhase]:
    """Traffic towards the city stops 33 days before today, for 96 days on end: the 29th day has come, the 90th has not."""
    day = dt.timedelta(days=1)
    common = {"foot_access": WorksPhase.FootAccess.NARROWED, "hindrances": [Hindrance.NO_PARKING, Hindrance.NOISE, Hindrance.DUST]}
    told: list[dict[str, Any]] = [
        {
            "what": "Installation du chantier et sondages",
            "period": days(today - 47 * day, today - 34 * day),
            "hindrances": [Hindrance.NO_PARKING, Hindrance.NARROW],
            "parking_lost": 14,
        },
        {
            "what": "Remplacement du collecteur",
            "stretch": "Du cimetière d'Ixelles au n° 412",
            "period": days(today - 33 * day, today + 20 * day),
            "direction_stopped": WorksPhase.Direction.ONE,
            "lines_diverted": "Bus 71 et 95",
            "parking_lost": 46,
            "deliveries": "Avant 10 heures, par la rue parallèle",
        }
        | common,
        {
            "what": "Branchements et remblai",
            "stretch": "Du n° 412 au carrefour de l'université",
            "period": days(today + 21 * day, today + 62 * day),
            "direction_stopped": WorksPhase.Direction.ONE,
            "lines_diverted": "Bus 71",
            "parking_lost": 38,
        }
        | common,
        {
            "what": "Nouvelle voirie et trottoirs",
            "period": days(today + 63 * day, today + 130 * day),
            "is_uncertain": True,
            "hindrances": [Hindrance.ONE_WAY, Hindrance.NOISE, Hindrance.TERRACES],
            "foot_access": WorksPhase.FootAccess.ONE_SIDE,
        },
    ]
    return [WorksPhase.objects.create(site=site, position=number, **fields) for number, fields in enumerate(told, start=1)]


def _plan(site: WorksSite, phases: list[WorksPhase], cast: Cast, clock: Clock) -> None:
    """A version both agreed, with measures in every state, and the next one being written, with one measure more."""
    alderman, spoc = cast.officials["IXL"]["alderman"], site.request.assignee
    proposed, agreed = clock.ago(8, "11:15"), clock.ago(7, "09:30")
    first = PlanVersion.objects.create(
        site=site,
        number=1,
        state=PlanVersion.State.AGREED,
        created_at=clock.ago(10, "10:00"),
        proposed_at=proposed,
        proposed_by=alderman,
        proposed_side="municipality",
        municipality_agreed_at=proposed,
        municipality_agreed_by=alderman,
        agency_agreed_at=agreed,
        agency_agreed_by=spoc,
    )
    lines = [_line(first, number, phases, clock, *told) for number, told in enumerate(MEASURES, start=1)]
    shown = {"words": "Lettre distribuée dans 58 boîtes, deux langues", "at": clock.ago(5, "15:20")}
    PlanEvidence.objects.create(measure=lines[0].measure, by=cast.officials["IXL"]["officer"], **shown)
    second = PlanVersion.objects.create(site=site, number=2, created_at=clock.ago(2, "14:00"))
    for line in lines:
        copied = {name: getattr(line, name) for name in (*COPIED, "measure")}
        PlanLine.objects.create(version=second, **copied)
    _line(second, len(lines) + 1, phases, clock, *PENDING)


Owner, Type = PlanLine.Owner, PlanLine.Kind
MEASURES = (
    ("Lettre aux commerçants, dans les deux langues", Type.INFORMATION, Owner.MUNICIPALITY, None, None, -6, None, "", State.DONE),
    ("Zone de livraison provisoire rue parallèle", Type.DELIVERIES, Owner.WORKS_OWNER, 1, -12, 20, 2400, "Vivaqua", State.RUNNING),
    ("Panneaux « commerces ouverts »", Type.COMMUNICATION, Owner.WORKS_OWNER, 1, None, -2, 1800, "Vivaqua", State.AGREED),
    ("Permanence pour les demandes d'indemnisation", Type.FINANCE, Owner.AGENCY, 1, -5, 56, None, "hub.brussels", State.RUNNING),
    ("Marché de Noël devant les commerces touchés", Type.ANIMATION, Owner.ASSOCIATION, 2, None, 22, 3500, "Commune", State.AGREED),
)
PENDING = ("Navette gratuite le samedi", Type.ACCESS, Owner.MUNICIPALITY, 2, 38, 62, 5200, "À discuter", State.PROPOSED)


def _line(
    version: PlanVersion, position: int, phases: list[WorksPhase], clock: Clock, what: str, kind: str, owner: str, phase: int | None,
    starts: int | None, due: int, cost: int | None, paid_by: str, state: str,
) -> PlanLine:  # fmt: skip
    day = dt.timedelta(days=1)
    return PlanLine.objects.create(
        version=version,
        measure=PlanMeasure.objects.create(site=version.site, state=state),
        position=position,
        what=what,
        kind=kind,
        owner=owner,
        phase=None if phase is None else phases[phase],
        starts_on=None if starts is None else clock.today + starts * day,
        due_on=clock.today + due * day,
        cost=cost,
        paid_by=paid_by,
    )
