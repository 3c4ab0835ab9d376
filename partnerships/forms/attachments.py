"""The field with which files are sent: several at once, each refused by its own name, the good ones kept meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import lazystr
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from municipalities.models import User
from partnerships.models import DraftUpload
from partnerships.services.attachments import Incoming, hold_uploads
from partnerships.uploads import ACCEPT, Checked, check_upload

MEGABYTE = 1024 * 1024
LABEL = gettext_lazy("Files")


@dataclass(frozen=True)
class Chosen:
    """What a form brought: files, and the keys of files that were good the last time."""

    uploads: Sequence[UploadedFile] = ()
    kept: Sequence[str] = ()


class FilesInput(forms.FileInput):
    """The browser's own file field, taking several; above it the files already in hand, each with a box to let it go."""

    template_name = "partnerships/attachments/_input.html"
    allow_multiple_selected = True
    in_hand: Sequence[DraftUpload] = ()

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Chosen:
        kept, chosen = _listed(data, f"{name}-kept"), _listed(files, name)
        return Chosen([upload for upload in chosen if isinstance(upload, UploadedFile)], kept)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in files and f"{name}-kept" not in data

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return super().get_context(name, value, attrs) | {"in_hand": self.in_hand}


def _listed(data: Any, name: str) -> list[Any]:
    if data is None:
        return []
    return data.getlist(name) if hasattr(data, "getlist") else list(data.get(name, []))


class AttachmentField(forms.FileField):
    """Several files, each looked at. Give it the person (`for_person`), so that their files in hand are found; nobody else's ever are."""

    widget = FilesInput

    def __init__(self, *, label: Any = LABEL, required: bool = False, most: int = 0, **kwargs: Any) -> None:
        self.most = most or settings.ATTACHMENTS_AT_ONCE
        self.person: User | None = None
        self.good: list[Checked] = []
        self.in_hand: list[DraftUpload] = []
        super().__init__(label=label, required=required, **{"help_text": lazystr(_Limits(self.most))} | kwargs)
        if self.most == 1:
            self.widget.attrs.pop("multiple", None)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {"accept": ACCEPT}

    def for_person(self, person: User | None) -> None:
        self.person = person

    def clean(self, value: Any, initial: Any = None) -> list[Incoming]:
        """Look at every file; one that is refused says so by its name, and does not take the others with it."""
        chosen = value if isinstance(value, Chosen) else Chosen()
        self.in_hand = self._in_hand(chosen.kept)
        errors = self._look_at(chosen.uploads)
        if len(self.good) + len(self.in_hand) > self.most:
            errors.append(ValidationError(_too_many(self.most), code="too_many"))
            self.good = self.good[: max(0, self.most - len(self.in_hand))]
        if self.required and not (errors or self.good or self.in_hand):
            errors.append(ValidationError(self.error_messages["required"], code="required"))
        if errors:
            raise ValidationError(errors)
        return [*self.in_hand, *self.good]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data and (data.uploads or data.kept))

    def hold(self) -> None:
        """The form goes back to its sender: keep what was good, so that it need not be chosen again."""
        if self.person is not None and self.good:
            self.in_hand += hold_uploads(self.good, by=self.person)
            self.good = []
        cast("FilesInput", self.widget).in_hand = self.in_hand

    def _in_hand(self, keys: Sequence[str]) -> list[DraftUpload]:
        if self.person is None or not keys:
            return []
        return [row for row in DraftUpload.objects.in_hand_of(self.person) if str(row.key) in set(keys)]

    def _look_at(self, uploads: Sequence[UploadedFile]) -> list[ValidationError]:
        self.good, errors = [], []
        for upload in uploads[: 3 * self.most]:
            try:
                self.good.append(check_upload(upload))
            except ValidationError as error:
                errors.append(error)
        return errors


class _Limits:
    """What may be sent, said beside the field in the reader's language."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __str__(self) -> str:
        words = {"count": self.most, "size": settings.DOCUMENT_LARGEST_BYTES // MEGABYTE}
        kinds = _("PDF, Word, Excel, PowerPoint, OpenDocument, PNG, JPEG, WebP, CSV, plain text or ZIP.")
        most = ngettext("One file of at most %(size)d MB.", "Up to %(count)d files of at most %(size)d MB each.", self.most) % words
        return f"{most} {kinds} " + _("Place and camera data are taken out of photographs.")


def _too_many(most: int) -> str:
    return ngettext("Only one file can be sent here.", "At most %(count)d files can be sent at once.", most) % {"count": most}


class FilesForm(forms.Form):
    """A form that may bring files. When anything in it is refused, the good files stay in the sender's hand."""

    attachments = AttachmentField()

    def __init__(self, *args: Any, person: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["attachments"] = self.fields.pop("attachments")  # after the words
        self._field.for_person(person)

    @property
    def _field(self) -> AttachmentField:
        return cast("AttachmentField", self.fields["attachments"])

    def is_valid(self) -> bool:
        is_valid = super().is_valid()
        if self.is_bound and not is_valid:
            self._field.hold()
        return is_valid

    def refuse_files(self, error: ValidationError) -> None:
        """Say beside the field what only showed when the files were to be kept."""
        self.add_error(None, error)
        self._field.hold()


class VersionForm(FilesForm):
    """One file, which takes the place of another."""

    attachments = AttachmentField(label=gettext_lazy("New version"), required=True, most=1)
