"""Staff who look at somebody's private data leave a trace: one INSERT a page, whoever and however many were shown."""

from typing import Any

import structlog
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from config.privacy.models import PersonalDataAccess
from mailings.models import Delivery
from municipalities.models import User

Page = PersonalDataAccess.Page
MOST_SIGNS = 64

PAGES_OF_PEOPLE = {
    "municipalities_official_change": Page.PERSON,
    "municipalities_staffmember_change": Page.PERSON,
    "municipalities_official_history": Page.HISTORY,
    "municipalities_staffmember_history": Page.HISTORY,
}
PAGES_OF_MAILS = {"mailings_delivery_change", "mailings_delivery_history"}

INSERT = """
INSERT INTO privacy_personaldataaccess (actor_id, person_id, at, page, request_id)
SELECT %s, shown.id, %s, %s, %s FROM ({people}) AS shown (id)
"""


def record_access(people: QuerySet[Any], *, by: User | None, page: str) -> int:
    """Write that `by` saw the data of these people (a queryset of users), their own left out; return how many were written."""
    others = people.exclude(pk=by.pk) if by else people
    chosen, params = others.order_by().values("pk").distinct().query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(INSERT.format(people=chosen), [by.pk if by else None, timezone.now(), page, _request_id(), *params])
        return cursor.rowcount


def record_page(request: HttpRequest, response: HttpResponse) -> None:
    """Record what a page of the administration showed. A view that exports a list names the people in `request.people_shown`."""
    if response.status_code != 200:
        return
    shown = getattr(request, "people_shown", None)
    if shown is not None:
        record_access(shown, by=_reader(request), page=Page.LIST)
        return
    match = request.resolver_match
    object_id = match.kwargs.get("object_id", "") if match else ""
    if not object_id.isdigit() or match is None or match.url_name is None:
        return
    if match.url_name in PAGES_OF_PEOPLE:
        record_access(User.objects.filter(pk=object_id), by=_reader(request), page=PAGES_OF_PEOPLE[match.url_name])
    elif match.url_name in PAGES_OF_MAILS:
        recipient = Delivery.objects.filter(pk=object_id).values("recipient")
        record_access(User.objects.filter(pk__in=recipient), by=_reader(request), page=Page.MAIL)


def _reader(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _request_id() -> str:
    """The id under which the log knows this request; a browser may send its own, so it is cut to size."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))[:MOST_SIGNS]
