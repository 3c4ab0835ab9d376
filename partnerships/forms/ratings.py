"""The one question when a request is closed."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from partnerships.models import Rating


class RatingForm(forms.Form):
    """One answer of five, a sentence if they like; `clicked` is the answer pressed in the mail, chosen beforehand and not yet given."""

    score = forms.TypedChoiceField(
        label=_("How satisfied are you with how this request was handled?"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the five answers."), "invalid_choice": _("Choose one of the five answers.")},
    )
    words = forms.CharField(
        label=_("Would you like to add a sentence?"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[MaxLengthValidator(1000)],
    )

    def __init__(self, data: Any = None, *, given: Rating | None = None, clicked: str = "") -> None:
        initial = {"score": given.score, "words": given.words} if given else {}
        if clicked in {str(value) for value in Rating.Score.values}:
            initial["score"] = int(clicked)
        super().__init__(data, initial=initial)
        self.fields["score"].choices = [(value, f"{value} – {label}") for value, label in Rating.Score.choices]  # type: ignore[attr-defined]
