"""Addresses without an account: those an editor adds to a mailing, and what the holder of one chooses by the links of a mail."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mailings.models import AddressChoice, Addressee, Mailing
from mailings.permissions import TRANSITIONS, Action
from mailings.services.moves import check_action, lock_mailing, move_mailing
from municipalities.languages import CorrespondenceLanguage
from municipalities.models import User


@transaction.atomic
def add_address(mailing: Mailing, *, by: User, email: str, name: str, language: str, reason: str) -> Addressee:
    """Send a mailing to one more address, for a reason; an approval of the audience before is void.

    Raises ValidationError (no reason, no address, or one that is there), MailingActionNotAllowed.
    """
    mailing = lock_mailing(mailing)
    check_action(mailing, Action.EDIT, by)
    words = {"email": email.strip().lower(), "name": name.strip() or email.strip(), "reason": reason.strip()}
    address = Addressee(mailing=mailing, circle=Addressee.Circle.EXTRA, language=language, added_by=by, **words)
    if not address.reason:
        raise ValidationError({"reason": _("Please say why this address receives the mailing.")})
    address.full_clean()
    address.save()
    _note_audience(mailing, by=by)
    return address


@transaction.atomic
def remove_address(mailing: Mailing, address: int, *, by: User) -> None:
    """Take an extra address off again; one that is gone already changes nothing."""
    mailing = lock_mailing(mailing)
    check_action(mailing, Action.EDIT, by)
    removed, _rows = mailing.addressees.filter(pk=address, circle=Addressee.Circle.EXTRA).delete()
    if removed:
        _note_audience(mailing, by=by)


def _note_audience(mailing: Mailing, *, by: User) -> None:
    """The audience is not what was approved any more; while the cabinet reads, its verdict on the older one is refused as stale."""
    mailing.revision += 1
    stood = mailing.state
    if stood in TRANSITIONS[Action.VOID].sources and stood != Mailing.State.IN_REVIEW:
        move_mailing(mailing, Action.VOID, by=by, scheduled_for=mailing.hour_to_come(timezone.now()), held_reason="")
    move_mailing(mailing, Action.EDIT, by=by, data={"from": stood, "changed": ["audience_addresses"], "revision": mailing.revision})


# --- What the holder chooses --------------------------------------------------------------------


def _choice(email: str) -> AddressChoice:
    """Locked, and made when it is the first."""
    AddressChoice.objects.bulk_create([AddressChoice(email=email.lower())], ignore_conflicts=True)
    return AddressChoice.objects.select_for_update().get(email=email.lower())


@transaction.atomic
def unsubscribe_address(email: str) -> AddressChoice:
    """Send this address no more mailings. A second time changes nothing."""
    choice = _choice(email)
    if choice.unsubscribed_at is None:
        choice.unsubscribed_at = timezone.now()
        choice.save(update_fields=["unsubscribed_at"])
    return choice


@transaction.atomic
def choose_language_of_address(email: str, language: str) -> AddressChoice:
    """Write to this address wholly in one language from now on."""
    choice = _choice(email)
    choice.language = CorrespondenceLanguage(language).value
    choice.save(update_fields=["language"])
    return choice
