"""The hand-over of municipalities from one contact person (SPOC) to the next: planned, in effect, or cancelled."""

import datetime as dt
import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from municipalities.models import Municipality, User
from partnerships.models.spocs import SpocAssignment


class SpocHandoverQuerySet(models.QuerySet["SpocHandover"]):
    def standing(self) -> "SpocHandoverQuerySet":
        return self.filter(cancelled_at__isnull=True)

    def to_take_effect(self, on: dt.date) -> "SpocHandoverQuerySet":
        """Whose day has come, and whose work has not been moved yet."""
        return self.standing().filter(took_effect_at__isnull=True, starts_on__lte=on)

    def to_introduce(self, on: dt.date) -> "SpocHandoverQuerySet":
        """In effect, and the officials have not been told yet."""
        return self.standing().filter(took_effect_at__isnull=False, introduced_at__isnull=True, starts_on__lte=on)


class SpocHandover(models.Model):
    """One act: from a day on somebody else is the SPOC of one or more municipalities.

    The periods are written when it is confirmed; open work moves, and the officials are told, on the day itself.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        IN_EFFECT = "in_effect", _("In effect")
        CANCELLED = "cancelled", _("Cancelled")

    token = models.UUIDField(
        default=uuid.uuid4, unique=True, editable=False, help_text=_("One per form shown: a second click makes no second hand-over.")
    )
    to = models.ForeignKey(User, verbose_name=_("new SPOC"), on_delete=models.PROTECT, related_name="handovers_received")
    deputy = models.ForeignKey(
        User, verbose_name=_("new deputy"), on_delete=models.PROTECT, null=True, blank=True, related_name="handovers_as_deputy"
    )
    starts_on = models.DateField(_("from"))
    note = models.TextField(_("note"), help_text=_("What the successor must know. Only staff read it."))
    by = models.ForeignKey(User, verbose_name=_("entered by"), on_delete=models.PROTECT, related_name="handovers_entered")
    created_at = models.DateTimeField(_("entered on"), default=timezone.now)
    took_effect_at = models.DateTimeField(_("took effect on"), null=True, blank=True)
    introduced_at = models.DateTimeField(_("officials told on"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled on"), null=True, blank=True)

    history = HistoricalRecords()
    objects = SpocHandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        ordering: ClassVar = ["-starts_on", "-pk"]
        permissions: ClassVar = [("lead_team", "Can hand over any municipality and enter absences for anybody")]
        indexes: ClassVar = [
            models.Index(
                fields=["starts_on"],
                name="handover_not_yet_told",
                condition=models.Q(introduced_at__isnull=True, cancelled_at__isnull=True),
            )
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="handover_has_note", condition=~models.Q(note=""), violation_error_message=_("A hand-over needs a note.")
            ),
            models.CheckConstraint(
                name="handover_cancelled_before_effect",
                condition=models.Q(cancelled_at__isnull=True) | models.Q(took_effect_at__isnull=True),
                violation_error_message=_("A hand-over in effect cannot be cancelled."),
            ),
            models.CheckConstraint(
                name="handover_told_after_effect",
                condition=models.Q(introduced_at__isnull=True) | models.Q(took_effect_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.to} · {self.starts_on:%Y-%m-%d}"

    @property
    def state(self) -> "SpocHandover.State":
        """Read from the facts."""
        if self.cancelled_at:
            return self.State.CANCELLED
        return self.State.IN_EFFECT if self.took_effect_at else self.State.PLANNED

    def is_cancelable(self, on: dt.date) -> bool:
        return self.state == self.State.PLANNED and self.starts_on > on


class SpocHandoverLeg(models.Model):
    """What one municipality's part of a hand-over did: which assignments it ended and which it began, and how many requests moved."""

    handover = models.ForeignKey(SpocHandover, verbose_name=_("hand-over"), on_delete=models.CASCADE, related_name="legs")
    municipality = models.ForeignKey(Municipality, verbose_name=_("municipality"), on_delete=models.PROTECT, related_name="+")
    ended = models.ForeignKey(
        SpocAssignment, verbose_name=_("assignment ended"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_upper = models.DateField(null=True, blank=True, help_text=_("Where the ended assignment would have stopped; empty: open."))
    began = models.ForeignKey(
        SpocAssignment, verbose_name=_("assignment begun"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    deputy_ended = models.ForeignKey(
        SpocAssignment, verbose_name=_("deputy's assignment ended"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    deputy_ended_upper = models.DateField(null=True, blank=True)
    deputy_began = models.ForeignKey(
        SpocAssignment, verbose_name=_("deputy's assignment begun"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    moved = models.PositiveIntegerField(_("requests moved"), default=0)

    class Meta:
        verbose_name = _("municipality handed over")
        verbose_name_plural = _("municipalities handed over")
        ordering: ClassVar = ["handover", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["handover", "municipality"], name="handover_leg_once_per_municipality")]

    def __str__(self) -> str:
        return str(self.municipality)
