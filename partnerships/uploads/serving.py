"""How a private file is given to somebody who may have it: as a file to keep, in which nothing runs, and which no cache keeps.

The caller has already decided, by permission, that the reader may have it.
"""

from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

SANDBOX = "default-src 'none'; frame-ancestors 'none'; sandbox"


def serve_private(file: FieldFile, *, filename: str, content_type: str, as_attachment: bool = True) -> HttpResponseBase:
    """Give out a file under its own name. Raises Http404 when the storage has lost it.

    The bytes come from the portal itself, or by setting from the web server in front (`FILES_ACCEL_PREFIX`) or straight
    from the bucket by a link that lives a minute (`S3_PRESIGNED`).
    """
    disposition = content_disposition_header(as_attachment, filename) or "inline"
    if settings.S3_PRESIGNED and hasattr(file.storage, "bucket"):
        return _presigned(file, disposition, content_type)
    response: HttpResponseBase
    if settings.FILES_ACCEL_PREFIX and isinstance(file.storage, FileSystemStorage):
        response = HttpResponse(headers={"X-Accel-Redirect": settings.FILES_ACCEL_PREFIX.rstrip("/") + "/" + quote(file.name or "")})
    else:
        response = _from_here(file)
    response.headers["Content-Type"] = content_type
    response.headers["Content-Disposition"] = disposition
    return harmless(response)


def harmless(response: HttpResponseBase) -> HttpResponseBase:
    """Nothing runs in it, nothing guesses at its kind, no cache keeps it."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _from_here(file: FieldFile) -> FileResponse:
    try:
        return FileResponse(file.open("rb"))
    except FileNotFoundError as error:
        raise Http404 from error


def _presigned(file: FieldFile, disposition: str, content_type: str) -> HttpResponseBase:
    parameters = {"ResponseContentDisposition": disposition, "ResponseContentType": content_type, "ResponseCacheControl": "no-store"}
    address = file.storage.url(file.name, parameters=parameters, expire=60)  # type: ignore[call-arg]
    return harmless(HttpResponseRedirect(address))
