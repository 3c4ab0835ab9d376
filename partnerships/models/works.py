"""A works site: where, whose, in which phases, what it does to the shops; and the days on which compensation was announced."""

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from municipalities.models import Municipality, User, first_day, last_day
from municipalities.places import Street
from partnerships.models.audits import AuditDetails
from partnerships.models.requests import ServiceRequest

if TYPE_CHECKING:
    from django.db.backends.postgresql.psycopg_any import DateRange

MOST_PHASES = 20
LONG = 2000


class WorksSiteQuerySet(models.QuerySet["WorksSite"]):
    def visible_to(self, user: User) -> "WorksSiteQuerySet":
        """Whoever may see the request may see its site, once it is submitted."""
        visible = ServiceRequest.objects.visible_to(user).filter(reference__isnull=False)
        return self.filter(request__in=visible)

    def with_all(self) -> "WorksSiteQuerySet":
        """With what its pages show, in a fixed number of queries."""
        related = ("request__municipality", "request__asked_by", "request__asked_for", "request__assignee")
        return self.select_related(*related).prefetch_related("phases", "streets__street", "shops")

    def still_open(self) -> "WorksSiteQuerySet":
        """Of requests submitted and not yet ended."""
        return self.filter(request__state__in=ServiceRequest.OPEN)

    def stopping_traffic(self) -> "WorksSiteQuerySet":
        """With a phase that stops traffic in at least one direction."""
        return self.filter(models.Exists(WorksPhase.objects.filter(site=models.OuterRef("pk")).exclude(direction_stopped="none")))


