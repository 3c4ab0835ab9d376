"""Staff who look at somebody's private data leave a trace: one INSERT a page, whoever and however many were shown.

Private are addresses, telephones, mails, and what a person's page says. The name and office of whoever acts for a municipality are
public, but the page of a municipality is recorded as well, since it gathers them.
"""

from collections.abc import Callable
from typing import Any

import structlog
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from config.privacy.models import PersonalDataAccess
from mailings.models import Delivery
from municipalities.models import Association, AssociationContact, Mandate, User
from partnerships.models import ServiceRequest

Page = PersonalDataAccess.Page
MOST_SIGNS = 64

INSERT = """
INSERT INTO privacy_personaldataaccess (actor_id, {column}, at, page, request_id)
SELECT %s, shown.id, %s, %s, %s FROM ({shown}) AS shown (id)
"""

# --- What is recorded ---------------------------------------------------------------------------


def record_access(people: QuerySet[Any], *, by: User | None, page: str) -> int:
    """Write that `by` saw the data of these people (a queryset of users), their own left out; return how many were written."""
    return _record("person_id", people.exclude(pk=by.pk) if by else people, by, page)


def record_contacts(associations: QuerySet[Any], *, by: User | None, page: str) -> int:
    """Write that `by` saw the contacts of these associations; those without contacts are left out."""
    with_contacts = AssociationContact.objects.filter(association__in=associations.order_by().values("pk"))
    return _record("association_id", with_contacts, by, page, key="association_id")


def _record(column: str, rows: QuerySet[Any], by: User | None, page: str, key: str = "pk") -> int:
    try:
        shown, params = rows.order_by().values(key).distinct().query.sql_with_params()
    except EmptyResultSet:  # nobody can be in it: a list of no keys
        return 0
    with connection.cursor() as cursor:
        cursor.execute(INSERT.format(column=column, shown=shown), [by.pk if by else None, timezone.now(), page, _request_id(), *params])
        return cursor.rowcount


def _request_id() -> str:
    """The id under which the log knows this request; a browser may send its own, so it is cut to size."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))[:MOST_SIGNS]


# --- Which page shows whom ----------------------------------------------------------------------


def _person(page: str) -> Callable[[dict[str, Any], User], Any]:
    return lambda given, by: record_access(User.objects.filter(pk=given["object_id"]), by=by, page=page)


def _mail(given: dict[str, Any], by: User) -> None:
    recipient = Delivery.objects.filter(pk=given["object_id"]).values("recipient")
    record_access(User.objects.filter(pk__in=recipient), by=by, page=Page.MAIL)


def _request(given: dict[str, Any], by: User) -> None:
    """Who asked, and in whose name: their address stands on the page, and the telephone of whom they named."""
    wanted = {"key": given["key"]} if "key" in given else {"pk": given["object_id"]}
    requests = ServiceRequest.objects.filter(**wanted)
    people = User.objects.filter(pk__in=requests.values("asked_by").union(requests.exclude(asked_for=None).values("asked_for")))
    record_access(people, by=by, page=Page.REQUEST)


def _place(given: dict[str, Any], by: User) -> None:
    here = {"municipality__slug": given["slug"]}
    record_access(
        User.objects.filter(pk__in=Mandate.objects.in_force(timezone.localdate()).filter(**here).values("user")), by=by, page=Page.PLACE
    )
    record_contacts(Association.objects.filter(**here), by=by, page=Page.PLACE)


def _association(given: dict[str, Any], by: User) -> None:
    record_contacts(Association.objects.filter(pk=given["object_id"]), by=by, page=Page.CONTACTS)


PAGES: dict[str, Callable[[dict[str, Any], User], Any]] = {
    "municipalities_official_change": _person(Page.PERSON),
    "municipalities_staffmember_change": _person(Page.PERSON),
    "municipalities_official_history": _person(Page.HISTORY),
    "municipalities_staffmember_history": _person(Page.HISTORY),
    "municipalities_association_change": _association,
    "municipalities_association_history": _association,
    "mailings_delivery_change": _mail,
    "mailings_delivery_history": _mail,
    "partnerships_servicerequest_change": _request,
    "partnerships_servicerequest_history": _request,
    "request": _request,
    "municipality": _place,
}


def record_page(request: HttpRequest, response: HttpResponseBase) -> None:
    """Record what a page showed to a member of staff, in the administration and outside it.

    A view whose people follow from no address names them by `municipalities.http.show_people`.
    """
    reader = request.user
    if response.status_code != 200 or not isinstance(reader, User) or not reader.is_staff:
        return
    shown = getattr(request, "people_shown", None)
    if shown is not None:
        record_access(shown, by=reader, page=getattr(request, "people_shown_on", Page.LIST))
        return
    match = request.resolver_match
    if match is None or match.url_name not in PAGES or not str(match.kwargs.get("object_id", "1")).isdigit():
        return
    PAGES[match.url_name](match.kwargs, reader)
