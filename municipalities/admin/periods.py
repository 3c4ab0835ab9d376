"""Periods as people write them: a first day and a last day, both included; stored half-open."""

import datetime as dt
from typing import Any

from django import forms
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from municipalities.admin.forms import SpeakingForm

ONE_DAY = dt.timedelta(days=1)


def day_field(**kwargs: Any) -> forms.DateField:
    """A day, chosen from the browser's own calendar."""
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


class PeriodForm(SpeakingForm):
    """A form of something that has a period."""

    starts_on = day_field(label=_("First day"))
    ends_on = day_field(label=_("Last day"), required=False, help_text=_("This day is still included. Empty: no end known yet."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.period:
            self.initial.setdefault("starts_on", self.instance.starts_on)
            self.initial.setdefault("ends_on", self.instance.ends_on)

    def clean(self) -> dict[str, Any]:
        """Set the period before the model is validated, so that its constraints see it."""
        cleaned = super().clean() or self.cleaned_data
        start, end = cleaned.get("starts_on"), cleaned.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", _("The last day is on or after the first day."))
        elif start and "ends_on" not in self.errors:
            self.instance.period = DateRange(start, end + ONE_DAY if end else None)
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """The period is validated although no field of the form bears its name; never while its days are wrong."""
        exclude: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        if not {"starts_on", "ends_on"} & set(self.errors):
            exclude.discard("period")
        return exclude


def overlapping(one: DateRange, other: DateRange) -> bool:
    """Whether two half-open periods share a day."""
    return (one.upper is None or other.lower < one.upper) and (other.upper is None or one.lower < other.upper)
