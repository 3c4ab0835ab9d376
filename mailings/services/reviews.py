"""Remarks on a mailing, and who stands in for the cabinet's reviewer."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mailings.models import Mailing, MailingComment, MailingItem, StandIn
from mailings.permissions import Action, can_comment, can_name_stand_in
from mailings.services.errors import MailingActionNotAllowed
from mailings.services.moves import lock_mailing
from municipalities.models import User
from partnerships.models import Event
from partnerships.services.events import record_event

Block = MailingComment.Block
LONGEST_STAND_IN = dt.timedelta(days=60)


@transaction.atomic
def comment_mailing(mailing: Mailing, *, by: User, text: str, block: str = Block.WHOLE, item: int | None = None) -> MailingComment:
    """Say something about a block. Raises ValidationError without words or for a block that is no longer there."""
    mailing = lock_mailing(mailing)
    if not can_comment(by, mailing):
        raise MailingActionNotAllowed(Action.SEND_BACK, mailing)
    if not text.strip():
        raise ValidationError({"text": _("Please write your remark.")})
    about = mailing.items.filter(pk=item).first() if block == Block.ITEM and item else None
    if block not in Block.values or (block == Block.ITEM and about is None):
        raise ValidationError({"text": _("This block is no longer in the mailing. Please say it of the whole mailing.")})
    title = _title_of(about) if about else ""
    comment = MailingComment.objects.create(mailing=mailing, by=by, block=block, item=about, title=title, text=text.strip())
    record_event(Event.Verb.MAILING_COMMENTED, mailing, by=by, data={"comment": comment.pk})
    return comment


def _title_of(item: MailingItem) -> str:
    return " / ".join(filter(None, (item.title_fr, item.title_nl)))[:200]


@transaction.atomic
def resolve_comment(comment: MailingComment, *, by: User) -> MailingComment:
    """Say that a remark is settled; the first to say so is kept."""
    mailing = lock_mailing(comment.mailing)
    if not can_comment(by, mailing):
        raise MailingActionNotAllowed(Action.EDIT, mailing)
    comment = MailingComment.objects.select_for_update(of=("self",)).get(pk=comment.pk)
    if comment.resolved_at is None:
        comment.resolved_by, comment.resolved_at = by, timezone.now()
        comment.save(update_fields=["resolved_by", "resolved_at"])
    return comment


# --- Stand-ins ----------------------------------------------------------------------------------


@transaction.atomic
def name_stand_in(person: User, *, by: User, first_day: dt.date, last_day: dt.date) -> StandIn:
    """Let a colleague give the cabinet's verdict from one day to another. Raises MailingActionNotAllowed, ValidationError."""
    if not can_name_stand_in(by):
        raise MailingActionNotAllowed(Action.APPROVE, Mailing())
    if not (person.is_active and person.is_staff):
        raise ValidationError({"person": _("A stand-in is an active colleague of the agency.")})
    if last_day < timezone.localdate():
        raise ValidationError({"last_day": _("Please choose days that are still to come.")})
    if last_day - first_day > LONGEST_STAND_IN:
        raise ValidationError({"last_day": _("At most 60 days at a time.")})
    stand_in = StandIn(person=person, first_day=first_day, last_day=last_day, named_by=by)
    stand_in.full_clean()
    stand_in.save()
    days = {"first_day": first_day.isoformat(), "last_day": last_day.isoformat()}
    record_event(Event.Verb.STAND_IN_NAMED, stand_in, by=by, data={"person": person.pk} | days)
    return stand_in


@transaction.atomic
def end_stand_in(stand_in: StandIn, *, by: User) -> StandIn:
    """End it now; what the stand-in approved stays approved."""
    if not can_name_stand_in(by):
        raise MailingActionNotAllowed(Action.APPROVE, Mailing())
    stand_in = StandIn.objects.select_for_update(of=("self",)).get(pk=stand_in.pk)
    if stand_in.ended_at is None:
        stand_in.ended_by, stand_in.ended_at = by, timezone.now()
        stand_in.save(update_fields=["ended_by", "ended_at"])
        record_event(Event.Verb.STAND_IN_ENDED, stand_in, by=by, data={"person": stand_in.person_id})
    return stand_in
