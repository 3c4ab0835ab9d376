"""The file of an import, and the human's answers about rows whose person is not certain."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from municipalities.models import User
from municipalities.turnover.matching import Question
from municipalities.turnover.models import Turnover
from municipalities.turnover.rows import NEW_PERSON


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File with the new colleges"),
        help_text=_("XLSX, or CSV in UTF-8 or Windows-1252. Nothing is imported before you have read what it would do."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
    )
    first_day = forms.DateField(
        label=_("First day, for rows that give none"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The mandates of the colleges of today end on the day before."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.TURNOVER_FILE_BYTES:
            raise forms.ValidationError(_("The file is larger than %(size)d MB.") % {"size": settings.TURNOVER_FILE_BYTES // 1024**2})
        return file


class DecisionsForm(forms.Form):
    """One choice per row that needs a human: the same person as somebody known, or somebody new; only what is offered is taken."""

    def __init__(self, data: Any = None, *, questions: list[Question], turnover: Turnover) -> None:
        super().__init__(data)
        for question in questions:
            row = question.entry.row
            self.fields[f"row_{row}"] = forms.ChoiceField(
                label=_("Row %(row)d: %(name)s, %(email)s") % {"row": row, "name": question.entry.full_name, "email": question.entry.email},
                help_text=str(question.entry.municipality),
                choices=_choices(question),
                required=False,
                initial=turnover.decisions.get(str(row), ""),
                widget=forms.RadioSelect,
            )

    def answers(self) -> dict[int, str]:
        return {int(name.removeprefix("row_")): answer for name, answer in self.cleaned_data.items() if answer}


def _choices(question: Question) -> list[tuple[str, Any]]:
    known = [(str(person.pk), _("Same person as %(name)s, %(email)s") % _words(person)) for person in question.candidates]
    return [*known, (NEW_PERSON, _("New person"))] if question.may_be_new else known


def _words(person: User) -> dict[str, str]:
    return {"name": person.full_name, "email": person.email}
