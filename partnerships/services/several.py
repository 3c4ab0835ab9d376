"""One act on several requests: on each for itself, whole or not at all, with what came of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from partnerships.models import ServiceRequest
from partnerships.services.desk import TakenMeanwhile
from partnerships.services.requests import ActionNotAllowed


@dataclass(frozen=True)
class Outcome:
    """What came of one row: done, or refused and why."""

    row: ServiceRequest
    refused: str = ""


def act_on_each(requests: Iterable[ServiceRequest], act: Callable[[ServiceRequest], Any]) -> list[Outcome]:
    """Each request in a transaction of its own: what one refuses undoes nothing of the others, and keeps nothing half done."""
    return [Outcome(request, _refusal(request, act)) for request in requests]


def _refusal(request: ServiceRequest, act: Callable[[ServiceRequest], Any]) -> str:
    """Why the act was refused; empty when it was done."""
    try:
        with transaction.atomic():
            act(request)
    except TakenMeanwhile as taken:
        return _("On the desk of %(who)s meanwhile.") % {"who": taken.holder.full_name if taken.holder else _("nobody")}
    except ValidationError as error:
        return " ".join(error.messages)
    except (ActionNotAllowed, IntegrityError):
        request.refresh_from_db(fields=["state"])
        return _("Not possible: the request is “%(state)s”.") % {"state": request.get_state_display()}
    return ""
