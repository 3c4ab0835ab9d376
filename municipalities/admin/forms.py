"""Forms whose constraints speak beside the field they are about, and that notice when somebody else saved meanwhile."""

from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import BaseConstraint
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _


class SpeakingForm(forms.ModelForm):
    """`beside` names the field for each constraint of the database; one not listed speaks at the head of the form."""

    beside: ClassVar[dict[str, str]] = {}

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "seen" in self.fields:
            self.initial["seen"] = self._standing()

    def histories(self) -> list[Any]:
        """The histories in which a newer record means that somebody else saved."""
        return [self.instance.history] if self.instance.pk and hasattr(self.instance, "history") else []

    def _latest(self) -> list[Any]:
        return [history.select_related("history_user").order_by("-history_id").first() for history in self.histories()]

    def _standing(self) -> str:
        """What stands in the database, as one word: the newest record of each history."""
        return ".".join(str(record.pk) for record in self._latest() if record)

    def clean(self) -> dict[str, Any]:
        """Two people at one form: the second is told, keeps every word, and saves knowingly at the second try."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("seen") and cleaned["seen"] != self._standing():
            newest = max((record for record in self._latest() if record), key=lambda record: record.history_date)
            typed = cast("QueryDict", self.data).copy()
            typed[self.add_prefix("seen")] = self._standing()
            self.data = typed
            words = {"who": newest.history_user or _("the portal itself")}
            self.add_error(None, _("%(who)s saved this meanwhile. Your words are kept below; save again to put them in its place.") % words)
        return cleaned

    def _post_clean(self) -> None:
        exclude = self._get_validation_exclusions()  # type: ignore[attr-defined]
        self.instance.validate_constraints = lambda **_given: None  # spoken below, each beside its field
        try:
            super()._post_clean()  # type: ignore[misc]
        finally:
            del self.instance.validate_constraints
        if not self.errors:
            self._check_constraints(exclude)

    def _check_constraints(self, exclude: set[str]) -> None:
        for model, constraints in self.instance.get_constraints():
            for constraint in constraints:
                self._check(constraint, model, exclude)

    def _check(self, constraint: BaseConstraint, model: Any, exclude: set[str]) -> None:
        try:
            constraint.validate(model, self.instance, exclude=exclude)
        except ValidationError as error:
            words = getattr(self.instance, "violation_words", lambda _name: "")(constraint.name)
            self.add_error(self.beside.get(constraint.name), words or error.messages)
