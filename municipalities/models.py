"""Municipalities and the people who act for them or for the agency."""

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, Permission, PermissionsMixin
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.db.models.lookups import Contains
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from municipalities.associations import Association, AssociationContact, AssociationStage  # noqa: F401
from municipalities.delegations import Delegation, Standing, Welcome  # noqa: F401 - they live beside what uses them
from municipalities.languages import Bilingual, CorrespondenceLanguage, FormOfAddress, InterfaceLanguage, content_language
from municipalities.lists.models import ListImport  # noqa: F401
from municipalities.mayors import words_of_other_mayor
from municipalities.places import Neighbourhood, Street
from municipalities.reference import sort_key
from municipalities.search import person_words, plain_value
from municipalities.standings import Stands
from municipalities.turnover.models import Turnover, TurnoverChange  # noqa: F401 - they live beside what uses them


def first_day(period: Any) -> dt.date | None:
    """Return the first day of a half-open period, None when it has always been."""
    return period.lower if period else None


def last_day(period: Any) -> dt.date | None:
    """Return the last day that belongs to a half-open period, None when it is open."""
    return period.upper - dt.timedelta(days=1) if period and period.upper else None


# --- Municipalities -----------------------------------------------------------------------------


class MunicipalityQuerySet(models.QuerySet["Municipality"]):
    def visible_to(self, user: "User", on: dt.date | None = None) -> "MunicipalityQuerySet":
        """Staff with the right see all; others those in which they stand that day, by a mandate or a delegation."""
        if user.is_staff and user.has_perm("municipalities.view_municipality"):
            return self
        return self.filter(pk__in=user.municipality_ids_on(on or timezone.localdate()))

    def sorted_for_reader(self) -> "MunicipalityQuerySet":
        """In the alphabetical order of the reader's language: Elsene under E, Ixelles under I."""
        return self.order_by(f"sort_key_{content_language()}")

    def matching(self, words: str) -> "MunicipalityQuerySet":
        """Municipalities whose name in either language holds the words, accents or not, or that bear this code or postcode."""
        plain = sort_key(words.strip())
        return self.filter(
            models.Q(sort_key_fr__contains=plain)
            | models.Q(sort_key_nl__contains=plain)
            | models.Q(code__iexact=plain)
            | models.Q(nis_code=plain)
            | models.Q(postcodes__contains=[plain])
        )

    def found_by(self, words: str) -> "MunicipalityQuerySet":
        """Municipalities that match the words themselves, or by a street or a neighbourhood in them."""
        places = Street.objects.matching(words).values("municipality"), Neighbourhood.objects.matching(words).values("municipality")
        by_place = models.Q(pk__in=places[0].order_by()) | models.Q(pk__in=places[1].order_by())
        return self.filter(by_place | models.Q(pk__in=Municipality.objects.matching(words).order_by().values("pk")))


class Municipality(models.Model):
    """One of the 19 municipalities of the Brussels-Capital Region, the City of Brussels among them."""

    nis_code = models.CharField(_("NIS code"), max_length=5, unique=True, validators=[RegexValidator(r"^\d{5}$")])
    code = models.CharField(_("code"), max_length=3, unique=True, help_text=_("Three letters, used in references of requests."))
    slug = models.SlugField(_("short name"), unique=True)
    name_fr = models.CharField(_("name in French"), max_length=60)
    name_nl = models.CharField(_("name in Dutch"), max_length=60)
    official_style_fr = models.CharField(_("official style in French"), max_length=80)
    official_style_nl = models.CharField(_("official style in Dutch"), max_length=80)
    sort_key_fr = models.CharField(max_length=60, editable=False)
    sort_key_nl = models.CharField(max_length=60, editable=False)
    postcodes = ArrayField(models.CharField(max_length=4), verbose_name=_("postcodes"), default=list)
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    population_on = models.DateField(_("population counted on"), null=True, blank=True)
    area_km2 = models.DecimalField(_("area in km²"), max_digits=6, decimal_places=2, null=True, blank=True)
    website_fr = models.CharField(_("website in French"), max_length=100, blank=True)
    website_nl = models.CharField(_("website in Dutch"), max_length=100, blank=True)
    mail_address = models.EmailField(_("general e-mail address (both languages)"), blank=True, default="", db_default="")
    outline = models.TextField(_("outline"), blank=True, help_text=_("SVG path on the 800 × 800 map of the Region."))
    label_x = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    label_y = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)

    history = HistoricalRecords(excluded_fields=["outline"])
    objects = MunicipalityQuerySet.as_manager()
    name = Bilingual("name")
    official_style = Bilingual("official_style")
    website = Bilingual("website")

    class Meta:
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")
        ordering: ClassVar = ["sort_key_fr"]
        constraints: ClassVar = [
            models.CheckConstraint(name="municipality_nis_code_five_digits", condition=models.Q(nis_code__regex=r"^\d{5}$"))
        ]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def both_names(self) -> str:
        """The name a bilingual document uses: `Ixelles / Elsene`, or one word where they are equal."""
        return self.name_fr if self.name_fr == self.name_nl else f"{self.name_fr} / {self.name_nl}"


