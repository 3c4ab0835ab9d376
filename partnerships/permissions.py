"""Who may do what with a request, as one table, and with SPOCs; read by services, portal and admin alike."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.utils import timezone

from municipalities.delegations import Standing
from municipalities.models import Mandate, User
from partnerships.models import Event, ServiceRequest, SpocAssignment, SpocHandover, is_merged

State = ServiceRequest.State


class Party(StrEnum):
    """The side on which a person acts in a request."""

    MUNICIPALITY = "municipality"
    AGENCY = "agency"


class Role(StrEnum):
    """What a party is in a request. Who asks and who handles follows from its direction; the agency is always also itself."""

    ASKER = "asker"
    HANDLER = "handler"
    AGENCY = "agency"


class Need(StrEnum):
    """What an action cannot do without; the service refuses it otherwise."""

    REVISION = "the revision that was read"
    COMPLETE_FORM = "every field with a star"
    WORDS = "words for the other side"
    REASON = "a reason"
    COLLEAGUE = "a colleague who handles requests"
    OTHER_REQUEST = "the number of another request"
    STILL_RECENT = "not closed for longer than REOPEN_WITHIN_DAYS"


class Action(StrEnum):
    """The named actions on a request; each has one service, one URL and one event."""

    EDIT = "edit"
    SUBMIT = "submit"
    ACKNOWLEDGE = "acknowledge"
    START = "start"
    ASK = "ask"
    ANSWER = "answer"
    COMPLETE = "complete"
    CLOSE = "close"
    REOPEN = "reopen"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    ASSIGN = "assign"
    MESSAGE = "message"
    MOVE_DEADLINE = "move_deadline"
    REFER = "refer"
    END_REFERRAL = "end_referral"
    MERGE = "merge"
    LINK = "link"
    UNLINK = "unlink"


@dataclass(frozen=True)
class Transition:
    """From which states, by whom, to which state (None: it stays), the event that tells of it, and what it needs."""

    sources: frozenset[str]
    roles: frozenset[Role]
    target: str | None
    verb: str
    needs: tuple[Need, ...] = ()

    def parties_in(self, direction: str) -> frozenset[Party]:
        """The parties that may take it in a request of that direction."""
        return frozenset(party for party in Party if self.roles & roles_of(party, direction))


def roles_of(party: Party, direction: str) -> frozenset[Role]:
    """What a party is in a request of that direction."""
    asking = Party.AGENCY if direction == ServiceRequest.Direction.TO_MUNICIPALITY else Party.MUNICIPALITY
    role = Role.ASKER if party == asking else Role.HANDLER
    return frozenset({role, Role.AGENCY}) if party == Party.AGENCY else frozenset({role})


ASKER = frozenset({Role.ASKER})
HANDLER = frozenset({Role.HANDLER})
AGENCY = frozenset({Role.AGENCY})
EITHER = frozenset({Role.ASKER, Role.HANDLER})
BEFORE_COMPLETION = frozenset({State.SUBMITTED, State.ACKNOWLEDGED, State.IN_PROGRESS, State.WAITING})
OPEN_TO_BOTH = BEFORE_COMPLETION | {State.COMPLETED}
ONCE_SUBMITTED = OPEN_TO_BOTH | {State.CLOSED, State.DECLINED}
PROMISED = frozenset({State.ACKNOWLEDGED, State.IN_PROGRESS})

TRANSITIONS: dict[Action, Transition] = {
    Action.EDIT: Transition(frozenset({State.DRAFT}), ASKER, None, Event.Verb.REQUEST_EDITED, (Need.REVISION,)),
    Action.SUBMIT: Transition(frozenset({State.DRAFT}), ASKER, State.SUBMITTED, Event.Verb.REQUEST_SUBMITTED, (Need.COMPLETE_FORM,)),
    Action.ACKNOWLEDGE: Transition(frozenset({State.SUBMITTED}), HANDLER, State.ACKNOWLEDGED, Event.Verb.REQUEST_ACKNOWLEDGED),
    Action.START: Transition(frozenset({State.ACKNOWLEDGED}), HANDLER, State.IN_PROGRESS, Event.Verb.REQUEST_STARTED),
    Action.ASK: Transition(
        frozenset({State.ACKNOWLEDGED, State.IN_PROGRESS}), HANDLER, State.WAITING, Event.Verb.REQUEST_ASKED, (Need.WORDS,)
    ),
    Action.ANSWER: Transition(frozenset({State.WAITING}), ASKER, State.IN_PROGRESS, Event.Verb.REQUEST_ANSWERED, (Need.WORDS,)),
    Action.COMPLETE: Transition(frozenset({State.IN_PROGRESS}), HANDLER, State.COMPLETED, Event.Verb.REQUEST_COMPLETED, (Need.WORDS,)),
    Action.CLOSE: Transition(frozenset({State.COMPLETED}), EITHER, State.CLOSED, Event.Verb.REQUEST_CLOSED),
    Action.REOPEN: Transition(
        frozenset({State.COMPLETED, State.CLOSED}),
        ASKER,
        State.IN_PROGRESS,
        Event.Verb.REQUEST_REOPENED,
        (Need.REASON, Need.STILL_RECENT),
    ),
    Action.DECLINE: Transition(
        frozenset({State.SUBMITTED, State.ACKNOWLEDGED}), HANDLER, State.DECLINED, Event.Verb.REQUEST_DECLINED, (Need.REASON,)
    ),
    Action.WITHDRAW: Transition(BEFORE_COMPLETION | {State.DRAFT}, ASKER, State.WITHDRAWN, Event.Verb.REQUEST_WITHDRAWN),
    Action.ASSIGN: Transition(OPEN_TO_BOTH, AGENCY, None, Event.Verb.REQUEST_ASSIGNED, (Need.COLLEAGUE,)),
    Action.MESSAGE: Transition(OPEN_TO_BOTH, EITHER, None, Event.Verb.MESSAGE_SENT, (Need.WORDS,)),
    Action.MOVE_DEADLINE: Transition(PROMISED, AGENCY, None, Event.Verb.DEADLINE_MOVED, (Need.REASON,)),
    Action.REFER: Transition(BEFORE_COMPLETION, AGENCY, None, Event.Verb.REQUEST_REFERRED, (Need.WORDS,)),
    Action.END_REFERRAL: Transition(ONCE_SUBMITTED, AGENCY, None, Event.Verb.REFERRAL_ENDED, (Need.WORDS,)),
    Action.MERGE: Transition(OPEN_TO_BOTH, AGENCY, State.CLOSED, Event.Verb.REQUEST_MERGED, (Need.OTHER_REQUEST,)),
    Action.LINK: Transition(ONCE_SUBMITTED, AGENCY, None, Event.Verb.REQUEST_LINKED, (Need.OTHER_REQUEST,)),
    Action.UNLINK: Transition(ONCE_SUBMITTED, AGENCY, None, Event.Verb.REQUEST_UNLINKED, (Need.OTHER_REQUEST,)),
}


def party_of(user: User, request: ServiceRequest, *, on: dt.date | None = None) -> Party | None:
    """Return the side on which the person acts in this request on that day; None for a stranger.

    Staff act for the agency with the right to handle requests; others for a municipality of a mandate in force, their
    own or one delegated to them for writing. Who may only read along acts on no side.
    """
    if not user.is_active:
        return None
    if user.is_staff:
        return Party.AGENCY if user.has_perm("partnerships.handle_servicerequest") else None
    return Party.MUNICIPALITY if standing_of(user, request, on=on) else None


def standing_of(user: User, request: ServiceRequest, *, on: dt.date | None = None) -> Standing | None:
    """On what ground a person of the municipality writes here that day; None for readers and strangers.

    A mayor or alderman writes in their own name. Whoever was delegated writes for the person whose request it is, if
    that is who delegated to them, otherwise for the first who did; others for themselves.
    """
    on = on or timezone.localdate()
    kept = request.is_kept_from_delegates(on) and request.asked_by_id != user.pk
    standings = [standing for standing in user.standings_on(on) if standing.is_own or not kept]
    here = [standing for standing in standings if standing.may_write and _covers(standing, user, request)]
    concerned = {request.asked_for_id, request.asked_by_id}
    return min(here, key=lambda standing: _distance(standing, concerned), default=None)


def _covers(standing: Standing, user: User, request: ServiceRequest) -> bool:
    """In its municipality; where it was given for a person's own requests alone, only those."""
    is_here = standing.mandate.municipality_id == request.municipality_id
    return is_here and (not standing.is_limited or request.asked_by_id == user.pk)


