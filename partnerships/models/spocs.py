"""The agency's one named contact (SPOC) per municipality, and the deputy."""

import datetime as dt
from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from municipalities.models import Municipality, User, first_day, last_day

if TYPE_CHECKING:
    from collections.abc import Iterable


class SpocAssignmentQuerySet(models.QuerySet["SpocAssignment"]):
    def in_force(self, on: dt.date) -> "SpocAssignmentQuerySet":
        return self.filter(period__contains=on)

    def primary(self) -> "SpocAssignmentQuerySet":
        return self.filter(role=SpocAssignment.Role.PRIMARY)

    def for_municipalities(self, municipality_ids: "Iterable[int]", on: dt.date) -> "SpocAssignmentQuerySet":
        """SPOC first, then deputy, of these municipalities on that day, with the officers."""
        return (
            self.in_force(on)
            .filter(municipality__in=municipality_ids)
            .select_related("officer", "municipality")
            .order_by("municipality", "-role", "pk")
        )


class SpocAssignment(models.Model):
    """Who at the agency answers for a municipality, as SPOC or deputy, from the first to the last day.

    On one day a municipality has at most one SPOC and at most one deputy, two different people: the database refuses more.
    """

    class Role(models.TextChoices):
        PRIMARY = "primary", _("Contact person (SPOC)")
        DEPUTY = "deputy", _("Deputy")

    municipality = models.ForeignKey(
        Municipality, verbose_name=_("municipality"), on_delete=models.PROTECT, related_name="spoc_assignments"
    )
    officer = models.ForeignKey(
        User,
        verbose_name=_("member of staff"),
        on_delete=models.PROTECT,
        related_name="spoc_assignments",
        limit_choices_to={"is_staff": True},
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.PRIMARY)
    period = DateRangeField(_("period"))

    history = HistoricalRecords()
    objects = SpocAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("SPOC assignment")
        verbose_name_plural = _("SPOC assignments")
        ordering: ClassVar = ["municipality", "-role", "-period", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="spoc_period_has_start",
                condition=models.Q(period__startswith__isnull=False, period__isempty=False),
                violation_error_message=_("An assignment starts on a day and lasts at least one day."),
            ),
            ExclusionConstraint(
                name="spoc_one_per_role_and_day",
                expressions=[
                    ("municipality", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("Somebody else already has this role for the municipality on some of these days."),
            ),
            ExclusionConstraint(
                name="spoc_and_deputy_differ",
                expressions=[
                    ("municipality", RangeOperators.EQUAL),
                    ("officer", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("SPOC and deputy are two different people on any one day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality} · {self.officer}"

    def clean(self) -> None:
        if self.officer_id and not self.officer.is_staff:
            raise ValidationError({"officer": _("A SPOC is a member of the agency's staff.")})

    @property
    def starts_on(self) -> dt.date | None:
        return first_day(self.period)

    @property
    def ends_on(self) -> dt.date | None:
        """The last day of the assignment, None while no end is known."""
        return last_day(self.period)
