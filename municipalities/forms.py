"""Forms of people."""

from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm as AllauthConfirmLoginCodeForm
from allauth.account.forms import RequestLoginCodeForm as AllauthRequestLoginCodeForm
from django import forms
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.languages import CorrespondenceLanguage, FormOfAddress, InterfaceLanguage
from municipalities.models import User


class RequestLoginCodeForm(AllauthRequestLoginCodeForm):
    """Ask for a code. Only people the portal lets in today are sent one; everybody reads the same answer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Your work e-mail address")
        self.fields["email"].widget.attrs = {"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}

    def clean_email(self) -> Any:
        email = super().clean_email()
        person = getattr(self, "_user", None)
        if person and not person.has_access(timezone.localdate()):
            self._user = None
        return email


class ConfirmLoginCodeForm(AllauthConfirmLoginCodeForm):
    """The code from the mail, typed or pasted, with or without its dash, in capitals or not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code from the mail")
        self.fields["code"].widget.attrs = {
            "autocomplete": "one-time-code",
            "autocapitalize": "characters",
            "spellcheck": "false",
            "class": "code-input",
        }


class OneChoice(forms.RadioSelect):
    template_name = "portal/form/choices.html"


class PreferencesForm(forms.ModelForm):
    """What a person decides about themselves."""

    interface_language = forms.ChoiceField(label=_("Language of the screens"), choices=InterfaceLanguage.choices, widget=OneChoice)
    correspondence_language = forms.ChoiceField(
        label=_("Language of the mails you receive"),
        choices=CorrespondenceLanguage.choices,
        widget=OneChoice,
        help_text=_("“French and Dutch” brings both full versions in one mail."),
    )
    phone = forms.CharField(
        label=_("Telephone at work"),
        required=False,
        max_length=30,
        validators=[RegexValidator(r"^[+0-9 ()./-]*$", _("Digits, spaces and a plus sign, for example +32 2 000 00 00."))],
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        help_text=_("Seen by your contact person at the agency."),
    )

    form_of_address = forms.ChoiceField(
        label=_("Form of address in your mails"),
        choices=[("", _("None in particular")), *FormOfAddress.choices],
        widget=OneChoice,
        required=False,
    )

    class Meta:
        model = User
        fields = ("interface_language", "correspondence_language", "form_of_address", "phone")
