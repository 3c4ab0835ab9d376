"""Government measures: what was decided, by whom, for whom, in both languages."""

import datetime as dt
import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import TrigramSimilarity
from django.db import models
from django.db.models.functions import Concat, Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from municipalities.languages import CONTENT_LANGUAGES, Bilingual
from municipalities.models import User
from municipalities.search import plain_value, plain_words

WORDS = ("title_fr", "title_nl", "summary_fr", "summary_nl", "authority_fr", "authority_nl")
ALIKE = 0.5  # of all trigrams of two titles


class MeasureQuerySet(models.QuerySet["Measure"]):
    def published(self) -> "MeasureQuerySet":
        return self.filter(published_at__isnull=False)

    def published_since(self, moment: dt.datetime) -> "MeasureQuerySet":
        return self.filter(published_at__gt=moment)

    def visible_to(self, user: User) -> "MeasureQuerySet":
        """Staff with the right see all; who stands in a municipality today, what is published; nobody else."""
        if user.is_staff and user.has_perm("mailings.view_measure"):
            return self
        return self.published() if user.municipality_ids_on(timezone.localdate()) else self.none()

    def narrowed(self, *, level: str = "", audience: str = "", day: dt.date | None = None, words: str = "") -> Any:
        """Of one level, for one audience (what is for all counts), in force on a day, holding all words in either language."""
        found: Any = self.filter(level=level) if level else self
        if audience:
            found = found.filter(audience__overlap=[audience, Measure.Audience.ALL])
        if day:
            found = found.in_force(day)
        if words:
            all_words = Concat(*(models.F(name) for name in WORDS), output_field=models.TextField())
            found = found.annotate(plain=plain_words(all_words))
            for word in words.split():
                found = found.filter(plain__contains=plain_value(word))
        return found

    def after(self, measure: "Measure | None") -> "MeasureQuerySet":
        """Newest first; from this one on, where one is given."""
        ordered = self.order_by("-valid_from", "-pk")
        if measure is None:
            return ordered
        same_day = models.Q(valid_from=measure.valid_from, pk__lt=measure.pk)
        return ordered.filter(models.Q(valid_from__lt=measure.valid_from) | same_day)

    def alike(self, measure: "Measure") -> "MeasureQuerySet":
        """Others that may be the same one: the same source, or a title much alike in either language; the most alike first."""
        likeness = Greatest(*(TrigramSimilarity(f"title_{one}", getattr(measure, f"title_{one}")) for one in CONTENT_LANGUAGES))
        same = models.Q(likeness__gte=ALIKE)
        if measure.source_url:
            same |= models.Q(source_url=measure.source_url)
        return self.exclude(pk=measure.pk).annotate(likeness=likeness).filter(same).order_by("-likeness", "-pk")

    def in_force(self, on: dt.date) -> "MeasureQuerySet":
        return self.filter(models.Q(valid_until__isnull=True) | models.Q(valid_until__gte=on), valid_from__lte=on)


class Measure(models.Model):
    """A government measure; published only when both languages are complete (law of 1966: two full versions of equal rank)."""

    class Level(models.TextChoices):
        FEDERAL = "federal", _("Federal")
        REGIONAL = "regional", _("Regional")
        MUNICIPAL = "municipal", _("Municipal")

    class Audience(models.TextChoices):
        ALL = "all", _("Everybody")
        RETAIL = "retail", _("Retail")
        HORECA = "horeca", _("Hotels, restaurants and cafés")
        SELF_EMPLOYED = "self-employed", _("Self-employed")
        EMPLOYERS = "employers", _("Employers")
        MICRO = "micro", _("Very small enterprises")
        SERVICES = "services", _("Services")
        MARKETS = "markets", _("Markets")
        HOTELS = "hotels", _("Hotels")
        SUPPLIERS = "suppliers", _("Suppliers")
        LEISURE = "leisure", _("Leisure")
        HAIRDRESSERS = "hairdressers", _("Hairdressers")
        ASSOCIATIONS = "associations", _("Traders' associations")
        MUNICIPALITIES = "municipalities", _("Municipalities")

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
        indexes: ClassVar = [
            models.Index(fields=["-published_at"], name="measure_newest"),
            models.Index(fields=["-valid_from", "-id"], name="measure_by_first_day", condition=models.Q(published_at__isnull=False)),
        ]
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
            models.CheckConstraint(
                name="measure_not_replaced_by_itself",
                condition=models.Q(superseded_by__isnull=True) | ~models.Q(superseded_by=models.F("id")),
                violation_error_message=_("A measure does not replace itself."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)

    @property
    def audience_labels(self) -> list[str]:
        """For whom it is, in words; a name that is not in the vocabulary stands as it was written."""
        labels = dict(self.Audience.choices)
        return [str(labels.get(one, one)) for one in self.audience]
