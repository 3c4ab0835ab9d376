"""What a person wants to receive."""

from django.db import transaction
from django.utils import timezone

from mailings.models import MailPreference
from municipalities.models import User


@transaction.atomic
def unsubscribe(user: User) -> MailPreference:
    """Send this person no more mailings; messages about their own requests go on. A second time changes nothing."""
    preference, _made = MailPreference.objects.select_for_update().get_or_create(user=user)
    if preference.unsubscribed_at is None:
        preference.unsubscribed_at = timezone.now()
        preference.save(update_fields=["unsubscribed_at"])
    return preference


@transaction.atomic
def resubscribe(user: User) -> MailPreference:
    """Send this person mailings again."""
    preference, _made = MailPreference.objects.select_for_update().get_or_create(user=user)
    if preference.unsubscribed_at is not None:
        preference.unsubscribed_at = None
        preference.save(update_fields=["unsubscribed_at"])
    return preference
