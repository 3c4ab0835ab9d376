"""Forms whose constraints speak beside the field they are about."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import BaseConstraint


class SpeakingForm(forms.ModelForm):
    """`beside` names the field for each constraint of the database; one not listed speaks at the head of the form."""

    beside: ClassVar[dict[str, str]] = {}

    def _post_clean(self) -> None:
        exclude = self._get_validation_exclusions()
        self.instance.validate_constraints = lambda **_given: None  # spoken below, each beside its field
        try:
            super()._post_clean()
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
            self.add_error(self.beside.get(constraint.name), error.messages)
