"""What the steps of a request's form are made of: parts that can be left half empty, checked, written and read back as facts."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from django import forms
from django.db.models import Model
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.forms import OneChoice
from municipalities.models import User
from municipalities.templatetags.reader import day
from partnerships.models import Choice, ServiceRequest
from partnerships.models.choices import Book
from partnerships.rendering import Fact
from partnerships.services.needed import missing_to_submit

NEEDED = gettext_lazy("needed to submit")


class Choices(forms.CheckboxSelectMultiple):
    template_name = "portal/form/choices.html"


class Day(forms.DateInput):
    """The browser's own date field, whose value travels as 2026-11-24 in every language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class Anchor(Protocol):
    """Where an error stands on the page: a field, or the head of a list of rows."""

    @property
    def label(self) -> Any: ...
    @property
    def auto_id(self) -> str: ...


class Part(Protocol):
    """One block of a step. `names` are the fields it answers for, as `missing_to_submit` names them."""

    template: str

    @classmethod
    def names(cls) -> frozenset[str]: ...
    @property
    def errors_with_fields(self) -> list[tuple[Anchor, Any]]: ...
    def is_valid(self) -> bool: ...
    def typed(self) -> dict[str, Any]: ...
    def put(self, request: ServiceRequest) -> None: ...
    def save(self, request: ServiceRequest) -> None: ...
    def missing(self) -> dict[str, Any]: ...
    def mark(self, missing: dict[str, Any]) -> None: ...
    def shown(self) -> list[Fact]: ...


@dataclass(frozen=True)
class Line:
    """A field of a part, and the answer to another field on which it depends (`is_urgent=on`), for a script to hide it."""

    field: forms.BoundField
    shown_if: str = ""


class DraftPart(forms.ModelForm):
    """A form over some fields of the request, or of the record of its kind; none of them is needed to save a draft."""

    template = "partnerships/requests/form/_part.html"
    legend: ClassVar[Any] = ""
    intro: ClassVar[Any] = ""
    needed: ClassVar[frozenset[str]] = frozenset()
    shown_if: dict[str, str] = {}
    lists: ClassVar[dict[str, str]] = {}  # fields answered from a list kept in the administration
    radios: ClassVar[tuple[str, ...]] = ()  # fields with a few fixed answers, all seen at once and none chosen beforehand

    def __init__(
        self, request: ServiceRequest, data: QueryDict | None = None, files: MultiValueDict | None = None, user: User | None = None
    ) -> None:
        self.request, self.user = request, user
        super().__init__(data, files, instance=self.record(request))
        for name, kept in self.lists.items():
            offer_list(self, name, book_of(request).get(kept, {}))
        for name in self.radios:
            offer(self, name, [choice for choice in self.fields[name].choices if choice[0]])  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            field.required = False
            field.widget.is_required = False
            if name in self.needed:
                field.label_suffix = str(NEEDED)

    @classmethod
    def names(cls) -> frozenset[str]:
        return frozenset(cls.base_fields)

    @classmethod
    def record(cls, request: ServiceRequest) -> Any:
        """The row this part is about: the request, or the one beside it that holds what its kind asks."""
        return record_of(cls._meta.model, request)  # type: ignore[attr-defined]

    @property
    def lines(self) -> list[Line]:
        return [Line(field, self.shown_if.get(field.name, "")) for field in self if not _offers_nothing(field)]

    @property
    def errors_with_fields(self) -> list[tuple[Anchor, Any]]:
        return [(field, error) for field in self for error in field.errors]

    def typed(self) -> dict[str, Any]:
        """What the person typed, as fields of the model."""
        return {name: self.cleaned_data[name] for name in self.fields}

    def missing(self) -> dict[str, Any]:
        """What a submission still needs of this part, as the draft is saved."""
        return {name: message for name, message in missing_to_submit(self.request).items() if name in self.names()}

    def mark(self, missing: dict[str, Any]) -> None:
        """Say beside the fields of an untouched form what a submission still needs."""
        found = {name: self.error_class([message]) for name, message in missing.items() if name in self.fields}
        self._errors = ErrorDict(found) if found else None

    def put(self, request: ServiceRequest) -> None:
        if self._is_of_request:
            self._fill(request)

    def save(self, request: ServiceRequest) -> None:  # type: ignore[override]
        record = self.record(request)
        if not self._is_of_request:
            self._fill(record)
            record.save()
        for name in self._relations:
            getattr(record, name).set(self.cleaned_data[name])

    @property
    def _is_of_request(self) -> bool:
        return self._meta.model is ServiceRequest  # type: ignore[attr-defined]

    @property
    def _relations(self) -> list[str]:
        return [field.name for field in self.instance._meta.many_to_many if field.name in self.fields]

    def _fill(self, record: Model) -> None:
        columns = {field.name for field in record._meta.concrete_fields}
        for name, value in self.typed().items():
            if name in columns:
                setattr(record, name, value)

    # --- As people read it ----------------------------------------------------------------------

    def shown(self) -> list[Fact]:
        """Every field with its label and its value in words, empty where there is none; typed words keep their language."""
        return [self._fact(name, field) for name, field in self.fields.items()]

    def _fact(self, name: str, field: forms.Field) -> Fact:
        is_typed = isinstance(field, forms.CharField) and not hasattr(field, "choices")
        return Fact(capfirst(str(field.label)), in_words(self._value(name), field), is_typed, name)

    def _value(self, name: str) -> Any:
        if self.is_bound and name in getattr(self, "cleaned_data", {}):
            return self.cleaned_data[name]
        if name in self._relations:
            return list(getattr(self.instance, name).all()) if self.instance.pk else []
        return getattr(self.instance, name)


