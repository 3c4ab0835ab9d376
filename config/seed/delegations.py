"""Delegations of the try-out: one accepted months ago, whose holder writes in the name of an alderman, and one not yet answered."""

import datetime as dt
from typing import NamedTuple

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from config.seed.clock import Clock, at_hour, office_day
from config.seed.ledger import write_decided
from config.seed.people import DOMAIN, Cast, Person, make_delegate
from municipalities.delegations import Delegation
from municipalities.models import User
from partnerships.models import Event

PART = "delegate"  # of `cast.officials[code]`; what it does in a story is done in the name of the alderman


class Line(NamedTuple):
    """Where, who, what for, how many days ago it was offered, and whether it was taken up two days later."""

    code: str
    person: Person
    scope: str
    ago: int
    is_accepted: bool


DELEGATIONS = (
    Line("IXL", Person("Mona", "Castelvert", "f", "fr"), Delegation.Scope.REQUESTS, 120, True),
    Line("JET", Person("Wout", "Zilverberg", "m", "nl"), Delegation.Scope.READ, 1, False),
)


def make_delegations(cast: Cast, clock: Clock) -> None:
    """Make those whose holder is not there yet; what people did with the others stays."""
    for line in DELEGATIONS:
        email = f"{PART}.{line.code.lower()}@{DOMAIN}"
        known = User.objects.filter(email=email).first()
        delegate = known or make_delegate(line.code, line.person)
        cast.officials[line.code][PART] = delegate
        if known is None:
            _delegate(line, delegate, cast, clock)


def _delegate(line: Line, delegate: User, cast: Cast, clock: Clock) -> None:
    giver = cast.officials[line.code]["alderman"]
    mandate = giver.mandates.select_related("municipality").get()
    invited_at = at_hour(office_day(clock.today - dt.timedelta(days=line.ago)), "09:40")
    accepted_at = at_hour(timezone.localdate(invited_at) + dt.timedelta(days=2), "14:20") if line.is_accepted else None
    first = timezone.localdate(invited_at)
    delegation = Delegation.objects.create(
        mandate=mandate,
        delegate=delegate,
        scope=line.scope,
        period=DateRange(first, first + dt.timedelta(days=365)),
        invited_at=invited_at,
        accepted_at=accepted_at,
    )
    answers = [(Event.Verb.DELEGATION_ACCEPTED, delegate, accepted_at)] if accepted_at else []
    write_decided(
        [
            Event(verb=verb, subject=delegation, actor=actor, municipality=mandate.municipality, at=at, data={"scope": line.scope})
            for verb, actor, at in [(Event.Verb.DELEGATION_INVITED, giver, invited_at), *answers]
        ]
    )
