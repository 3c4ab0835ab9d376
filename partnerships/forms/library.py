"""What the reader of the library looks for; anything that makes no sense is no filter."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partnerships.models import LibraryItem


class LibraryFilter(forms.Form):
    """Words, kind, municipality and year."""

    q = forms.CharField(label=_("Words"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All kinds")), *LibraryItem.Kind.choices])
    municipality = forms.ChoiceField(label=_("Municipality"), required=False)
    year = forms.ChoiceField(label=_("Year"), required=False)

    def __init__(self, data: Any, *, municipalities: list[tuple[str, str]], years: list[int]) -> None:
        super().__init__(data)
        place, year = self.fields["municipality"], self.fields["year"]
        place.choices = [("", _("All municipalities")), *municipalities]  # type: ignore[attr-defined]
        year.choices = [("", _("All years")), *((str(one), str(one)) for one in years)]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> dict[str, str]:
        """What was chosen and makes sense."""
        self.is_valid()
        return {name: str(value) for name, value in self.cleaned_data.items() if value}
