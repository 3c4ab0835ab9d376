"""What is done where a mailing reached nobody: the municipality is informed by other means, and that is written down."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mailings.audience import staff_with
from mailings.models import Run
from mailings.permissions import Action
from mailings.proof import WAYS, proof_of
from mailings.rendering import portal_link
from mailings.services.endings import overseers
from mailings.services.errors import MailingActionNotAllowed
from mailings.services.moves import lock_mailing
from municipalities.models import Municipality, User
from partnerships.models import Event
from partnerships.services.events import record_event

RIGHT = "mailings.view_run"


@transaction.atomic
def tell_otherwise(run: Run, municipality: Municipality, *, by: User, way: str, on: dt.date, whom: str, note: str = "") -> Event:
    """Write down that a municipality was informed by telephone, in person or by letter: whom, when and by whom.

    Any member of staff who sees sendings may. Raises ValidationError (no name, a day to come or before the sending, another way),
    MailingActionNotAllowed.
    """
    mailing = lock_mailing(run.mailing)
    if not (by.is_active and by.is_staff and by.has_perm(RIGHT)) or mailing.state not in mailing.GONE_OUT:
        raise MailingActionNotAllowed(Action.RESUME, mailing)
    if way not in WAYS:
        raise ValidationError({"way": _("Please choose how the municipality was informed.")})
    if not whom.strip():
        raise ValidationError({"whom": _("Please say who was informed.")})
    if not timezone.localdate(run.planned_at) <= on <= timezone.localdate():
        raise ValidationError({"on": _("Please give a day since the mailing was sent, today at the latest.")})
    data = {"run": run.pk, "way": way, "on": on.isoformat(), "whom": whom.strip(), "note": note.strip()}
    return record_event(Event.Verb.TOLD_OTHERWISE, mailing, by=by, municipality=municipality, data=data)


def hearers_of_proof(event: Event) -> list[User]:
    """Of a sending that is over editors and lead hear only where it reached nobody of a municipality."""
    run = Run.objects.filter(pk=event.data.get("run")).select_related("mailing").first()
    if run is None or not proof_of(run).alarms:
        return []
    return list({person.pk: person for person in [*staff_with("mailings.send_mailing"), *overseers()]}.values())


def about_unreached(event: Event) -> dict[str, Any]:
    """What the mail about a sending that is over tells: the municipalities nobody of whom it reached, in the order of its reader."""
    run = Run.objects.select_related("mailing").get(pk=event.data["run"])
    return {
        "unreached": Unreached(run),
        "link": portal_link("admin:mailings_run_proof", run.pk),
        "link_label": _("Open the proof of information"),
    }


class Unreached:
    """Read when the mail is written, so that each version has the names and the order of its language."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def __iter__(self) -> Iterator[Municipality]:
        return iter([row.municipality for row in proof_of(self._run).alarms])
