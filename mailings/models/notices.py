"""Which events were told to whom, what a person wants to receive, and whether the workers are alive."""

import datetime as dt
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mailings.models.mailings import Mailing
from municipalities.models import User
from partnerships.models import Event


class Notice(models.Model):
    """One per event, once it was decided who hears of it; its deliveries are the mails (none when nobody need hear)."""

    event = models.OneToOneField(Event, verbose_name=_("event"), on_delete=models.PROTECT, related_name="notice")
    decided_at = models.DateTimeField(_("decided on"), default=timezone.now)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return str(self.event)


class Telling(models.Model):
    """That a person hears of an event, and in which mail: each event once per person, however many share a mail."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="tellings")
    recipient = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    delivery = models.ForeignKey("mailings.Delivery", on_delete=models.CASCADE, related_name="tellings")

    class Meta:
        verbose_name = _("event told by mail")
        verbose_name_plural = _("events told by mail")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(name="telling_once_per_event_and_person", fields=["notice", "recipient"])]

    def __str__(self) -> str:
        return f"{self.notice_id} → {self.recipient_id}"


class MailPreferenceQuerySet(models.QuerySet["MailPreference"]):
    def unsubscribed_from(self, kind: str) -> "MailPreferenceQuerySet":
        """Of those who want no mailing, or none of this kind."""
        return self.filter(models.Q(unsubscribed_at__isnull=False) | models.Q(unwanted_kinds__contains=[kind]))

    def paused(self, on: dt.date) -> "MailPreferenceQuerySet":
        """Of those who asked on that day to be left in peace for a while."""
        return self.filter(paused_until__gt=on)


class MailPreference(models.Model):
    """What a person chose to receive. It stops mailings, never messages about one's own requests.

    Whoever wants no kind of mailing is unsubscribed; a pause ends by itself on its day.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="mail_preference")
    unsubscribed_at = models.DateTimeField(_("unsubscribed from mailings on"), null=True, blank=True)
    unwanted_kinds = ArrayField(
        models.CharField(max_length=10, choices=Mailing.Kind.choices),
        verbose_name=_("kinds of mailing not wanted"),
        default=list,
        db_default=[],
        blank=True,
    )
    paused_until = models.DateField(_("no mailings before"), null=True, blank=True)

    objects = MailPreferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail preference")
        verbose_name_plural = _("mail preferences")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="mail_preference_kinds_known", condition=models.Q(unwanted_kinds__contained_by=[str(kind) for kind in Mailing.Kind])
            ),
            models.CheckConstraint(
                name="mail_preference_some_kind_is_wanted",
                condition=~models.Q(unwanted_kinds__contains=[str(kind) for kind in Mailing.Kind]),
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)


class Heartbeat(models.Model):
    """Proof of life, written by a task that beat rings and a worker runs: both must live for it to move."""

    name = models.CharField(max_length=20, unique=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return f"{self.name} {self.at:%H:%M:%S}"
