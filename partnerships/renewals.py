"""What changes from an agreement to the one that follows, side by side."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from municipalities.reference import sort_key
from municipalities.templatetags.reader import day
from partnerships.models import Agreement, AgreementSignatory

Side = AgreementSignatory.Side


@dataclass(frozen=True)
class Difference:
    """One thing two agreements speak of; lines that are in one of the two alone are marked."""

    label: Any
    before: list[str]
    after: list[str]

    @property
    def is_changed(self) -> bool:
        return self.before != self.after

    @property
    def before_lines(self) -> list[tuple[str, bool]]:
        return [(line, line not in self.after) for line in self.before]

    @property
    def after_lines(self) -> list[tuple[str, bool]]:
        return [(line, line not in self.before) for line in self.after]


def differences(agreement: Agreement) -> list[Difference]:
    """Between an agreement and its predecessor, both asked `with_all()`; empty without one."""
    before = agreement.predecessor
    if before is None:
        return []
    parts: list[tuple[Any, Callable[[Agreement], list[str]]]] = [
        (_("Period"), _days),
        (_("Services covered"), lambda one: sorted(one.service_labels, key=sort_key)),
        (_("Themes"), lambda one: one.theme_names),
        (_("Working methods"), lambda one: one.working_methods.splitlines()),
        (Side.MUNICIPALITY.label, lambda one: _signed_by(one, Side.MUNICIPALITY)),
        (Side.AGENCY.label, lambda one: _signed_by(one, Side.AGENCY)),
        (_("Amendments"), lambda one: [f"{each}: {each.changes}" for each in one.amendments.all()]),
    ]
    return [Difference(label, read(before), read(agreement)) for label, read in parts]


def _days(agreement: Agreement) -> list[str]:
    first = str(_("From %(day)s") % {"day": day(agreement.starts_on)})
    last = str(_("Until %(day)s") % {"day": day(agreement.ends_on)}) if agreement.ends_on else str(_("No end agreed"))
    return [first, last]


def with_predecessor(agreements: models.QuerySet[Agreement]) -> models.QuerySet[Agreement]:
    """What `differences` needs, in a fixed number of queries."""
    return agreements.prefetch_related(models.Prefetch("predecessor", queryset=Agreement.objects.with_all()))


def _signed_by(agreement: Agreement, side: str) -> list[str]:
    return [str(one) for one in agreement.signatories.all() if one.side == side]
