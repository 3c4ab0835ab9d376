"""Which events were told to whom, what a person wants to receive, and whether the workers are alive."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

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


class MailPreference(models.Model):
    """What a person chose to receive. Unsubscribing stops mailings, never messages about one's own requests."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="mail_preference")
    unsubscribed_at = models.DateTimeField(_("unsubscribed from mailings on"), null=True, blank=True)

    class Meta:
        verbose_name = _("mail preference")
        verbose_name_plural = _("mail preferences")

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
