"""The forms of an agreement: the document is looked at, the agreement in the way is named, each refusal stands beside its field."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import BaseConstraint
from django.utils.translation import gettext_lazy as _

from municipalities.admin.forms import SpeakingForm
from municipalities.admin.periods import PeriodForm, day_field
from partnerships.models import Agreement, AgreementAmendment, AgreementSignatory, AgreementTheme, Theme
from partnerships.services.agreements import CheckedPdf, DocumentTooLarge, NotAPdf, check_pdf

MEGABYTE = 1024 * 1024


class AgreementForm(PeriodForm):
    beside: ClassVar = {
        "agreement_period_has_start": "starts_on",
        "agreement_covers_known_services": "services",
        "agreement_one_in_force_per_day": "starts_on",
        "agreement_is_not_its_own_predecessor": "predecessor",
    }

    signed_on = day_field(label=_("Signed on"), required=False, help_text=_("Empty while it is a draft."))
    first_signed_on = day_field(
        label=_("First signed on"), required=False, help_text=_("Only when the parties signed for the first time before this agreement.")
    )
    college_decision_on = day_field(label=_("College decision"), required=False)
    council_decision_on = day_field(label=_("Council decision"), required=False)
    chosen_themes = forms.ModelMultipleChoiceField(
        label=_("Themes"), queryset=Theme.objects.all(), required=False, widget=forms.CheckboxSelectMultiple
    )
    upload = forms.FileField(
        label=_("Signed document"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
        help_text=_("A PDF of at most 20 MB, kept privately. A new one takes the place of the one before."),
    )

    class Meta:
        model = Agreement
        exclude = ("period", "themes", "document")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "first_signed_precision" in self.fields:  # absent for who may only look
            self.fields["first_signed_precision"].required = False
        if self.instance.pk:
            self.initial.setdefault("chosen_themes", [row.theme_id for row in self.instance.theme_rows.all()])

    def histories(self) -> list[Any]:
        """An agreement with its parts: one page, one state."""
        own = super().histories()
        parts = (AgreementSignatory, AgreementAmendment, AgreementTheme)
        return [*own, *(part.history.filter(agreement_id=self.instance.pk) for part in parts)] if own else []

    def clean_first_signed_precision(self) -> str:
        return self.cleaned_data["first_signed_precision"] or Agreement.Precision.DAY

    def clean_upload(self) -> CheckedPdf | None:
        """Refuse by name what is no PDF or too large; everything else that was typed stays in the form."""
        upload: UploadedFile | None = self.cleaned_data["upload"]
        if upload is None:
            return None
        try:
            return check_pdf(upload)
        except NotAPdf:
            raise ValidationError(_("“%(name)s” is not a whole PDF document. Nothing was saved.") % {"name": upload.name}) from None
        except DocumentTooLarge:
            words = {"name": upload.name, "size": settings.DOCUMENT_LARGEST_BYTES // MEGABYTE}
            raise ValidationError(_("“%(name)s” is larger than %(size)d MB. Nothing was saved.") % words) from None

    def _check(self, constraint: BaseConstraint, model: Any, exclude: set[str]) -> None:
        """Two on one day: say which agreement is in the way, and until when."""
        if constraint.name != "agreement_one_in_force_per_day":
            super()._check(constraint, model, exclude)
        elif self.instance.signed_on and (other := self.instance.in_the_way()):
            self.add_error("starts_on", other.words_in_the_way())


class PartForm(SpeakingForm):
    """A row below the agreement; the agreement's own form watches over who saved meanwhile."""

    seen = None  # type: ignore[assignment]


class SignatoryForm(PartForm):
    beside: ClassVar = {"signatory_has_name_or_function": "name", "signatory_function_in_both_languages": "function_fr"}

    class Meta:
        model = AgreementSignatory
        fields = ("side", "name", "function_fr", "function_nl")


class AmendmentForm(PartForm):
    beside: ClassVar = {"amendment_number_once": "number", "amendment_number_from_one": "number"}

    signed_on = day_field(label=_("Signed on"))
    effective_from = day_field(label=_("Effective from"))

    class Meta:
        model = AgreementAmendment
        fields = ("number", "signed_on", "effective_from", "changes_fr", "changes_nl")
        widgets: ClassVar = {name: forms.Textarea(attrs={"rows": 3}) for name in ("changes_fr", "changes_nl")}
