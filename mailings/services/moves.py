"""The one way to change the state of a mailing: lock, check the table, change, record."""

from typing import Any

from mailings.models import Mailing
from mailings.permissions import TRANSITIONS, Action, Right, can, rights_of
from mailings.services.errors import MailingActionNotAllowed
from municipalities.models import User
from partnerships.services.events import record_event


def lock_mailing(mailing: Mailing) -> Mailing:
    """The mailing as it stands in the database, locked until the end of the transaction."""
    return Mailing.objects.select_for_update(of=("self",)).get(pk=mailing.pk)


def check_action(mailing: Mailing, action: Action, by: User | None) -> None:
    """Raise MailingActionNotAllowed unless the table lets this person do it now."""
    if not can(by, action, mailing):
        raise MailingActionNotAllowed(action, mailing)


def check_sender(mailing: Mailing, by: User) -> None:
    """Single mails of a mailing that went out are settled and sent again by those who may send, also after the run has ended."""
    if mailing.state not in Mailing.GONE_OUT or not rights_of(by) & {Right.SENDER}:
        raise MailingActionNotAllowed(Action.RESUME, mailing)


def move_mailing(mailing: Mailing, action: Action, *, by: User | None, data: dict[str, Any] | None = None, **changes: Any) -> Mailing:
    """Take one row of TRANSITIONS on a locked mailing: check, set state and fields, save, record."""
    check_action(mailing, action, by)
    rule = TRANSITIONS[action]
    before = mailing.state
    for name, value in changes.items():
        setattr(mailing, name, value)
    if rule.target:
        mailing.state = rule.target
    mailing.save()
    record_event(rule.verb, mailing, by=by, data={"from": before, "to": mailing.state} | (data or {}))
    return mailing
