"""The form of a document of the library: described in both languages, shared with whom by whose consent, with its files."""

from typing import Any, ClassVar, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.admin.forms import SpeakingForm
from municipalities.admin.periods import day_field
from municipalities.languages import InterfaceLanguage
from municipalities.models import Municipality, User
from partnerships.models import LibraryFigure, LibraryFile, LibraryItem
from partnerships.services.library import check_consent
from partnerships.uploads import ACCEPT, Checked, check_upload

FILES = {f"file_{language}": language for language in LibraryFile.Language.values}


class PeopleField(forms.ModelChoiceField):
    def label_from_instance(self, person: User) -> str:
        return person.full_name


def file_field(label: Any, help_text: Any = "") -> forms.FileField:
    return forms.FileField(label=label, required=False, help_text=help_text, widget=forms.FileInput(attrs={"accept": ACCEPT}))


class LibraryItemForm(SpeakingForm):
    """`sharing` and `files` are what the services want; the form itself only describes."""

    beside: ClassVar = {
        "library_shared_with_consent": "agreed_by",
        "library_consent_has_a_day": "agreed_on",
        "library_municipality_named": "municipality",
    }

    languages = forms.MultipleChoiceField(
        label=_("Languages of the content"), choices=InterfaceLanguage.choices, widget=forms.CheckboxSelectMultiple
    )
    scope = forms.ChoiceField(label=_("Shared with"), choices=LibraryItem.Scope.choices)
    shared_with = forms.ModelMultipleChoiceField(
        label=_("Chosen municipalities"),
        queryset=Municipality.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only when it is shared with chosen others."),
    )
    agreed_by = PeopleField(
        label=_("Agreed by"),
        queryset=User.objects.none(),
        required=False,
        help_text=_("Who of the municipality agreed; needed when what belongs to it goes further."),
    )
    agreed_on = day_field(label=_("Agreed on"), required=False)
    file_fr = file_field(_("File in French"), _("At most 20 MB. A new file makes a new version; the one before stays."))
    file_nl = file_field(_("File in Dutch"))
    file_both = file_field(_("File in both languages"))
    file_data = file_field(_("Data file"))

    class Meta:
        model = LibraryItem
        fields: ClassVar[tuple[str, ...]] = (
            "kind",
            "owner",
            "municipality",
            "title_fr",
            "title_nl",
            "summary_fr",
            "summary_nl",
            "year",
            "coverage_fr",
            "coverage_nl",
            "languages",
            "licence",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "shared_with" in self.fields:  # absent for who may only look
            self._offer()
        self.initial.setdefault("scope", self.instance.scope)
        if self.instance.pk:
            shares = self.instance.shares.values_list("municipality", flat=True)
            self.initial.update(scope=self.instance.scope, shared_with=list(shares))
            self.initial.update(agreed_by=self.instance.agreed_by_id, agreed_on=self.instance.agreed_on)

    def _offer(self) -> None:
        """Who may have agreed: people in office today, of the municipality where that is known; and whoever is named already."""
        on = timezone.localdate()
        in_office = User.objects.filter(mandates__period__contains=on)
        if self.instance.municipality_id:
            in_office = in_office.filter(mandates__municipality=self.instance.municipality_id, mandates__period__contains=on)
        people = User.objects.filter(pk__in=in_office.values("pk")) | User.objects.filter(pk=self.instance.agreed_by_id)
        cast("PeopleField", self.fields["agreed_by"]).queryset = people.order_by("last_name", "first_name", "pk")
        places = Municipality.objects.sorted_for_reader().defer("outline")
        cast("forms.ModelMultipleChoiceField", self.fields["shared_with"]).queryset = places

    def clean(self) -> dict[str, Any]:
        """The rules of the database are asked with the sharing that was chosen; each file is looked at, and refused by its name."""
        cleaned = super().clean() or self.cleaned_data
        for name in FILES:
            if name in self.fields and isinstance(upload := cleaned.get(name), UploadedFile):
                cleaned[name] = self._looked_at(name, upload)
        for name in ("owner", "municipality", "scope", "agreed_by", "agreed_on"):
            if name in cleaned:
                setattr(self.instance, name, cleaned[name])
        self._ask_consent()
        if cleaned.get("scope") == LibraryItem.Scope.CHOSEN and not cleaned.get("shared_with"):
            self.add_error("shared_with", _("Choose the municipalities it is shared with."))
        return cleaned

    def _ask_consent(self) -> None:
        try:
            check_consent(self.instance)
        except forms.ValidationError as refused:
            for name, errors in refused.message_dict.items():
                if name in self.fields:
                    self.add_error(name, errors)

    def _looked_at(self, name: str, upload: UploadedFile) -> Checked | None:
        try:
            return check_upload(upload)
        except forms.ValidationError as refused:
            self.add_error(name, refused)
            return None

    @property
    def checked_files(self) -> dict[str, Checked]:
        return {language: self.cleaned_data[name] for name, language in FILES.items() if self.cleaned_data.get(name)}

    @property
    def sharing(self) -> dict[str, Any]:
        typed = self.cleaned_data
        return {name: typed[name] for name in ("scope", "shared_with", "agreed_by", "agreed_on")}


class FigureForm(SpeakingForm):
    seen = None  # type: ignore[assignment]  # the form of the document watches over who saved meanwhile

    source_on = day_field(label=_("Date of the source"))

    class Meta:
        model = LibraryFigure
        fields = ("what_fr", "what_nl", "value", "unit", "period", "area", "source", "source_on", "indicator")