def _distance(standing: Standing, concerned: set[int | None]) -> int:
    if standing.is_own:
        return 0 if standing.mandate.role in Mandate.POLITICAL else 3
    return 1 if standing.mandate.user_id in concerned else 2


def behalf_of(user: User, request: ServiceRequest, *, on: dt.date | None = None) -> User | None:
    """In whose name the person writes here that day; None for their own."""
    standing = None if user.is_staff else standing_of(user, request, on=on)
    return None if standing is None or standing.is_own else standing.mandate.user


def reopens_until(request: ServiceRequest) -> dt.date | None:
    """The last day on which a closed request is taken up again; None for one that is not closed."""
    if request.state != State.CLOSED or request.ended_at is None:
        return None
    return timezone.localdate(request.ended_at) + settings.REOPEN_WITHIN


def can(user: User, action: Action, request: ServiceRequest, *, on: dt.date | None = None) -> bool:
    """Whether the table lets this person take this action on the request as it stands that day."""
    return action in allowed_actions(user, request, on=on)


def allowed_actions(user: User, request: ServiceRequest, *, on: dt.date | None = None) -> list[Action]:
    """The actions open to this person now, in the order of the table."""
    party = party_of(user, request, on=on)
    roles = roles_of(party, request.direction) if party else frozenset()
    open_to = [action for action, rule in TRANSITIONS.items() if request.state in rule.sources and roles & rule.roles]
    return [action for action in open_to if Need.STILL_RECENT not in TRANSITIONS[action].needs or _is_still_recent(request, on)]


