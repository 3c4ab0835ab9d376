"""Which acts move a consultation, from where to where: the one table that services, portal and administration read."""

from dataclasses import dataclass
from enum import StrEnum

from municipalities.models import User
from partnerships.models import Consultation, Event

State = Consultation.State
WRITE = "partnerships.change_consultation"


class Step(StrEnum):
    """The acts of staff on a consultation; each has one service, one address and one event."""

    EDIT = "edit"
    INVITE = "invite"
    CHANGE = "change"
    CANCEL = "cancel"
    HOLD = "hold"
    PUBLISH = "publish"


@dataclass(frozen=True)
class Move:
    """From which states, to which (None: it stays), and the event that tells of it."""

    sources: frozenset[str]
    target: str | None
    verb: str


STEPS: dict[Step, Move] = {
    Step.EDIT: Move(frozenset({State.DRAFT}), None, Event.Verb.CONSULTATION_DRAFTED),
    Step.INVITE: Move(frozenset({State.DRAFT}), State.INVITED, Event.Verb.CONSULTATION_INVITED),
    Step.CHANGE: Move(frozenset({State.INVITED}), None, Event.Verb.CONSULTATION_CHANGED),
    Step.CANCEL: Move(frozenset({State.INVITED}), State.CANCELLED, Event.Verb.CONSULTATION_CANCELLED),
    Step.HOLD: Move(frozenset({State.INVITED}), State.HELD, Event.Verb.CONSULTATION_HELD),
    Step.PUBLISH: Move(frozenset({State.HELD}), State.PUBLISHED, Event.Verb.MINUTES_PUBLISHED),
}


class StepNotAllowed(Exception):
    """The table does not let this person take this step from where the consultation stands."""


def may_keep(user: User) -> bool:
    """Whoever of the agency draws up consultations."""
    return user.is_active and user.is_staff and user.has_perm(WRITE)


def can_step(user: User, step: Step, consultation: Consultation) -> bool:
    return may_keep(user) and consultation.state in STEPS[step].sources


def check_step(user: User, step: Step, consultation: Consultation) -> None:
    """Raises StepNotAllowed."""
    if not can_step(user, step, consultation):
        raise StepNotAllowed(step, consultation.state)
