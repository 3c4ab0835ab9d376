"""Forms of the archive and of the cabinet's review."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_COMMENT = 2000


class ArchiveSearchForm(forms.Form):
    """Words to look for in what was sent, and the mailing from which to go on."""

    q = forms.CharField(label=_("Search the mailings"), max_length=100, required=False)
    after = forms.CharField(max_length=36, required=False)
    before = forms.CharField(max_length=36, required=False)

    def clean_after(self) -> uuid.UUID | None:
        return _key(self.cleaned_data["after"])

    def clean_before(self) -> uuid.UUID | None:
        return _key(self.cleaned_data["before"])


def _key(written: str) -> uuid.UUID | None:
    """A key that is none leads to the beginning, as one of a mailing that is gone does."""
    try:
        return uuid.UUID(written)
    except ValueError:
        return None


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


class StopForm(forms.Form):
    """Why a sending ends before everybody had it: read by the other editors, and kept."""

    reason = forms.CharField(label=_("Why is it stopped?"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
