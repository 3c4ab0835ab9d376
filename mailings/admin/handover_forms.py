"""What a hand-over asks: which municipalities, from which day, to whom, and a note for the successor."""

import uuid
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from municipalities.admin.periods import day_field
from municipalities.models import Municipality, User
from partnerships.admin.request_acts import PersonField, people_who_handle_requests

LONGEST_NOTE = 4000
PLAN_FIELDS = ("municipalities", "to", "deputy", "starts_on")


class PlanForm(forms.Form):
    """The part that says what would happen; the mail's preview needs no more."""

    municipalities = forms.ModelMultipleChoiceField(
        label=_("Municipalities"), queryset=Municipality.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    starts_on = day_field(label=_("First day of the new SPOC"))
    to = PersonField(label=_("New SPOC"), queryset=User.objects.none())
    deputy = PersonField(
        label=_("New deputy"),
        queryset=User.objects.none(),
        required=False,
        help_text=_("Empty: the deputy stays, unless they are the new SPOC."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelMultipleChoiceField", self.fields["municipalities"]).queryset = Municipality.objects.defer(
            "outline"
        ).sorted_for_reader()
        for name in ("to", "deputy"):
            cast("PersonField", self.fields[name]).queryset = people_who_handle_requests()

    def plan(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("to", "deputy", "starts_on")}


class HandoverForm(PlanForm):
    """The whole act; the token makes a second click harmless, `seen` stands for what the preview showed."""

    note = forms.CharField(
        label=_("Note for the successor"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=LONGEST_NOTE,
        help_text=_("What the successor must know. Only staff read it."),
    )
    token = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


def blank_form(query: QueryDict) -> HandoverForm:
    """From the day and for the municipalities the address names; else from today on."""
    named = [value for value in query.getlist("municipality") if value.isdigit()]
    starts_on = query.get("starts_on") or timezone.localdate()
    return HandoverForm(initial={"token": uuid.uuid4(), "starts_on": starts_on, "municipalities": named})


def address_of_mail(form: HandoverForm, municipality: Municipality) -> str:
    """The query under which the mail to the officials of one municipality is shown."""
    plan = form.plan()
    values = {"municipalities": municipality.pk, "to": plan["to"].pk, "starts_on": plan["starts_on"].isoformat()}
    return urlencode(values | ({"deputy": plan["deputy"].pk} if plan["deputy"] else {}))
