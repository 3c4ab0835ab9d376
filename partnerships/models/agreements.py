"""Framework agreements between the agency and a municipality."""

import datetime as dt
import secrets
import uuid
from collections.abc import Collection
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from municipalities.languages import Bilingual
from municipalities.models import Municipality, first_day, last_day
from municipalities.reference import sort_key
from partnerships.models.kinds import Kind

if TYPE_CHECKING:
    from municipalities.models import User
    from partnerships.models.agreement_parts import AgreementAmendment

ONE_DAY = dt.timedelta(days=1)
IN_THE_WAY = _("Another signed agreement of this municipality covers some of these days.")


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def signed(self) -> "AgreementQuerySet":
        return self.filter(signed_on__isnull=False)

    def in_force(self, on: dt.date) -> "AgreementQuerySet":
        return self.signed().filter(period__contains=on)

    def taken_over(self, on: dt.date) -> "AgreementQuerySet":
        """Agreements whose signed successor has begun."""
        return self.filter(successor__signed_on__isnull=False, successor__period__startswith__lte=on)

    def ending(self, on: dt.date, within: int) -> "AgreementQuerySet":
        """In force that day, the last day at most so many days off, and no signed successor."""
        last = on + dt.timedelta(days=within)
        in_force = self.in_force(on).filter(period__endswith__lte=last + ONE_DAY)
        return in_force.exclude(successor__signed_on__isnull=False)

    def with_all(self) -> "AgreementQuerySet":
        """With what the page of an agreement shows, in a fixed number of queries."""
        return self.select_related("municipality", "predecessor", "successor").prefetch_related(
            "signatories", "amendments", "theme_rows__theme"
        )

    def in_state(self, state: str, on: dt.date) -> "AgreementQuerySet":
        """Agreements that `state_on` says are in that state on that day."""
        soon = on + settings.AGREEMENT_EXPIRING_WITHIN
        in_force = self.in_force(on)
        ended = self.signed().filter(period__endswith__lte=on)
        renewed = Agreement.objects.taken_over(on)
        by_state: dict[Agreement.State, AgreementQuerySet] = {
            Agreement.State.DRAFT: self.filter(signed_on__isnull=True),
            Agreement.State.SIGNED: self.signed().filter(period__startswith__gt=on),
            Agreement.State.IN_FORCE: in_force.filter(
                models.Q(period__endswith__isnull=True) | models.Q(period__endswith__gt=soon + ONE_DAY)
            ),
            Agreement.State.EXPIRING: in_force.filter(period__endswith__lte=soon + ONE_DAY),
            Agreement.State.EXPIRED: ended.exclude(pk__in=renewed.values("pk")),
            Agreement.State.RENEWED: ended.filter(pk__in=renewed.values("pk")),
        }
        return by_state[Agreement.State(state)]

    def visible_to(self, user: "User", on: dt.date | None = None) -> "AgreementQuerySet":
        """Staff with the right see all; others those of the municipalities in which they stand, once signed."""
        if user.is_staff and user.has_perm("partnerships.view_agreement"):
            return self
        return self.signed().filter(municipality__in=user.municipality_ids_on(on or timezone.localdate()))


def all_kinds() -> list[str]:
    return list(Kind.values)


def private_path(agreement: "Agreement", _filename: str) -> str:
    """Where the signed document is kept: a name nobody can guess, and nothing of the name it came under."""
    return f"agreements/{agreement.key}/{secrets.token_hex(16)}.pdf"


