"""Lists of rows that are rows of the database: the streets, phases and shops of a works site. A row left or made empty is gone."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from municipalities.models import User
from partnerships.forms.parts import NEEDED, Anchor
from partnerships.models import ServiceRequest, WorksSite
from partnerships.rendering import Fact
from partnerships.services.needed import missing_to_submit

MOST_DIGITS = 3


@dataclass(frozen=True)
class Head:
    """The head of the list, to which an error about the whole list leads."""

    label: Any
    auto_id: str


@dataclass(frozen=True)
class Row:
    """One row on the page; `place` is what the button that removes it sends."""

    form: "SiteRowForm"
    number: int
    place: str


class SiteRowForm(forms.Form):
    """A row as it is typed; `kept` are the values of a row of the database, `fields_of` its columns from what was typed."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, site: WorksSite, *args: Any, **kwargs: Any) -> None:
        self.site = site
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False
            field.widget.is_required = False
            field.label = capfirst(str(field.label))

    @classmethod
    def kept(cls, row: Any) -> dict[str, Any]:
        return {name: getattr(row, name) for name in cls.base_fields}

    def fields_of(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "id"}

    def in_words(self, row: Any) -> str:
        return str(row)

    @property
    def is_blank(self) -> bool:
        return not any(value not in (None, "", [], False) for name, value in self.cleaned_data.items() if name not in self.says_nothing)

    says_nothing: ClassVar[frozenset[str]] = frozenset({"id"})  # what a row has without anybody writing it


class SiteRows:
    """A part of a step: the rows of one kind of a site."""

    template = "partnerships/works/_rows.html"
    model: ClassVar[Any]
    name: ClassVar[str]
    row: ClassVar[type[SiteRowForm]]
    most: ClassVar[int] = 20
    legend: ClassVar[Any] = ""
    intro: ClassVar[Any] = ""
    row_label: ClassVar[Any]
    add_label: ClassVar[Any]

    def __init__(
        self, request: ServiceRequest, data: QueryDict | None = None, files: MultiValueDict | None = None, user: User | None = None
    ) -> None:
        self.request, self.user, self.data = request, user, data
        self.complaint: Any = ""
        self.site = site_of(request)
        self.rows_kept = list(getattr(self.site, self.name).all()) if self.site.pk else []
        self.forms = self._bound(data) if data is not None else self._unbound()

    @classmethod
    def names(cls, _request: ServiceRequest | None = None) -> frozenset[str]:
        return frozenset({cls.name})

    def _form(self, number: int, **more: Any) -> SiteRowForm:
        return self.row(self.site, prefix=f"{self.name}-{number}", **more)

    def _unbound(self) -> list[SiteRowForm]:
        return [self._form(number, initial=self.row.kept(row)) for number, row in enumerate(self.rows_kept)] or [self._form(0)]

    def _bound(self, data: QueryDict) -> list[SiteRowForm]:
        """As many rows as the page had, without the one whose button was pressed."""
        count = min(_number(data.get(f"{self.name}-rows")), self.most)
        return [self._form(n, data=data) for n in range(count) if f"{self.name}-{n}" != data.get("drop", "")]

    def grow(self) -> None:
        """Show one blank row more."""
        if self.may_grow and (self.data is not None or self.rows_kept):
            self.forms.append(self._form(self.count))

    # --- For the page ---------------------------------------------------------------------------

    @property
    def needed(self) -> Any:
        return NEEDED

    @property
    def rows(self) -> list[Row]:
        return [Row(form, number, str(form.prefix)) for number, form in enumerate(self.forms, start=1)]

    @property
    def count(self) -> int:
        """One more than the highest number in use, which is what the page sends back."""
        return max((int(str(form.prefix).rsplit("-", 1)[1]) for form in self.forms), default=-1) + 1

    @property
    def may_grow(self) -> bool:
        return self.count < self.most

    @property
    def errors_with_fields(self) -> list[tuple[Anchor, Any]]:
        whole: list[tuple[Anchor, Any]] = [(Head(self.legend, f"id_{self.name}"), self.complaint)] if self.complaint else []
        return whole + [(field, error) for form in self.forms if form.is_bound for field in form for error in field.errors]

    # --- Checking and writing -------------------------------------------------------------------

    def is_valid(self) -> bool:
        return all([form.is_valid() for form in self.forms if form.is_bound]) and self.agree(self._filled())  # noqa: C419

    def agree(self, filled: list[SiteRowForm]) -> bool:
        return True

    def _filled(self) -> list[SiteRowForm]:
        return [form for form in self.forms if form.is_bound and not form.is_blank]

    def typed(self) -> dict[str, Any]:
        return {self.name: [form.fields_of() for form in self._filled()]}

    def put(self, request: ServiceRequest) -> None:
        """Nothing of it lives on the request itself."""

    def save(self, request: ServiceRequest) -> None:
        """Change the rows that are there, add the new ones, remove those that are not on the page any more; in the order of the page."""
        site = kept_site(request)
        existing = {row.pk: row for row in self.model.objects.filter(site=site)}
        for position, form in enumerate(self._filled(), start=1):
            row = existing.pop(form.cleaned_data["id"], None) or self.model(site=site)
            for name, value in (form.fields_of() | self.placed(position)).items():
                setattr(row, name, value)
            row.save()
        self.model.objects.filter(pk__in=existing).delete()

    def placed(self, position: int) -> dict[str, Any]:
        return {"position": position}

    def missing(self) -> dict[str, Any]:
        """What a submission still needs of this list, as the draft is saved."""
        return {name: message for name, message in missing_to_submit(self.request).items() if name == self.name}

    def mark(self, missing: dict[str, Any]) -> None:
        self.complaint = missing.get(self.name, "")

    # --- As people read it ----------------------------------------------------------------------

    def shown(self) -> list[Fact]:
        lines = self._typed_words() if self.data is not None and self.is_valid() else self.words(self.rows_kept)
        return [Fact(str(capfirst(str(self.legend))), "\n".join(lines), True, self.name)]

    def words(self, rows: Iterable[Any]) -> list[str]:
        return [str(row) for row in rows]

    def _typed_words(self) -> list[str]:
        return self.words(self.model(site=self.site, **form.fields_of()) for form in self._filled())


def site_of(request: ServiceRequest) -> WorksSite:
    """The site of the request; a new one, not written yet, where it has none. All parts of a form share it."""
    return (getattr(request, "works", None) if request.pk else None) or WorksSite(request=request)


def kept_site(request: ServiceRequest) -> WorksSite:
    site = site_of(request)
    if not site.pk:
        site.save()
    return site


def _number(text: Any) -> int:
    return int(text) if str(text).isascii() and str(text).isdigit() and len(str(text)) <= MOST_DIGITS else 0


def between(first: str, last: str) -> str:
    return _("%(first)s to %(last)s") % {"first": first, "last": last}
