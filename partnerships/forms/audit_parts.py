"""What an audit needs besides."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from municipalities.forms import OneChoice
from municipalities.languages import CorrespondenceLanguage, content_language
from municipalities.models import Municipality
from partnerships.forms.parts import Choices, Day, DraftPart, not_past, offer
from partnerships.forms.rows import RowsPart
from partnerships.models import AuditDetails, Choice, YesNo

SHORT = {"rows": 3}
List = Choice.List


class AreaPart(DraftPart):
    """How large the area is; what follows on the page depends on it."""

    needed = frozenset({"area_kind"})
    radios = ("area_kind",)

    class Meta:
        model = AuditDetails
        fields = ("area_kind",)
        widgets = {"area_kind": OneChoice()}


class DecisionPart(DraftPart):
    """What will be decided with it."""

    needed = frozenset({"decision"})

    class Meta:
        model = AuditDetails
        fields = ("decision",)
        widgets = {"decision": forms.Textarea(attrs=SHORT)}


class QuestionRow(forms.Form):
    question = forms.CharField(label=_("Question"), max_length=300)


class QuestionsPart(RowsPart):
    model = AuditDetails
    name = "questions"
    row = QuestionRow
    is_needed = True
    intro = _("One to ten short questions, the most important first.")
    row_label = _("Question")
    add_label = _("Add a question")


class DataPart(DraftPart):
    """On whom, with which data, and compared with what."""

    lists = {"sectors": List.SECTORS, "data_wanted": List.DATA_WANTED}

    class Meta:
        model = AuditDetails
        fields = ("sectors", "data_wanted", "compare_with", "compared_municipalities")
        widgets = {"compared_municipalities": Choices()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Municipality.objects.exclude(pk=self.request.municipality_id).defer("outline")
        self.fields["compared_municipalities"].queryset = others.order_by(f"sort_key_{content_language()}")  # type: ignore[attr-defined]


class OfferRow(forms.Form):
    """One set of data the municipality can give."""

    what = forms.CharField(label=_("What data"), max_length=200)
    period = forms.CharField(label=_("Period"), max_length=100)
    format = forms.CharField(label=_("Format"), max_length=100, help_text=_("Spreadsheet, list, paper…"))
    contact = forms.CharField(label=_("Who has it"), max_length=200, help_text=_("Service or person, with telephone."))
    conditions = forms.CharField(label=_("Conditions"), max_length=300)
    personal = forms.ChoiceField(label=_("Does it hold personal data?"), choices=[("", "–"), *YesNo.choices])
    legal_basis = forms.CharField(label=_("If so: on which legal basis"), max_length=300)


class OffersPart(RowsPart):
    model = AuditDetails
    name = "data_offered"
    row = OfferRow
    is_needed = True
    intro = _("Describe it only; the data themselves follow later.")
    row_label = pgettext_lazy("one row", "Data")
    add_label = _("Add other data")


class NoDataPart(DraftPart):
    """What else is known."""

    class Meta:
        model = AuditDetails
        fields = ("has_no_data", "earlier_studies")
        widgets = {"earlier_studies": forms.Textarea(attrs=SHORT)}
        help_texts = {"has_no_data": _("Tick this instead of leaving the list above empty.")}


class ResultPart(DraftPart):
    """The result, and by when."""

    needed = frozenset({"result_forms", "result_language", "needed_by"})
    lists = {"result_forms": List.RESULT_FORMS}

    class Meta:
        model = AuditDetails
        fields = ("result_forms", "result_language", "needed_by", "needed_for")
        widgets = {"result_language": OneChoice(), "needed_by": Day()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "result_language", CorrespondenceLanguage.choices)

    def clean_result_language(self) -> str:
        return self.cleaned_data["result_language"] or CorrespondenceLanguage.BOTH

    def clean_needed_by(self) -> dt.date | None:
        return not_past(self.cleaned_data["needed_by"])


class TermsPart(DraftPart):
    """Under which conditions."""

    legend = _("Conditions")
    needed = frozenset({"personal_data"})
    radios = ("personal_data",)
    shown_if = {"legal_basis": "personal_data=yes"}

    class Meta:
        model = AuditDetails
        fields = ("personal_data", "legal_basis", "sharing_terms", "reference_period", "fieldwork", "co_funding")
        widgets = {
            "personal_data": OneChoice(),
            "sharing_terms": forms.Textarea(attrs=SHORT),
            "fieldwork": forms.Textarea(attrs=SHORT),
            "co_funding": forms.Textarea(attrs=SHORT),
        }