class Agreement(models.Model):
    """A framework agreement (convention-cadre, kaderovereenkomst) and the services it gives a right to.

    Its state is read from facts (signature, period, successor) and never typed in. Two signed agreements of one municipality never cover
    the same day: the database refuses it.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SIGNED = "signed", _("Signed, not yet in force")
        IN_FORCE = "in_force", _("In force")
        EXPIRING = "expiring", _("Expiring")
        EXPIRED = "expired", _("Expired")
        RENEWED = "renewed", _("Renewed")

    class Precision(models.TextChoices):
        """How much of a date of long ago is known."""

        DAY = "day", _("The day is known")
        MONTH = "month", _("Only the month is known")
        YEAR = "year", _("Only the year is known")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    municipality = models.ForeignKey(Municipality, verbose_name=_("municipality"), on_delete=models.PROTECT, related_name="agreements")
    reference = models.CharField(_("reference"), max_length=40, unique=True)
    signed_on = models.DateField(_("signed on"), null=True, blank=True, help_text=_("Empty while it is a draft."))
    college_decision_on = models.DateField(_("college decision"), null=True, blank=True)
    council_decision_on = models.DateField(_("council decision"), null=True, blank=True)
    period = DateRangeField(_("period"))
    services = ArrayField(models.CharField(max_length=20, choices=Kind.choices), verbose_name=_("services covered"), default=all_kinds)
    first_signed_on = models.DateField(
        _("first signed on"),
        null=True,
        blank=True,
        help_text=_("Only when the parties signed for the first time before this agreement, for example before 2019."),
    )
    first_signed_precision = models.CharField(_("precision"), max_length=5, choices=Precision.choices, default=Precision.DAY)
    themes = models.ManyToManyField(
        "partnerships.Theme", verbose_name=_("themes"), through="partnerships.AgreementTheme", related_name="agreements", blank=True
    )
    working_methods_fr = models.TextField(_("working methods in French"), blank=True, validators=[MaxLengthValidator(3000)])
    working_methods_nl = models.TextField(_("working methods in Dutch"), blank=True, validators=[MaxLengthValidator(3000)])
    document = models.FileField(_("signed document"), upload_to=private_path, max_length=200, blank=True)
    document_name = models.CharField(_("name of the document"), max_length=120, blank=True, editable=False)
    document_sha256 = models.CharField(_("fingerprint of the document (SHA-256)"), max_length=64, blank=True, editable=False)
    document_size = models.PositiveIntegerField(_("size of the document"), null=True, blank=True, editable=False)
    note_fr = models.TextField(_("note in French"), blank=True)
    note_nl = models.TextField(_("note in Dutch"), blank=True)
    predecessor = models.OneToOneField(
        "self", verbose_name=_("predecessor"), on_delete=models.PROTECT, null=True, blank=True, related_name="successor"
    )

    history = HistoricalRecords()
    objects = AgreementQuerySet.as_manager()
    note = Bilingual("note")
    working_methods = Bilingual("working_methods")

    class Meta:
        verbose_name = _("framework agreement")
        verbose_name_plural = _("framework agreements")
        ordering: ClassVar = ["-period", "pk"]
        permissions: ClassVar = [("oversee_agreement", "Hears of agreements that end and of requests outside them")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="agreement_period_has_start",
                condition=models.Q(period__startswith__isnull=False, period__isempty=False),
                violation_error_message=_("An agreement starts on a day and lasts at least one day."),
            ),
            models.CheckConstraint(
                name="agreement_covers_known_services",
                condition=models.Q(services__contained_by=list(Kind.values)) & ~models.Q(services=[]),
                violation_error_message=_("Choose at least one of the three services."),
            ),
            models.CheckConstraint(
                name="agreement_document_is_fingerprinted",
                condition=models.Q(document="", document_sha256="") | ~(models.Q(document="") | models.Q(document_sha256="")),
            ),
            models.CheckConstraint(
                name="agreement_is_not_its_own_predecessor",
                condition=models.Q(predecessor__isnull=True) | ~models.Q(predecessor=models.F("pk")),
                violation_error_message=_("An agreement does not follow itself."),
            ),
            ExclusionConstraint(
                name="agreement_one_in_force_per_day",
                expressions=[("municipality", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=models.Q(signed_on__isnull=False),
                violation_error_message=IN_THE_WAY,
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def clean(self) -> None:
        if self.signed_on and self.college_decision_on and self.signed_on < self.college_decision_on:
            raise ValidationError({"signed_on": _("The college decides before the agreement is signed.")})
        if self.signed_on and self.first_signed_on and self.signed_on < self.first_signed_on:
            raise ValidationError({"first_signed_on": _("The first signature is not later than that of this agreement.")})
        if self.predecessor and self.predecessor.municipality_id != self.municipality_id:
            raise ValidationError({"predecessor": _("The predecessor is an agreement of the same municipality.")})

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Name the agreement that is in the way. Leave that rule to the next try when the signature is in error: Django fails on it."""
        if exclude and "signed_on" in exclude:
            exclude = {*exclude, "period"}
        try:
            super().validate_constraints(exclude)
        except ValidationError as error:
            raise self._naming_the_other(error) from None

    def _naming_the_other(self, error: ValidationError) -> ValidationError:
        """The same refusal, with the reference of the agreement that covers these days."""
        other = self.in_the_way()
        if other is None or IN_THE_WAY not in error.messages:
            return error
        rest = [message for message in error.messages if message != IN_THE_WAY]
        return ValidationError([*rest, other.words_in_the_way()])

    def in_the_way(self) -> "Agreement | None":
        """The other signed agreement of this municipality that covers some of these days, if there is one."""
        others = Agreement.objects.signed().filter(municipality=self.municipality_id, period__overlap=self.period)
        return others.exclude(pk=self.pk).order_by("period").first() if self.period else None

    @property
    def starts_on(self) -> dt.date | None:
        return first_day(self.period)

    @property
    def ends_on(self) -> dt.date | None:
        """The last day the agreement is in force, None while no end is agreed."""
        return last_day(self.period)

    def state_on(self, on: dt.date) -> "Agreement.State":
        """Read the state from the facts: signature and period."""
        if not self.signed_on:
            return self.State.DRAFT
        if self.starts_on and on < self.starts_on:
            return self.State.SIGNED
        if self.ends_on is None:
            return self.State.IN_FORCE
        if on > self.ends_on:
            return self.State.RENEWED if self._is_taken_over(on) else self.State.EXPIRED
        if self.ends_on - on <= settings.AGREEMENT_EXPIRING_WITHIN:
            return self.State.EXPIRING
        return self.State.IN_FORCE

    @property
    def renewal(self) -> "Agreement | None":
        """The agreement that follows this one, draft or signed; ask with `select_related("successor")`."""
        return getattr(self, "successor", None)

    def _is_taken_over(self, on: dt.date) -> bool:
        renewal = self.renewal
        return bool(renewal and renewal.signed_on and renewal.starts_on and renewal.starts_on <= on)

    @property
    def first_signature(self) -> str:
        """The first signature, as exactly as it is known."""
        if self.first_signed_on is None:
            return date_format(self.signed_on, "j F Y") if self.signed_on else ""
        forms = {self.Precision.DAY: "j F Y", self.Precision.MONTH: "F Y", self.Precision.YEAR: "Y"}
        return date_format(self.first_signed_on, forms[self.Precision(self.first_signed_precision)])

    def amendments_on(self, on: dt.date) -> "list[AgreementAmendment]":
        """The amendments that apply that day, the last one last: the current version is the agreement as they leave it."""
        return [amendment for amendment in self.amendments.all() if amendment.effective_from <= on]

    @property
    def theme_names(self) -> list[str]:
        """In the alphabetical order of the reader's language; ask with `with_all()`."""
        return sorted((str(row.theme) for row in self.theme_rows.all()), key=sort_key)

    @property
    def service_labels(self) -> list[str]:
        return [str(Kind(value).label) for value in Kind.values if value in self.services]

    def words_in_the_way(self) -> str:
        """The refusal of two agreements on one day, said of this one to the other."""
        words = {"reference": self.reference, "first": date_format(self.starts_on, "j F Y") if self.starts_on else ""}
        if self.ends_on is None:
            sentence = _("Another signed agreement of this municipality covers some of these days: %(reference)s, from %(first)s on.")
            return str(sentence % words)
        words["last"] = date_format(self.ends_on, "j F Y")
        sentence = _("Another signed agreement of this municipality covers some of these days: %(reference)s, from %(first)s to %(last)s.")
        return str(sentence % words)
