"""What support during public works needs besides: the site, its streets and phases, whom it hits, and what is wished."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from municipalities.forms import OneChoice
from municipalities.models import Municipality
from municipalities.places import Street
from municipalities.templatetags.reader import day
from partnerships.compensation import terms, windows_of
from partnerships.forms.parts import Choices, Day, DraftPart, offer, offer_several
from partnerships.forms.works_rows import SiteRowForm, SiteRows, between, kept_site
from partnerships.models import AuditDetails, ServiceRequest, WorksPhase, WorksShops, WorksSite, WorksStreet
from partnerships.models.works import MOST_PHASES
from partnerships.rendering import Fact

SHORT = {"rows": 3}
ONE_DAY = dt.timedelta(days=1)
NONE_CHOSEN = [("", _("Not said yet"))]


def _radios(part: DraftPart, *names: str) -> None:
    """All answers seen at once, and none chosen beforehand."""
    for name in names:
        field: Any = part.fields[name]
        offer(part, name, [choice for choice in field.choices if choice[0]])


class SitePart(DraftPart):
    """The works and who has them done."""

    legend = _("The works")
    needed = frozenset({"name", "owner", "road", "coordinated"})
    shown_if = {"owner_other": "owner=private|other", "coordination_number": "coordinated=yes"}

    class Meta:
        model = WorksSite
        fields = ("name", "owner", "owner_other", "owner_contact", "reference", "road", "coordinated", "coordination_number")
        widgets = {"road": OneChoice(), "coordinated": OneChoice()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _radios(self, "road", "coordinated")

    def clean(self) -> dict[str, Any]:
        """A number without a coordinated site is left from another answer."""
        typed = super().clean() or self.cleaned_data
        if typed.get("coordinated") != WorksSite.Coordinated.YES:
            typed["coordination_number"] = ""
        return typed


# --- Streets ------------------------------------------------------------------------------------


class StreetRow(SiteRowForm):
    street = forms.ModelChoiceField(label=_("street"), queryset=Street.objects.none())
    name = forms.CharField(label=_("another street"), max_length=120, help_text=_("When it is not in the list."))
    from_number = forms.CharField(label=_("from number"), max_length=10)
    to_number = forms.CharField(label=_("to number"), max_length=10)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        street: Any = self.fields["street"]
        street.queryset = streets_of(self.site.request.municipality)

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        if typed.get("street") and typed.get("name"):
            self.add_error("name", _("Choose a street of the municipality, or write another one; not both."))
        elif not typed.get("street") and not typed.get("name") and (typed.get("from_number") or typed.get("to_number")):
            self.add_error("street", _("Which street do these numbers belong to?"))
        return typed


def streets_of(municipality: Municipality) -> Any:
    """The streets of the municipality, each once, in the reader's order."""
    return Street.objects.filter(municipality=municipality).sorted_for_reader()


class StreetsPart(SiteRows):
    model, name, row = WorksStreet, "streets", StreetRow
    legend = _("Streets")
    row_label, add_label = _("Street"), _("Add a street")

    def put(self, request: ServiceRequest) -> None:
        """Lists find a request by its place: streets that are not the municipality's stand there in words."""
        named = [form.cleaned_data["name"] for form in self._filled() if form.cleaned_data["name"]]
        request.area = ", ".join(named)[:300]

    def save(self, request: ServiceRequest) -> None:
        super().save(request)
        request.streets.set([form.cleaned_data["street"] for form in self._filled() if form.cleaned_data["street"]])


# --- Phases -------------------------------------------------------------------------------------


