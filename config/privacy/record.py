"""The register in words: for the privacy page, and as the record of processing (GDPR, article 30)."""

from dataclasses import dataclass, replace

from django.conf import settings
from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.privacy.purposes import Entry, Purpose, Retention
from config.privacy.register import history_base, registered_models
from municipalities.languages import content_language

# Tables whose own names are not for readers.
NAMES = {
    "mfa.Authenticator": _("second factors"),
    "municipalities.User_groups": _("roles of staff"),
    "municipalities.User_user_permissions": _("rights given to one person"),
    "partnerships.ServiceRequest_neighbourhoods": _("neighbourhoods of requests"),
    "partnerships.ServiceRequest_streets": _("streets of requests"),
    "partnerships.ServiceRequest_associations": _("associations concerned by requests"),
    "partnerships.ServiceRequest_followers": _("colleagues who follow requests"),
    "partnerships.AuditDetails_compared_municipalities": _("municipalities compared in audits"),
    "partnerships.DevelopmentDetails_association_streets": _("streets of associations to be founded"),
    "admin.LogEntry": _("notes of the administration"),
    "account.EmailAddress": _("addresses of the log-in"),
    "account.EmailConfirmation": _("confirmations of addresses"),
}


def name_of(model: type[models.Model]) -> str:
    """What a reader calls the rows of a table; those of a history are earlier versions of something."""
    base = history_base(model) or model
    name = capfirst(str(NAMES.get(base._meta.label, base._meta.verbose_name_plural)))
    return gettext("%(name)s: earlier versions") % {"name": name} if base is not model else name


@dataclass(frozen=True)
class Kept:
    """Fields of one table that serve one purpose and are kept equally long."""

    what: str
    fields: list[str]
    retention: str

    @property
    def fields_in_words(self) -> list[str]:
        """Without the columns that only the database knows."""
        return [field for field in self.fields if not field.startswith("`")]


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


def by_length(told: list[Activity]) -> list[Activity]:
    """What is kept equally long stands together, as a reader looks for it."""
    return [replace(activity, kept=sorted(activity.kept, key=lambda kept: kept.retention)) for activity in told]


def _kept(model: type[models.Model], entry: Entry, purpose: Purpose) -> list[Kept]:
    by_retention: dict[Retention, list[str]] = {}
    for field in model._meta.get_fields():
        use = entry.fields.get(field.name)
        if use and use.purpose == purpose and isinstance(field, models.Field):
            by_retention.setdefault(use.retention, []).append(_words_for(field))
    return [Kept(name_of(model), fields, retention.words) for retention, fields in by_retention.items()]


def _words_for(field: models.Field) -> str:
    """The name people read; the column's own, marked as such, where it has none."""
    return str(field.verbose_name) if isinstance(field.verbose_name, Promise) else f"`{field.name}`"


def agency_name() -> str:
    return settings.AGENCY_NAME_NL if content_language() == "nl" else settings.AGENCY_NAME_FR


def record_of_processing() -> str:
    """The whole record as Markdown, in the active language."""
    lines = ["# " + gettext("Record of processing activities"), ""]
    lines += [f"- {name}: {words}" for name, words in _head()] + [""]
    ground = gettext("Legal ground")
    columns = " | ".join([gettext("What"), gettext("Fields"), gettext("How long")])
    for activity in activities():
        lines += [f"## {activity.purpose}", "", f"{ground}: {activity.legal_basis}", ""]
        lines += [f"| {columns} |", "|---|---|---|"]
        lines += [f"| {kept.what} | {', '.join(kept.fields)} | {kept.retention} |" for kept in activity.kept]
        lines.append("")
    return "\n".join(lines)


def _head() -> list[tuple[str, str]]:
    return [
        (gettext("Controller"), f"hub.brussels, {agency_name()}"),
        (gettext("Contact"), settings.MAIL_REPLY_TO),
        (
            gettext("People concerned"),
            gettext("officials and staff of the 19 municipalities, staff of the agency, reviewers at the cabinet"),
        ),
        (gettext("Recipients"), gettext("the municipality of the person and the agency; no country outside the European Union")),
        (
            gettext("Safety"),
            gettext("log-in by code, second factor for staff, access by date, every change and every look at private data recorded"),
        ),
    ]
