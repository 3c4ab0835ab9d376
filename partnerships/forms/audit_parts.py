"""What an audit needs besides."""

import datetime as dt
from typing import Any

from django import forms

from municipalities.forms import OneChoice
from municipalities.languages import CorrespondenceLanguage
from partnerships.forms.parts import Day, DraftPart, not_past, offer, offer_several
from partnerships.models import AuditDetails

SHORT = {"rows": 3}


class QuestionPart(DraftPart):
    """What the audit should answer."""

    needed = frozenset({"decision", "questions"})

    class Meta:
        model = AuditDetails
        fields = ("decision", "questions", "sectors", "data_wanted", "compare_with")
        widgets = {"decision": forms.Textarea(attrs=SHORT), "questions": forms.Textarea(attrs={"rows": 5})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_several(self, "sectors", AuditDetails.Sector.choices)
        offer_several(self, "data_wanted", AuditDetails.Data.choices)


class OfferPart(DraftPart):
    """What the municipality can give."""

    needed = frozenset({"data_offered"})
    shown_if = {"legal_basis": "personal_data=on"}

    class Meta:
        model = AuditDetails
        fields = ("data_offered", "personal_data", "legal_basis", "earlier_studies")
        widgets = {"data_offered": forms.Textarea(attrs=SHORT), "earlier_studies": forms.Textarea(attrs=SHORT)}


class ResultPart(DraftPart):
    """The result."""

    needed = frozenset({"result_forms", "needed_by"})

    class Meta:
        model = AuditDetails
        fields = ("result_forms", "result_language", "needed_by", "needed_for", "circumstances")
        widgets = {"circumstances": forms.Textarea(attrs=SHORT), "result_language": OneChoice(), "needed_by": Day()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_several(self, "result_forms", AuditDetails.Result.choices)
        offer(self, "result_language", CorrespondenceLanguage.choices)

    def clean_result_language(self) -> str:
        return self.cleaned_data["result_language"] or CorrespondenceLanguage.BOTH

    def clean_needed_by(self) -> dt.date | None:
        return not_past(self.cleaned_data["needed_by"])
