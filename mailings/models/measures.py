"""Government measures: what was decided, by whom, for whom, in both languages."""

import datetime as dt
import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from municipalities.languages import Bilingual


class MeasureQuerySet(models.QuerySet["Measure"]):
    def published(self) -> "MeasureQuerySet":
        return self.filter(published_at__isnull=False)

    def published_since(self, moment: dt.datetime) -> "MeasureQuerySet":
        return self.filter(published_at__gt=moment)

    def in_force(self, on: dt.date) -> "MeasureQuerySet":
        return self.filter(models.Q(valid_until__isnull=True) | models.Q(valid_until__gte=on), valid_from__lte=on)


class Measure(models.Model):
    """A government measure; published only when both languages are complete (law of 1966: two full versions of equal rank)."""

    class Level(models.TextChoices):
        FEDERAL = "federal", _("Federal")
        REGIONAL = "regional", _("Regional")
        MUNICIPAL = "municipal", _("Municipal")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    level = models.CharField(_("level of government"), max_length=10, choices=Level.choices)
    authority_fr = models.CharField(_("authority in French"), max_length=120, blank=True)
    authority_nl = models.CharField(_("authority in Dutch"), max_length=120, blank=True)
    title_fr = models.CharField(_("title in French"), max_length=200)
    title_nl = models.CharField(_("title in Dutch"), max_length=200)
    summary_fr = models.TextField(_("summary in French"))
    summary_nl = models.TextField(_("summary in Dutch"))
    audience = ArrayField(models.CharField(max_length=40), verbose_name=_("for whom"), default=list, blank=True)
    valid_from = models.DateField(_("in force from"))
    valid_until = models.DateField(_("ends on"), null=True, blank=True)
    source_name = models.CharField(_("source"), max_length=200, blank=True)
    source_url = models.URLField(_("link to the source"), max_length=500, blank=True)
    superseded_by = models.ForeignKey(
        "self", verbose_name=_("superseded by"), on_delete=models.PROTECT, null=True, blank=True, related_name="supersedes"
    )
    is_demo = models.BooleanField(_("demonstration data"), default=False, editable=False)
    published_at = models.DateTimeField(_("published on"), null=True, blank=True, default=timezone.now)

    history = HistoricalRecords()
    objects = MeasureQuerySet.as_manager()
    title = Bilingual("title")
    summary = Bilingual("summary")
    authority = Bilingual("authority")

    class Meta:
        verbose_name = _("government measure")
        verbose_name_plural = _("government measures")
        ordering: ClassVar = ["-valid_from", "-pk"]
        indexes: ClassVar = [models.Index(fields=["-published_at"], name="measure_newest")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="measure_in_both_languages",
                condition=~models.Q(title_fr="") & ~models.Q(title_nl="") & ~models.Q(summary_fr="") & ~models.Q(summary_nl=""),
                violation_error_message=_("A measure has a title and a summary in French and in Dutch."),
            ),
            models.CheckConstraint(
                name="measure_ends_after_start",
                condition=models.Q(valid_until__isnull=True) | models.Q(valid_until__gte=models.F("valid_from")),
                violation_error_message=_("The end is on or after the first day."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)
