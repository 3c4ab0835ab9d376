"""What came of the requests of the try-out: steps ticked on the way, an association with its follow-ups, and how satisfied people were."""

import datetime as dt
import random
from collections.abc import Sequence
from typing import Any

from config.seed.associations import enterprise_number
from config.seed.clock import Clock, at_hour
from config.seed.ledger import write_decided
from config.seed.stories import Story
from config.seed.stories_ixelles import COCQ_AUDIT, SHOP_MIX_CLOSED
from config.seed.stories_outcomes import ALTITUDE
from config.seed.stories_region import ANDERLECHT, BRUSSELS, JETTE_AUDIT
from municipalities.models import Association, AssociationContact, AssociationStage, User
from partnerships.models import Event, Founding, Rating, RequestStep, ServiceRequest, StepTemplate
from partnerships.services.steps import COPIED, months_after

Verb = Event.Verb
# How many steps of a request are done, how many working days ago each, and the word that went with it.
TICKED: tuple[tuple[Story, tuple[tuple[int, str], ...]], ...] = (
    (COCQ_AUDIT, ((19, ""), (18, ""), (15, "Relevé des rez-de-chaussée reçu, quatre années."))),
    (JETTE_AUDIT, ((24, "Twee uur ter plaatse, met de dienst Handel."), (9, "Lijst van de leegstandsbelasting gevraagd."), (6, ""))),
    (BRUSSELS, ((45, ""), (44, ""), (40, ""), (12, "312 réponses dépouillées."))),
    (ANDERLECHT, ((7, "Twaalf handelaars aanwezig in de gemeenteraadszaal."), (5, "Drie initiatiefnemers, onder wie een slager."))),
    (SHOP_MIX_CLOSED, ((121, ""), (110, ""), (107, ""), (90, ""), (84, ""), (79, "Présenté au service Commerce."), (78, ""))),
    (
        ALTITUDE,
        (
            (200, "Quinze commerçants autour de la table."),
            (195, ""),
            (180, "D'après le modèle remis."),
            (172, ""),
            (168, "Publié au Moniteur."),
            (160, ""),
            (140, "Fête de rue, bons d'achat, éclairage commun."),
        ),
    ),
)
FOUNDED_AGO = 168  # working days: the registration of the association
ASSOCIATION = "Altitude Cent Commerces (démo)"
NUMBER = "9000005"
RATED = 0.62  # of the closed requests, how many were answered for
SCORES = (5, 5, 5, 4, 4, 4, 4, 3, 3, 2)
WORDS = {
    ("fr", True): ("Un vrai partenaire.", "Réponse rapide et claire.", "", "Le collège a pu décider.", ""),
    ("nl", True): ("Vlotte samenwerking.", "Duidelijk en op tijd.", "", "Het college kon beslissen.", ""),
    ("fr", False): ("Le délai était long.", ""),
    ("nl", False): ("Het duurde te lang.", ""),
}


def make_outcomes(stories: Sequence[Story], clock: Clock) -> None:
    """Make what is missing; a request whose steps somebody ticked, or which somebody rated, is left alone."""
    told = {request.key: request for request in ServiceRequest.objects.filter(key__in=[story.uuid for story, _ticks in TICKED])}
    for story, ticks in TICKED:
        request = told[story.uuid]
        if not request.steps.exists():
            _walk(request, ticks, clock)
    _found(told[ALTITUDE.uuid], clock)
    _rate(stories, clock)


# --- Steps --------------------------------------------------------------------------------------


def _walk(request: ServiceRequest, ticks: tuple[tuple[int, str], ...], clock: Clock) -> None:
    events = []
    for place, template in enumerate(StepTemplate.objects.for_kind(request.kind), start=1):
        step = RequestStep(request=request, position=place, **{name: getattr(template, name) for name in COPIED})
        if place <= len(ticks):
            ago, step.note = ticks[place - 1]
            step.done_on, step.done_by = clock.working_day(ago), request.assignee
            step.enterprise_number = enterprise_number(NUMBER) if step.rule == "registration" else ""
        step.save()
        if step.done_on:
            at = at_hour(step.done_on, "16:30")
            events.append(_event(Verb.STEP_DONE, request, at, step.done_by, {"step": step.pk, "place": place}))
    write_decided(events)


def _event(verb: str, request: ServiceRequest, at: dt.datetime, actor: User | None, data: dict[str, Any]) -> Event:
    return Event(verb=verb, subject=request, at=at, actor=actor, municipality_id=request.municipality_id, data=data)


# --- The association ----------------------------------------------------------------------------


def _found(request: ServiceRequest, clock: Clock) -> None:
    """Registered long enough ago for its first follow-up to be due, and announced."""
    if Founding.objects.filter(request=request).exists() or request.assignee is None:
        return
    since = clock.working_day(FOUNDED_AGO)
    association = Association.objects.create(
        municipality_id=request.municipality_id, name=ASSOCIATION, enterprise_number=enterprise_number(NUMBER)
    )
    AssociationStage.objects.create(association=association, state=Association.State.ACTIVE, since=since)
    AssociationContact.objects.create(
        association=association,
        name="Capucine Vandermolen",
        function="Présidente",
        email="capucine.traders@example.org",
        has_consented=True,
    )
    at = at_hour(since, "17:00")
    Founding.objects.create(request=request, association=association, founded_on=since, by=request.assignee, entered_at=at)
    events = [_event(Verb.ASSOCIATION_FOUNDED, request, at, request.assignee, {"association": association.pk})]
    for step in request.steps.filter(rule="follow_up"):
        step.due_on = months_after(since, step.months or 0)
        if step.due_on <= clock.today:
            step.announced_at = clock.not_later(at_hour(step.due_on, "07:00"), minutes_ago=30)
            data = {"step": step.pk, "months": step.months, "due_on": str(step.due_on)}
            events.append(_event(Verb.FOLLOW_UP_DUE, request, step.announced_at, None, data))
        step.save()
    write_decided(events)


# --- Satisfaction -------------------------------------------------------------------------------


def _rate(stories: Sequence[Story], clock: Clock) -> None:
    """About two of three closed requests of these stories were answered for, within days; always the same ones."""
    keys = [story.uuid for story in stories]
    own = ServiceRequest.objects.on_their_own()
    closed = own.filter(key__in=keys, state=ServiceRequest.State.CLOSED, rating__isnull=True)
    ratings, events = [], []
    for request in closed.select_related("asked_by").order_by("pk"):
        chance = random.Random(str(request.key))  # noqa: S311 - no secret hangs on it
        if chance.random() > RATED or request.ended_at is None:
            continue
        score = chance.choice(SCORES)
        at = clock.not_later(request.ended_at + dt.timedelta(days=chance.randint(0, 6), minutes=37), minutes_ago=20)
        words = chance.choice(WORDS[request.language, score > 2])
        ratings.append(Rating(request=request, score=score, words=words, given_by=request.asked_by, given_at=at))
        events.append(_event(Verb.REQUEST_RATED, request, at, request.asked_by, {"score": score, "is_first": True}))
    Rating.objects.bulk_create(ratings, batch_size=1000)
    write_decided(events)
