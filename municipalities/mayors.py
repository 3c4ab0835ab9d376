"""The sentence that refuses a second mayor, and names the one who stands there."""

import datetime as dt
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from municipalities.models import Mandate


def words_of_other_mayor(mandate: "Mandate") -> str:
    """The sentence about the mayor who holds office on days of this mandate; empty when there is none."""
    if mandate.role != mandate.Role.MAYOR or not (mandate.period and mandate.municipality_id):
        return ""
    mayors = type(mandate).objects.filter(role=mandate.Role.MAYOR, municipality=mandate.municipality_id, period__overlap=mandate.period)
    other = mayors.exclude(pk=mandate.pk).select_related("user", "municipality").order_by("period", "pk").first()
    return _words(other.user.full_name, str(other.municipality), other.starts_on, other.ends_on) if other else ""


def _words(name: str, municipality: str, first: dt.date | None, last: dt.date | None) -> str:
    """Who holds the office, from when and until when: what somebody needs to put the dates right."""
    words = {"name": name, "municipality": municipality, "first": _day(first), "last": _day(last)}
    if last:
        return _("%(name)s is mayor of %(municipality)s from %(first)s to %(last)s. There is one mayor at a time.") % words
    return _("%(name)s is mayor of %(municipality)s since %(first)s, with no last day yet. There is one mayor at a time.") % words


def _day(day: dt.date | None) -> str:
    return date_format(day, "DATE_FORMAT") if day else "–"
