"""Naming a delegate, answering the invitation, taking it back: lock, check, change, record."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.delegations import Delegation
from municipalities.models import Mandate, User
from partnerships.models import Event
from partnerships.services.events import record_event

ONE_DAY = dt.timedelta(days=1)
MANAGES_MANDATES = "municipalities.change_mandate"


class DelegationNotAllowed(Exception):
    """This person may not do this with this delegation as it stands now."""


@transaction.atomic
def invite_delegate(
    mandate: Mandate, *, by: User, email: str, first_name: str, last_name: str, scope: str, until: dt.date | None
) -> Delegation:
    """Name somebody who may act in the name of whoever holds the mandate, from today until a day at most the mandate's last.

    Whoever is known by this address is named as they are; otherwise the person is entered, with `by` as the source.
    Raises ValidationError with the reason beside its field, DelegationNotAllowed when the mandate is not one's own or over.
    """
    today = timezone.localdate()
    mandate = Mandate.objects.select_for_update(of=("self",)).select_related("municipality", "user").get(pk=mandate.pk)
    if mandate.user_id != by.pk or not _may_delegate(mandate, today):
        raise DelegationNotAllowed
    last = _last_day(mandate, today, until)
    delegate = _known(email, mandate) or _entered(email, first_name, last_name, by=by)
    delegation = Delegation(
        mandate=mandate,
        delegate=delegate,
        scope=scope,
        period=DateRange(today, last + ONE_DAY if last else None),
        invited_at=timezone.now(),
    )
    try:
        with transaction.atomic():
            delegation.save(force_insert=True)
    except IntegrityError as clash:
        raise ValidationError({"email": _("This person is already your delegate, or invited, on some of these days.")}) from clash
    record_event(Event.Verb.DELEGATION_INVITED, delegation, by=by, municipality=mandate.municipality, data={"scope": scope})
    return delegation


def _may_delegate(mandate: Mandate, on: dt.date) -> bool:
    in_force = mandate.starts_on is not None and mandate.starts_on <= on and (mandate.ends_on is None or on <= mandate.ends_on)
    return mandate.role in Mandate.POLITICAL and mandate.user.is_active and in_force


def _last_day(mandate: Mandate, today: dt.date, until: dt.date | None) -> dt.date | None:
    if until and until < today:
        raise ValidationError({"until": _("The last day is today or later.")})
    if until and mandate.ends_on and until > mandate.ends_on:
        raise ValidationError({"until": _("Your mandate ends before this day.")})
    return until or mandate.ends_on


def _known(email: str, mandate: Mandate) -> User | None:
    """The person with this address. Somebody who works elsewhere cannot be named here, and nothing is told about them."""
    person = User.objects.filter(email__iexact=email.strip()).first()
    if person is None:
        return None
    if person.pk == mandate.user_id:
        raise ValidationError({"email": _("This is your own address.")})
    elsewhere = person.mandates.exclude(municipality=mandate.municipality_id).exists()
    here = person.mandates.filter(municipality=mandate.municipality_id).exists()
    if person.is_staff or person.is_cabinet_reviewer or not person.is_active or (elsewhere and not here):
        raise ValidationError({"email": _("This address cannot be invited. Please ask your contact person at the agency.")})
    return person


def _entered(email: str, first_name: str, last_name: str, *, by: User) -> User:
    needed = _("Needed, because the portal does not know this address yet.")
    missing = {name: needed for name, value in (("first_name", first_name), ("last_name", last_name)) if not value.strip()}
    if missing:
        raise ValidationError(missing)
    person = User(email=email.strip().lower(), first_name=first_name.strip(), last_name=last_name.strip())
    person._history_user = by  # type: ignore[attr-defined]  # whoever enters a person is their source, also outside a page
    person.set_unusable_password()
    person.full_clean()
    person.save(force_insert=True)
    return person


@transaction.atomic
def accept_delegation(delegation: Delegation, *, by: User) -> Delegation:
    """Take up a delegation one was invited to; from now on it allows what it says."""
    return _answer(delegation, by=by, field="accepted_at", verb=Event.Verb.DELEGATION_ACCEPTED)


@transaction.atomic
def decline_delegation(delegation: Delegation, *, by: User) -> Delegation:
    """Say no to a delegation; it never allowed anything."""
    return _answer(delegation, by=by, field="declined_at", verb=Event.Verb.DELEGATION_DECLINED)


def _answer(delegation: Delegation, *, by: User, field: str, verb: str) -> Delegation:
    delegation = _locked(delegation)
    if delegation.delegate_id != by.pk or not Delegation.objects.invited(timezone.localdate()).filter(pk=delegation.pk).exists():
        raise DelegationNotAllowed
    return _settle(delegation, by=by, field=field, verb=verb)


@transaction.atomic
def revoke_delegation(delegation: Delegation, *, by: User) -> Delegation:
    """End a delegation at once: by whoever gave it, whoever holds it, or the team. Past words stay signed."""
    delegation = _locked(delegation)
    if not may_revoke(by, delegation) or delegation.revoked_at or delegation.declined_at:
        raise DelegationNotAllowed
    return _settle(delegation, by=by, field="revoked_at", verb=Event.Verb.DELEGATION_REVOKED)


def may_revoke(user: User, delegation: Delegation) -> bool:
    if not user.is_active:
        return False
    if user.is_staff:
        return user.has_perm(MANAGES_MANDATES)
    return user.pk in {delegation.mandate.user_id, delegation.delegate_id}


def _locked(delegation: Delegation) -> Delegation:
    related = Delegation.objects.select_related("mandate__user", "mandate__municipality", "delegate")
    return related.select_for_update(of=("self",)).get(pk=delegation.pk)


def _settle(delegation: Delegation, *, by: User, field: str, verb: str) -> Delegation:
    setattr(delegation, field, timezone.now())
    delegation.save(update_fields=[field])
    record_event(verb, delegation, by=by, municipality=delegation.mandate.municipality, data={"scope": delegation.scope})
    return delegation
