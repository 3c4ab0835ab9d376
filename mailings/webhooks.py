"""What the mail provider of EMAIL_URL reports by itself, in the normalised words of django-anymail.

Anymail's own view checks the secret and the provider's signature and reads the report; here it gets its one address, and
here its signal is heard. What nobody can read is answered 400 and changes nothing; a database that is away is answered
500, so that the provider comes again.
"""

import hashlib
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from anymail import urls as anymail_urls
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from mailings.bounces import NO_SUCH_ADDRESS, ONLY_FOR_NOW, key_in
from mailings.models import MailEvent
from mailings.services.returns import Report, record_report

logger = structlog.get_logger(__name__)
Kind = MailEvent.Kind
KINDS = {EventType.DELIVERED: Kind.DELIVERED, EventType.DEFERRED: Kind.DEFERRED, EventType.COMPLAINED: Kind.COMPLAINED}
RETURNED = {EventType.BOUNCED, EventType.REJECTED, EventType.FAILED}
FOR_GOOD = {RejectReason.INVALID, RejectReason.BOUNCED}


@csrf_exempt
@login_not_required
def mail_webhook(request: HttpRequest) -> HttpResponse:
    """The one address for the reports of the provider in EMAIL_URL; there is none for any other, nor without a secret."""
    view = _view_of(settings.MAIL_PROVIDER)
    if view is None or not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        raise Http404
    try:
        return view(request)
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError) as fault:
        logger.warning("report_not_understood", provider=settings.MAIL_PROVIDER, fault=type(fault).__name__)
        raise SuspiciousOperation("A report that cannot be read.") from fault


def _view_of(provider: str) -> Callable[..., HttpResponse] | None:
    views = {pattern.name: pattern.callback for pattern in anymail_urls.urlpatterns}
    return views.get(f"{provider}_tracking_webhook")


def hear(sender: Any, event: AnymailTrackingEvent, esp_name: str, **_: Any) -> None:
    """Write a report down; what says nothing of the way of a mail (opened, clicked, queued) is not kept."""
    kind = kind_of(event)
    if kind:
        at = event.timestamp or timezone.now()
        words = event.mta_response or event.description or event.reject_reason or ""
        record_report(_key_of(event), Report(kind, MailEvent.Source.PROVIDER, _number_of(event, esp_name), at, str(words)))


def kind_of(event: AnymailTrackingEvent) -> MailEvent.Kind | None:
    """A bounce is for good only where the address itself is at fault; a provider that withholds mail after a complaint tells of one."""
    if event.event_type not in RETURNED:
        return KINDS.get(event.event_type)
    if event.reject_reason == RejectReason.SPAM:
        return Kind.COMPLAINED
    words = f"{event.mta_response or ''} {event.description or ''}"
    if ONLY_FOR_NOW.search(words):
        return Kind.SOFT
    return Kind.BOUNCED if event.reject_reason in FOR_GOOD or NO_SUCH_ADDRESS.search(words) else Kind.SOFT


def _key_of(event: AnymailTrackingEvent) -> uuid.UUID | None:
    """By what was given with the mail, else by our Message-ID."""
    given = str((event.metadata or {}).get("delivery", ""))
    return key_in(f"{given}@ {event.message_id or ''}")


def _number_of(event: AnymailTrackingEvent, esp_name: str) -> str:
    """The provider's number; of a report without one, a fingerprint of what it says, which is the same when it is repeated."""
    said = [esp_name, event.event_id or "", event.event_type, event.message_id, event.recipient, event.timestamp, event.reject_reason]
    if not event.event_id:
        said.append(_key_of(event))
    return f"{esp_name}:{hashlib.sha256(repr(said).encode()).hexdigest()}"


tracking.connect(hear, dispatch_uid="mailings.webhooks")
