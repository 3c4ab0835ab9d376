"""The answer to an invitation, from the mail and in the portal alike."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partnerships.models import Invitation

CHOOSE = {"required": _("Choose one of the answers."), "invalid_choice": _("Choose one of the answers.")}


class AnswerForm(forms.Form):
    """One of four answers; `clicked` is the one pressed in the mail, chosen beforehand and not yet given."""

    answer = forms.ChoiceField(
        label=_("Will you attend?"), choices=Invitation.CHOICES, widget=forms.RadioSelect, error_messages=dict(CHOOSE)
    )
    substitute_name = forms.CharField(
        label=_("Name of the substitute"), max_length=160, required=False, help_text=_("Only if you send somebody in your place.")
    )
    substitute_email = forms.EmailField(
        label=_("Address of the substitute"),
        required=False,
        help_text=_("Kept for the team; the portal itself writes to nobody at this address."),
    )

    def __init__(self, data: Any = None, *, given: Invitation, clicked: str = "") -> None:
        initial = {"answer": given.answer, "substitute_name": given.substitute_name, "substitute_email": given.substitute_email}
        if clicked in dict(Invitation.CHOICES):
            initial["answer"] = clicked
        super().__init__(data, initial=initial)

    def clean(self) -> dict[str, Any]:
        """Who sends somebody says whom; a name beside another answer is let go."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("answer") == Invitation.Answer.SUBSTITUTE and not cleaned.get("substitute_name"):
            self.add_error("substitute_name", _("Please name the substitute."))
        return cleaned
