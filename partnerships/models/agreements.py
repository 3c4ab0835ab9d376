"""Framework agreements between the agency and a municipality."""

import datetime as dt
import uuid
from collections.abc import Collection
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from municipalities.languages import Bilingual
from municipalities.models import Municipality, first_day, last_day
from partnerships.models.kinds import Kind

if TYPE_CHECKING:
    from municipalities.models import User

ONE_DAY = dt.timedelta(days=1)


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def signed(self) -> "AgreementQuerySet":
        return self.filter(signed_on__isnull=False)

    def in_force(self, on: dt.date) -> "AgreementQuerySet":
        return self.signed().filter(period__contains=on)

    def in_state(self, state: str, on: dt.date) -> "AgreementQuerySet":
        """Agreements that `state_on` says are in that state on that day."""
        soon = on + settings.AGREEMENT_EXPIRING_WITHIN
        in_force = self.in_force(on)
        by_state: dict[Agreement.State, AgreementQuerySet] = {
            Agreement.State.DRAFT: self.filter(signed_on__isnull=True),
            Agreement.State.SIGNED: self.signed().filter(period__startswith__gt=on),
            Agreement.State.IN_FORCE: in_force.filter(
                models.Q(period__endswith__isnull=True) | models.Q(period__endswith__gt=soon + ONE_DAY)
            ),
            Agreement.State.EXPIRING: in_force.filter(period__endswith__lte=soon + ONE_DAY),
            Agreement.State.EXPIRED: self.signed().filter(period__endswith__lte=on),
        }
        return by_state[Agreement.State(state)]

    def visible_to(self, user: "User", on: dt.date | None = None) -> "AgreementQuerySet":
        """Staff with the right see all; an official those of the municipalities of their mandates, once signed."""
        if user.is_staff and user.has_perm("partnerships.view_agreement"):
            return self
        own = [mandate.municipality_id for mandate in user.mandates_on(on or timezone.localdate())]
        return self.signed().filter(municipality__in=own)


def all_kinds() -> list[str]:
    return list(Kind.values)


class Agreement(models.Model):
    """A framework agreement (convention-cadre, kaderovereenkomst) and the services it gives a right to.

    Its state is read from its dates and never typed in. Two signed agreements of one municipality never cover
    the same day: the database refuses it.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SIGNED = "signed", _("Signed, not yet in force")
        IN_FORCE = "in_force", _("In force")
        EXPIRING = "expiring", _("Expiring")
        EXPIRED = "expired", _("Expired")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    municipality = models.ForeignKey(Municipality, verbose_name=_("municipality"), on_delete=models.PROTECT, related_name="agreements")
    reference = models.CharField(_("reference"), max_length=40, unique=True)
    signed_on = models.DateField(_("signed on"), null=True, blank=True, help_text=_("Empty while it is a draft."))
    college_decision_on = models.DateField(_("college decision"), null=True, blank=True)
    council_decision_on = models.DateField(_("council decision"), null=True, blank=True)
    period = DateRangeField(_("period"))
    services = ArrayField(models.CharField(max_length=20, choices=Kind.choices), verbose_name=_("services covered"), default=all_kinds)
    signatories_municipality = models.CharField(_("signatories for the municipality"), max_length=200, blank=True)
    signatories_agency = models.CharField(_("signatories for the agency"), max_length=200, blank=True)
    note_fr = models.TextField(_("note in French"), blank=True)
    note_nl = models.TextField(_("note in Dutch"), blank=True)
    predecessor = models.OneToOneField(
        "self", verbose_name=_("predecessor"), on_delete=models.PROTECT, null=True, blank=True, related_name="successor"
    )

    history = HistoricalRecords()
    objects = AgreementQuerySet.as_manager()
    note = Bilingual("note")

    class Meta:
        verbose_name = _("framework agreement")
        verbose_name_plural = _("framework agreements")
        ordering: ClassVar = ["-period", "pk"]
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
            ExclusionConstraint(
                name="agreement_one_in_force_per_day",
                expressions=[("municipality", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=models.Q(signed_on__isnull=False),
                violation_error_message=_("Another signed agreement of this municipality covers some of these days."),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def clean(self) -> None:
        if self.signed_on and self.college_decision_on and self.signed_on < self.college_decision_on:
            raise ValidationError({"signed_on": _("The college decides before the agreement is signed.")})

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Leave the overlap rule to the next try when the signature is in error: Django fails on a condition it cannot read."""
        if exclude and "signed_on" in exclude:
            exclude = {*exclude, "period"}
        super().validate_constraints(exclude)

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
            return self.State.EXPIRED
        if self.ends_on - on <= settings.AGREEMENT_EXPIRING_WITHIN:
            return self.State.EXPIRING
        return self.State.IN_FORCE

    @property
    def service_labels(self) -> list[str]:
        return [str(Kind(value).label) for value in Kind.values if value in self.services]
