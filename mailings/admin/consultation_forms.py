"""The forms of a consultation in the administration: what it is, why it is called off, who was there, its minutes and actions."""

from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.admin.forms import SpeakingForm
from municipalities.admin.periods import day_field
from municipalities.models import Municipality
from partnerships.forms.attachments import AttachmentField
from partnerships.models import Consultation, ConsultationAction, Invitation, Theme


class ConsultationForm(SpeakingForm):
    """What is announced already may move, but not into the past."""

    beside: ClassVar = {
        "consultation_ends_after_it_begins": "ends_at",
        "consultation_has_a_link_or_place": "link",
        "consultation_has_a_place_or_no_limit": "seats",
    }

    municipalities = forms.ModelMultipleChoiceField(
        label=_("Only these municipalities"),
        queryset=Municipality.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all 19."),
    )
    themes = forms.ModelMultipleChoiceField(
        label=_("Themes"), queryset=Theme.objects.all(), required=False, widget=forms.CheckboxSelectMultiple
    )
    link = forms.URLField(
        label=_("Link to join"),
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text=_("Shown to those who are invited, and to nobody else."),
    )
    uploads = AttachmentField(label=_("Documents to add"))

    class Meta:
        model = Consultation
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "municipalities" in self.fields:  # absent for who may only look
            self.fields["municipalities"].queryset = Municipality.objects.defer("outline").sorted_for_reader()  # type: ignore[attr-defined]
        if not self.instance.pk:
            self.initial.setdefault("roles", list(Consultation.ROLES))

    def clean_starts_at(self) -> Any:
        starts_at = self.cleaned_data["starts_at"]
        if "starts_at" in self.changed_data and starts_at and starts_at <= timezone.now():
            raise forms.ValidationError(_("Please choose a moment that is still to come."))
        return starts_at


class CancelForm(forms.Form):
    """A reason that everybody who was invited reads."""

    reason_fr = forms.CharField(label=_("Reason in French"), max_length=500)
    reason_nl = forms.CharField(label=_("Reason in Dutch"), max_length=500)


class PresenceForm(forms.Form):
    """Who was there, or sent somebody who was."""

    attended = forms.ModelMultipleChoiceField(
        label=_("Was there, or sent somebody who was"),
        queryset=Invitation.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any, *, consultation: Consultation) -> None:
        standing = consultation.invitations.standing().select_related("person", "municipality").order_by("municipality", "pk")
        was_there = [one.pk for one in standing if one.attended or (one.attended is None and one.is_seated)]
        super().__init__(data, initial={"attended": was_there})
        field: Any = self.fields["attended"]
        field.queryset = standing
        field.label_from_instance = _presence


def _presence(invitation: Invitation) -> str:
    sent = f" ({invitation.substitute_name})" if invitation.substitute_name else ""
    return f"{invitation.municipality} · {invitation.person.full_name}{sent} – {invitation.get_answer_display()}"


class MinutesForm(forms.Form):
    """Both languages may come one after the other; published are both."""

    minutes_fr = forms.CharField(label=_("Minutes in French"), required=False, max_length=20000, widget=forms.Textarea(attrs={"rows": 12}))
    minutes_nl = forms.CharField(label=_("Minutes in Dutch"), required=False, max_length=20000, widget=forms.Textarea(attrs={"rows": 12}))
    for_all = forms.BooleanField(
        label=_("For all 19 municipalities"), required=False, help_text=_("Otherwise only those who were invited read them.")
    )


class ActionForm(forms.ModelForm):
    """Who does what until when."""

    due_on = day_field(label=_("Until"))

    class Meta:
        model = ConsultationAction
        fields = ("what_fr", "what_nl", "holder", "municipality", "body", "due_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["municipality"].queryset = Municipality.objects.defer("outline").sorted_for_reader()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A municipality or a body is named exactly where it is one; beside another holder it is let go."""
        cleaned = super().clean() or self.cleaned_data
        holder = cleaned.get("holder")
        if holder == ConsultationAction.Holder.MUNICIPALITY and not cleaned.get("municipality"):
            self.add_error("municipality", _("Please choose the municipality."))
        if holder == ConsultationAction.Holder.BODY and not cleaned.get("body"):
            self.add_error("body", _("Please name the body."))
        if holder != ConsultationAction.Holder.MUNICIPALITY:
            cleaned["municipality"] = None
        if holder != ConsultationAction.Holder.BODY:
            cleaned["body"] = ""
        return cleaned