class WorksSite(models.Model):
    """What a municipality tells of public works when it asks for support; one per request, made with its form."""

    class Owner(models.TextChoices):
        REGION = "region", _("Region (Brussels Mobility)")
        MUNICIPALITY = "municipality", pgettext_lazy("works owner", "Municipality")
        BELIRIS = "beliris", "Beliris"
        STIB = "stib", "STIB-MIVB"
        VIVAQUA = "vivaqua", "Vivaqua"
        SIBELGA = "sibelga", "Sibelga"
        INFRABEL = "infrabel", "Infrabel"
        PRIVATE = "private", pgettext_lazy("works owner", "Private")
        OTHER = "other", pgettext_lazy("works owner", "Other")

    class Road(models.TextChoices):
        MUNICIPAL = "municipal", _("Municipal road")
        REGIONAL = "regional", _("Regional road")

    class Coordinated(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")
        UNKNOWN = "unknown", _("Not known")

    class Sensitive(models.TextChoices):
        SALES = "sales", _("Sales")
        END_OF_YEAR = "end_of_year", _("End of the year")
        RAMADAN = "ramadan", _("Ramadan")
        MARKET = "market", _("Market day")
        FESTIVALS = "festivals", _("Festivals")

    class Wish(models.TextChoices):
        ANALYSIS = "analysis", _("Analysis before the works")
        MEETING = "meeting", _("Information meeting")
        SIGNS = "signs", _("Signposting")
        COMMUNICATION = "communication", _("Communication plan")
        DELIVERIES = "deliveries", _("Deliveries plan")
        ANIMATION = "animation", _("Animation of the street")
        COMPENSATION = "compensation", _("Help with compensation claims")
        MEDIATION = "mediation", _("Mediation")
        FOLLOW_UP = "follow_up", _("Follow-up during the works")
        EVALUATION = "evaluation", _("Evaluation afterwards")

    request = models.OneToOneField(ServiceRequest, verbose_name=_("request"), on_delete=models.CASCADE, related_name="works")
    revision = models.PositiveIntegerField(default=1, editable=False)
    name = models.CharField(_("name of the works"), max_length=120, blank=True)
    owner = models.CharField(_("works owner"), max_length=15, choices=Owner.choices, blank=True)
    owner_other = models.CharField(_("who, when private or other"), max_length=120, blank=True)
    owner_contact = models.CharField(
        _("contact at the works owner"), max_length=300, blank=True, help_text=_("Name, function, telephone, e-mail address.")
    )
    reference = models.CharField(_("reference of the permit or the site"), max_length=80, blank=True)
    road = models.CharField(_("type of road"), max_length=10, choices=Road.choices, blank=True)
    coordinated = models.CharField(
        _("coordinated site"),
        max_length=7,
        choices=Coordinated.choices,
        blank=True,
        help_text=_("Several works owners at once, coordinated by the Region. The compensation for traders asks for it."),
    )
    coordination_number = models.CharField(_("number of the coordinated site"), max_length=60, blank=True)
    sensitive = ArrayField(
        models.CharField(max_length=15, choices=Sensitive.choices), verbose_name=_("sensitive periods"), default=list, blank=True
    )
    sensitive_note = models.CharField(_("which days, when known"), max_length=300, blank=True)
    information_given = models.TextField(
        _("information given so far"),
        blank=True,
        validators=[MaxLengthValidator(LONG)],
        help_text=_("Date, channel, languages and by whom, one per line. Write “none” if there was none."),
    )
    baseline = models.TextField(
        _("figures before the works"),
        blank=True,
        validators=[MaxLengthValidator(LONG)],
        help_text=_("Footfall, vacancy, turnover if known."),
    )
    accompanying = models.TextField(_("accompanying measures already planned"), blank=True, validators=[MaxLengthValidator(LONG)])
    wishes = ArrayField(
        models.CharField(max_length=15, choices=Wish.choices), verbose_name=_("wished of the agency"), default=list, blank=True
    )
    site_contact = models.CharField(
        _("contact on the site"), max_length=300, blank=True, help_text=_("Name, function, telephone, e-mail address.")
    )
    municipal_contact = models.CharField(
        _("contact at the municipality for these works"),
        max_length=300,
        blank=True,
        help_text=_("Name, function, telephone, e-mail address."),
    )
    traders_contact = models.CharField(
        _("where traders can turn"),
        max_length=200,
        blank=True,
        help_text=_("Printed on the sheet for the street: a service with its telephone or address, no name of a person."),
    )
    past = models.TextField(
        _("history of the site"), blank=True, validators=[MaxLengthValidator(LONG)], help_text=_("Complaints, petitions, press.")
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = WorksSiteQuerySet.as_manager()

    class Meta:
        verbose_name = _("works site")
        verbose_name_plural = _("works sites")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="works_number_of_coordinated_site",
                condition=Q(coordination_number="") | Q(coordinated="yes"),
                violation_error_message=_("Only a coordinated site has a number of coordination."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.request.title

    @property
    def municipality(self) -> Municipality:
        return self.request.municipality

    @property
    def owner_words(self) -> str:
        """`Vivaqua`; for a private or another owner, who it is."""
        return self.owner_other or (str(self.get_owner_display()) if self.owner else "")

    @property
    def sensitive_labels(self) -> list[str]:
        return labels_of(self.sensitive, self.Sensitive)

    @property
    def wish_labels(self) -> list[str]:
        return labels_of(self.wishes, self.Wish)

    @property
    def starts_on(self) -> dt.date | None:
        """The first day of the first phase; ask with the phases at hand."""
        return min((phase.starts_on for phase in self.phases.all()), default=None)

    @property
    def ends_on(self) -> dt.date | None:
        return max((phase.ends_on for phase in self.phases.all()), default=None)

    @property
    def shops_hit(self) -> int:
        return sum(row.number for row in self.shops.all())

    @property
    def small_shops_hit(self) -> int:
        return sum(row.small for row in self.shops.all())

    @property
    def is_estimate(self) -> bool:
        return any(row.is_estimate for row in self.shops.all())


class WorksStreet(models.Model):
    """A stretch of a street on which the works are: one of the municipality's streets, or another by its name."""

    site = models.ForeignKey(WorksSite, on_delete=models.CASCADE, related_name="streets")
    position = models.PositiveSmallIntegerField(default=1)
    street = models.ForeignKey(Street, verbose_name=_("street"), on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("another street"), max_length=120, blank=True)
    from_number = models.CharField(_("from number"), max_length=10, blank=True)
    to_number = models.CharField(_("to number"), max_length=10, blank=True)

    class Meta:
        verbose_name = _("street of the works")
        verbose_name_plural = _("streets of the works")
        ordering: ClassVar = ["site", "position", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="works_street_has_one_name",
                condition=Q(street__isnull=False, name="") | (Q(street__isnull=True) & ~Q(name="")),
                violation_error_message=_("Choose a street of the municipality, or write another one; not both."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.street_name} {self.numbers}".strip()

    @property
    def street_name(self) -> str:
        return self.name or str(self.street)

    @property
    def numbers(self) -> str:
        return "–".join(number for number in (self.from_number, self.to_number) if number)


def dates_in_order(period: "DateRange | None") -> None:
    if period is not None and (period.lower is None or period.upper is None or period.isempty):
        raise ValidationError(_("Give a first and a last day, in this order."))


class WorksPhase(models.Model):
    """A phase of the works; with `direction_stopped`, the days without traffic count for compensation."""

    class Hindrance(models.TextChoices):
        NO_CARS = "no_cars", _("No cars")
        ONE_WAY = "one_way", _("One way only")
        NO_PARKING = "no_parking", _("No parking")
        NO_DELIVERIES = "no_deliveries", _("No deliveries")
        NARROW = "narrow", _("Less room for pedestrians")
        TRANSPORT_MOVED = "transport_moved", _("Bus or tram moved")
        NOISE = "noise", _("Noise")
        DUST = "dust", _("Dust")
        CUTS = "cuts", _("Water or power cuts")
        FACADES = "facades", _("Facades hidden")
        TERRACES = "terraces", _("Terraces removed")

    class Direction(models.TextChoices):
        NONE = "none", _("Traffic keeps running in both directions")
        ONE = "one", _("Traffic stopped in one direction")
        BOTH = "both", _("Traffic stopped in both directions")

    class FootAccess(models.TextChoices):
        KEPT = "kept", _("Kept on both sides")
        ONE_SIDE = "one_side", _("On one side only")
        NARROWED = "narrowed", _("Kept, but narrow")
        INTERRUPTED = "interrupted", _("Interrupted at times")

    site = models.ForeignKey(WorksSite, on_delete=models.CASCADE, related_name="phases")
    position = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_PHASES)])
    what = models.CharField(_("what is done"), max_length=200)
    stretch = models.CharField(_("stretch of the street"), max_length=200, blank=True)
    period = DateRangeField(_("first and last day"), validators=[dates_in_order])
    is_uncertain = models.BooleanField(_("dates still uncertain"), default=False)
    hindrances = ArrayField(
        models.CharField(max_length=20, choices=Hindrance.choices), verbose_name=_("kinds of hindrance"), default=list, blank=True
    )
    direction_stopped = models.CharField(_("motor traffic"), max_length=4, choices=Direction.choices, default=Direction.NONE)
    stopped = DateRangeField(_("days without traffic, when not the whole phase"), null=True, blank=True, validators=[dates_in_order])
    lines_diverted = models.CharField(_("bus and tram lines diverted"), max_length=200, blank=True)
    foot_access = models.CharField(_("access on foot"), max_length=12, choices=FootAccess.choices, blank=True)
    parking_lost = models.PositiveSmallIntegerField(_("parking places lost"), null=True, blank=True)
    deliveries = models.CharField(_("how deliveries go on"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("phase of the works")
        verbose_name_plural = _("phases of the works")
        ordering: ClassVar = ["site", "position", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="works_phase_has_first_and_last_day",
                condition=Q(period__startswith__isnull=False, period__endswith__isnull=False, period__isempty=False),
                violation_error_message=_("Give a first and a last day, in this order."),
            ),
            models.CheckConstraint(
                name="works_phase_among_twenty",
                condition=Q(position__gte=1, position__lte=MOST_PHASES),
                violation_error_message=_("Twenty phases at most."),
            ),
            models.UniqueConstraint(fields=["site", "position"], name="works_phase_position_once", deferrable=models.Deferrable.DEFERRED),
            models.CheckConstraint(
                name="works_phase_stop_within_phase",
                condition=Q(stopped__isnull=True) | Q(stopped__contained_by=F("period"), stopped__isempty=False),
                violation_error_message=_("The days without traffic lie within the phase."),
            ),
            models.CheckConstraint(
                name="works_phase_stop_has_direction",
                condition=Q(stopped__isnull=True) | ~Q(direction_stopped="none"),
                violation_error_message=_("Say in which direction traffic is stopped on these days."),
            ),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def starts_on(self) -> dt.date:
        return first_day(self.period) or dt.date.min

    @property
    def ends_on(self) -> dt.date:
        return last_day(self.period) or dt.date.max

    @property
    def stopped_days(self) -> "DateRange | None":
        """The days without traffic in at least one direction: those named, else the whole phase; None while traffic runs."""
        return None if self.direction_stopped == self.Direction.NONE else self.stopped or self.period

    @property
    def first_stopped(self) -> dt.date | None:
        return first_day(self.stopped_days)

    @property
    def last_stopped(self) -> dt.date | None:
        return last_day(self.stopped_days)

    @property
    def hindrance_labels(self) -> list[str]:
        return labels_of(self.hindrances, self.Hindrance)


def labels_of(values: Iterable[str], choices: type[models.TextChoices]) -> list[str]:
    """The words of chosen values, in the order of the list."""
    chosen = set(values)
    return [str(choice.label) for choice in choices if choice.value in chosen]


class WorksShops(models.Model):
    """How many shops of a sector the works hit, and how many of them are small enough for compensation."""

    site = models.ForeignKey(WorksSite, on_delete=models.CASCADE, related_name="shops")
    sector = models.CharField(_("sector"), max_length=20, choices=AuditDetails.Sector.choices)
    number = models.PositiveSmallIntegerField(_("shops hit"))
    small = models.PositiveSmallIntegerField(_("of which under 10 FTE"), default=0)
    is_estimate = models.BooleanField(_("an estimate"), default=False)

    class Meta:
        verbose_name = _("shops hit by the works")
        verbose_name_plural = _("shops hit by the works")
        ordering: ClassVar = ["site", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["site", "sector"], name="works_shops_once_per_sector", violation_error_message=_("This sector is there already.")
            ),
            models.CheckConstraint(
                name="works_small_shops_among_all",
                condition=Q(small__lte=F("number")),
                violation_error_message=_("No more small shops than shops."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_sector_display()}: {self.number}"


class CompensationReminder(models.Model):
    """That the first or the last day for asking compensation was announced; a moved day is a new day."""

    class Day(models.TextChoices):
        OPENS = "opens", _("First day for compensation")
        CLOSES = "closes", _("Last day for compensation")

    site = models.ForeignKey(WorksSite, on_delete=models.CASCADE, related_name="reminders")
    day = models.CharField(max_length=6, choices=Day.choices)
    on = models.DateField()
    is_ahead = models.BooleanField()  # some days before, or on the day itself
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("announcement of a day for compensation")
        verbose_name_plural = _("announcements of days for compensation")
        constraints: ClassVar = [models.UniqueConstraint(fields=["site", "day", "on", "is_ahead"], name="compensation_day_announced_once")]

    def __str__(self) -> str:
        return f"{self.site_id} {self.day} {self.on}"
