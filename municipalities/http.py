"""What pages behind the log-in are given."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from municipalities.models import User


class PersonRequest(HttpRequest):
    """A request by somebody who is logged in: LoginRequiredMiddleware lets nobody else as far as a view."""

    user: User


def show_people(request: HttpRequest, people: QuerySet[Any] | None, *, page: str = "list") -> None:
    """Say whose private data (a queryset of users) this answer shows: when staff ask, the log of accesses takes it from here."""
    request.people_shown, request.people_shown_on = people, page  # type: ignore[attr-defined]


def pdf_answer(name: str, content: bytes) -> HttpResponse:
    """A PDF as a file to keep, in which nothing runs and which nothing between keeps."""
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{name}.pdf") or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