# --- People -------------------------------------------------------------------------------------

ERASED_DOMAIN = "erased.invalid"  # no mail is ever delivered under .invalid (RFC 2606)
PSEUDONYMS = {"official": _("Former official #%(number)d"), "staff": _("Former member of the agency #%(number)d")}


class UserQuerySet(models.QuerySet["User"]):
    def not_erased(self) -> "UserQuerySet":
        return self.exclude(email__endswith=f"@{ERASED_DOMAIN}")

    def matching(self, words: str) -> "UserQuerySet":
        """People every one of the words leads to, accents or not: by name, address, municipality, postcode, street or portfolio."""
        people = self
        for word in words.split():
            people = people.filter(pk__in=_named(word).union(_holding(word), all=True))
        return people

    def staff(self) -> "UserQuerySet":
        return self.filter(is_staff=True, is_active=True)

    def able_to(self, permission: str) -> "UserQuerySet":
        """People who hold the right `app.codename`, through a group, themselves, or as superuser."""
        app, codename = permission.split(".")
        wanted = Permission.objects.filter(content_type__app_label=app, codename=codename)
        own = models.Q(groups__permissions__in=wanted) | models.Q(user_permissions__in=wanted)
        return self.filter(models.Q(is_superuser=True) | models.Q(pk__in=User.objects.filter(own).values("pk")))

    def in_office(self, on: dt.date) -> "UserQuerySet":
        """People who hold a mandate on that day."""
        return self.filter(models.Exists(Mandate.objects.filter(user=models.OuterRef("pk"), period__contains=on)))

    def ending(self, on: dt.date, within: dt.timedelta) -> "UserQuerySet":
        """People who hold a mandate that day whose last day lies at most so far off."""
        soon = Mandate.objects.in_force(on).filter(user=models.OuterRef("pk"), period__endswith__lte=on + within + dt.timedelta(days=1))
        return self.filter(models.Exists(soon))

    def with_access(self, on: dt.date) -> "UserQuerySet":
        """People the portal lets in on that day: a mandate in force, a delegation or an invitation to one, staff, or a reviewer."""
        mandate = models.Exists(Mandate.objects.filter(user=models.OuterRef("pk"), period__contains=on))
        delegation = models.Exists(Delegation.objects.live(on).filter(delegate=models.OuterRef("pk")))
        return self.filter(models.Q(is_staff=True) | models.Q(is_cabinet_reviewer=True) | mandate | delegation, is_active=True)


def _named(word: str) -> "UserQuerySet":
    """People whose name or address holds the word: asked of the index `user_words`."""
    return User.objects.filter(Contains(person_words(), plain_value(word))).order_by().values("pk")


