"""The forms of a request: everything can be left for later in a draft; what a submission needs is marked."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.forms import OneChoice
from municipalities.languages import ContentLanguage, CorrespondenceLanguage, content_language
from municipalities.templatetags.reader import day
from partnerships.models import AuditDetails, Kind, Message, ServiceRequest
from partnerships.services.requests import NEEDED_FOR_AUDIT, NEEDED_TO_SUBMIT

NEEDED = gettext_lazy("needed to submit")


class Choices(forms.CheckboxSelectMultiple):
    template_name = "portal/form/choices.html"


class Day(forms.DateInput):
    """The browser's own date field, whose value travels as 2026-11-24 in every language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _not_past(day: dt.date | None) -> dt.date | None:
    if day and day < timezone.localdate():
        raise forms.ValidationError(_("This day has passed. Choose today or a later day."))
    return day


def _offer(form: forms.BaseForm, name: str, choices: list[tuple[str, Any]]) -> None:
    """Offer these choices and no empty one."""
    form.fields[name].choices = choices  # type: ignore[attr-defined]


class _DraftForm(forms.ModelForm):
    """A part of the request's form, none of whose fields is needed to save a draft."""

    needed: frozenset[str] = frozenset()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.required = False
            field.widget.is_required = False
            if name in self.needed:
                field.label_suffix = str(NEEDED)

    def typed(self) -> dict[str, Any]:
        """What the person typed, as fields of the model."""
        return {name: self.cleaned_data[name] for name in self.fields}


