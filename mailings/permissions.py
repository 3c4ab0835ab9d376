"""Who may do what with a mailing, as one table; read by services, review page and admin alike.

An urgent mailing has a rule of its own beside the cabinet's approval: when the cabinet has not answered within
`settings.URGENT_ANSWER_WITHIN` of being asked, two different people of the team may approve it together, one of whom
may act for the lead (`mailings.approve_mailing`), the other at least send mailings. It is recorded as such, and the
cabinet is told by mail. A weekly mailing never goes out without the cabinet or its stand-in.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.utils import timezone

from mailings.models import Mailing, StandIn
from municipalities.models import User
from partnerships.models import Event

State = Mailing.State
Verb = Event.Verb


class Right(StrEnum):
    """What a person is to a mailing; the portal itself acts by the clock."""

    EDITOR = "editor"
    SENDER = "sender"
    APPROVER = "approver"
    TEAM = "team"
    PORTAL = "portal"


class Action(StrEnum):
    """The named actions on a mailing; each has one service and one event."""

    EDIT = "edit"
    VOID = "void"
    ASK_APPROVAL = "ask_approval"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    CONSENT = "consent"
    APPROVE_URGENT = "approve_urgent"
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
TEAM = frozenset({Right.TEAM})
PORTAL = frozenset({Right.PORTAL})

# What the engine does by itself on the way (pause an ill run, end one whose last mail is settled) is in `delivery.runs`.
TRANSITIONS: dict[Action, Transition] = {
    Action.EDIT: Transition(Mailing.EDITABLE, EDITOR, None, Verb.MAILING_EDITED),
    # Follows from an edit, never asked for by hand: what was approved is no longer what would be sent.
    Action.VOID: Transition(Mailing.EDITABLE - {State.DRAFT}, EDITOR, State.DRAFT, Verb.MAILING_APPROVAL_VOIDED),
    Action.ASK_APPROVAL: Transition(frozenset({State.DRAFT, State.HELD}), EDITOR, State.IN_REVIEW, Verb.MAILING_APPROVAL_ASKED),
    Action.APPROVE: Transition(frozenset({State.IN_REVIEW}), APPROVER, State.APPROVED, Verb.MAILING_APPROVED),
    Action.SEND_BACK: Transition(frozenset({State.IN_REVIEW}), APPROVER, State.DRAFT, Verb.MAILING_SENT_BACK),
    # The first of two agrees, the second approves: see the rule above, and `urgent_rule_open`.
    Action.CONSENT: Transition(frozenset({State.IN_REVIEW}), TEAM, None, Verb.MAILING_URGENT_APPROVED),
    Action.APPROVE_URGENT: Transition(frozenset({State.IN_REVIEW}), TEAM, State.APPROVED, Verb.MAILING_URGENT_APPROVED),
    Action.SCHEDULE: Transition(frozenset({State.APPROVED, State.SCHEDULED, State.HELD}), SENDER, State.SCHEDULED, Verb.MAILING_SCHEDULED),
    Action.UNSCHEDULE: Transition(frozenset({State.SCHEDULED}), SENDER, State.APPROVED, Verb.MAILING_UNSCHEDULED),
    # At its hour, whatever is not released for it: nothing ever goes out by itself without an approval.
    Action.HOLD: Transition(Mailing.EDITABLE - {State.HELD}, PORTAL, State.HELD, Verb.MAILING_HELD),
    Action.SEND: Transition(frozenset({State.APPROVED, State.SCHEDULED, State.HELD}), SENDER | PORTAL, State.SENDING, Verb.MAILING_PLANNED),
    Action.PAUSE: Transition(frozenset({State.SENDING}), SENDER, None, Verb.MAILING_PAUSED),
    Action.RESUME: Transition(frozenset({State.SENDING}), SENDER, None, Verb.MAILING_RESUMED),
    Action.STOP: Transition(frozenset({State.SENDING}), SENDER, None, Verb.MAILING_STOPPED),
}

NEVER_BY_HAND = frozenset({Action.VOID, Action.APPROVE_URGENT})


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
    if user.is_staff and (user.has_perm("mailings.send_mailing") or user.has_perm("mailings.approve_mailing")):
        rights.add(Right.TEAM)
    return frozenset(rights)


def can_review(user: User) -> bool:
    """Whether the person gives the cabinet's verdict: a reviewer, or a colleague named as stand-in for today."""
    return user.is_active and (user.is_cabinet_reviewer or is_stand_in(user))


def is_stand_in(user: User) -> bool:
    """Whether the person was named to give the cabinet's verdict today."""
    return user.is_staff and StandIn.objects.in_force(timezone.localdate()).filter(person=user).exists()


def can_name_stand_in(user: User) -> bool:
    """A reviewer, or the lead; a stand-in never names another."""
    return user.is_active and (user.is_cabinet_reviewer or (user.is_staff and user.has_perm("mailings.approve_mailing")))


def can_comment(user: User, mailing: Mailing) -> bool:
    """Both sides, until the mailing has gone out; the cabinet of what was put before it."""
    sides = rights_of(user) & {Right.EDITOR, Right.APPROVER}
    return mailing.is_editable and bool(sides) and Mailing.objects.visible_to(user).filter(pk=mailing.pk).exists()


def can(user: User | None, action: Action, mailing: Mailing) -> bool:
    """Whether the table lets this person take this action on the mailing as it stands."""
    rule = TRANSITIONS[action]
    return mailing.state in rule.sources and bool(rights_of(user) & rule.rights)


def allowed_actions(user: User, mailing: Mailing) -> list[Action]:
    """The actions open to this person now, in the order of the table."""
    open_to = [action for action in TRANSITIONS if action not in NEVER_BY_HAND and can(user, action, mailing)]
    return [action for action in open_to if action != Action.CONSENT or urgent_rule_open(mailing, timezone.now())]


def urgent_rule_since(mailing: Mailing) -> dt.datetime | None:
    """From when on two of the team may approve it: never for a weekly mailing, nor for one that nobody was asked about."""
    if mailing.kind != Mailing.Kind.URGENT or mailing.state != State.IN_REVIEW:
        return None
    asked = Event.objects.about(mailing).filter(verb=Verb.MAILING_APPROVAL_ASKED).last()
    return asked.at + settings.URGENT_ANSWER_WITHIN if asked else None


def urgent_rule_open(mailing: Mailing, now: dt.datetime) -> bool:
    """Whether the cabinet has let its time pass."""
    since = urgent_rule_since(mailing)
    return since is not None and since <= now


def make_two(first: User, second: User) -> bool:
    """Whether these are two different people of the team, one of whom may act for the lead."""
    return first.pk != second.pk and any(one.is_staff and one.has_perm("mailings.approve_mailing") for one in (first, second))