def _is_still_recent(request: ServiceRequest, on: dt.date | None) -> bool:
    """Closed not too long ago, and not because it was merged: work goes on in the other one then."""
    until = reopens_until(request)
    if until is None:
        return True
    return (on or timezone.localdate()) <= until and not is_merged(request)


# --- SPOCs --------------------------------------------------------------------------------------

HANDLE_REQUESTS = "partnerships.handle_servicerequest"
HAND_OVER = "partnerships.add_spochandover"
LEAD_TEAM = "partnerships.lead_team"


def may_hand_over(user: User, spocs: Iterable[SpocAssignment | None]) -> bool:
    """The lead hands over any municipality; a SPOC only those that are their own on that day."""
    if not (user.is_active and user.is_staff and user.has_perm(HAND_OVER)):
        return False
    return user.has_perm(LEAD_TEAM) or all(spoc is not None and spoc.officer_id == user.pk for spoc in spocs)


def may_cancel_handover(user: User, handover: SpocHandover) -> bool:
    """Whoever entered it, and the lead."""
    may = user.is_active and user.is_staff and user.has_perm(HAND_OVER)
    return may and (handover.by_id == user.pk or user.has_perm(LEAD_TEAM))


def may_enter_absence(user: User, officer: User | None) -> bool:
    """Everybody of the team their own; the lead anybody's. Without an officer: whether there is one at all they may enter."""
    may = user.is_active and user.is_staff and user.has_perm("partnerships.add_absence")
    return may and (officer is None or officer.pk == user.pk or user.has_perm(LEAD_TEAM))
