"""The agency's one named contact (SPOC) per municipality, and the deputy."""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models.lookups import IsNull
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from municipalities.models import Municipality, User, first_day, last_day
from partnerships.models.absences import Absence

if TYPE_CHECKING:
    from collections.abc import Iterable

ONE_DAY = dt.timedelta(days=1)


def uncovered(periods: "Iterable[DateRange]", from_day: dt.date, until_day: dt.date) -> list[DateRange]:
    """The stretches, half-open, of the days from `from_day` to `until_day` (both included) that no period covers."""
    gaps, reached, end = [], from_day, until_day + ONE_DAY
    for period in sorted(periods, key=lambda one: one.lower):
        if reached < min(period.lower, end):
            gaps.append(DateRange(reached, min(period.lower, end)))
        reached = end if period.upper is None else max(reached, period.upper)
    if reached < end:
        gaps.append(DateRange(reached, end))
    return gaps


class SpocAssignmentQuerySet(models.QuerySet["SpocAssignment"]):
    def in_force(self, on: dt.date) -> "SpocAssignmentQuerySet":
        return self.filter(period__contains=on)

    def primary(self) -> "SpocAssignmentQuerySet":
        return self.filter(role=SpocAssignment.Role.PRIMARY)

    def with_absence(self, on: dt.date) -> "SpocAssignmentQuerySet":
        """With the day on which the officer is back, where they are away on that day (read it as `absent_until`)."""
        away = Absence.objects.in_force(on).filter(officer=models.OuterRef("officer"))
        return self.annotate(back_on=models.Subquery(away.values("period__endswith")[:1]))

    def best_first(self, on: dt.date, *, by: str = "municipality_id") -> "SpocAssignmentQuerySet":
        """Per municipality whoever is in force: those present before those away, the SPOC before the deputy.

        The one place that decides who stands in front on a day: pages, mails, assignment and worklists all ask here.
        """
        present_first = IsNull(models.F("back_on"), False)
        return self.in_force(on).with_absence(on).order_by(by, present_first, "-role", "pk")

    def for_municipalities(self, municipality_ids: "Iterable[int]", on: dt.date) -> "SpocAssignmentQuerySet":
        """SPOC and deputy of these municipalities on that day, with the officers; whoever stands in front comes first."""
        named = self.filter(municipality__in=municipality_ids).select_related("officer", "municipality")
        return named.best_first(on, by="municipality")

    def in_front(self, on: dt.date) -> "SpocAssignmentQuerySet":
        """One per municipality: the SPOC, or while the SPOC is away the deputy; the SPOC again when both are away."""
        return self.best_first(on).distinct("municipality_id")

    def gaps(self, municipality: Municipality, from_day: dt.date, until_day: dt.date, role: str = "primary") -> list[DateRange]:
        """The days, as half-open stretches, on which the municipality has nobody in this role; both days are included."""
        return self.gaps_of([municipality.pk], from_day, until_day, role)[municipality.pk]

    def gaps_of(
        self, municipality_ids: "Sequence[int]", from_day: dt.date, until_day: dt.date, role: str = "primary"
    ) -> dict[int, list[DateRange]]:
        """The gaps of many municipalities, in one query; every municipality asked for has its entry."""
        window = DateRange(from_day, until_day + ONE_DAY)
        held: dict[int, list[DateRange]] = {pk: [] for pk in municipality_ids}
        rows = self.filter(municipality__in=municipality_ids, role=role, period__overlap=window).order_by("pk")
        for pk, period in rows.values_list("municipality", "period"):
            held[pk].append(period)
        return {pk: uncovered(periods, from_day, until_day) for pk, periods in held.items()}


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

    back_on: dt.date | None = None  # set by `with_absence`

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

    @property
    def absent_until(self) -> dt.date | None:
        """The officer's last day away, when they are away on the day the row was asked for; needs `with_absence`."""
        return self.back_on - ONE_DAY if self.back_on else None

    @property
    def is_primary(self) -> bool:
        return self.role == self.Role.PRIMARY
