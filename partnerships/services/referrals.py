"""Referring a request to a colleague or a partner organisation, and the end of it; both sides are told why."""

import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.models import User
from partnerships.models import Message, PartnerOrganisation, Referral, ServiceRequest
from partnerships.permissions import Action
from partnerships.services.requests import ActionNotAllowed, send_words, take_action


@transaction.atomic
def refer_request(
    request: ServiceRequest, *, by: User, to: PartnerOrganisation | User, note: str, language: str, token: uuid.UUID | None = None
) -> Referral:
    """Bring a partner organisation or a colleague in, with a note that the municipality reads too.

    The request stays with whoever it is assigned to. Raises ValidationError for somebody it is already referred to.
    """
    target = {"partner": to} if isinstance(to, PartnerOrganisation) else {"colleague": to}
    if isinstance(to, PartnerOrganisation) and not to.is_active:
        raise ValidationError({"to": _("Nothing is referred to this organisation any more.")})
    if Referral.objects.open().filter(request=request, **target).exists():
        raise ValidationError({"to": _("The request is already referred there.")})
    message = send_words(request, by=by, words=("note", note, language), token=token)
    referral = Referral.objects.create(request=request, by=by, message=message, **target)
    take_action(request, Action.REFER, by=by, data={"message": message.pk, "referral": referral.pk})
    return referral


@transaction.atomic
def end_referral(referral: Referral, *, by: User, outcome: str, language: str, token: uuid.UUID | None = None) -> Referral:
    """Say how it ended; the municipality reads it. Raises ActionNotAllowed when it has ended already."""
    referral = Referral.objects.select_for_update(of=("self",)).select_related("request__municipality").get(pk=referral.pk)
    if not referral.is_open:
        raise ActionNotAllowed(Action.END_REFERRAL, referral.request)
    message: Message = send_words(referral.request, by=by, words=("outcome", outcome, language), token=token)
    referral.ended_at, referral.ended_message = timezone.now(), message
    referral.save(update_fields=["ended_at", "ended_message"])
    take_action(referral.request, Action.END_REFERRAL, by=by, data={"message": message.pk, "referral": referral.pk})
    return referral
