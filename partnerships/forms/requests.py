"""The forms around a request: a message, a withdrawal. Its own form is in `steps`."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from municipalities.forms import OneChoice
from municipalities.languages import ContentLanguage, content_language
from partnerships.forms.attachments import FilesForm
from partnerships.forms.parts import offer
from partnerships.models import Message


class ReplyForm(FilesForm, forms.ModelForm):
    """A message to the other party, with its files."""

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


class ActForm(ReplyForm):
    """The words an act needs: they become a message that the other side reads."""

    def __init__(self, *args: Any, label: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].label = label
        self.fields["language"].label = gettext_lazy("Language of your words")


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Not needed, but it helps the other side."),
    )
