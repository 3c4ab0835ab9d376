"""The weekly note about what is open on the board of coverage: that the board was looked at, and what was open."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class CoverageNote(models.Model):
    """The board was looked at in this ISO week; the lead was told when something was open. Once a week: the database refuses a second.

    `holes` is what was open then: dicts with `municipality`, `need`, `since` (an ISO date or None) and `path`, the form that closes it.
    """

    iso_year = models.PositiveSmallIntegerField(_("ISO year"))
    iso_week = models.PositiveSmallIntegerField(_("ISO week"))
    at = models.DateTimeField(_("looked at on"), default=timezone.now)
    holes = models.JSONField(_("open points"), default=list, blank=True)

    class Meta:
        verbose_name = _("weekly note on coverage")
        verbose_name_plural = _("weekly notes on coverage")
        ordering: ClassVar = ["-iso_year", "-iso_week"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["iso_year", "iso_week"], name="coverage_note_once_per_iso_week"),
            models.CheckConstraint(name="coverage_note_week_exists", condition=models.Q(iso_week__gte=1, iso_week__lte=53)),
        ]

    def __str__(self) -> str:
        return f"{self.iso_year}-W{self.iso_week:02d}"
