"""Writing a draft, step by step: nothing is needed yet, and nothing anybody typed is written over unseen."""

import uuid
from collections.abc import Iterable
from typing import Any, Protocol

from django.db import IntegrityError, transaction

from municipalities.models import Municipality, User
from partnerships.models import ServiceRequest
from partnerships.permissions import Action, behalf_of, can
from partnerships.services.events import record_event
from partnerships.services.requests import ActionNotAllowed


class StepPart(Protocol):
    """A part of a step as the form hands it over: checked, and ready to be written."""

    def put(self, request: ServiceRequest) -> None:
        """Set what lives on the request itself, before it is saved."""

    def save(self, request: ServiceRequest) -> None:
        """Write what lives beside the request, which is in the database by now."""


class StaleRevision(Exception):
    """Somebody else saved this step meanwhile; nothing was written, `request` is what stands in the database."""

    def __init__(self, request: ServiceRequest) -> None:
        super().__init__(f"revision is {request.revision} now")
        self.request = request


@transaction.atomic
def draft_request(
    *,
    by: User,
    municipality: Municipality,
    kind: str,
    token: uuid.UUID,
    direction: str = ServiceRequest.Direction.TO_AGENCY,
    language: str = "",
    fields: dict[str, Any] | None = None,
    step: str = "",
    parts: Iterable[StepPart] = (),
) -> ServiceRequest:
    """Make a draft on the side that asks: for a municipality for which the person may write today, or for the agency to it.

    `token` is the one of the form shown: the same token a second time returns the request already made, so a double
    click or six simultaneous posts make one. `language` (fr or nl) is the one the request is written in. Raises
    ActionNotAllowed for whoever does not stand on that side today.
    """
    parts = list(parts)
    request = ServiceRequest(municipality=municipality, kind=kind, direction=direction, token=token, language=language, asked_by=by)
    for name, value in (fields or {}).items():
        setattr(request, name, value)
    if not can(by, Action.EDIT, request):
        raise ActionNotAllowed(Action.EDIT, request)
    request.asked_for = behalf_of(by, request)
    request.step_revisions = {step: request.revision} if step else {}
    for part in parts:
        part.put(request)
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError:
        made = ServiceRequest.objects.filter(token=token, municipality=municipality).first()
        if made is None:
            raise
        return made
    for part in parts:
        part.save(request)
    record_event("request_drafted", request, by=by, behalf_of=request.asked_for, municipality=municipality)
    return request


@transaction.atomic
def edit_request(
    request: ServiceRequest,
    *,
    by: User,
    revision: int,
    step: str = "",
    fields: dict[str, Any] | None = None,
    parts: Iterable[StepPart] = (),
) -> ServiceRequest:
    """Change one step of a draft that was read at `revision`; raises StaleRevision when somebody saved that step meanwhile.

    Two people may write in two steps at once. Without a step the whole draft must stand as it was read.
    """
    parts = list(parts)
    request = ServiceRequest.objects.select_for_update(of=("self",)).select_related("municipality").get(pk=request.pk)
    if not can(by, Action.EDIT, request):
        raise ActionNotAllowed(Action.EDIT, request)
    if revision < _changed_at(request, step) or revision > request.revision:
        raise StaleRevision(request)
    for name, value in (fields or {}).items():
        setattr(request, name, value)
    for part in parts:
        part.put(request)
    request.revision += 1
    request.step_revisions |= {step: request.revision} if step else {}
    request.save()
    for part in parts:
        part.save(request)
    record_event("request_edited", request, by=by, behalf_of=behalf_of(by, request), municipality=request.municipality)
    return request


def _changed_at(request: ServiceRequest, step: str) -> int:
    """The revision at which the step was last written; a draft without steps yet counts as a whole."""
    return request.step_revisions.get(step, 1) if step else request.revision
