"""A mailing that went out, sent to one person whom it did not reach: never to somebody it may have reached."""

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from mailings.audience import recipients_of
from mailings.doorbell import ring
from mailings.models import Delivery, Run
from mailings.services.errors import NotMeant
from mailings.services.moves import check_sender, lock_mailing
from municipalities.models import User
from partnerships.models import Event
from partnerships.services.events import record_event

NOT_REACHED = frozenset({Delivery.State.FAILED, Delivery.State.SKIPPED})


@transaction.atomic
def send_again(run: Run, *, to: User, by: User) -> Delivery:
    """Send what was approved to somebody the mailing is meant for today, at their address and in their language of today.

    Whoever has none yet gets a row; a mail that failed or was skipped goes once more, with the same Message-ID. A mail that arrived,
    is on its way or in doubt stays as it is. Raises MailingActionNotAllowed without the right to send, NotMeant for anybody else.
    """
    mailing = lock_mailing(run.mailing)
    check_sender(mailing, by)
    if not recipients_of(mailing, timezone.localdate()).filter(pk=to.pk).exists():
        raise NotMeant(mailing)
    delivery = Delivery.objects.select_for_update(of=("self",)).filter(run=run, recipient=to).first() or _new_row(run, to)
    if delivery.pk and delivery.state not in NOT_REACHED:
        return delivery
    delivery.email, delivery.language = to.email, to.correspondence_language
    delivery.state, delivery.skip_reason, delivery.attempts = Delivery.State.PENDING, "", 0
    delivery.handed_over_at, delivery.next_attempt_at = None, Now()
    delivery.save()
    record_event(Event.Verb.DELIVERY_RESENT, mailing, by=by, data={"delivery": delivery.pk})
    ring()
    return Delivery.objects.get(pk=delivery.pk)


def _new_row(run: Run, person: User) -> Delivery:
    kind = Delivery.Kind.MAILING
    return Delivery(kind=kind, priority=Delivery.PRIORITY[kind], run=run, recipient=person)
