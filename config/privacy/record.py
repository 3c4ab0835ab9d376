"""The register in words: for the privacy page, and as the record of processing (GDPR, article 30)."""

from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from config.privacy.purposes import Entry, Purpose, Retention
from config.privacy.register import history_base, registered_models
from municipalities.languages import content_language


@dataclass(frozen=True)
class Kept:
    """Fields of one table that serve one purpose and are kept equally long."""

    what: str
    fields: list[str]
    retention: str


@dataclass(frozen=True)
class Activity:
    """One purpose with all that is kept for it."""

    purpose: str
    legal_basis: str
    kept: list[Kept]


def activities(*, of_people_only: bool = False) -> list[Activity]:
    """Every purpose that touches people, with what is kept for it and how long, in the reader's language."""
    entries = [(model, entry) for model, entry in registered_models() if history_base(model) is None]
    if of_people_only:
        entries = [(model, entry) for model, entry in entries if entry.links]
    return [
        Activity(str(purpose.label), purpose.legal_basis, [kept for model, entry in entries for kept in _kept(model, entry, purpose)])
        for purpose in Purpose
        if purpose.is_personal
    ]


def _kept(model: type[models.Model], entry: Entry, purpose: Purpose) -> list[Kept]:
    by_retention: dict[Retention, list[str]] = {}
    for field in model._meta.get_fields():
        use = entry.fields.get(field.name)
        if use and use.purpose == purpose and isinstance(field, models.Field):
            by_retention.setdefault(use.retention, []).append(str(field.verbose_name))
    name = capfirst(str(model._meta.verbose_name_plural))
    return [Kept(name, fields, retention.words) for retention, fields in by_retention.items()]


def agency_name() -> str:
    return settings.AGENCY_NAME_NL if content_language() == "nl" else settings.AGENCY_NAME_FR


def record_of_processing() -> str:
    """The whole record as Markdown, in the active language."""
    lines = [
        f"# {_('Record of processing activities')}",
        "",
        f"- {_('Controller')}: hub.brussels, {agency_name()}",
        f"- {_('Contact')}: {settings.MAIL_REPLY_TO}",
        f"- {_('People concerned')}: {_('officials and staff of the 19 municipalities, staff of the agency, reviewers at the cabinet')}",
        f"- {_('Recipients')}: {_('the municipality of the person and the agency; no country outside the European Union')}",
        f"- {_('Safety')}: {_safety()}",
        "",
    ]
    for activity in activities():
        lines += [f"## {activity.purpose}", "", f"{_('Legal ground')}: {activity.legal_basis}", ""]
        lines += [f"| {_('What')} | {_('Fields')} | {_('How long')} |", "|---|---|---|"]
        lines += [f"| {kept.what} | {', '.join(kept.fields)} | {kept.retention} |" for kept in activity.kept]
        lines.append("")
    return "\n".join(lines)


def _safety() -> str:
    return _("log-in by code, second factor for staff, access by date, every change and every look at private data recorded")
