"""How long the agency gives itself, and which near or passed deadlines it has already told of."""

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from municipalities.languages import Bilingual
from partnerships.models.requests import ServiceRequest

LONGEST = 260  # a year of working days


class DeadlineTarget(models.Model):
    """Within how many Belgian working days something is promised, and how long before the team is warned.

    Kept by the team lead; where a row is missing, the value of the settings holds. A new figure counts for what begins
    from then on: a promise already made is not moved by it.
    """

    class What(models.TextChoices):
        ACKNOWLEDGE = "acknowledge", _("Acknowledge receipt of a request")
        AUDIT = "audit", _("Complete an audit and diagnosis")
        DEVELOPMENT = "development", _("Complete economic and commercial development")
        WORKS = "works", _("Complete support during public works")
        REOPENED = "reopened", _("Come back to a reopened request, at the earliest")

    what = models.CharField(_("what for"), max_length=20, choices=What.choices, unique=True)
    working_days = models.PositiveSmallIntegerField(
        _("working days"),
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST)],
        help_text=_("Belgian working days: Monday to Friday without public holidays. The day it begins does not count."),
    )
    warn_before = models.PositiveSmallIntegerField(
        _("warn before, in working days"),
        validators=[MaxValueValidator(LONGEST)],
        help_text=_("So many working days before the deadline, whoever answers for the request gets a mail. 0: on the day itself."),
    )
    source_fr = models.CharField(
        _("where the figure comes from, in French"), max_length=200, blank=True, help_text=_("A decision, a charter, a convention.")
    )
    source_nl = models.CharField(_("where the figure comes from, in Dutch"), max_length=200, blank=True)

    history = HistoricalRecords()
    source = Bilingual("source")

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="deadline_target_at_least_a_day",
                condition=models.Q(working_days__gte=1, working_days__lte=LONGEST),
                violation_error_message=_("Between one working day and a year."),
            ),
            models.CheckConstraint(
                name="deadline_warning_within_target",
                condition=models.Q(warn_before__lt=models.F("working_days")),
                violation_error_message=_("The warning comes after the start: it must be shorter than the deadline."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_what_display()


def targets() -> dict[str, tuple[int, int]]:
    """Working days and days of warning for everything that has a deadline: the team's own figures before the settings'."""
    defaults: dict[str, tuple[int, int]] = {what: tuple(days) for what, days in settings.DEADLINES.items()}
    kept = DeadlineTarget.objects.values_list("what", "working_days", "warn_before")
    return defaults | {what: (days, warning) for what, days, warning in kept}


class DeadlineNotice(models.Model):
    """A near or passed deadline was told of: once per request and day, however often the tables are asked."""

    class Moment(models.TextChoices):
        NEAR = "near", _("Near")
        PASSED = "passed", _("Passed")

    request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="deadline_notices")
    due_on = models.DateField(_("due on"))
    moment = models.CharField(max_length=10, choices=Moment.choices)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("notice of a deadline")
        verbose_name_plural = _("notices of deadlines")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "due_on", "moment"], name="deadline_told_once"),
            models.CheckConstraint(name="deadline_moment_known", condition=models.Q(moment__in=["near", "passed"])),
        ]

    def __str__(self) -> str:
        return f"{self.request} · {self.due_on:%Y-%m-%d} · {self.moment}"


def moment_of(due_on: dt.date, on: dt.date) -> DeadlineNotice.Moment:
    """A day is near until its evening, and passed from the next morning on."""
    return DeadlineNotice.Moment.PASSED if due_on < on else DeadlineNotice.Moment.NEAR
