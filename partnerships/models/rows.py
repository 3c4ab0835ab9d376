"""Lists of short rows that a form asks for (questions, partners, aims …): read by people, never searched or counted by a rule."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.lookups import Exact
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext_lazy as _

LONGEST_CELL = 1000


@deconstructible
class RowsValidator:
    """A list of at most `most` rows; each has texts, numbers or yes/no under these columns and nothing else."""

    def __init__(self, columns: Sequence[str], most: int) -> None:
        self.columns, self.most = tuple(columns), most

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RowsValidator) and (self.columns, self.most) == (other.columns, other.most)

    def __hash__(self) -> int:
        return hash((self.columns, self.most))

    def __call__(self, rows: Any) -> None:
        if not isinstance(rows, list) or len(rows) > self.most:
            raise ValidationError(_("A list of at most %(most)d rows."), params={"most": self.most}, code="rows")
        for row in rows:
            if not isinstance(row, dict) or set(row) - set(self.columns) or not all(map(_is_cell, row.values())):
                raise ValidationError(_("A row has something that does not belong there."), code="row")


def _is_cell(value: Any) -> bool:
    return value is None or isinstance(value, bool | int) or (isinstance(value, str) and len(value) <= LONGEST_CELL)


class RowsField(models.JSONField):
    """A JSON column holding such a list; the database refuses anything but a list (see `is_list`)."""

    def __init__(self, *args: Any, columns: Sequence[str] = (), most: int = 20, **kwargs: Any) -> None:
        self.columns, self.most = tuple(columns), most
        validators = [*kwargs.pop("validators", ()), RowsValidator(self.columns, most)]
        super().__init__(*args, **kwargs | {"default": list, "blank": True, "validators": validators})

    def deconstruct(self) -> Any:
        """For the database, and so for migrations, a plain JSON column."""
        name, _path, args, kwargs = super().deconstruct()
        kwargs.pop("validators", None)
        return name, "django.db.models.JSONField", args, kwargs


def long_text(label: Any, most: int = 2000, **more: Any) -> models.TextField:
    """Words of a person, of bounded length, never needed to save a draft."""
    return models.TextField(label, blank=True, validators=[MaxLengthValidator(most)], **more)


def is_list(column: str) -> Exact:
    """The database's own check of a RowsField: its JSON is a list."""
    return Exact(models.Func(models.F(column), function="jsonb_typeof", output_field=models.TextField()), "array")