class PhaseRow(SiteRowForm):
    says_nothing = frozenset({"id", "direction_stopped"})

    what = forms.CharField(label=_("what is done"), max_length=200)
    stretch = forms.CharField(label=_("stretch of the street"), max_length=200)
    first = forms.DateField(label=_("first day"), widget=Day())
    last = forms.DateField(label=_("last day"), widget=Day())
    is_uncertain = forms.BooleanField(label=_("dates still uncertain"))
    direction_stopped = forms.ChoiceField(label=_("motor traffic"), choices=WorksPhase.Direction.choices)
    stopped_first = forms.DateField(
        label=_("first day without traffic"), widget=Day(), help_text=_("Only when traffic is not stopped during the whole phase.")
    )
    stopped_last = forms.DateField(label=_("last day without traffic"), widget=Day())
    hindrances = forms.MultipleChoiceField(label=_("kinds of hindrance"), choices=WorksPhase.Hindrance.choices, widget=Choices())
    lines_diverted = forms.CharField(label=_("bus and tram lines diverted"), max_length=200)
    foot_access = forms.ChoiceField(label=_("access on foot"), choices=[*NONE_CHOSEN, *WorksPhase.FootAccess.choices])
    parking_lost = forms.IntegerField(label=_("parking places lost"), min_value=0, max_value=5000)
    deliveries = forms.CharField(label=_("how deliveries go on"), max_length=200)

    @classmethod
    def kept(cls, row: WorksPhase) -> dict[str, Any]:
        plain = {name: getattr(row, name) for name in cls.base_fields if hasattr(row, name)}
        days = {"first": row.starts_on, "last": row.ends_on}
        if row.stopped:
            days |= {"stopped_first": row.first_stopped, "stopped_last": row.last_stopped}  # type: ignore[dict-item]
        return plain | days

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        if self.errors or self.is_blank:
            return typed
        for name, words in (("what", _("Say in a few words what is done.")), ("first", NEEDS_DATES), ("last", NEEDS_DATES)):
            if not typed.get(name):
                self.add_error(name, words)
        if not self.errors:
            self._check_days()
        return typed

    def _check_days(self) -> None:
        typed = self.cleaned_data
        if typed["last"] < typed["first"]:
            self.add_error("last", _("The last day is not before the first."))
        first, last = typed.get("stopped_first"), typed.get("stopped_last")
        if bool(first) != bool(last):
            self.add_error("stopped_last" if first else "stopped_first", _("Give a first and a last day, in this order."))
        elif first and last:
            self._check_stop(first, last)

    def _check_stop(self, first: dt.date, last: dt.date) -> None:
        typed = self.cleaned_data
        if typed["direction_stopped"] in ("", WorksPhase.Direction.NONE):
            self.add_error("direction_stopped", _("Say in which direction traffic is stopped on these days."))
        if not typed["first"] <= first <= last <= typed["last"]:
            self.add_error("stopped_last", _("The days without traffic lie within the phase."))

    def fields_of(self) -> dict[str, Any]:
        typed = {name: value for name, value in self.cleaned_data.items() if name not in DATES_OF_PHASE}
        first, last = self.cleaned_data["stopped_first"], self.cleaned_data["stopped_last"]
        return typed | {
            "period": DateRange(self.cleaned_data["first"], self.cleaned_data["last"] + ONE_DAY),
            "stopped": DateRange(first, last + ONE_DAY) if first and last else None,
            "direction_stopped": typed["direction_stopped"] or WorksPhase.Direction.NONE,
        }


DATES_OF_PHASE = frozenset({"id", "first", "last", "stopped_first", "stopped_last"})
NEEDS_DATES = _("A phase has a first and a last day. If they are not certain, write the best guess and tick “dates still uncertain”.")


class PhasesPart(SiteRows):
    model, name, row, most = WorksPhase, "phases", PhaseRow, MOST_PHASES
    legend = _("Phases")
    intro = _("One phase for each stretch or time with its own hindrance. From the days without traffic the portal computes compensation.")
    row_label, add_label = _("Phase"), _("Add a phase")

    def shown(self) -> list[Fact]:
        """The phases, and what follows from them: the days for compensation."""
        facts = super().shown()
        rows = self.rows_kept if self.data is None or not self.is_valid() else [WorksPhase(**form.fields_of()) for form in self._filled()]
        return [*facts, Fact(gettext("Compensation for traders"), "\n".join(days_in_words(rows)), False, "compensation")] if rows else facts

    def words(self, rows: Iterable[Any]) -> list[str]:
        return [f"{row.what} ({between(day(row.starts_on), day(row.ends_on))}; {row.get_direction_stopped_display()})" for row in rows]