def record_of(model: Any, request: ServiceRequest) -> Any:
    """The request itself, or the one row of `model` that belongs to it: a new one where there is none yet."""
    if model is ServiceRequest:
        return request
    beside = model._meta.get_field("request").remote_field.related_name
    return (getattr(request, beside, None) if request.pk else None) or model(request=request)


def in_words(value: Any, field: forms.Field) -> str:
    """A value as a person reads it; empty for nothing and for a box left unticked."""
    if value is None or value is False or value == "":
        return ""
    if value is True:
        return _("Yes")
    if isinstance(value, dt.date):
        return day(value)
    labels = {} if isinstance(field, forms.ModelChoiceField) else dict(getattr(field, "choices", []))
    values = value if isinstance(value, list | tuple) or hasattr(value, "model") else [value]
    return "\n".join(str(labels.get(each, each)) for each in values)


def not_past(on: dt.date | None) -> dt.date | None:
    """A day still to come, or none; a form refuses any other."""
    if on and on < timezone.localdate():
        raise forms.ValidationError(_("This day has passed. Choose today or a later day."))
    return on


def offer(form: forms.BaseForm, name: str, choices: list[tuple[str, Any]]) -> None:
    """Offer these choices and no empty one."""
    form.fields[name].choices = choices  # type: ignore[attr-defined]


def offer_several(form: forms.BaseForm, name: str, choices: Any) -> None:
    """Offer these choices as boxes to tick."""
    plain = form.fields[name]
    form.fields[name] = forms.MultipleChoiceField(
        label=plain.label, choices=choices, widget=Choices(), required=False, help_text=plain.help_text, label_suffix=plain.label_suffix
    )


def offer_list(form: DraftPart, name: str, entries: dict[str, Choice]) -> None:
    """Offer the entries of a list, and of those no longer offered the ones chosen already; several where the model keeps several."""
    plain, held = form.fields[name], getattr(form.instance, name)
    chosen = {held} if isinstance(held, str) else set(held)
    choices = [(value, entry.name) for value, entry in entries.items() if entry.is_offered or value in chosen]
    choices += [(value, value) for value in sorted(chosen - entries.keys()) if value]
    is_several = not isinstance(held, str)
    kind, widget = (forms.MultipleChoiceField, Choices()) if is_several else (forms.ChoiceField, OneChoice())
    form.fields[name] = kind(label=plain.label, choices=choices, widget=widget, help_text=plain.help_text, required=False)


def book_of(request: ServiceRequest) -> Book:
    """The lists of answers, read once for all parts of a request's form."""
    if "_book" not in request.__dict__:
        request.__dict__["_book"] = Choice.objects.book()
    book: Book = request.__dict__["_book"]
    return book


def _offers_nothing(field: forms.BoundField) -> bool:
    """A question about places or people of which the municipality has none is not asked."""
    return isinstance(field.field, forms.ModelMultipleChoiceField) and not len(field)
