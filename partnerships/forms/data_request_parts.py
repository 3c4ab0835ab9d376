"""What the agency fills in when it asks a municipality for data or a study."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from municipalities.forms import OneChoice
from municipalities.languages import ContentLanguage, content_language
from partnerships.forms.parts import Day, DraftPart, not_past, offer
from partnerships.models import DataRequestDetails, ServiceRequest


class DataAskedPart(DraftPart):
    """What, by when, and whom the municipality may call."""

    needed = frozenset({"title", "description", "wished_by", "technical_contact"})

    class Meta:
        model = ServiceRequest
        fields = ("title", "description", "wished_by", "technical_contact", "language")
        widgets = {"description": forms.Textarea(attrs={"rows": 6}), "wished_by": Day(), "language": OneChoice()}
        labels = {
            "description": _("What data or study is asked"),
            "wished_by": _("By when"),
            "technical_contact": _("Contact at the agency, with telephone"),
        }
        help_texts = {
            "title": _("A few words by which everybody recognises the request."),
            "wished_by": _("From the acknowledgement on, this is the day by which an answer is expected."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "language", ContentLanguage.choices)
        if not self.instance.language:
            self.initial["language"] = content_language()
        if self.user and not self.instance.pk:
            self.initial["technical_contact"] = ", ".join(filter(None, (self.user.full_name, self.user.phone)))

    def clean_language(self) -> str:
        return self.cleaned_data["language"] or content_language()

    def clean_wished_by(self) -> dt.date | None:
        return not_past(self.cleaned_data["wished_by"])


class DataUsePart(DraftPart):
    """What it is for, in which form, and who sees it afterwards."""

    needed = frozenset({"why", "sharing"})
    shown_if = {"legal_basis": "personal_data=on"}

    class Meta:
        model = DataRequestDetails
        fields = ("why", "period_wanted", "data_format", "sharing", "personal_data", "legal_basis")
        widgets = {"why": forms.Textarea(attrs={"rows": 3}), "sharing": OneChoice()}
        help_texts = {
            "period_wanted": _("For example: the last three years, per quarter."),
            "data_format": _("For example: spreadsheet, PDF of the study, whatever exists."),
            "legal_basis": _("Needed when personal data are involved."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "sharing", DataRequestDetails.Sharing.choices)
