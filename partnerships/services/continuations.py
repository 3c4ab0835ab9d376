"""A new request in the place of one that ended too long ago to be reopened."""

import uuid

from django.db import transaction

from municipalities.models import User
from partnerships.models import Continuation, ServiceRequest
from partnerships.permissions import Action, Party, party_of
from partnerships.services.drafts import draft_request
from partnerships.services.requests import ActionNotAllowed


def can_continue(user: User, request: ServiceRequest) -> bool:
    """Who could ask for it anew: the municipality, once its request has ended and had a number."""
    has_ended = request.state in ServiceRequest.ENDED and bool(request.reference)
    return has_ended and not request.is_from_agency and party_of(user, request) == Party.MUNICIPALITY


@transaction.atomic
def continue_request(request: ServiceRequest, *, by: User, token: uuid.UUID) -> ServiceRequest:
    """Make a draft of the same kind that refers to the ended request; its words are a start, to be changed.

    The same token a second time returns the draft already made. Raises ActionNotAllowed while the request has not ended.
    """
    if not can_continue(by, request):
        raise ActionNotAllowed(Action.EDIT, request)
    fields = {"title": request.title, "area": request.area, "technical_contact": request.technical_contact}
    draft = draft_request(
        by=by, municipality=request.municipality, kind=request.kind, token=token, language=request.language, fields=fields
    )
    Continuation.objects.get_or_create(request=draft, defaults={"of": request})
    return draft
