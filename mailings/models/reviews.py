"""What the cabinet says of a mailing on the way to its verdict, and who gives the verdict while the reviewer is away."""

import datetime as dt
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mailings.models.mailings import Mailing, MailingItem
from municipalities.models import User


class MailingComment(models.Model):
    """A remark on one block of a mailing; it is not content, and stays with the title it was written under."""

    class Block(models.TextChoices):
        WHOLE = "whole", _("The whole mailing")
        SUBJECT = "subject", _("Subject")
        INTRO = "intro", _("Introduction")
        ITEM = "item", _("Block")
        CLOSING = "closing", _("Closing words")

    mailing = models.ForeignKey(Mailing, on_delete=models.PROTECT, related_name="comments")
    block = models.CharField(_("about"), max_length=10, choices=Block.choices, default=Block.WHOLE)
    item = models.ForeignKey(
        MailingItem, verbose_name=_("block"), on_delete=models.SET_NULL, null=True, blank=True, related_name="comments"
    )
    title = models.CharField(_("title when it was written"), max_length=200, blank=True)
    by = models.ForeignKey(User, verbose_name=_("by"), on_delete=models.PROTECT, related_name="mailing_comments")
    at = models.DateTimeField(_("when"), default=timezone.now)
    text = models.TextField(_("remark"))
    resolved_by = models.ForeignKey(User, verbose_name=_("settled by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    resolved_at = models.DateTimeField(_("settled on"), null=True, blank=True)

    class Meta:
        verbose_name = _("remark on a mailing")
        verbose_name_plural = _("remarks on mailings")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(name="comment_says_something", condition=~models.Q(text="")),
            models.CheckConstraint(
                name="comment_settled_by_somebody",
                condition=models.Q(resolved_by__isnull=True, resolved_at__isnull=True)
                | models.Q(resolved_by__isnull=False, resolved_at__isnull=False),
            ),
            models.CheckConstraint(name="comment_on_item_only_of_items", condition=models.Q(item__isnull=True) | models.Q(block="item")),
        ]

    def __str__(self) -> str:
        return f"{self.by}: {self.text[:40]}"

    @property
    def about(self) -> str:
        """The block in words: for an item the title it had."""
        return self.title or str(self.get_block_display())


class StandInQuerySet(models.QuerySet["StandIn"]):
    def in_force(self, on: dt.date) -> "StandInQuerySet":
        """Their days run, nobody ended them, and the person is let in."""
        return self.filter(ended_at=None, first_day__lte=on, last_day__gte=on, person__is_active=True, person__is_staff=True)

    def not_over(self, on: dt.date) -> "StandInQuerySet":
        return self.filter(ended_at=None, last_day__gte=on)


class StandIn(models.Model):
    """A colleague of the agency who gives the cabinet's verdict for some days, named by a reviewer or the team lead."""

    person = models.ForeignKey(User, verbose_name=_("person"), on_delete=models.PROTECT, related_name="stand_ins")
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    named_by = models.ForeignKey(User, verbose_name=_("named by"), on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField(_("named on"), default=timezone.now)
    ended_by = models.ForeignKey(User, verbose_name=_("ended by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(_("ended on"), null=True, blank=True)

    objects = StandInQuerySet.as_manager()

    class Meta:
        verbose_name = _("stand-in for approval")
        verbose_name_plural = _("stand-ins for approval")
        ordering: ClassVar = ["-first_day", "-pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                name="stand_in_ends_after_start",
                condition=models.Q(last_day__gte=models.F("first_day")),
                violation_error_message=_("The last day is on or after the first."),
            ),
            models.CheckConstraint(
                name="stand_in_ended_by_somebody",
                condition=models.Q(ended_by__isnull=True, ended_at__isnull=True) | models.Q(ended_by__isnull=False, ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)
