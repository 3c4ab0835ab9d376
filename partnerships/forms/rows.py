"""Parts that are lists of rows: a blank one is always there, more come by a button, a row left or made empty is gone."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.text import capfirst

from municipalities.models import User
from partnerships.forms.parts import NEEDED, Anchor, in_words, record_of
from partnerships.models import ServiceRequest
from partnerships.rendering import Fact, Table
from partnerships.services.needed import missing_to_submit

COUNT = "rows"


@dataclass(frozen=True)
class Head:
    """The head of the list, to which an error about the whole list leads."""

    label: Any
    auto_id: str


@dataclass(frozen=True)
class Row:
    """One row on the page; `number` counts from one, `place` is what the button that removes it sends."""

    form: forms.Form
    number: int
    place: str


class RowsPart:
    """A list of rows kept in one RowsField of the request, or of the record of its kind."""

    template = "partnerships/requests/form/_rows.html"
    model: ClassVar[Any]
    name: ClassVar[str]
    row: ClassVar[type[forms.Form]]
    intro: ClassVar[Any] = ""
    row_label: ClassVar[Any]
    add_label: ClassVar[Any]
    is_needed: ClassVar[bool] = False

    def __init__(
        self, request: ServiceRequest, data: QueryDict | None = None, files: MultiValueDict | None = None, user: User | None = None
    ) -> None:
        self.request, self.user, self.data = request, user, data
        self.complaint: Any = ""
        self.record = record_of(self.model, request)
        self.column = self.model._meta.get_field(self.name)
        self.forms = (
            self._bound(data) if data is not None else [self._row(n, initial=kept) for n, kept in enumerate(self._kept)] or [self._row(0)]
        )

    @classmethod
    def names(cls) -> frozenset[str]:
        return frozenset({cls.name})

    @property
    def _kept(self) -> list[dict[str, Any]]:
        return list(getattr(self.record, self.name))

    def _row(self, number: int, **more: Any) -> forms.Form:
        form = self.row(prefix=f"{self.name}-{number}", **more)
        for field in form.fields.values():
            field.required = False
            field.widget.is_required = False
        return form

    def _bound(self, data: QueryDict) -> list[forms.Form]:
        """As many rows as the page had, without the one whose button was pressed."""
        count = min(_number(data.get(f"{self.name}-{COUNT}")), self.column.most)
        dropped = data.get("drop", "")
        return [self._row(n, data=data) for n in range(count) if f"{self.name}-{n}" != dropped] or [self._row(0)]

    def grow(self) -> None:
        """Show one blank row more."""
        if self.may_grow and (self.data is not None or self._kept):
            last = int(str(self.forms[-1].prefix).rsplit("-", 1)[1])
            self.forms.append(self._row(last + 1))

    # --- For the page ---------------------------------------------------------------------------

    @property
    def legend(self) -> Any:
        return capfirst(str(self.column.verbose_name))

    @property
    def needed(self) -> Any:
        return NEEDED if self.is_needed else ""

    @property
    def rows(self) -> list[Row]:
        return [Row(form, number, str(form.prefix)) for number, form in enumerate(self.forms, start=1)]

    @property
    def count(self) -> int:
        """One more than the highest number in use, which is what the page sends back."""
        return max(int(str(form.prefix).rsplit("-", 1)[1]) for form in self.forms) + 1

    @property
    def may_grow(self) -> bool:
        return self.count < self.column.most

    @property
    def is_single(self) -> bool:
        return len(self.row.base_fields) == 1

    @property
    def errors_with_fields(self) -> list[tuple[Anchor, Any]]:
        whole: list[tuple[Anchor, Any]] = [(Head(self.legend, f"id_{self.name}"), self.complaint)] if self.complaint else []
        return whole + [(field, error) for form in self.forms if form.is_bound for field in form for error in field.errors]

    # --- Checking and writing -------------------------------------------------------------------

    def is_valid(self) -> bool:
        return all([form.is_valid() for form in self.forms if form.is_bound])  # noqa: C419 - every row tells its errors

    def typed(self) -> dict[str, Any]:
        answered = [form.cleaned_data for form in self.forms if form.is_bound]
        rows = [{name: _stored(value) for name, value in cells.items() if value not in (None, "")} for cells in answered]
        return {self.name: [row for row in rows if row]}

    def put(self, request: ServiceRequest) -> None:
        if self.model is ServiceRequest:
            setattr(request, self.name, self.typed()[self.name])

    def save(self, request: ServiceRequest) -> None:
        if self.model is not ServiceRequest:
            record = record_of(self.model, request)
            setattr(record, self.name, self.typed()[self.name])
            record.save()

    def missing(self) -> dict[str, Any]:
        """What a submission still needs of this list, as the draft is saved."""
        return {name: message for name, message in missing_to_submit(self.request).items() if name == self.name}

    def mark(self, missing: dict[str, Any]) -> None:
        self.complaint = missing.get(self.name, "")

    # --- As people read it ----------------------------------------------------------------------

    def shown(self) -> list[Fact]:
        rows = self.typed()[self.name] if self.data is not None and self.is_valid() else self._kept
        fields = self._row(0).fields
        cells = [[_cell(row.get(name), field) for name, field in fields.items()] for row in rows]
        text = "\n".join(" · ".join(filter(None, row)) for row in cells)
        columns = [str(field.label) for field in fields.values()]
        return [Fact(self.legend, text, True, self.name, None if self.is_single or not cells else Table.filled(columns, cells))]


def _stored(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def _cell(value: Any, field: forms.Field) -> str:
    return in_words(field.to_python(value), field) if value is not None else ""


def _number(text: Any) -> int:
    return int(text) if str(text).isascii() and str(text).isdigit() and len(str(text)) < 4 else 0
