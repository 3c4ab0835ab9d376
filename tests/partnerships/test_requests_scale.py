"""With 20,000 requests and 200,000 events every list keeps its queries, and a municipality's is answered by its index.

Twice: with the whole number of rows, copied by the database in seconds; and with those the seed writes itself, a tenth of them
(`seed_demo --scale 20`), which proves the proportion of ten events a request that `--scale 175` keeps.
"""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.seed.seeding import seed
from municipalities.models import User
from partnerships.forms.request_filter import RequestFilter
from partnerships.models import Event, ServiceRequest
from tests.factories import RequestFactory
from tests.partnerships.conftest import Cast

pytestmark = pytest.mark.django_db
REQUESTS, EVENTS_EACH = 20_000, 10
MAKE_REQUESTS = """
INSERT INTO partnerships_servicerequest ({columns})
SELECT {values} FROM partnerships_servicerequest AS model, generate_series(1, %s) AS number WHERE model.id = %s
"""
MAKE_EVENTS = """
INSERT INTO partnerships_event (verb, at, municipality_id, content_type_id, object_id, data)
SELECT 'message_sent', now() - number * interval '1 minute', request.municipality_id,
       (SELECT id FROM django_content_type WHERE app_label = 'partnerships' AND model = 'servicerequest'), request.id, '{{}}'
FROM partnerships_servicerequest AS request, generate_series(1, %s) AS number
"""


def multiply(model: ServiceRequest, count: int) -> None:
    """Copies of one request, each a minute older than the one before, with keys and references of their own."""
    own = {
        "key": "gen_random_uuid()",
        "token": "gen_random_uuid()",
        "reference": "'S' || model.id || '-' || number",
        "created_at": "model.created_at - number * interval '1 minute'",
        "title": "'Diagnostic ' || number",
    }
    names = [field.column for field in ServiceRequest._meta.concrete_fields if not field.primary_key]
    values = [own.get(name, f'model."{name}"') for name in names]
    columns = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor:
        cursor.execute(MAKE_REQUESTS.format(columns=columns, values=", ".join(values)), [count, model.pk])


@pytest.fixture
def large(cast: Cast) -> Cast:
    """A twentieth of the requests in our municipality, the others elsewhere; ten events each."""
    ours = RequestFactory(closed=True, municipality=cast.municipality, asked_by=cast.alderman, audit=False)
    theirs = RequestFactory(closed=True, municipality=cast.other_municipality, asked_by=cast.other_alderman, audit=False)
    multiply(ours, REQUESTS // 20)
    multiply(theirs, REQUESTS - REQUESTS // 20)
    with connection.cursor() as cursor:
        cursor.execute(MAKE_EVENTS.format(), [EVENTS_EACH])
    count_anew()
    return cast


def count_anew() -> None:
    """Let the planner know of the rows, as autovacuum would."""
    with connection.cursor() as cursor:
        for table in ("servicerequest", "event", "message"):
            cursor.execute(f"ANALYZE partnerships_{table}")


def plan_of(rows: Any) -> list[dict[str, Any]]:
    """Every node of the plan, outermost first."""
    nodes, [top] = [], json.loads(rows.explain(format="json"))
    waiting = [top["Plan"]]
    while waiting:
        node = waiting.pop()
        nodes.append(node)
        waiting += node.get("Plans", [])
    return nodes


def test_a_large_table_costs_no_more_and_its_index_answers(large: Cast, enter: Any) -> None:
    assert ServiceRequest.objects.count() >= REQUESTS
    official, officer = enter(large.alderman), enter(large.spoc)
    newest = ServiceRequest.objects.filter(municipality=large.municipality).order_by("-created_at").first()
    pages = [
        (official, reverse("requests") + "?show=all", 7),
        (official, reverse("requests") + f"?show=all&after={newest.key}", 8),
        (official, reverse("requests") + "?show=all&q=diagnostic%20999", 7),
        (official, reverse("home"), 10),
        (officer, reverse("admin:partnerships_servicerequest_changelist") + "?list=all", 8),
        (officer, reverse("admin:partnerships_servicerequest_changelist") + "?list=open", 8),
    ]
    for client, url, most in pages:
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        assert len(queries) <= most, url
        assert not [query["sql"] for query in queries.captured_queries if "DISTINCT" in query["sql"] and "servicerequest" in query["sql"]]


@pytest.mark.parametrize("after", [False, True], ids=["first page", "deep page"])
def test_the_list_of_a_municipality_is_answered_by_its_index(large: Cast, after: bool) -> None:
    deep = ServiceRequest.objects.filter(municipality=large.municipality).order_by("-created_at")[900]
    assert_answered_by_index(large.alderman, deep if after else None)


def assert_answered_by_index(alderman: User, deep: ServiceRequest | None) -> None:
    visible = RequestFilter({"show": "all"}).narrow(ServiceRequest.objects.visible_to(alderman))
    nodes = plan_of((visible.older_than(deep) if deep else visible.newest_first())[:21])
    assert {node.get("Index Name") for node in nodes if "Index Name" in node} == {"request_of_municipality"}
    assert not [node for node in nodes if node["Node Type"] == "Seq Scan"]


# --- As the seed writes it ----------------------------------------------------------------------

SCALE = 20


def queries_of_pages(enter: Any) -> dict[str, int]:
    """How many queries each list and page asks, for an alderman and for an officer."""
    official, officer = (enter(User.objects.get(email=f"{name}@example.org")) for name in ("alderman.ixl", "spoc1"))
    rows = ServiceRequest.objects.filter(municipality__code="IXL", kind="audit", state="closed", direction="to_agency", ties_first=None)
    ended = rows.order_by("created_at").first()
    worklist = reverse("admin:partnerships_servicerequest_changelist")
    pages = [
        (official, "home", reverse("home")),
        (official, "list", reverse("requests") + "?show=all"),
        (official, "ended", reverse("requests") + "?show=ended&q=diagnostic"),
        (official, "page", reverse("request", args=[ended.key])),
        (official, "municipality", reverse("municipality", args=[ended.municipality.slug])),
        (officer, "worklist", worklist + "?list=all"),
        (officer, "burning", worklist + "?list=burning"),
        (officer, "room", reverse("admin:partnerships_servicerequest_change", args=[ended.pk])),
    ]
    counts = {}
    for client, name, url in pages:
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200, url
        counts[name] = len(queries)
    return counts


def test_the_seed_writes_ten_events_a_request_and_no_page_asks_more(enter: Any) -> None:
    seed()
    before = queries_of_pages(enter)
    seed(scale=SCALE)
    count_anew()
    requests, events = ServiceRequest.objects.count(), Event.objects.filter(content_type__model="servicerequest").count()
    assert requests > SCALE * 100
    assert events >= EVENTS_EACH * requests
    assert queries_of_pages(enter) == before
    alderman = User.objects.get(email="alderman.ixl@example.org")
    deep = ServiceRequest.objects.filter(municipality__code="IXL").order_by("-created_at")[100]
    for row in (None, deep):
        assert_answered_by_index(alderman, row)
