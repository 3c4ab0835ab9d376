"""When a member of the agency's staff is away: by dates alone the deputy comes to the front, and goes back again."""

import datetime as dt
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from municipalities.models import User, first_day, last_day


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def in_force(self, on: dt.date) -> "AbsenceQuerySet":
        return self.filter(period__contains=on)

    def not_over(self, on: dt.date) -> "AbsenceQuerySet":
        """In force on that day, or to come."""
        return self.filter(period__endswith__gt=on)


class Absence(models.Model):
    """Somebody of the team is away from the first to the last day. Why is nobody's business, so no reason is kept."""

    officer = models.ForeignKey(
        User,
        verbose_name=_("member of staff"),
        on_delete=models.PROTECT,
        related_name="absences",
        limit_choices_to={"is_staff": True},
    )
    period = DateRangeField(_("period"))

    history = HistoricalRecords()
    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering: ClassVar = ["-period", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="absence_has_first_and_last_day",
                condition=models.Q(period__startswith__isnull=False, period__endswith__isnull=False, period__isempty=False),
                violation_error_message=_("An absence has a first and a last day."),
            ),
            ExclusionConstraint(
                name="absence_once_per_officer_and_day",
                expressions=[("officer", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                violation_error_message=_("This person is already away on some of these days."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.officer)

    def clean(self) -> None:
        if self.officer_id and not self.officer.is_staff:
            raise ValidationError({"officer": _("Absences are kept for the agency's staff only.")})

    @property
    def starts_on(self) -> dt.date | None:
        return first_day(self.period)

    def has_begun(self, on: dt.date) -> bool:
        return bool(self.starts_on and self.starts_on <= on)

    @property
    def ends_on(self) -> dt.date | None:
        """The last day away."""
        return last_day(self.period)
