"""The library: studies, benchmarks and data sets, whose they are, who may read them, in versions with files, with their figures."""

import datetime as dt
import uuid
from collections.abc import Collection
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from municipalities.languages import Bilingual, InterfaceLanguage
from municipalities.models import Municipality, User
from municipalities.search import plain_value, plain_words
from partnerships.models.answers import is_confidential_on
from partnerships.models.attachments import ScannedFile
from partnerships.models.requests import ServiceRequest

WORDS = ("title_fr", "title_nl", "summary_fr", "summary_nl", "coverage_fr", "coverage_nl")


def all_words() -> Concat:
    """Everything of an item that a search reads, in both languages."""
    spaced = [part for name in WORDS for part in (models.F(name), models.Value(" "))]
    return Concat(*spaced, output_field=models.TextField())


def _of_municipalities(user: User, own: Collection[int], on: dt.date) -> models.Q:
    """What belongs to municipalities where the person stands: by a mandate all of it, by a delegation without the secrets of others."""
    mandated = {mandate.municipality_id for mandate in user.mandates_on(on)}
    secret = ServiceRequest.objects.filter(is_confidential_on(on), pk=models.OuterRef("request")).exclude(asked_by=user)
    theirs = models.Q(municipality__in=mandated)
    delegated = set(own) - mandated
    return theirs | (models.Q(municipality__in=delegated) & ~models.Q(models.Exists(secret))) if delegated else theirs


class LibraryItemQuerySet(models.QuerySet["LibraryItem"]):
    def visible_to(self, user: User, on: dt.date | None = None) -> "LibraryItemQuerySet":
        """Staff with the right see all. Others, while they stand in a municipality: what it has, what it was given, what all 19 share.

        What came of a confidential request is kept, as the request is, from whoever stands there by a delegation alone.
        """
        if user.is_staff:
            return self if user.has_perm("partnerships.view_libraryitem") else self.none()
        on = on or timezone.localdate()
        own = user.municipality_ids_on(on)
        if not own:
            return self.none()
        shared = LibraryShare.objects.filter(item=models.OuterRef("pk"), municipality__in=own)
        chosen = models.Q(scope=LibraryItem.Scope.CHOSEN) & models.Exists(shared)
        return self.filter(models.Q(scope__in=LibraryItem.FOR_ALL) | _of_municipalities(user, own, on) | chosen)

    def matching(self, words: str) -> "LibraryItemQuerySet":
        """Items that hold every one of the words in French or in Dutch, accents or not."""
        found = self
        for word in words.split():
            found = found.filter(words__contains=plain_value(word))
        return found

    def with_owner(self) -> "LibraryItemQuerySet":
        return self.select_related("municipality")


