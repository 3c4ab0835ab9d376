"""The table of TRANSITIONS as people read it: printed into `docs/REQUESTS.md` from the code, and compared with it by a test."""

from collections.abc import Iterable, Iterator

from partnerships.models import ServiceRequest
from partnerships.permissions import TRANSITIONS, Action, Need, Party, Role, Transition, roles_of

Direction = ServiceRequest.Direction
HEAD = """# Requests: who may do what, from where to where

Printed by `manage.py print_transitions` from `partnerships/permissions.py`; a test holds the two together. The services,
the portal and the administration ask this one table; the database refuses every state it does not lead to.

**Asker** and **handler** follow from the direction of a request. When a municipality asks the agency, the municipality is
the asker; when the agency asks a municipality for data or a study, it is the other way round. **Agency** is the agency
in either. A person acts for the municipality by a mandate in force or one delegated for writing, for the agency with the
right to handle requests; everybody else acts on no side, and what they may not see does not exist for them.
"""
WHO = {Role.ASKER: "asker", Role.HANDLER: "handler", Role.AGENCY: "agency"}
NOTES = """
- **What is needed**: {needs}.
- `answer` has no button of its own: while the asker is waited for, their message is the answer.
- `reopen` leads back to *in progress*, with a due day counted anew. What is *completed* can be reopened at any time; what is
  *closed* for `REOPEN_WITHIN_DAYS` (60), after that a new request refers to the old one. What was declined or withdrawn is
  not reopened: the first was decided by the other side, the second by the asker knowingly.
- A draft is seen by the side that asks alone, also once it is withdrawn.
"""


def markdown() -> str:
    """The whole document."""
    return "\n".join([HEAD, *_rows(), NOTES.format(needs="; ".join(need.value for need in Need)), *_sides(), ""])


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _rows() -> Iterator[str]:
    yield "## The table\n"
    yield _line(("action", "from", "to", "who", "what is needed", "event"))
    yield "|---|---|---|---|---|---|"
    for action, rule in TRANSITIONS.items():
        yield _line(_cells(action, rule))


def _cells(action: Action, rule: Transition) -> tuple[str, ...]:
    order = list(ServiceRequest.State.values)
    sources = ", ".join(sorted(rule.sources, key=order.index))
    who = " or ".join(WHO[role] for role in Role if role in rule.roles)
    return f"`{action}`", sources, rule.target or "stays", who, "; ".join(rule.needs) or "–", f"`{rule.verb}`"


def _sides() -> Iterator[str]:
    """Who is what, per direction, and what each side may do in each state."""
    for direction in Direction:
        yield f"## {direction.label}\n"
        for party in Party:
            yield f"The {party} is {' and '.join(WHO[role] for role in Role if role in roles_of(party, direction))}.  "
        yield ""
        yield _line(("state", *(f"{party} may" for party in Party)))
        yield "|---|---|---|"
        for state in ServiceRequest.State.values:
            yield _line((state, *(_actions_in(state, party, direction) for party in Party)))
        yield ""


def _actions_in(state: str, party: Party, direction: str) -> str:
    open_to = [action for action, rule in TRANSITIONS.items() if state in rule.sources and party in rule.parties_in(direction)]
    return ", ".join(open_to) or "–"
