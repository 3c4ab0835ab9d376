"""What the list of requests is narrowed to, read from its address."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from partnerships.models import Kind, ServiceRequest

KEPT = ("show", "q", "kind", "state", "place", "person", "since", "until")


class RequestFilter(forms.Form):
    """Anything not understood is ignored; a list never fails over its address."""

    OPEN, TURN, AGENCY, DRAFTS, ENDED, ALL = "open", "turn", "agency", "drafts", "ended", "all"
    SHOWS = (
        (OPEN, _("Open")),
        (TURN, _("Your turn")),
        (AGENCY, _("The agency's turn")),
        (DRAFTS, _("Drafts")),
        (ENDED, _("Ended")),
        (ALL, _("All")),
    )

    show = forms.ChoiceField(choices=SHOWS, required=False)
    q = forms.CharField(label=_("Search by number or title"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("Type of request"), choices=[("", _("All types")), *Kind.choices], required=False)
    state = forms.ChoiceField(label=_("State"), choices=[("", _("All states")), *ServiceRequest.State.choices], required=False)
    place = forms.CharField(label=_("Street or neighbourhood"), required=False, max_length=100)
    person = forms.CharField(label=_("Who asked"), required=False, max_length=100)
    since = forms.DateField(label=_("Made from"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    until = forms.DateField(label=_("Made until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    after = forms.UUIDField(required=False)
    before = forms.UUIDField(required=False)

    def value(self, name: str, default: Any = None) -> Any:
        self.is_valid()
        return self.cleaned_data.get(name) or default

    @property
    def show_value(self) -> str:
        return str(self.value("show", self.OPEN))

    def kept(self, **other: str) -> str:
        """The address that narrows the same way, with other values for some names; without the place in the list."""
        values = {name: self.value(name, "") for name in KEPT} | other
        return urlencode({name: str(value) for name, value in values.items() if value})

    @property
    def is_narrowed(self) -> bool:
        """Whether something beside the tab and the search is chosen: then the panel is open."""
        return any(self.value(name) for name in KEPT[2:])

    def narrow(self, requests: Any) -> Any:
        """The requests this filter leaves, in no order yet."""
        shown = {
            self.OPEN: requests.open,
            self.TURN: requests.turn_of_municipality,
            self.AGENCY: requests.turn_of_agency,
            self.DRAFTS: requests.drafts,
            self.ENDED: requests.ended,
        }
        found = shown.get(self.show_value, requests.all)()
        by_field = {name: self.value(name) for name in ("kind", "state") if self.value(name)}
        found = found.filter(**by_field).made_within(self.value("since"), self.value("until"))
        for name, narrowed in (("q", "matching"), ("place", "in_area"), ("person", "asked_by_somebody_named")):
            if words := self.value(name, "").strip():
                found = getattr(found, narrowed)(words)
        return found
