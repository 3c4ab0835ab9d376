"""The sentence that refuses a second mayor, and names the one who stands there."""

import datetime as dt

from django.utils.formats import date_format
from django.utils.translation import gettext as _


def words_of_mayor(name: str, municipality: str, first: dt.date | None, last: dt.date | None) -> str:
    """Who holds the office, from when and until when: what somebody needs to put the dates right."""
    words = {"name": name, "municipality": municipality, "first": _day(first), "last": _day(last)}
    if last:
        return _("%(name)s is mayor of %(municipality)s from %(first)s to %(last)s. There is one mayor at a time.") % words
    return _("%(name)s is mayor of %(municipality)s since %(first)s, with no last day yet. There is one mayor at a time.") % words


def _day(day: dt.date | None) -> str:
    return date_format(day, "DATE_FORMAT") if day else "–"
