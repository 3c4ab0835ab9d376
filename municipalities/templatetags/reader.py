"""Template filters for the reader: dates and numbers as people write them, and the language of a text."""

import datetime as dt

from django import template
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from municipalities.languages import content_language

register = template.Library()
MEGABYTE = 1024 * 1024
DAYS_OF_A_YEAR = 365


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """`24 novembre 2026`: the day in Brussels, in the reader's language; empty for none."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value)
    written = date_format(value, "j F Y")
    is_french = (get_language() or "").startswith("fr")
    return f"1er {written[2:]}" if is_french and value.day == 1 else written


@register.filter
def day_and_hour(value: dt.datetime | None) -> str:
    """`24 novembre 2026, 14:05`, by the clock in Brussels; empty for none."""
    return f"{day(value)}, {timezone.localtime(value):%H:%M}" if value else ""


@register.filter
def iso_day(value: str) -> str:
    """A day that an event keeps as `2026-11-25`, written as `day` does; empty for none."""
    return day(dt.date.fromisoformat(value)) if value else ""


@register.filter
def colon(label: object) -> str:
    """A label before its value as the reader's language writes it: `Quand :` with a space that does not break, `Wanneer:`."""
    return f"{label}\u00a0:" if (get_language() or "").startswith("fr") else f"{label}:"


@register.filter
def has_passed(value: dt.date | None) -> bool:
    """Whether a day lies before today in Brussels; never so for none."""
    return value is not None and value < timezone.localdate()


@register.filter
def grouped(value: int) -> str:
    """`87 632` or `87.632`: a number with its thousands apart, as the reader's language writes it."""
    return number_format(value, force_grouping=True)


@register.filter
def time_words(length: dt.timedelta) -> str:
    """`2 years` where it is whole years, else `90 days`."""
    years, rest = divmod(length.days, DAYS_OF_A_YEAR)
    if years and not rest:
        return ngettext("%(number)d year", "%(number)d years", years) % {"number": years}
    return ngettext("%(number)d day", "%(number)d days", length.days) % {"number": length.days}


@register.filter
def phone_link(number: str) -> str:
    """The address behind a telephone number: `+32 2 000 00 00` becomes `tel:+3220000000`."""
    return "tel:" + "".join(character for character in number if character.isdigit() or character == "+")


@register.filter
def file_size(count: int) -> str:
    """`1,4 MB`, as the reader's language writes numbers; never less than one kilobyte."""
    if count < MEGABYTE:
        return _("%(number)s kB") % {"number": max(1, round(count / 1024))}
    return _("%(number)s MB") % {"number": number_format(round(count / MEGABYTE, 1))}


@register.simple_tag
def content_lang() -> str:
    """The language, fr or nl, in which bilingual content is shown to this reader."""
    return content_language()