class RequestForm(_DraftForm):
    """What every request tells."""

    needed = frozenset(NEEDED_TO_SUBMIT)

    class Meta:
        model = ServiceRequest
        fields = (
            "title",
            "description",
            "area",
            "technical_contact",
            "wished_by",
            "wished_by_reason",
            "is_urgent",
            "urgent_reason",
            "partners_contacted",
            "language",
        )
        widgets = {
            "description": forms.Textarea(attrs={"rows": 7}),
            "wished_by": Day(),
            "partners_contacted": forms.Textarea(attrs={"rows": 3}),
            "language": OneChoice(),
        }
        help_texts = {
            "title": gettext_lazy("A few words by which everybody recognises the request."),
            "description": gettext_lazy("The situation, for whom it matters, and what you hope for. 5,000 characters at most."),
            "area": gettext_lazy("Names of streets or of a neighbourhood, or “whole municipality”."),
            "technical_contact": gettext_lazy("Who at the municipality knows the file: name, service and telephone."),
            "wished_by": gettext_lazy("A wish, not a promise. The agency tells you what is possible."),
            "is_urgent": gettext_lazy("Tick this only when waiting a few days would do harm."),
            "urgent_reason": gettext_lazy("Needed when the request is urgent."),
            "wished_by_reason": gettext_lazy("Needed when there is a date: a meeting, the start of works, a subsidy call…"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "language", ContentLanguage.choices)
        if not self.instance.language:
            self.initial["language"] = content_language()
        if self.instance.kind == Kind.AUDIT:
            self.fields["area"].label_suffix = str(NEEDED)

    def clean_language(self) -> str:
        return self.cleaned_data["language"] or content_language()

    def clean_wished_by(self) -> dt.date | None:
        return _not_past(self.cleaned_data["wished_by"])


class AuditForm(_DraftForm):
    """What an audit needs besides."""

    needed = frozenset(NEEDED_FOR_AUDIT)

    class Meta:
        model = AuditDetails
        fields = (
            "decision",
            "questions",
            "sectors",
            "data_wanted",
            "compare_with",
            "data_offered",
            "personal_data",
            "legal_basis",
            "earlier_studies",
            "result_forms",
            "result_language",
            "needed_by",
            "needed_for",
            "circumstances",
        )
        widgets = {
            "decision": forms.Textarea(attrs={"rows": 3}),
            "questions": forms.Textarea(attrs={"rows": 5}),
            "data_offered": forms.Textarea(attrs={"rows": 3}),
            "earlier_studies": forms.Textarea(attrs={"rows": 3}),
            "circumstances": forms.Textarea(attrs={"rows": 3}),
            "result_language": OneChoice(),
            "needed_by": Day(),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, options in (("sectors", AuditDetails.Sector), ("data_wanted", AuditDetails.Data), ("result_forms", AuditDetails.Result)):
            plain = self.fields[name]
            self.fields[name] = forms.MultipleChoiceField(
                label=plain.label, choices=options.choices, widget=Choices(), required=False, label_suffix=plain.label_suffix
            )
        _offer(self, "result_language", CorrespondenceLanguage.choices)

    def clean_result_language(self) -> str:
        return self.cleaned_data["result_language"] or CorrespondenceLanguage.BOTH

    def clean_needed_by(self) -> dt.date | None:
        return _not_past(self.cleaned_data["needed_by"])


@dataclass(frozen=True)
class Difference:
    """A field that two people filled in differently."""

    label: str
    theirs: str
    yours: str


class Questionnaire:
    """All parts of the form of one request: what every request tells and, for an audit, what an audit needs."""

    def __init__(self, request: ServiceRequest, data: Any = None) -> None:
        self.request = request
        self.token = _uuid_or_new(data.get("token")) if data else uuid.uuid4()
        self.revision = _number(data.get("revision")) if data else request.revision
        self.general = RequestForm(data, instance=request)
        self.audit = AuditForm(data, instance=_audit_of(request)) if request.kind == Kind.AUDIT else None

    @classmethod
    def marked(cls, request: ServiceRequest, missing: dict[str, Any]) -> "Questionnaire":
        """The form of a saved draft, with what it lacks said beside the fields."""
        plain = cls(request)
        saved = {field.html_name: field.value() for part in plain.parts for field in part}
        form = cls(request, saved)
        form.revision = request.revision
        for part in form.parts:
            for name in part.fields:
                if name in missing:
                    part.add_error(name, missing[name])
        return form

    @property
    def parts(self) -> list[_DraftForm]:
        return [part for part in (self.general, self.audit) if part is not None]

    def is_valid(self) -> bool:
        return all([part.is_valid() for part in self.parts])  # noqa: C419 - every part tells its errors

    @property
    def errors(self) -> list[tuple[forms.BoundField, Any]]:
        """Every error with its field, in the order of the page."""
        return [(field, error) for part in self.parts for field in part for error in field.errors]

    @property
    def fields(self) -> dict[str, Any]:
        return self.general.typed()

    @property
    def audit_fields(self) -> dict[str, Any] | None:
        return self.audit.typed() if self.audit else None

    def differences(self, saved: ServiceRequest) -> list[Difference]:
        """Where what stands in the database is not what was typed here."""
        pairs = [(self.general, saved)] + ([(self.audit, _audit_of(saved))] if self.audit else [])
        return [
            Difference(str(field.label), _shown(getattr(theirs, field.name), part, field.name), _shown(value, part, field.name))
            for part, theirs in pairs
            for field in part
            if (value := part.cleaned_data[field.name]) != getattr(theirs, field.name)
        ]


def _audit_of(request: ServiceRequest) -> AuditDetails:
    return (AuditDetails.objects.filter(request=request).first() if request.pk else None) or AuditDetails()


def _uuid_or_new(text: Any) -> uuid.UUID:
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return uuid.uuid4()


def _number(text: Any) -> int:
    return int(text) if str(text).isascii() and str(text).isdigit() and len(str(text)) < 9 else 0


def _shown(value: Any, part: forms.BaseForm, name: str) -> str:
    """A value as a person reads it."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, dt.date):
        return day(value)
    labels = dict(getattr(part.fields[name], "choices", []))
    if isinstance(value, list):
        return ", ".join(str(labels.get(item, item)) for item in value)
    return str(labels.get(value, value or ""))


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
        _offer(self, "language", ContentLanguage.choices)
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
