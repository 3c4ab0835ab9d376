"""Who may do what with a mailing, as one table; read by services, review page and admin alike."""

from dataclasses import dataclass
from enum import StrEnum

from mailings.models import Mailing
from municipalities.models import User
from partnerships.models import Event

State = Mailing.State
Verb = Event.Verb


class Right(StrEnum):
    """What a person is to a mailing; the portal itself acts by the clock."""

    EDITOR = "editor"
    SENDER = "sender"
    APPROVER = "approver"
    PORTAL = "portal"


class Action(StrEnum):
    """The named actions on a mailing; each has one service and one event."""

    EDIT = "edit"
    VOID = "void"
    ASK_APPROVAL = "ask_approval"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    SCHEDULE = "schedule"
    UNSCHEDULE = "unschedule"
    HOLD = "hold"
    SEND = "send"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"


@dataclass(frozen=True)
class Transition:
    """From which states, by whom, to which state (None: it stays), and the event that tells of it."""

    sources: frozenset[str]
    rights: frozenset[Right]
    target: str | None
    verb: str


EDITOR = frozenset({Right.EDITOR})
SENDER = frozenset({Right.SENDER})
APPROVER = frozenset({Right.APPROVER})
PORTAL = frozenset({Right.PORTAL})

# What the engine does by itself on the way (pause an ill run, end one whose last mail is settled) is in `delivery.runs`.
TRANSITIONS: dict[Action, Transition] = {
    Action.EDIT: Transition(Mailing.EDITABLE, EDITOR, None, Verb.MAILING_EDITED),
    # Follows from an edit, never asked for by hand: what was approved is no longer what would be sent.
    Action.VOID: Transition(Mailing.EDITABLE - {State.DRAFT}, EDITOR, State.DRAFT, Verb.MAILING_APPROVAL_VOIDED),
    Action.ASK_APPROVAL: Transition(frozenset({State.DRAFT, State.HELD}), EDITOR, State.IN_REVIEW, Verb.MAILING_APPROVAL_ASKED),
    Action.APPROVE: Transition(frozenset({State.IN_REVIEW}), APPROVER, State.APPROVED, Verb.MAILING_APPROVED),
    Action.SEND_BACK: Transition(frozenset({State.IN_REVIEW}), APPROVER, State.DRAFT, Verb.MAILING_SENT_BACK),
    Action.SCHEDULE: Transition(frozenset({State.APPROVED, State.SCHEDULED, State.HELD}), SENDER, State.SCHEDULED, Verb.MAILING_SCHEDULED),
    Action.UNSCHEDULE: Transition(frozenset({State.SCHEDULED}), SENDER, State.APPROVED, Verb.MAILING_UNSCHEDULED),
    Action.HOLD: Transition(frozenset({State.SCHEDULED}), PORTAL, State.HELD, Verb.MAILING_HELD),
    Action.SEND: Transition(frozenset({State.APPROVED, State.SCHEDULED, State.HELD}), SENDER | PORTAL, State.SENDING, Verb.MAILING_PLANNED),
    Action.PAUSE: Transition(frozenset({State.SENDING}), SENDER, None, Verb.MAILING_PAUSED),
    Action.RESUME: Transition(frozenset({State.SENDING}), SENDER, None, Verb.MAILING_RESUMED),
    Action.STOP: Transition(frozenset({State.SENDING}), SENDER, None, Verb.MAILING_STOPPED),
}

NEVER_BY_HAND = frozenset({Action.VOID})


def rights_of(user: User | None) -> frozenset[Right]:
    """What the person may be to any mailing; `None` is the portal itself."""
    if user is None:
        return PORTAL
    if not user.is_active:
        return frozenset()
    rights = set()
    if user.is_staff and user.has_perm("mailings.change_mailing"):
        rights.add(Right.EDITOR)
    if user.is_staff and user.has_perm("mailings.send_mailing"):
        rights.add(Right.SENDER)
    if can_review(user):
        rights.add(Right.APPROVER)
    return frozenset(rights)


def can_review(user: User) -> bool:
    """Whether the person gives the cabinet's verdict: a reviewer, or a member of staff who may approve in its name."""
    return user.is_active and (user.is_cabinet_reviewer or (user.is_staff and user.has_perm("mailings.approve_mailing")))


def can(user: User | None, action: Action, mailing: Mailing) -> bool:
    """Whether the table lets this person take this action on the mailing as it stands."""
    rule = TRANSITIONS[action]
    return mailing.state in rule.sources and bool(rights_of(user) & rule.rights)


def allowed_actions(user: User, mailing: Mailing) -> list[Action]:
    """The actions open to this person now, in the order of the table."""
    return [action for action in TRANSITIONS if action not in NEVER_BY_HAND and can(user, action, mailing)]
