"""Health and metrics: each part that is away is named, figures equal the tables, and strangers read none."""

import datetime as dt

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from config import watch
from mailings.heartbeat import beat
from mailings.models import Delivery, Heartbeat, Mailing
from tests.factories import DeliveryFactory, MailingFactory, MandateFactory, RunFactory, UserFactory

pytestmark = pytest.mark.django_db
CLOSED = "redis://127.0.0.1:1/0"


@pytest.fixture
def living():
    beat("worker")


def ready(client):
    answer = client.get("/health/ready")
    return answer.status_code, answer.json()


def figures(client, **headers):
    answer = client.get("/metrics", **headers)
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}


# --- Health -------------------------------------------------------------------------------------


def test_all_is_well(client, living):
    assert ready(client) == (
        200,
        {"status": "ok", "database": "ok", "broker": "ok", "storage": "ok", "worker": "ok", "mail": "ok", "weekly": "ok"},
    )


def test_a_worker_that_is_alive_but_deaf_turns_it_red_within_three_minutes(client, living):
    Heartbeat.objects.update(at=Now() - dt.timedelta(seconds=175))
    assert ready(client)[0] == 200
    Heartbeat.objects.update(at=Now() - dt.timedelta(seconds=181))
    status, parts = ready(client)
    assert (status, parts["status"], parts["worker"], parts["database"]) == (503, "degraded", "away", "ok")


def test_without_any_worker_it_is_red(client):
    assert ready(client)[1]["worker"] == "away"


def test_a_broker_that_is_away_is_named(client, living, settings):
    settings.REDIS_URL = CLOSED
    status, parts = ready(client)
    assert (status, parts["broker"], parts["worker"]) == (503, "away", "ok")


def test_a_folder_that_cannot_be_written_is_named(client, living, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "new" / "media")
    assert ready(client)[1]["storage"] == "ok"  # it is made when the first document comes
    (tmp_path / "file").write_text("")
    settings.MEDIA_ROOT = str(tmp_path / "file" / "media")
    status, parts = ready(client)
    assert (status, parts["storage"]) == (503, "away")


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_is_named_on_both_pages(client, monkeypatch):
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
    try:
        status, parts = ready(client)
        assert (status, parts["database"], parts["worker"], parts["broker"]) == (503, "away", "away", "ok")
        assert "mail" not in parts
        assert client.get("/health/live").status_code == 200
        found = figures(client)
        assert found["portal_part_up", "database"] == 0
        assert ("portal_mails_in_doubt",) not in found
    finally:
        connection.close()


def test_mail_and_mailing_that_are_late_are_named_and_turn_nothing_red(client, living):
    DeliveryFactory(next_attempt_at=timezone.now() - dt.timedelta(minutes=16))
    MailingFactory(sent=True)
    Mailing.objects.update(sent_at=timezone.now() - dt.timedelta(days=9))
    status, parts = ready(client)
    assert (status, parts["mail"], parts["weekly"]) == (200, "late", "late")


# --- Metrics ------------------------------------------------------------------------------------


def test_figures_equal_the_tables(client, living):
    due = timezone.now() - dt.timedelta(minutes=5)
    run = RunFactory()
    DeliveryFactory.create_batch(2, kind=Delivery.Kind.TEST, priority=2, next_attempt_at=due)
    DeliveryFactory(kind=Delivery.Kind.LOGIN_CODE, priority=0, next_attempt_at=due + dt.timedelta(minutes=1))
    DeliveryFactory.create_batch(3, kind=Delivery.Kind.TEST, priority=2, state=Delivery.State.UNKNOWN)
    DeliveryFactory(state=Delivery.State.SENT, sent_at=due)
    found = figures(client)
    assert found["portal_mails_waiting", "test"] == 2
    assert found["portal_mails_waiting", "login_code"] == 1
    assert found["portal_mails_in_doubt",] == 3
    assert found["portal_mails_sending",] == 0
    assert found["portal_mail_oldest_due_timestamp_seconds",] == pytest.approx(due.timestamp(), abs=0.01)
    assert found["portal_sendings", run.state] == 1
    assert found["portal_part_up", "worker"] == 1
    assert 0 <= found["portal_heartbeat_age_seconds", "worker"] < 60


def test_pages_that_were_asked_for_are_counted(client):
    name = ("django_http_responses_total_by_status_view_method_total", "GET", "200", "health_live")
    before = figures(client).get(name, 0)
    client.get("/health/live")
    assert figures(client)[name] == before + 1


def test_questions_do_not_grow_with_the_mail(client, living):
    def asked():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            figures(client)
        return len(queries)

    DeliveryFactory()
    few = asked()
    DeliveryFactory.create_batch(20)
    assert asked() == few <= 8


def test_no_figure_names_a_person(client):
    UserFactory(email="marker@example.org", last_name="Markermans")
    DeliveryFactory(recipient=UserFactory(email="other.marker@example.org"), email="other.marker@example.org")
    assert b"arker" not in client.get("/metrics").content


@pytest.mark.parametrize(
    "headers",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": "192.0.2.7", "HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        {"HTTP_FORWARDED": "for=192.0.2.7"},
        {"REMOTE_ADDR": "192.0.2.7", "HTTP_AUTHORIZATION": "Bearer wrong"},
        {"REMOTE_ADDR": "192.0.2.7", "HTTP_AUTHORIZATION": "Bearer "},
        {"REMOTE_ADDR": "192.0.2.7", "HTTP_AUTHORIZATION": "Basic secret-of-the-watch"},
    ],
)
@pytest.mark.parametrize("token", ["", "secret-of-the-watch"])
def test_from_elsewhere_there_is_no_such_page(client, settings, headers, token):
    settings.METRICS_TOKEN = token
    assert client.get("/metrics", **headers).status_code == 404
    client.force_login(MandateFactory().user)
    assert client.get("/metrics", **headers).status_code == 404


def test_with_the_token_it_is_read_from_elsewhere(client, settings):
    settings.METRICS_TOKEN = "secret-of-the-watch"
    assert figures(client, REMOTE_ADDR="192.0.2.7", HTTP_AUTHORIZATION="Bearer secret-of-the-watch")


def test_counts_go_over_the_working_states_alone():
    """Ten years of mail that was sent are not read to see what waits."""
    DeliveryFactory.create_batch(3)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for rows in (Delivery.objects.pending(), Delivery.objects.filter(state="unknown"), Delivery.objects.filter(state="sending")):
            assert "Seq Scan" not in rows.order_by().explain()
    assert watch.backlog().waiting