def _holding(word: str) -> models.QuerySet:
    """People with a mandate in a municipality the word leads to, or with a portfolio of that name."""
    places = Municipality.objects.found_by(word).order_by().values("pk")
    held = models.Q(municipality__in=places) | models.Q(portfolios__overlap=Portfolio.named(word))
    return Mandate.objects.filter(held).order_by().values("user")


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    use_in_migrations = False

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email__iexact=email)

    def create_user(self, email: str, **fields: Any) -> "User":
        """Enter a person; nobody has a password, because log-in is by a code sent to the address."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, is_staff=True, is_superuser=True, **fields)


class User(Stands, AbstractBaseUser, PermissionsMixin):
    """A person: an official of a municipality, a member of the agency's staff, or a reviewer at the cabinet.

    What a person may do follows from dated mandates and groups, never from a copy kept here.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), max_length=254)
    first_name = models.CharField(_("first name"), max_length=80)
    last_name = models.CharField(_("last name"), max_length=80)
    form_of_address = models.CharField(
        _("form of address"),
        max_length=10,
        choices=FormOfAddress.choices,
        blank=True,
        default="",
        help_text=_("As the person wishes to be addressed; empty while they have not said. Never inferred from a first name."),
    )
    phone = models.CharField(_("telephone"), max_length=30, blank=True, help_text=_("Office number, for example +32 2 000 00 00."))
    job_title_fr = models.CharField(_("function in French"), max_length=120, blank=True)
    job_title_nl = models.CharField(_("function in Dutch"), max_length=120, blank=True)
    correspondence_language = models.CharField(
        _("language of correspondence"),
        max_length=4,
        choices=CorrespondenceLanguage.choices,
        default=CorrespondenceLanguage.BOTH,
        help_text=_("Both until the person has chosen; never inferred from name or municipality."),
    )
    interface_language = models.CharField(_("language of the screens"), max_length=2, choices=InterfaceLanguage.choices, blank=True)
    is_active = models.BooleanField(_("active"), default=True, help_text=_("Untick to shut a person out without deleting anything."))
    is_staff = models.BooleanField(_("agency staff"), default=False, help_text=_("May enter the administration, with a second factor."))
    is_cabinet_reviewer = models.BooleanField(
        _("reviewer at the cabinet"), default=False, help_text=_("Reads and approves mailings, and sees nothing else.")
    )
    date_joined = models.DateTimeField(_("entered on"), default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["first_name", "last_name"]

    history = HistoricalRecords(excluded_fields=["password", "last_login"])
    objects = UserManager()
    job_title = Bilingual("job_title")

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering: ClassVar = ["last_name", "first_name", "pk"]
        indexes: ClassVar = [GinIndex(OpClass(person_words(), name="gin_trgm_ops"), name="user_words")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("email"), name="user_email_unique", violation_error_message=_("This address already belongs to somebody.")
            )
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """The name, or for somebody erased what they were, in the reader's language."""
        if self.is_erased:
            return str(PSEUDONYMS[self.email.split("-")[0]] % {"number": self.pk})
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def is_erased(self) -> bool:
        return self.email.endswith(f"@{ERASED_DOMAIN}")

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.first_name


class Official(User):
    """A person who holds, held or will hold a mandate in a municipality."""

    class Meta:
        proxy = True
        verbose_name = _("official")
        verbose_name_plural = _("officials")


class StaffMember(User):
    """A member of the agency's staff, or a reviewer at the cabinet."""

    class Meta:
        proxy = True
        verbose_name = _("member of staff")
        verbose_name_plural = _("staff")


class Portfolio(models.TextChoices):
    """What a member of a college is competent for; drives who receives a mailing."""

    TRADE = "trade", _("Trade")
    ECONOMY = "economy", _("Economic development")
    SMALL_BUSINESS = "small_business", _("Small businesses and the self-employed")
    EMPLOYMENT = "employment", _("Employment")
    TOURISM = "tourism", _("Tourism")
    PUBLIC_WORKS = "public_works", _("Public works")
    MOBILITY = "mobility", _("Mobility")
    PLANNING = "planning", _("Urban planning")

    @classmethod
    def named(cls, word: str) -> list[str]:
        """The portfolios whose name in the reader's language holds the word; short words name none."""
        plain = sort_key(word)
        return [portfolio.value for portfolio in cls if len(plain) >= 4 and plain in sort_key(str(portfolio.label))]


class MandateQuerySet(models.QuerySet["Mandate"]):
    def in_force(self, on: dt.date) -> "MandateQuerySet":
        return self.filter(period__contains=on)


class Mandate(models.Model):
    """What a person does for a municipality from the first to the last day of a period.

    Access to the portal and mailings follow from these dates alone (PRODUCT, 'Municipalities and people').
    """

    class Role(models.TextChoices):
        MAYOR = "mayor", _("Mayor")
        ALDERMAN = "alderman", _("Alderman / alderwoman")
        SECRETARY = "secretary", _("Municipal secretary")
        OFFICER = "officer", _("Municipal officer")
        COLLABORATOR = "collaborator", _("Cabinet adviser")

    POLITICAL: ClassVar = frozenset({Role.MAYOR, Role.ALDERMAN})

    user = models.ForeignKey(User, verbose_name=_("person"), on_delete=models.PROTECT, related_name="mandates")
    municipality = models.ForeignKey(Municipality, verbose_name=_("municipality"), on_delete=models.PROTECT, related_name="mandates")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    portfolios = ArrayField(
        models.CharField(max_length=20, choices=Portfolio.choices), verbose_name=_("portfolios"), default=list, blank=True
    )
    period = DateRangeField(_("period"))

    history = HistoricalRecords()
    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        ordering: ClassVar = ["municipality", "role", "pk"]
        indexes: ClassVar = [GinIndex(fields=["portfolios"], name="mandate_portfolios")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="mandate_period_has_start",
                condition=models.Q(period__startswith__isnull=False, period__isempty=False),
                violation_error_message=_("A mandate starts on a day and lasts at least one day."),
            ),
            ExclusionConstraint(
                name="mandate_one_mayor_per_day",
                expressions=[("municipality", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=models.Q(role="mayor"),
                violation_error_message=_("This municipality already has a mayor on some of these days."),
            ),
            ExclusionConstraint(
                name="mandate_once_per_person_and_role",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("municipality", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person already holds this mandate on some of these days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.municipality}"

    def clean(self) -> None:
        unknown = sorted(set(self.portfolios) - set(Portfolio.values))
        if unknown:
            raise ValidationError({"portfolios": _("Unknown portfolio: %(names)s.") % {"names": ", ".join(unknown)}})

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Leave the one-mayor rule to the next try when the role itself is in error: Django fails on a condition it cannot read."""
        if exclude and "role" in exclude:
            exclude = {*exclude, "period"}
        try:
            super().validate_constraints(exclude)
        except ValidationError:
            if words := self.violation_words("mandate_one_mayor_per_day"):
                raise ValidationError(words) from None
            raise

    def violation_words(self, constraint: str) -> str:
        """Who stands in the way of a second mayor, with their dates; empty when nobody does or another rule is broken."""
        return words_of_other_mayor(self) if constraint == "mandate_one_mayor_per_day" else ""

    @property
    def starts_on(self) -> dt.date | None:
        return first_day(self.period)

    @property
    def ends_on(self) -> dt.date | None:
        """The last day of the mandate, None while no end is known."""
        return last_day(self.period)

    @property
    def portfolio_labels(self) -> list[str]:
        return [str(Portfolio(value).label) for value in self.portfolios]
