"""The forms around a request: a message, a withdrawal, the filter of the list. Its own form is in `steps`."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from municipalities.forms import OneChoice
from municipalities.languages import ContentLanguage, content_language
from partnerships.forms.parts import offer
from partnerships.models import Message


class ReplyForm(forms.ModelForm):
    """A message to the other party."""

    token = forms.UUIDField(widget=forms.HiddenInput)

    class Meta:
        model = Message
        fields = ("body", "language")
        widgets = {"body": forms.Textarea(attrs={"rows": 4}), "language": OneChoice()}
        labels = {"body": gettext_lazy("Your message"), "language": gettext_lazy("Language of your message")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "language", ContentLanguage.choices)
        self.initial.setdefault("language", content_language())
        self.initial.setdefault("token", uuid.uuid4())


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Not needed, but it helps the agency."),
    )


class RequestFilter(forms.Form):
    """What the list of requests is narrowed to; anything not understood is ignored."""

    OPEN, TURN, DRAFTS, ENDED, ALL = "open", "turn", "drafts", "ended", "all"
    SHOWS = (
        (OPEN, gettext_lazy("Open")),
        (TURN, gettext_lazy("Your turn")),
        (DRAFTS, gettext_lazy("Drafts")),
        (ENDED, gettext_lazy("Ended")),
        (ALL, gettext_lazy("All")),
    )

    show = forms.ChoiceField(choices=SHOWS, required=False)
    q = forms.CharField(required=False, max_length=100)
    page = forms.IntegerField(required=False, min_value=1, max_value=500)

    def value(self, name: str, default: Any) -> Any:
        self.is_valid()
        return self.cleaned_data.get(name) or default
