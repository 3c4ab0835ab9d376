"""The forms of an audience: the rule, and one more address with its reason."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from mailings.models import Mailing
from municipalities.languages import CorrespondenceLanguage, content_language
from municipalities.models import Mandate, Municipality, Portfolio

RULE = ("audience_roles", "audience_portfolios", "audience_municipalities", "audience_circles")


class AudienceForm(forms.Form):
    """The rule of who receives a mailing; `revision` is the one that was read."""

    audience_roles = forms.MultipleChoiceField(
        label=_("Roles that receive it"), choices=Mandate.Role.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    audience_portfolios = forms.MultipleChoiceField(
        label=_("Only aldermen with one of these portfolios"),
        choices=Portfolio.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("None chosen: every alderman."),
    )
    audience_municipalities = forms.TypedMultipleChoiceField(
        label=_("Only these municipalities"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("None chosen: all 19. What goes to some of them only is read in the archive by those alone."),
    )
    audience_circles = forms.MultipleChoiceField(
        label=_("Beside the officials"), choices=Mailing.Circle.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, instance: Mailing) -> None:
        super().__init__(data, initial={name: getattr(instance, name) for name in (*RULE, "revision")})
        self._instance = instance
        places = Municipality.objects.sorted_for_reader().values_list("pk", f"name_{content_language()}")
        self.fields["audience_municipalities"].choices = list(places)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Somebody must be meant."""
        given = super().clean() or {}
        if not self.errors and not given["audience_roles"] and not given["audience_circles"]:
            self.add_error("audience_roles", _("Please choose at least one role or one circle."))
        return given

    def rule(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in RULE}

    def mailing(self) -> Mailing:
        """The mailing with what was chosen, as far as it is valid, not saved."""
        for name in RULE:
            if name in self.cleaned_data:
                setattr(self._instance, name, self.cleaned_data[name])
        return self._instance

    def set_revision(self, revision: int) -> None:
        """So that keeping it once more is meant."""
        data: Any = self.data.copy()  # type: ignore[attr-defined] # what was posted is a QueryDict
        data["revision"] = str(revision)
        self.data = data


class ExtraAddressForm(forms.Form):
    """One more address; why it receives the mailing must be said."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=CorrespondenceLanguage.choices, initial=CorrespondenceLanguage.BOTH)
    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("Why this address receives the mailing; the cabinet approves it with the rest.")
    )
