"""The figures Prometheus reads: how pages are answered (django-prometheus), and how mail and its parts are (the tables).

No figure carries a person, a municipality or an address. What is counted in processes (`PROMETHEUS_MULTIPROC_DIR` where there
are several) is added up; what stands in the tables is the same from every process, so any of them may be asked.
"""

import os
import secrets
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from config import watch

LOOPBACK = frozenset({"127.0.0.1", "::1"})
BY_PROXY = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


def is_from_here(request: HttpRequest) -> bool:
    """Asked by a process of this host, and not by a proxy of this host for somebody elsewhere."""
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not any(name in request.META for name in BY_PROXY)


def has_token(request: HttpRequest) -> bool:
    """Whether the request shows METRICS_TOKEN (`Authorization: Bearer …`); without the setting nobody has it."""
    kind, _space, shown = request.headers.get("Authorization", "").partition(" ")
    wanted = settings.METRICS_TOKEN
    return bool(wanted) and kind.lower() == "bearer" and secrets.compare_digest(shown.strip().encode(), wanted.encode())


def exposition() -> tuple[bytes, str]:
    """All figures in Prometheus' text format, and its content type."""
    return generate_latest(_of_processes()) + generate_latest(_of_portal()), CONTENT_TYPE_LATEST


def _of_processes() -> CollectorRegistry:
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return REGISTRY
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


def _of_portal() -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(PortalCollector())
    return registry


class PortalCollector(Collector):
    """What the tables say at this moment; with the database away, that it is away, and nothing else."""

    def collect(self) -> Iterator[Metric]:
        found = watch.parts()
        yield _by("portal_part_up", "1 where a part of the portal answers.", "part", {name: int(up) for name, up in found.items()})
        if found["database"]:
            try:
                yield from list(_of_tables())
            except DatabaseError:  # it went away between two questions
                return


def _of_tables() -> Iterator[Metric]:
    backlog, weekly = watch.backlog(), watch.last_weekly()
    due = backlog.oldest_due.timestamp() if backlog.oldest_due else 0
    yield _by("portal_heartbeat_age_seconds", "Since a part last wrote that it lives.", "part", watch.heartbeats())
    yield _by("portal_mails_waiting", "Mails not yet sent, by kind.", "kind", backlog.waiting)
    yield GaugeMetricFamily("portal_mails_sending", "Mails held by a sender.", backlog.sending)
    yield GaugeMetricFamily("portal_mails_in_doubt", "Mails of which nobody knows whether the server took them.", backlog.in_doubt)
    yield GaugeMetricFamily("portal_mail_oldest_due_timestamp_seconds", "When the oldest mail that waits fell due; 0 when none waits.", due)
    yield _by("portal_sendings", "Sendings of mailings that are not done, by state.", "state", watch.sendings())
    sent = weekly.timestamp() if weekly else 0
    yield GaugeMetricFamily("portal_last_weekly_timestamp_seconds", "When the last weekly mailing began to go out; 0 for never.", sent)


def _by(name: str, words: str, label: str, values: "dict[str, int] | dict[str, float]") -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family
