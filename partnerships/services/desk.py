"""What moves between the desks of the team: taking a request, and handing one over with a note."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from municipalities.models import User
from partnerships.models import Note, ServiceRequest
from partnerships.permissions import Action
from partnerships.services.requests import require_handler, take_action


class TakenMeanwhile(Exception):
    """Somebody else has it since the page was shown; `holder` is who, or None where it was put back."""

    def __init__(self, holder: User | None) -> None:
        super().__init__(f"held by {holder.pk if holder else None}")
        self.holder = holder


@transaction.atomic
def take_request(request: ServiceRequest, *, by: User, seen: int | None) -> ServiceRequest:
    """Take a request that was seen on the desk of `seen` (a person's key, None for nobody's); of two who take it at once one wins.

    Raises TakenMeanwhile for whoever comes second.
    """
    held = ServiceRequest.objects.select_for_update().get(pk=request.pk)
    if held.assignee_id == by.pk:
        return held
    if held.assignee_id != seen:
        raise TakenMeanwhile(held.assignee)
    return take_action(held, Action.ASSIGN, by=by, assignee=by, data={"assignee": by.pk})


@transaction.atomic
def hand_over_request(request: ServiceRequest, *, by: User, to: User, note: str) -> ServiceRequest:
    """Give a request to a colleague with an internal note, which goes with the mail and which no municipality ever sees."""
    note = note.strip()
    if not note:
        raise ValidationError({"note": _("Please write a few words.")})
    if to.pk == request.assignee_id:
        raise ValidationError({"to": _("The request is on their desk already.")})
    require_handler(to)
    written = Note(request=request, author=by, body=note)
    written.full_clean(exclude=["request", "author", "token"])
    written.save(force_insert=True)
    return take_action(request, Action.ASSIGN, by=by, assignee=to, data={"assignee": to.pk, "note": written.pk})
