"""Framework agreements and SPOCs of the try-out, so that every state shows on the day it starts."""

import csv
import datetime as dt
from importlib import resources

from django.db.backends.postgresql.psycopg_any import DateRange

from config.seed.clock import Clock
from config.seed.people import Cast
from municipalities.models import Municipality
from partnerships.models import Agreement, SpocAssignment
from partnerships.working_days import add_working_days

DAY = dt.timedelta(days=1)
RENEWED_FROM = dt.date(2025, 1, 1)
COLLEGES_DECIDED = dt.date(2024, 12, 3)
END_OF_TERM = 2030  # the year of the next municipal elections
EXPIRING_WITH_DRAFT = "ETB"  # its renewal is being written
EXPIRING_WITH_SUCCESSOR = "KOE"  # its renewal is signed and not yet in force
SIGNED_ANEW = "GAN"  # its first agreement ran out and was not renewed: the one of today stands by itself
CERTAINTY_FR = {
    "illustrative": "la date de signature est illustrative",
    "order": "le rang (deuxième commune signataire) est attesté, la date de signature est illustrative",
    "month": "le mois (mi-mars 2020) et le rang (dix-neuvième) sont attestés, le jour est illustratif",
}
CERTAINTY_NL = {
    "illustrative": "de datum van ondertekening is illustratief",
    "order": "de rang (tweede ondertekenende gemeente) staat vast, de datum van ondertekening is illustratief",
    "month": "de maand (half maart 2020) en de rang (negentiende) staan vast, de dag is illustratief",
}
NOTE_FR = "Données de démonstration : la référence, les dates et les signataires de cette convention-cadre sont fictifs."
NOTE_NL = "Demonstratiegegevens: de referentie, de data en de ondertekenaars van deze kaderovereenkomst zijn fictief."

# Who answers for whom: each SPOC a part of the Region, the next one in the list is the deputy.
SPOC_OF = {
    "IXL": 0, "ETB": 0, "WBO": 0, "AUD": 0,
    "BXL": 1, "SJO": 1, "SCH": 1, "EVR": 1,
    "AND": 2, "MOL": 2, "BSA": 2, "KOE": 2,
    "SGI": 3, "FOR": 3, "UCC": 3,
    "JET": 4, "GAN": 4, "WSL": 4, "WSP": 4,
}  # fmt: skip
TEAM_SINCE = dt.date(2020, 4, 1)
TEAM_REDEALT = dt.date(2025, 1, 6)


def make_agreements(municipalities: dict[str, Municipality], clock: Clock) -> None:
    """Make, per municipality, the first agreement and the one in force; two of them run out soon."""
    text = resources.files("config.seed").joinpath("data/agreements.csv").read_text(encoding="utf-8")
    for rank, row in enumerate(csv.DictReader(text.splitlines())):
        municipality = municipalities[row["code"]]
        first = _first_agreement(municipality, row)
        current = _current_agreement(municipality, first, rank, clock.today)
        if row["code"] == EXPIRING_WITH_DRAFT:
            _renewal(municipality, current, signed_on=None)
        if row["code"] == EXPIRING_WITH_SUCCESSOR:
            _renewal(municipality, current, signed_on=clock.working_day(8))


def _first_agreement(municipality: Municipality, row: dict[str, str]) -> Agreement:
    signed_on = dt.date.fromisoformat(row["signed_on"])
    fields = {
        "municipality": municipality,
        "signed_on": signed_on,
        "council_decision_on": dt.date.fromisoformat(row["council_decision_on"]),
        "period": DateRange(signed_on, dt.date.fromisoformat(row["valid_until"]) + DAY),
        "note_fr": f"Données de démonstration : {CERTAINTY_FR[row['certainty']]} ; les autres dates et la référence sont fictives.",
        "note_nl": f"Demonstratiegegevens: {CERTAINTY_NL[row['certainty']]}; de andere data en de referentie zijn fictief.",
    }
    agreement, _made = Agreement.objects.get_or_create(reference=row["reference"], defaults=fields)
    return agreement


def _current_agreement(municipality: Municipality, first: Agreement, rank: int, today: dt.date) -> Agreement:
    council = add_working_days(COLLEGES_DECIDED, 5)
    fields = {
        "municipality": municipality,
        "signed_on": add_working_days(council, 1 + rank % 7),
        "college_decision_on": COLLEGES_DECIDED,
        "council_decision_on": council,
        "period": DateRange(RENEWED_FROM, _last_day(municipality.code, today) + DAY),
        "note_fr": NOTE_FR,
        "note_nl": NOTE_NL,
        "predecessor": None if municipality.code == SIGNED_ANEW else first,
    }
    agreement, _made = Agreement.objects.get_or_create(reference=f"CC-2025-{municipality.nis_code}", defaults=fields)
    return agreement


def _last_day(code: str, today: dt.date) -> dt.date:
    """Run to the end of the municipal term, but for the two that show an agreement about to expire."""
    soon = {EXPIRING_WITH_DRAFT: today + dt.timedelta(days=120), EXPIRING_WITH_SUCCESSOR: today + dt.timedelta(days=45)}
    return soon.get(code, dt.date(max(END_OF_TERM, today.year + 1), 12, 31))


def _renewal(municipality: Municipality, current: Agreement, *, signed_on: dt.date | None) -> None:
    last_day = current.ends_on
    if last_day is None:
        return
    starts_on = last_day + DAY
    fields = {
        "municipality": municipality,
        "reference": f"CC-{starts_on.year}-{municipality.nis_code}",
        "signed_on": signed_on,
        "period": DateRange(starts_on, dt.date(starts_on.year + 6, 12, 31) + DAY),
        "note_fr": NOTE_FR,
        "note_nl": NOTE_NL,
    }
    Agreement.objects.get_or_create(predecessor=current, defaults=fields)


def make_spocs(municipalities: dict[str, Municipality], cast: Cast) -> None:
    """Give each municipality a SPOC and a deputy without a gap since 2020; the team dealt them out anew in 2025."""
    first, second = DateRange(TEAM_SINCE, TEAM_REDEALT), DateRange(TEAM_REDEALT, None)
    known = set(SpocAssignment.objects.values_list("municipality__code", flat=True))
    for code, number in SPOC_OF.items():
        if code in known:
            continue
        for role, shift, period in (
            (SpocAssignment.Role.PRIMARY, 2, first),
            (SpocAssignment.Role.DEPUTY, 3, first),
            (SpocAssignment.Role.PRIMARY, 0, second),
            (SpocAssignment.Role.DEPUTY, 1, second),
        ):
            officer = cast.spocs[(number + shift) % len(cast.spocs)]
            SpocAssignment.objects.create(municipality=municipalities[code], officer=officer, role=role, period=period)