def days_in_words(phases: Iterable[WorksPhase]) -> list[str]:
    """From when to when traders can ask, for each time without traffic that is long enough."""
    rule = terms()
    words = gettext("Traders can ask for the certificate from %(opens)s (day %(first)d) to %(closes)s (day %(last)d).")
    found = [
        words % {"opens": day(window.opens_on), "closes": day(window.closes_on), "first": rule.first_day, "last": rule.last_day}
        for window in windows_of(phases)
    ]
    none = gettext("Traffic is not stopped for %(days)d days in a row: these works open no compensation.") % {"days": rule.first_day}
    return found or [none]


# --- Shops, and what else -----------------------------------------------------------------------


class ShopsRow(SiteRowForm):
    sector = forms.ChoiceField(label=_("sector"), choices=[*NONE_CHOSEN, *AuditDetails.Sector.choices])
    number = forms.IntegerField(label=_("shops hit"), min_value=0, max_value=9999)
    small = forms.IntegerField(label=_("of which under 10 FTE"), min_value=0, max_value=9999)
    is_estimate = forms.BooleanField(label=_("an estimate"))

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        if self.errors or self.is_blank:
            return typed
        if not typed.get("sector"):
            self.add_error("sector", _("Choose the sector."))
        if typed.get("number") is None:
            self.add_error("number", _("How many shops? An estimate is enough."))
        elif (typed.get("small") or 0) > typed["number"]:
            self.add_error("small", _("No more small shops than shops."))
        return typed

    def fields_of(self) -> dict[str, Any]:
        return super().fields_of() | {"small": self.cleaned_data["small"] or 0}


class ShopsPart(SiteRows):
    model, name, row, most = WorksShops, "shops", ShopsRow, len(AuditDetails.Sector)
    legend = _("Shops hit, by sector")
    intro = _("An estimate is enough. A list of them, as CSV or Excel, can be added at the step “Files”.")
    row_label, add_label = _("Sector"), _("Add a sector")

    def agree(self, filled: list[SiteRowForm]) -> bool:
        """Each sector once."""
        seen: set[str | None] = set()
        for form in filled:
            sector = form.cleaned_data.get("sector")
            if sector in seen:
                form.add_error("sector", _("This sector is there already."))
            seen.add(sector)
        return all(not form.errors for form in filled)

    def placed(self, position: int) -> dict[str, Any]:
        return {}

    def save(self, request: Any) -> None:
        """Two rows may have changed places: the sectors are written anew."""
        site = kept_site(request)
        WorksShops.objects.filter(site=site).delete()
        WorksShops.objects.bulk_create(WorksShops(site=site, **form.fields_of()) for form in self._filled())

    def words(self, rows: Iterable[Any]) -> list[str]:
        sentence = gettext("%(sector)s: %(number)d, of which %(small)d under 10 FTE")
        return [sentence % {"sector": row.get_sector_display(), "number": row.number, "small": row.small} for row in rows]


class ImpactPart(DraftPart):
    """What else is known of the street."""

    class Meta:
        model = WorksSite
        fields = ("sensitive", "sensitive_note", "baseline", "past")
        widgets = {"baseline": forms.Textarea(attrs=SHORT), "past": forms.Textarea(attrs=SHORT)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_several(self, "sensitive", WorksSite.Sensitive.choices)


class SupportPart(DraftPart):
    """What traders know already, and what the agency can do."""

    needed = frozenset({"information_given", "wishes"})

    class Meta:
        model = WorksSite
        fields = ("information_given", "accompanying", "wishes")
        widgets = {"information_given": forms.Textarea(attrs=SHORT), "accompanying": forms.Textarea(attrs=SHORT)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_several(self, "wishes", WorksSite.Wish.choices)


class ContactsPart(DraftPart):
    """Whom to call about the works."""

    legend = _("Contacts")
    needed = frozenset({"site_contact", "municipal_contact"})

    class Meta:
        model = WorksSite
        fields = ("site_contact", "municipal_contact", "traders_contact")


EVERY_PART = (SitePart, StreetsPart, PhasesPart, ShopsPart, ImpactPart, SupportPart, ContactsPart)
