"""Who may do what with a question to the Region, as one table; read by services, portal and admin alike."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from django.utils import timezone

from municipalities.delegations import Standing
from municipalities.models import Mandate, User
from partnerships.models import Event, Question

State = Question.State
HANDLE = "partnerships.handle_question"
FIGURES = "partnerships.view_question_figures"


class Side(StrEnum):
    """Who acts on a question: whoever asked, the team, or the body it lies with (by its signed link, without an account)."""

    ASKER = "asker"
    TEAM = "team"
    BODY = "body"


class Need(StrEnum):
    """What an action cannot do without; the service refuses it otherwise."""

    REASON = "a reason"
    COLLEAGUE = "a colleague who handles questions"
    BODY = "a body and a day for its reply"
    WORDS = "a reply in French or in Dutch"
    BOTH_LANGUAGES = "question, answer and source in both languages"
    SECOND_PERSON = "somebody else than who wrote the answer"
    OTHER_QUESTION = "another question"
    REVISION = "the revision that was read"


class Action(StrEnum):
    """The named actions on a question; each has one service, one URL and one event."""

    TAKE_UP = "take_up"
    ASSIGN = "assign"
    FORWARD = "forward"
    TAKE_BACK = "take_back"
    REPLY = "reply"
    DRAFT = "draft"
    ASK_REVIEW = "ask_review"
    SEND_BACK = "send_back"
    ANSWER = "answer"
    PUBLISH = "publish"
    UNPUBLISH = "unpublish"
    CONFIRM = "confirm"
    SUPERSEDE = "supersede"
    MERGE = "merge"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


@dataclass(frozen=True)
class Transition:
    """From which states, by whom, to which state (None: it stays), the event that tells of it, and what it needs."""

    sources: frozenset[str]
    sides: frozenset[Side]
    target: str | None
    verb: str
    needs: tuple[Need, ...] = ()


TEAM = frozenset({Side.TEAM})
BEFORE_REVIEW = frozenset({State.ASKED, State.IN_PROGRESS, State.FORWARDED, State.REPLIED, State.DRAFTED})
TAKEN_UP = BEFORE_REVIEW - {State.ASKED}
TOLD = frozenset({State.ANSWERED, State.PUBLISHED})
Verb = Event.Verb

TRANSITIONS: dict[Action, Transition] = {
    Action.TAKE_UP: Transition(frozenset({State.ASKED}), TEAM, State.IN_PROGRESS, Verb.QUESTION_ASSIGNED, (Need.COLLEAGUE,)),
    Action.ASSIGN: Transition(TAKEN_UP | {State.IN_REVIEW} | TOLD, TEAM, None, Verb.QUESTION_ASSIGNED, (Need.COLLEAGUE,)),
    Action.FORWARD: Transition(BEFORE_REVIEW, TEAM, State.FORWARDED, Verb.QUESTION_FORWARDED, (Need.BODY,)),
    Action.TAKE_BACK: Transition(frozenset({State.FORWARDED}), TEAM, State.IN_PROGRESS, Verb.QUESTION_TAKEN_BACK, (Need.REASON,)),
    Action.REPLY: Transition(
        frozenset({State.FORWARDED, State.REPLIED}), frozenset({Side.BODY}), State.REPLIED, Verb.QUESTION_REPLIED, (Need.WORDS,)
    ),
    Action.DRAFT: Transition(
        frozenset({State.IN_PROGRESS, State.REPLIED, State.DRAFTED}), TEAM, State.DRAFTED, Verb.QUESTION_DRAFTED, (Need.REVISION,)
    ),
    Action.ASK_REVIEW: Transition(
        frozenset({State.DRAFTED}), TEAM, State.IN_REVIEW, Verb.QUESTION_REVIEW_ASKED, (Need.BOTH_LANGUAGES, Need.COLLEAGUE)
    ),
    Action.SEND_BACK: Transition(frozenset({State.IN_REVIEW}), TEAM, State.DRAFTED, Verb.QUESTION_SENT_BACK, (Need.REASON,)),
    Action.ANSWER: Transition(
        frozenset({State.IN_REVIEW}), TEAM, State.ANSWERED, Verb.QUESTION_ANSWERED, (Need.SECOND_PERSON, Need.REVISION)
    ),
    Action.PUBLISH: Transition(frozenset({State.ANSWERED}), TEAM, State.PUBLISHED, Verb.QUESTION_PUBLISHED),
    Action.UNPUBLISH: Transition(frozenset({State.PUBLISHED}), TEAM, State.ANSWERED, Verb.QUESTION_UNPUBLISHED, (Need.REASON,)),
    Action.CONFIRM: Transition(TOLD, TEAM, None, Verb.QUESTION_CONFIRMED),
    Action.SUPERSEDE: Transition(TOLD, TEAM, None, Verb.QUESTION_SUPERSEDED, (Need.OTHER_QUESTION,)),
    Action.MERGE: Transition(BEFORE_REVIEW, TEAM, State.MERGED, Verb.QUESTION_MERGED, (Need.OTHER_QUESTION,)),
    Action.DECLINE: Transition(frozenset({State.ASKED, State.IN_PROGRESS}), TEAM, State.DECLINED, Verb.QUESTION_DECLINED, (Need.REASON,)),
    Action.WITHDRAW: Transition(BEFORE_REVIEW, frozenset({Side.ASKER}), State.WITHDRAWN, Verb.QUESTION_WITHDRAWN),
}


def side_of(user: User, question: Question, *, on: dt.date | None = None) -> Side | None:
    """The team with the right to handle questions; who may write for the asking municipality that day; None for strangers and readers."""
    if not user.is_active:
        return None
    if user.is_staff:
        return Side.TEAM if user.has_perm(HANDLE) else None
    return Side.ASKER if standing_of(user, question, on=on) else None


def standing_of(user: User, question: Question, *, on: dt.date | None = None) -> Standing | None:
    """On what ground a person of the municipality acts on its question that day; a limited delegate only on those they asked."""
    on = on or timezone.localdate()
    here = [standing for standing in user.standings_on(on) if standing.may_write and _covers(standing, user, question)]
    concerned = {question.asked_for_id, question.asked_by_id}
    return min(here, key=lambda standing: (not standing.is_own, standing.mandate.user_id not in concerned), default=None)


def _covers(standing: Standing, user: User, question: Question) -> bool:
    is_here = standing.mandate.municipality_id == question.municipality_id
    return is_here and (not standing.is_limited or question.asked_by_id == user.pk)


def standing_to_ask(user: User, municipality_id: int, *, on: dt.date) -> Standing | None:
    """On what ground a person puts a question for this municipality that day: their own mandate first."""
    here = [each for each in user.standings_on(on) if each.may_write and each.mandate.municipality_id == municipality_id]
    return min(here, key=lambda each: (not each.is_own, each.mandate.role not in Mandate.POLITICAL), default=None)


def behalf_of(user: User, question: Question, *, on: dt.date | None = None) -> User | None:
    """In whose name the person acts; None for their own."""
    standing = None if user.is_staff else standing_of(user, question, on=on)
    return None if standing is None or standing.is_own else standing.mandate.user


def can(user: User, action: Action, question: Question, *, on: dt.date | None = None) -> bool:
    """Whether the table lets this person take this action on the question as it stands."""
    return action in allowed_actions(user, question, on=on)


def allowed_actions(user: User, question: Question, *, on: dt.date | None = None) -> list[Action]:
    """The actions open to this person now, in the order of the table; a replaced answer is neither confirmed nor replaced again."""
    side = side_of(user, question, on=on)
    found = [action for action, rule in TRANSITIONS.items() if side in rule.sides and question.state in rule.sources]
    if question.drafted_by_id == user.pk:
        found = [action for action in found if Need.SECOND_PERSON not in TRANSITIONS[action].needs]
    replaced = {Action.CONFIRM, Action.SUPERSEDE}
    return [action for action in found if question.superseded_by_id is None or action not in replaced]
