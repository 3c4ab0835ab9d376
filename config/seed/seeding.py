"""The whole try-out in one transaction: made where missing, left alone where people changed it."""

from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from config.seed.agreement_parts import complete_agreements
from config.seed.agreements import make_agreements, make_spocs
from config.seed.associations import make_associations
from config.seed.clock import Clock
from config.seed.consultations import make_consultations
from config.seed.delegations import make_delegations
from config.seed.desk import make_desk
from config.seed.files import make_files
from config.seed.history import ended_stories
from config.seed.holes import plant_holes
from config.seed.ledger import Ledger
from config.seed.library import make_library
from config.seed.mailings import make_mailings
from config.seed.measures import make_measures
from config.seed.notes import make_notes
from config.seed.outcomes import make_outcomes
from config.seed.partners import make_partners
from config.seed.people import DOMAIN, OFFICIALS, make_people
from config.seed.questions import make_questions
from config.seed.sites import make_sites
from config.seed.stories_agency import AGENCY
from config.seed.stories_ixelles import IXELLES
from config.seed.stories_outcomes import OUTCOMES
from config.seed.stories_region import REGION
from config.seed.team import make_team_history
from municipalities.models import Municipality, User
from municipalities.services import load_reference
from partnerships.services.welcomes import pass_over_newcomers

ONE_AT_A_TIME = 7_020_190_016  # any number: the lock under which two seedings wait for each other


class Seeded(NamedTuple):
    """What this seeding added."""

    people: int
    requests: int
    mailings: int


class RealPeople(Exception):
    """The database holds people who are not of the try-out; invented ones do not belong beside them."""


@transaction.atomic
def seed(*, scale: int = 1) -> Seeded:
    """Make the demo data that is missing, with `scale` times the history of requests; a second time adds nothing.

    Raises RealPeople when somebody was entered who is not under the reserved domain and no try-out was seeded here before.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    _refuse_real_people()
    people_before = User.objects.count()
    clock = Clock(timezone.now())
    load_reference()
    municipalities = {municipality.code: municipality for municipality in Municipality.objects.filter(code__in=OFFICIALS)}
    cast = make_people(municipalities)
    make_delegations(cast, clock)
    pass_over_newcomers(clock.now)  # invented people are not written to
    make_agreements(municipalities, clock)
    complete_agreements(municipalities, cast)
    make_spocs(municipalities, cast)
    make_team_history(municipalities, cast, clock)
    plant_holes(municipalities, clock)
    make_associations(municipalities, clock)
    make_partners()
    measures = make_measures(municipalities, clock)
    stories = [*IXELLES, *REGION, *OUTCOMES, *AGENCY, *ended_stories(scale, cast, clock)]
    requests = Ledger(municipalities, cast, clock).write(stories)
    make_sites(cast, clock)
    make_files()
    make_notes(cast, clock)
    make_desk(cast, clock)
    make_outcomes(stories, clock)
    make_library(municipalities, cast, clock)
    make_questions(municipalities, clock)
    make_consultations(municipalities, cast, clock)
    mailings = make_mailings(measures, cast, clock)
    return Seeded(User.objects.count() - people_before, requests, mailings)


def _refuse_real_people() -> None:
    seeded_before = User.objects.filter(email=f"admin@{DOMAIN}").exists()
    if not seeded_before and User.objects.exclude(email__iendswith=f"@{DOMAIN}").exists():
        raise RealPeople
