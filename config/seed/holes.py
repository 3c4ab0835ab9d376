"""Holes in the coverage, planted on purpose, so that the board has something to find: one today, one past, two to come."""

import datetime as dt
from enum import Enum

from django.db.backends.postgresql.psycopg_any import DateRange

from config.seed.agreements import EXPIRING_WITH_DRAFT, TEAM_REDEALT
from config.seed.clock import Clock
from config.seed.people import COLLEGES_SINCE
from municipalities.models import Mandate, Municipality
from partnerships.coverage import Need
from partnerships.models import SpocAssignment

WITHOUT_DEPUTY, DEPUTY_LEFT = "EVR", -12
WITHOUT_DEPUTY_THEN, LEFT_THEN, CAME_THEN = "WSP", -110, -95
MAYOR_LEAVES, LEAVES_ON = "WBO", 60
AGREEMENT_ENDS = 121  # the day after the last one of an agreement whose renewal is still a draft

Hole = tuple[str, Need, dt.date]


class PLANTED(Enum):
    """The days to look at, counted from the day of the seed, with every hole that is there."""

    PAST = -100
    TODAY = 0
    FUTURE = 200

    def day(self, today: dt.date) -> dt.date:
        return today + dt.timedelta(days=self.value)

    def holes(self, today: dt.date) -> set[Hole]:
        planned = {
            PLANTED.PAST: [(WITHOUT_DEPUTY_THEN, Need.DEPUTY, LEFT_THEN)],
            PLANTED.TODAY: [(WITHOUT_DEPUTY, Need.DEPUTY, DEPUTY_LEFT)],
            PLANTED.FUTURE: [
                (WITHOUT_DEPUTY, Need.DEPUTY, DEPUTY_LEFT),
                (MAYOR_LEAVES, Need.MAYOR, LEAVES_ON),
                (EXPIRING_WITH_DRAFT, Need.AGREEMENT, AGREEMENT_ENDS),
            ],
        }
        return {(code, need, today + dt.timedelta(days=since)) for code, need, since in planned[self]}


def plant_holes(municipalities: dict[str, Municipality], clock: Clock) -> None:
    """Cut periods that nobody touched since they were made; what people changed meanwhile stays."""
    day = {days: clock.today + dt.timedelta(days=days) for days in (DEPUTY_LEFT, LEFT_THEN, CAME_THEN, LEAVES_ON)}
    deputies = SpocAssignment.objects.filter(role=SpocAssignment.Role.DEPUTY, period=DateRange(TEAM_REDEALT, None))
    if gone := deputies.filter(municipality=municipalities[WITHOUT_DEPUTY]).first():
        _end(gone, day[DEPUTY_LEFT])
    if back := deputies.filter(municipality=municipalities[WITHOUT_DEPUTY_THEN]).first():
        _end(back, day[LEFT_THEN])
        period = DateRange(day[CAME_THEN], None)
        SpocAssignment.objects.create(municipality=back.municipality, officer=back.officer, role=back.role, period=period)
    mayors = Mandate.objects.filter(role=Mandate.Role.MAYOR, period=DateRange(COLLEGES_SINCE, None))
    if mayor := mayors.filter(municipality=municipalities[MAYOR_LEAVES]).first():
        _end(mayor, day[LEAVES_ON])


def _end(row: SpocAssignment | Mandate, on: dt.date) -> None:
    row.period = DateRange(row.period.lower, on)
    row.save(update_fields=["period"])
