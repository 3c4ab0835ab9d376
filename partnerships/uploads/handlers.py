"""How uploads arrive: names are seen as they were sent, and what is too large is not written to the disk to its end."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler
from django.http.multipartparser import MultiPartParser

from partnerships.uploads.names import BACKSLASH, SLASH


class NamesAsSent(MultiPartParser):
    """Django cuts a path down to its last part in silence; here its separators stay visible, so that the check can refuse it by name."""

    def sanitize_file_name(self, file_name: str) -> str | None:
        if super().sanitize_file_name(file_name) is None:
            return None
        return super().sanitize_file_name(file_name.replace("/", SLASH).replace("\\", BACKSLASH))


class WatchfulHandler(FileUploadHandler):
    """Stands before Django's own handlers. Beyond the largest size the rest of a file is read past: the form then refuses it by name."""

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None) -> Any:  # noqa: N803
        if self.request is None or isinstance(getattr(self, "parser", None), NamesAsSent):
            return None
        self.parser = NamesAsSent(META, input_data, list(self.request.upload_handlers), encoding)
        return self.parser.parse()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.taken = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.taken += len(raw_data)
        is_beyond = self.taken - len(raw_data) > settings.DOCUMENT_LARGEST_BYTES
        return None if is_beyond else raw_data

    def file_complete(self, file_size: int) -> None:
        return None
