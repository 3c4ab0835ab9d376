"""The form in which the texts of a sheet get their words in the other language."""

import hashlib
from typing import Any

from django import forms

from partnerships.models import WorksSite
from partnerships.services.sheets import other_language, texts_of


def _name(text: str) -> str:
    """The field of a text bears the text's own fingerprint: what changed meanwhile is never mistaken for another."""
    return "text_" + hashlib.sha256(text.encode()).hexdigest()[:16]


class SheetForm(forms.Form):
    """A field for each text; none is needed."""

    def __init__(self, site: WorksSite, data: Any = None) -> None:
        super().__init__(data)
        self.texts = {_name(text): text for text in texts_of(site)}
        known = {text.source: text.words for text in site.sheet_texts.all()}
        for name, text in self.texts.items():
            widget = forms.TextInput(attrs={"lang": other_language(site)})
            initial = known.get(text, "")
            self.fields[name] = forms.CharField(label=text, max_length=300, required=False, initial=initial, widget=widget, label_suffix="")

    @property
    def words(self) -> dict[str, str]:
        """Only what the page showed: a text that came meanwhile is left alone."""
        return {text: self.cleaned_data[name] for name, text in self.texts.items() if name in self.data}
