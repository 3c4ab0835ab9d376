"""What the team of the try-out went through: a hand-over that is history, and an absence that comes soon."""

import datetime as dt
import uuid
from typing import Any

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from config.seed.agreements import SPOC_OF, TEAM_REDEALT
from config.seed.clock import Clock, at_hour
from config.seed.people import Cast
from mailings.models import Notice
from municipalities.models import Municipality
from partnerships.models import Absence, Event, SpocAssignment, SpocHandover, SpocHandoverLeg

HANDED_OVER = ("SGI", "FOR", "UCC")
TOKEN = uuid.UUID("5f0c0e9a-6d1b-4a55-9a0e-20250106a001")
NOTE = "Les trois dossiers du sud : l'enquête auprès des commerçants de la chaussée d'Alsemberg attend un retour de la commune."
AWAY = 2  # the place in the list of SPOCs of who goes on leave; never the one of the story of Ixelles
LEAVES_IN, FOR_DAYS = dt.timedelta(days=9), dt.timedelta(days=12)


def make_team_history(municipalities: dict[str, Municipality], cast: Cast, clock: Clock) -> None:
    """Once: a second seeding adds nothing, and leaves alone what people entered meanwhile."""
    if SpocHandover.objects.filter(token=TOKEN).exists():
        return
    _hand_over(municipalities, cast)
    away = cast.spocs[AWAY]
    if not Absence.objects.filter(officer=away).exists():
        first = clock.today + LEAVES_IN
        absence = Absence.objects.create(officer=away, period=DateRange(first, first + FOR_DAYS))
        days = {"officer": away.pk, "from": str(absence.starts_on), "until": str(absence.ends_on)}
        _record(Event.Verb.ABSENCE_ENTERED, absence, timezone.now(), actor=away, data=days)


def _hand_over(municipalities: dict[str, Municipality], cast: Cast) -> None:
    to, moment = cast.spocs[SPOC_OF[HANDED_OVER[0]]], at_hour(TEAM_REDEALT, "07:00")
    handover = SpocHandover.objects.create(
        token=TOKEN,
        to=to,
        starts_on=TEAM_REDEALT,
        note=NOTE,
        by=cast.staff["lead"],
        created_at=moment - dt.timedelta(days=20),
        took_effect_at=moment,
        introduced_at=moment,
    )
    places = [municipalities[code] for code in HANDED_OVER]
    listed = {"municipalities": [place.pk for place in places]}
    _record(Event.Verb.SPOC_HANDOVER_PLANNED, handover, handover.created_at, actor=cast.staff["lead"], data=listed)
    for place in places:
        primary = SpocAssignment.objects.primary().filter(municipality=place)
        ended, began = primary.filter(period__endswith=TEAM_REDEALT).first(), primary.filter(period__startswith=TEAM_REDEALT).first()
        SpocHandoverLeg.objects.create(handover=handover, municipality=place, ended=ended, began=began)
        data = {"from": ended.officer_id if ended else None, "to": to.pk, "moved": 0}
        _record(Event.Verb.SPOC_HANDED_OVER, handover, moment, municipality=place, data=data)
    _record(Event.Verb.SPOC_INTRODUCED, handover, moment, data=listed)


def _record(verb: str, subject: models.Model, at: dt.datetime, **fields: Any) -> None:
    """History: decided at its time that nobody hears of it any more."""
    event = Event.objects.create(verb=verb, subject=subject, at=at, **fields)
    Notice.objects.create(event=event, decided_at=at)
