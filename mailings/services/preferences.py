"""What a person wants to receive."""

import datetime as dt
from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mailings.models import Mailing, MailPreference
from municipalities.models import User
from municipalities.services import choose_correspondence_language

LONGEST_PAUSE = dt.timedelta(days=366)


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


@transaction.atomic
def choose_mails(user: User, *, language: str, kinds: Collection[str], paused_until: dt.date | None, today: dt.date) -> MailPreference:
    """Write to this person in `language`, send the mailings of these `kinds` alone, and none before `paused_until`.

    No kind at all unsubscribes. Raises ValidationError for a pause that is over already, or longer than a year.
    """
    if paused_until and not today < paused_until <= today + LONGEST_PAUSE:
        raise ValidationError({"paused_until": _("Please choose a day to come, within a year.")})
    choose_correspondence_language(user, language)
    preference, _made = MailPreference.objects.select_for_update().get_or_create(user=user)
    unwanted = [str(kind) for kind in Mailing.Kind if kind not in kinds]
    is_out = len(unwanted) == len(Mailing.Kind)
    preference.unsubscribed_at = (preference.unsubscribed_at or timezone.now()) if is_out else None
    preference.unwanted_kinds = [] if is_out else unwanted
    preference.paused_until = paused_until
    preference.save(update_fields=["unsubscribed_at", "unwanted_kinds", "paused_until"])
    return preference
