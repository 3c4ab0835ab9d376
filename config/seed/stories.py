"""What a story of a request is: who asked what, and the steps it took, in working days before today."""

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from config.seed.people import Cast
from municipalities.models import Municipality, User
from partnerships.models import AuditDetails, Kind
from partnerships.permissions import Action

NAMESPACE = uuid.UUID("6f1f6a0e-6f35-5b0c-9d0f-4c4d5d1c2a10")
MUNICIPAL_PARTS = frozenset({"mayor", "alderman", "officer", "former"})

Result = AuditDetails.Result
Data = AuditDetails.Data
Sector = AuditDetails.Sector


class Step(NamedTuple):
    """An action of the table, who took it, how many working days ago, at what hour, and the words that went with it."""

    action: Action
    part: str
    ago: int
    hour: str
    words: str = ""


@dataclass(frozen=True)
class Story:
    """One request from its draft on. `key` never changes, so that a second seeding finds it again."""

    key: str
    code: str
    kind: Kind
    language: str
    part: str
    ago: int
    hour: str
    title: str
    description: str
    area: str
    steps: tuple[Step, ...] = ()
    fields: dict[str, Any] = field(default_factory=dict)
    audit: dict[str, Any] = field(default_factory=dict)

    @property
    def uuid(self) -> uuid.UUID:
        return uuid.uuid5(NAMESPACE, f"request:{self.key}")


def player(part: str, municipality: Municipality, cast: Cast, spoc: User) -> User:
    """The person who plays a part: an official of the municipality, its SPOC of that day, or the lead."""
    if part in MUNICIPAL_PARTS:
        return cast.officials[municipality.code][part]
    return spoc if part == "spoc" else cast.staff[part]


def audit_fields(language: str, made_on: dt.date, **own: Any) -> dict[str, Any]:
    """What an audit needs, in the language of the request; a story gives its own words where it has them."""
    texts = {
        "fr": {
            "decision": "Le collège fixera les priorités de son plan de commerce sur cette base.",
            "questions": "Combien de cellules sont vides, et depuis quand ?\nQuels commerces manquent aux habitants ?",
            "data_offered": "Relevé des rez-de-chaussée, dernière année connue, tableur, service Commerce.",
            "needed_for": "Réunion du collège",
        },
        "nl": {
            "decision": "Het college legt op basis hiervan de prioriteiten van zijn handelsplan vast.",
            "questions": "Hoeveel panden staan leeg, en sinds wanneer?\nWelke winkels missen de inwoners?",
            "data_offered": "Inventaris van de gelijkvloerse verdiepingen, laatst gekende jaar, rekenblad, dienst Handel.",
            "needed_for": "Vergadering van het college",
        },
    }
    common = {
        "sectors": [Sector.RETAIL_FOOD, Sector.RETAIL_OTHER, Sector.HOSPITALITY],
        "data_wanted": [Data.VACANCY, Data.MIX, Data.FOOTFALL],
        "result_forms": [Result.REPORT, Result.PRESENTATION],
        "result_language": language,
        "needed_by": made_on + dt.timedelta(days=120),
    }
    return common | texts[language] | own
