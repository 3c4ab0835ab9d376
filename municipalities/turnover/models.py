"""An import of colleges: the file while it is being looked at, what it did, and what undoing it needs."""

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class TurnoverQuerySet(models.QuerySet["Turnover"]):
    def visible_to(self, user: models.Model) -> "TurnoverQuerySet":
        """What was imported is everybody's who may import; what is only being looked at is its owner's, for a day."""
        fresh = models.Q(by=user, uploaded_at__gte=timezone.now() - settings.TURNOVER_UPLOAD_KEPT)
        return self.filter(models.Q(applied_at__isnull=False) | fresh)

    def applied(self) -> "TurnoverQuerySet":
        return self.filter(applied_at__isnull=False)

    def standing(self) -> "TurnoverQuerySet":
        """Imported and not undone."""
        return self.applied().filter(undone_at__isnull=True)

    def waiting(self) -> "TurnoverQuerySet":
        """Uploaded, looked at, not imported."""
        return self.filter(applied_at__isnull=True)


class Turnover(models.Model):
    """One file of mandates. Its content is kept until it is imported, at most a day; never longer."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Being checked")
        APPLIED = "applied", _("Imported")
        UNDONE = "undone", _("Undone")

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, null=True, blank=True, related_name="turnovers"
    )
    uploaded_at = models.DateTimeField(_("uploaded on"), default=timezone.now)
    file_name = models.CharField(_("file"), max_length=120)
    sha256 = models.CharField(_("checksum of the file"), max_length=64)
    from_date = models.DateField(_("first day of the new colleges"), null=True, blank=True)
    content = models.JSONField(_("rows of the file"), default=dict, blank=True)
    decisions = models.JSONField(_("answers"), default=dict, blank=True)
    summary = models.JSONField(_("what it did"), default=list, blank=True)
    applied_at = models.DateTimeField(_("imported on"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone on"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("undone by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = TurnoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of colleges")
        verbose_name_plural = _("imports of colleges")
        ordering: ClassVar = ["-pk"]
        default_permissions = ("view",)
        permissions: ClassVar = [("apply_turnover", "Can import colleges and undo the last import")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="turnover_undone_after_applied",
                condition=models.Q(undone_at__isnull=True) | models.Q(applied_at__isnull=False),
            ),
            models.CheckConstraint(
                name="turnover_content_gone_once_applied",
                condition=models.Q(applied_at__isnull=True) | models.Q(content={}, decisions={}),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} · {timezone.localtime(self.uploaded_at):%Y-%m-%d %H:%M}"

    @property
    def state(self) -> State:
        if self.undone_at:
            return self.State.UNDONE
        return self.State.APPLIED if self.applied_at else self.State.WAITING

    @property
    def expires_at(self) -> dt.datetime:
        """When a file nobody imported is thrown away."""
        return self.uploaded_at + settings.TURNOVER_UPLOAD_KEPT

    @property
    def undo_until(self) -> dt.datetime | None:
        """Until when what undoing needs is kept."""
        return self.applied_at + settings.TURNOVER_UNDO_WITHIN if self.applied_at else None


class TurnoverChange(models.Model):
    """One thing an import did, in the order done. Kept as long as the import can be undone.

    `before` holds what undoing puts back; what came after is kept as a checksum alone, which is enough to see a later edit.
    """

    class Kind(models.TextChoices):
        PERSON_ENTERED = "person_entered", _("Person entered")
        PERSON_CHANGED = "person_changed", _("Person changed")
        MANDATE_ENDED = "mandate_ended", _("Mandate ended")
        MANDATE_ENTERED = "mandate_entered", _("Mandate entered")

    turnover = models.ForeignKey(Turnover, verbose_name=_("import of colleges"), on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(_("what"), max_length=20, choices=Kind.choices)
    object_id = models.BigIntegerField()
    before = models.JSONField(_("before"), default=dict, blank=True)
    after_digest = models.CharField(_("checksum of what came after"), max_length=64)

    class Meta:
        verbose_name = _("change by an import")
        verbose_name_plural = _("changes by an import")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["turnover", "kind", "object_id"], name="turnover_change_once_per_object"),
        ]