class LibraryItem(models.Model):
    """A study, a benchmark or a data set in the library, described in both languages; its files may be in one.

    `municipality` is the one it was made for, or the one that gave it. Wider than that it is read with the consent of whoever owns it.
    """

    class Kind(models.TextChoices):
        STUDY = "study", _("Study")
        BENCHMARK = "benchmark", _("Benchmark")
        DATA_SET = "data_set", _("Data set")

    class Owner(models.TextChoices):
        AGENCY = "agency", pgettext_lazy("owner", "hub.brussels")
        MUNICIPALITY = "municipality", pgettext_lazy("owner", "The municipality")

    class Scope(models.TextChoices):
        OWN = "own", _("The municipality alone")
        CHOSEN = "chosen", _("The municipality and chosen others")
        ALL = "all", _("All 19 municipalities")
        PUBLIC = "public", _("Everybody")

    class Licence(models.TextChoices):
        INTERNAL = "internal", _("For internal use of the administrations")
        QUOTED = "quoted", _("Free to quote with the source")
        CC_BY = "cc_by", "CC BY 4.0"
        CC0 = "cc0", "CC0 1.0"
        ODBL = "odbl", "ODbL 1.0"

    FOR_ALL: ClassVar = (Scope.ALL, Scope.PUBLIC)

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.choices, default=Kind.STUDY)
    owner = models.CharField(_("owner"), max_length=15, choices=Owner.choices, default=Owner.AGENCY)
    municipality = models.ForeignKey(
        Municipality,
        verbose_name=_("municipality"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="library_items",
        help_text=_("The one it was made for, or the one that gave it. Empty: the whole Region."),
    )
    request = models.ForeignKey(
        ServiceRequest, verbose_name=_("request"), on_delete=models.PROTECT, null=True, blank=True, related_name="library_items"
    )
    title_fr = models.CharField(_("title in French"), max_length=200)
    title_nl = models.CharField(_("title in Dutch"), max_length=200)
    summary_fr = models.TextField(_("summary in French"), validators=[MaxLengthValidator(2000)])
    summary_nl = models.TextField(_("summary in Dutch"), validators=[MaxLengthValidator(2000)])
    year = models.PositiveSmallIntegerField(_("year"), validators=[MinValueValidator(1990), MaxValueValidator(2100)])
    coverage_fr = models.CharField(_("coverage in French"), max_length=200, blank=True, help_text=_("Streets, neighbourhood or area."))
    coverage_nl = models.CharField(_("coverage in Dutch"), max_length=200, blank=True)
    languages = ArrayField(
        models.CharField(max_length=2, choices=InterfaceLanguage.choices), verbose_name=_("languages of the content"), default=list
    )
    licence = models.CharField(_("licence"), max_length=10, choices=Licence.choices, default=Licence.INTERNAL)
    scope = models.CharField(_("shared with"), max_length=10, choices=Scope.choices, default=Scope.OWN)
    agreed_by = models.ForeignKey(
        User,
        verbose_name=_("agreed by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text=_("Who agreed, for the owner, that it is shared so."),
    )
    agreed_on = models.DateField(_("agreed on"), null=True, blank=True)
    added_by = models.ForeignKey(User, verbose_name=_("added by"), on_delete=models.PROTECT, related_name="+", db_index=False)
    added_at = models.DateTimeField(_("added on"), default=timezone.now)
    words = models.GeneratedField(expression=plain_words(all_words()), output_field=models.TextField(), db_persist=True)

    history = HistoricalRecords(excluded_fields=["words"])
    objects = LibraryItemQuerySet.as_manager()
    title = Bilingual("title")
    summary = Bilingual("summary")
    coverage = Bilingual("coverage")

    class Meta:
        verbose_name = _("document of the library")
        verbose_name_plural = _("library")
        ordering: ClassVar = ["-year", "-pk"]
        indexes: ClassVar = [
            GinIndex(OpClass("words", name="gin_trgm_ops"), name="library_words_trigram"),
            models.Index(fields=["-year", "-id"], name="library_newest"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="library_municipality_named",
                condition=models.Q(municipality__isnull=False) | models.Q(owner="agency", scope__in=["chosen", "all", "public"]),
                violation_error_message=_("Name the municipality, or share it with more than one."),
            ),
            models.CheckConstraint(
                name="library_shared_with_consent",
                condition=models.Q(owner="agency") | models.Q(scope="own") | models.Q(agreed_by__isnull=False),
                violation_error_message=_("Say who agreed for the municipality."),
            ),
            models.CheckConstraint(
                name="library_consent_has_a_day",
                condition=models.Q(agreed_by__isnull=True, agreed_on__isnull=True)
                | models.Q(agreed_by__isnull=False, agreed_on__isnull=False),
                violation_error_message=_("Say on which day they agreed."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)

    @property
    def language_labels(self) -> list[str]:
        return [str(InterfaceLanguage(value).label) for value in self.languages]

    @property
    def is_from_municipality(self) -> bool:
        return self.owner == self.Owner.MUNICIPALITY


class LibraryShare(models.Model):
    """A municipality chosen to read an item that is not its own."""

    item = models.ForeignKey(LibraryItem, on_delete=models.CASCADE, related_name="shares")
    municipality = models.ForeignKey(Municipality, verbose_name=_("municipality"), on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("municipality it is shared with")
        verbose_name_plural = _("municipalities it is shared with")
        ordering: ClassVar = ["item", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["item", "municipality"], name="library_share_once")]

    def __str__(self) -> str:
        return str(self.municipality)


class LibraryVersion(models.Model):
    """The files of an item as they were from a day on; the newest is read, those before it stay."""

    item = models.ForeignKey(LibraryItem, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    added_by = models.ForeignKey(User, verbose_name=_("added by"), on_delete=models.PROTECT, related_name="+", db_index=False)
    added_at = models.DateTimeField(_("added on"), default=timezone.now)

    class Meta:
        verbose_name = _("version of a document")
        verbose_name_plural = _("versions of a document")
        ordering: ClassVar = ["item", "-number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["item", "number"], name="library_version_number_once")]

    def __str__(self) -> str:
        return str(_("Version %(number)s") % {"number": self.number})


class LibraryFileQuerySet(models.QuerySet["LibraryFile"]):
    def visible_to(self, user: User) -> "LibraryFileQuerySet":
        """The files of the items a person may see, of every version."""
        return self.filter(version__item__in=LibraryItem.objects.visible_to(user).order_by())

    def servable(self) -> "LibraryFileQuerySet":
        """Those that may leave the house: not waiting for the virus scanner or caught by it."""
        return self.filter(scan__in=LibraryFile.HARMLESS).exclude(file="")

    def waiting_for_scan(self) -> "LibraryFileQuerySet":
        return self.filter(scan=LibraryFile.Scan.PENDING).order_by("pk")


class LibraryFile(ScannedFile):
    """A file of a version: in French, in Dutch, in both, or data that speak no language."""

    class Language(models.TextChoices):
        FRENCH = "fr", _("French")
        DUTCH = "nl", _("Dutch")
        BOTH = "both", _("French and Dutch")
        DATA = "data", _("Data file")

    version = models.ForeignKey(LibraryVersion, on_delete=models.CASCADE, related_name="files")
    language = models.CharField(_("language"), max_length=5, choices=Language.choices)

    objects = LibraryFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of the library")
        verbose_name_plural = _("files of the library")
        ordering: ClassVar = ["version", "pk"]
        indexes: ClassVar = [models.Index(fields=["id"], name="library_file_to_scan", condition=models.Q(scan="pending"))]
        constraints: ClassVar = [models.UniqueConstraint(fields=["version", "language"], name="library_file_once_per_language")]


class LibraryFigure(models.Model):
    """One figure of an item: what, how much, for when and where, and from which source of which day."""

    class Indicator(models.TextChoices):
        VACANCY = "vacancy", _("Retail vacancy")
        FOOTFALL = "footfall", _("Footfall")
        TURNOVER = "turnover", _("Turnover index")
        RENTS = "rents", _("Rents")
        MIX = "mix", _("Mix of shops")
        TRADERS = "traders_survey", _("Survey of traders")
        CUSTOMERS = "customers_survey", _("Shopper survey")
        CATCHMENT = "catchment", _("Catchment area")
        STARTERS = "starters", _("Starters and closures")
        EMPLOYMENT = "employment", _("Employment")

    item = models.ForeignKey(LibraryItem, on_delete=models.CASCADE, related_name="figures")
    indicator = models.CharField(
        _("indicator"),
        max_length=20,
        choices=Indicator.choices,
        blank=True,
        help_text=_("Lets figures of several municipalities stand beside each other."),
    )
    what_fr = models.CharField(_("what, in French"), max_length=120)
    what_nl = models.CharField(_("what, in Dutch"), max_length=120)
    value = models.DecimalField(_("value"), max_digits=14, decimal_places=2)
    unit = models.CharField(_("unit"), max_length=20, blank=True, help_text=_("%, m², €/m², …"))
    period = models.CharField(_("period"), max_length=40, help_text=_("For example 2025, or 2026-04."))
    area = models.CharField(_("area"), max_length=120, blank=True)
    source = models.CharField(_("source"), max_length=200)
    source_on = models.DateField(_("date of the source"))

    history = HistoricalRecords()
    what = Bilingual("what")

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        ordering: ClassVar = ["item", "pk"]

    def __str__(self) -> str:
        return str(self.what)

    @property
    def written_value(self) -> str:
        """As the reader's language writes numbers; without decimals where there are none."""
        places = next(number for number in (0, 1, 2) if number == 2 or self.value == round(self.value, number))
        return number_format(self.value, decimal_pos=places, use_l10n=True, force_grouping=True)


class Exchange(models.Model):
    """What one side gave the other: the framework agreement speaks of data going in both directions, so both are written down."""

    class Direction(models.TextChoices):
        GIVEN = "given", _("Given by the agency")
        RECEIVED = "received", _("Received from the municipality")

    municipality = models.ForeignKey(Municipality, verbose_name=_("municipality"), on_delete=models.PROTECT, related_name="exchanges")
    request = models.ForeignKey(ServiceRequest, verbose_name=_("request"), on_delete=models.PROTECT, related_name="exchanges")
    direction = models.CharField(_("direction"), max_length=10, choices=Direction.choices)
    what = models.CharField(_("what was exchanged"), max_length=300, blank=True)
    on = models.DateField(_("on"))
    conditions = models.CharField(_("conditions of use"), max_length=300, blank=True)
    item = models.OneToOneField(LibraryItem, on_delete=models.PROTECT, null=True, blank=True, related_name="exchange")
    by = models.ForeignKey(User, verbose_name=_("entered by"), on_delete=models.PROTECT, related_name="+", db_index=False)
    entered_at = models.DateTimeField(_("entered on"), default=timezone.now)

    class Meta:
        verbose_name = _("exchange")
        verbose_name_plural = _("exchanges")
        ordering: ClassVar = ["-on", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="exchange_says_what",
                condition=~models.Q(what="") | models.Q(item__isnull=False),
                violation_error_message=_("Say what was exchanged."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_direction_display()} · {self.on}"
