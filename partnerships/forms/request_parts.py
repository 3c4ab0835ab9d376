"""What every request tells, whatever its kind."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from municipalities.forms import OneChoice
from municipalities.languages import ContentLanguage, content_language
from partnerships.forms.parts import NEEDED, Day, DraftPart, not_past, offer
from partnerships.models import Kind, ServiceRequest


class AboutPart(DraftPart):
    """By what everybody recognises the request, and in which language it is handled."""

    needed = frozenset({"title", "description"})

    class Meta:
        model = ServiceRequest
        fields = ("title", "description", "language")
        widgets = {"description": forms.Textarea(attrs={"rows": 7}), "language": OneChoice()}
        help_texts = {
            "title": _("A few words by which everybody recognises the request."),
            "description": _("The situation, for whom it matters, and what you hope for. 5,000 characters at most."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "language", ContentLanguage.choices)
        if not self.instance.language:
            self.initial["language"] = content_language()

    def clean_language(self) -> str:
        return self.cleaned_data["language"] or content_language()


class PlacePart(DraftPart):
    """Where."""

    class Meta:
        model = ServiceRequest
        fields = ("area",)
        help_texts = {"area": _("Names of streets or of a neighbourhood, or “whole municipality”.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request.kind == Kind.AUDIT:
            self.fields["area"].label_suffix = str(NEEDED)


class PeoplePart(DraftPart):
    """Who knows the file, and who was spoken to already."""

    needed = frozenset({"technical_contact"})

    class Meta:
        model = ServiceRequest
        fields = ("technical_contact", "partners_contacted")
        widgets = {"partners_contacted": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"technical_contact": _("Who at the municipality knows the file: name, service and telephone.")}


class WhenPart(DraftPart):
    """By when, and whether it presses."""

    shown_if = {"urgent_reason": "is_urgent=on"}

    class Meta:
        model = ServiceRequest
        fields = ("wished_by", "wished_by_reason", "is_urgent", "urgent_reason")
        widgets = {"wished_by": Day()}
        help_texts = {
            "wished_by": _("A wish, not a promise. The agency tells you what is possible."),
            "is_urgent": _("Tick this only when waiting a few days would do harm."),
            "urgent_reason": _("Needed when the request is urgent."),
            "wished_by_reason": _("Needed when there is a date: a meeting, the start of works, a subsidy call…"),
        }

    def clean_wished_by(self) -> dt.date | None:
        return not_past(self.cleaned_data["wished_by"])
