"""Forms of the archive and of the cabinet's review."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_COMMENT = 2000


class ArchiveSearchForm(forms.Form):
    """Words to look for in what was sent."""

    q = forms.CharField(label=_("Search the mailings"), max_length=100, required=False)


class VerdictForm(forms.Form):
    """A verdict on exactly what was shown: its fingerprint travels with the form."""

    shown_hash = forms.CharField(widget=forms.HiddenInput, max_length=64)
    comment = forms.CharField(
        label=_("Comment"),
        max_length=LONGEST_COMMENT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Needed when you send the mailing back; the editors read it."),
    )


class SendBackForm(VerdictForm):
    """The same, where the editors must be told why."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["comment"].required = True
        self.fields["comment"].error_messages["required"] = _("Please say what should change.")
