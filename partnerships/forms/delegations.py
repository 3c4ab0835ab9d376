"""Naming a delegate, in as few fields as it takes."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.delegations import Delegation
from municipalities.models import Mandate


class OneScope(forms.RadioSelect):
    template_name = "portal/form/choices.html"


class DelegateForm(forms.Form):
    """Whose e-mail address, what for, until when. The name is needed only for somebody the portal does not know yet."""

    mandate = forms.ModelChoiceField(queryset=Mandate.objects.none(), label=_("In which mandate"))
    email = forms.EmailField(
        label=_("Work e-mail address of your delegate"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    first_name = forms.CharField(
        label=_("First name"), max_length=80, required=False, help_text=_("Needed only when the portal does not know the address yet.")
    )
    last_name = forms.CharField(label=_("Last name"), max_length=80, required=False)
    scope = forms.ChoiceField(
        label=_("What may your delegate do?"),
        choices=Delegation.Scope.choices,
        widget=OneScope,
        initial=Delegation.Scope.REQUESTS,
    )
    until = forms.DateField(
        label=_("Until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The last day, at most that of your mandate. You can take it back sooner, at any moment."),
    )

    def __init__(self, mandates: Sequence[Mandate], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["mandate"]
        field.queryset = Mandate.objects.filter(pk__in=[mandate.pk for mandate in mandates]).select_related("user", "municipality")  # type: ignore[attr-defined]
        field.initial = mandates[0].pk
        if len(mandates) == 1:
            field.widget = forms.HiddenInput()
        self.fields["until"].initial = _proposed_end(mandates[0])


def _proposed_end(mandate: Mandate) -> dt.date:
    """A year, or to the end of the mandate when that is nearer."""
    year = timezone.localdate() + settings.DELEGATION_LASTS
    return min(year, mandate.ends_on) if mandate.ends_on else year
