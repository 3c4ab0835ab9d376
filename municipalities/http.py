"""What pages behind the log-in are given."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from municipalities.models import User


class PersonRequest(HttpRequest):
    """A request by somebody who is logged in: LoginRequiredMiddleware lets nobody else as far as a view."""

    user: User


def show_people(request: HttpRequest, people: QuerySet[Any] | None, *, page: str = "list") -> None:
    """Say whose private data (a queryset of users) this answer shows: when staff ask, the log of accesses takes it from here."""
    request.people_shown, request.people_shown_on = people, page  # type: ignore[attr-defined]
