"""The forms around a question to the Region: asking, finding, withdrawing, and the reply of a body."""

import uuid
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from municipalities.forms import OneChoice
from municipalities.languages import ContentLanguage, content_language
from municipalities.models import Municipality
from partnerships.models import Question, Theme


class QuestionForm(forms.ModelForm):
    """What an official would like to know; the token makes a second click harmless."""

    municipality = forms.ModelChoiceField(queryset=Municipality.objects.none(), label=_("Municipality"), empty_label=None)
    token = forms.UUIDField(widget=forms.HiddenInput)
    themes = forms.ModelMultipleChoiceField(
        queryset=Theme.objects.none(),
        label=_("Themes"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("One or two: they also find what was answered in the other language."),
    )

    class Meta:
        model = Question
        fields = ("municipality", "title", "words", "language", "themes", "is_urgent", "urgent_reason", "may_be_named")
        widgets = {"words": forms.Textarea(attrs={"rows": 7}), "language": OneChoice()}

    def __init__(self, *args: Any, places: list[Municipality], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("language", content_language())
        self.initial.setdefault("token", uuid.uuid4())
        self.initial.setdefault("municipality", places[0].pk if places else None)
        fields: dict[str, Any] = self.fields
        fields["language"].choices = ContentLanguage.choices
        fields["municipality"].queryset = Municipality.objects.filter(pk__in=[place.pk for place in places]).sorted_for_reader()
        if len(places) == 1:
            fields["municipality"].widget = forms.HiddenInput()
        fields["themes"].queryset = Theme.objects.order_by(f"name_{content_language()}")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("is_urgent") and not cleaned.get("urgent_reason", "").strip():
            self.add_error("urgent_reason", _("Say in a few words why it is urgent."))
        if not cleaned.get("is_urgent"):
            cleaned["urgent_reason"] = ""
        return cleaned

    def asked(self) -> dict[str, Any]:
        """What the service that asks is given."""
        return {name: self.cleaned_data[name] for name in (*self.Meta.fields, "token")}


class QuestionFilter(forms.Form):
    """What the reader of the list looks for; anything that makes no sense is no filter."""

    PUBLISHED, OWN, OPEN = "published", "own", "open"
    SHOWS = ((PUBLISHED, _("Published answers")), (OPEN, _("Ours, open")), (OWN, _("All of ours")))

    show = forms.ChoiceField(choices=SHOWS, required=False)
    q = forms.CharField(label=_("Words"), required=False, max_length=100)
    theme = forms.ModelChoiceField(
        label=_("Theme"), queryset=Theme.objects.none(), required=False, to_field_name="slug", empty_label=_("All themes")
    )
    after = forms.UUIDField(required=False)
    before = forms.UUIDField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["theme"].queryset = Theme.objects.order_by(f"name_{content_language()}")

    def value(self, name: str, default: Any = None) -> Any:
        self.is_valid()
        return self.cleaned_data.get(name) or default


class WithdrawQuestionForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Not needed.")
    )


class BodyReplyForm(forms.Form):
    """What a body says, in one language or in both; nothing but its words is asked."""

    reply_fr = forms.CharField(
        label=_("Your reply in French"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 9, "lang": "fr"}),
        validators=[MaxLengthValidator(10000)],
    )
    reply_nl = forms.CharField(
        label=_("Your reply in Dutch"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 9, "lang": "nl"}),
        validators=[MaxLengthValidator(10000)],
    )
    source = forms.URLField(
        label=_("Link to the source"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("Where it can be read: the order, the circular, your website."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not (cleaned.get("reply_fr", "").strip() or cleaned.get("reply_nl", "").strip()):
            self.add_error("reply_fr", _("Please write your reply in French, in Dutch, or in both."))
        return cleaned
