"""The one check every file passes that somebody sends: what it is, whether it is whole, whether it can do harm."""

import hashlib
import re
from dataclasses import dataclass, field

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from partnerships.uploads.archives import check_office, check_zip, kind_of_archive
from partnerships.uploads.kinds import ENDINGS, IMAGES, KINDS, REFUSED, recognise
from partnerships.uploads.names import clean_name, ending_of, is_path
from partnerships.uploads.pictures import check_picture, without_traces
from partnerships.uploads.refusals import refusal

MEGABYTE = 1024 * 1024
PDF_BEGINS = re.compile(rb"%PDF-[12]\.\d")
PDF_ENDS_WITHIN = 2048  # ISO 32000: readers look for the trailer at the very end; mailers add a line or two
OFFICE = frozenset({"docx", "xlsx", "pptx", "odt", "ods", "odp"})


@dataclass(frozen=True)
class Checked:
    """A file whose content was looked at. The fingerprint is that of the content as it is kept."""

    name: str
    kind: str
    content: bytes = field(repr=False)

    @property
    def content_type(self) -> str:
        return KINDS[self.kind].content_type

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def check_upload(upload: UploadedFile) -> Checked:
    """Look at a file somebody sent. Raises ValidationError, which names the file and the reason."""
    sent_as, largest = upload.name or "", settings.DOCUMENT_LARGEST_BYTES
    if is_path(sent_as):
        raise refusal("path", sent_as or "?")
    name = clean_name(sent_as)
    if (upload.size or 0) > largest:
        raise refusal("too_large", name, size=largest // MEGABYTE)
    upload.seek(0)
    content = upload.read(largest + 1)
    if len(content) > largest:
        raise refusal("too_large", name, size=largest // MEGABYTE)
    return check_content(name, content)


def check_content(name: str, content: bytes) -> Checked:
    """Recognise the kind by the bytes, refuse what is not taken, compare with the ending, look at the structure."""
    if not content:
        raise refusal("empty", name)
    kind = _kind(name, content)
    _check_structure(name, content, kind)
    if kind in IMAGES:
        content = without_traces(name, content, kind)
    return Checked(name, kind, content)


def _kind(name: str, content: bytes) -> str:
    kind, ending = recognise(content), ending_of(name)
    if kind in REFUSED:
        raise ValidationError(REFUSED[kind], code=kind, params={"name": name})
    if kind == "zip":
        kind = kind_of_archive(name, content)
    if kind == "unknown" or ending not in ENDINGS | {".docm", ".xlsm", ".pptm"}:
        raise refusal("unknown", name)
    if kind in OFFICE and ending not in KINDS[kind].endings:
        check_office(name, content)  # a file with macros is refused for these, whatever its name
    if ending not in KINDS[kind].endings:
        raise refusal("mismatch", name, kind=KINDS[kind].label)
    return "csv" if ending == ".csv" else kind


def _check_structure(name: str, content: bytes, kind: str) -> None:
    if kind == "pdf":
        _check_pdf(name, content)
    elif kind in IMAGES:
        check_picture(name, content, kind)
    elif kind in OFFICE:
        check_office(name, content)
    elif kind == "zip":
        check_zip(name, content, lambda entry, inside: _check_inside(name, entry, inside))


def _check_pdf(name: str, content: bytes) -> None:
    end = content[-PDF_ENDS_WITHIN:]
    if not PDF_BEGINS.match(content) or b"startxref" not in end or b"%%EOF" not in end:
        raise refusal("damaged", name)


def _check_inside(archive: str, path: str, content: bytes) -> None:
    """A file inside an archive is taken by the same rules; an archive inside an archive never is."""
    entry = clean_name(path)
    if not content:
        return
    try:
        if _kind(entry, content) == "zip":
            raise refusal("nested", archive, entry=entry)
        check_content(entry, content)
    except ValidationError as error:
        if error.code == "nested":
            raise
        if error.code == "archive":
            raise refusal("nested", archive, entry=entry) from error
        raise refusal("entry", archive, entry=entry, why=" ".join(error.messages)) from error
