"""What a story of a request is: who asked what, and the steps it took, in working days before today."""

import uuid
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from config.seed.people import Cast
from municipalities.models import Municipality, User
from partnerships.models import Kind, ServiceRequest
from partnerships.permissions import Action

NAMESPACE = uuid.UUID("6f1f6a0e-6f35-5b0c-9d0f-4c4d5d1c2a10")
MUNICIPAL_PARTS = frozenset({"mayor", "alderman", "officer", "former", "delegate"})
IN_THE_NAME_OF = {"delegate": "alderman"}


class StepFile(NamedTuple):
    """A file that went with the words of a step."""

    name: str
    content: bytes


class Step(NamedTuple):
    """An action of the table, who took it, how many working days ago, at what hour, and the words that went with it.

    Beside them a file, where there was one; and where another date was promised, for how many working days later.
    """

    action: Action
    part: str
    ago: int
    hour: str
    words: str = ""
    file: StepFile | None = None
    until: int = 0


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
    development: dict[str, Any] = field(default_factory=dict)
    data_request: dict[str, Any] = field(default_factory=dict)
    answer_within: int = 30  # days, where the agency asks

    @property
    def direction(self) -> str:
        """Who says why data are asked, is the agency."""
        ways = ServiceRequest.Direction
        return ways.TO_MUNICIPALITY if self.data_request else ways.TO_AGENCY

    @property
    def uuid(self) -> uuid.UUID:
        return uuid.uuid5(NAMESPACE, f"request:{self.key}")


def player(part: str, municipality: Municipality, cast: Cast, spoc: User) -> User:
    """The person who plays a part: an official of the municipality, its SPOC of that day, or the lead."""
    if part in MUNICIPAL_PARTS:
        return cast.officials[municipality.code][part]
    return spoc if part == "spoc" else cast.staff[part]
