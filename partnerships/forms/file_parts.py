"""The step of a request's form that takes files: each is kept with the draft when the step is left."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from municipalities.models import User
from partnerships.forms.attachments import AttachmentField, FilesForm
from partnerships.models import Attachment, ServiceRequest
from partnerships.rendering import Fact
from partnerships.services.attachments import add_attachments, check_room_for


class FilesPart:
    """Files beside the words. What is there already is listed above the field, each file with its own page."""

    template = "partnerships/attachments/_part.html"
    legend = ""
    name = "attachments"

    def __init__(
        self, request: ServiceRequest, data: QueryDict | None = None, files: MultiValueDict | None = None, user: User | None = None
    ) -> None:
        self.request, self.user = request, user
        self.form = FilesForm(data, files, person=user)

    @classmethod
    def names(cls) -> frozenset[str]:
        return frozenset({cls.name})

    @property
    def present(self) -> "list[Attachment]":
        """The files of the draft itself."""
        return list(Attachment.objects.of_form(self.request)) if self.request.pk else []

    @property
    def field(self) -> forms.BoundField:
        """Shown again, the form goes back to its sender: what was good stays in their hand."""
        if self.form.is_bound:
            self._attachments.hold()
        return self.form[self.name]

    @property
    def errors_with_fields(self) -> list[tuple[Any, Any]]:
        return [(self.form[self.name], error) for error in self.form.errors.get(self.name, [])]

    def is_valid(self) -> bool:
        if self.form.is_valid() and self.request.pk:
            try:
                check_room_for(self.request, len(self.form.cleaned_data[self.name]))
            except forms.ValidationError as error:
                self.form.refuse_files(error)
        return not self.form.errors

    def typed(self) -> dict[str, Any]:
        return {}

    def put(self, request: ServiceRequest) -> None:
        """Nothing of this lives on the request itself."""

    def save(self, request: ServiceRequest) -> None:
        if self.user is not None:
            add_attachments(request, by=self.user, uploads=self.form.cleaned_data[self.name])

    def missing(self) -> dict[str, Any]:
        return {}

    def mark(self, missing: dict[str, Any]) -> None:
        """No file is ever needed."""

    def shown(self) -> list[Fact]:
        """The names of what is kept; what is only about to be is no difference between two people."""
        return [Fact(str(_("Files")), "\n".join(one.name for one in self.present), True, self.name)]

    @property
    def _attachments(self) -> AttachmentField:
        field = self.form.fields[self.name]
        if not isinstance(field, AttachmentField):
            raise TypeError(self.name)
        return field
