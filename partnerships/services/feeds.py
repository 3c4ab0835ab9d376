"""Private addresses of feeds: made and revoked by the person alone, and dead with the mandate."""

import datetime as dt
import hashlib
import secrets

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from municipalities.models import User
from partnerships.models import FeedToken


class UnknownFeed(Exception):
    """No such address, revoked, or of somebody who stands nowhere any more: all three look the same from outside."""


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def may_have_feeds(person: User, on: dt.date | None = None) -> bool:
    """Whoever stands in a municipality that day, by a mandate or a delegation; nobody else of the portal's people."""
    return person.is_active and not person.is_staff and bool(person.municipality_ids_on(on or timezone.localdate()))


@transaction.atomic
def renew_feed(kind: str, *, by: User) -> str:
    """Make a new secret for one's own feed and return it, this once; the one before stops working at the same moment."""
    if not may_have_feeds(by):
        raise PermissionDenied
    secret = secrets.token_urlsafe(32)
    fresh = {"digest": _digest(secret), "made_at": timezone.now()}
    FeedToken.objects.update_or_create(person=by, kind=FeedToken.Kind(kind), defaults=fresh)
    return secret


def revoke_feed(kind: str, *, by: User) -> None:
    """Let one's own feed end; without one nothing happens."""
    FeedToken.objects.filter(person=by, kind=kind).delete()


def reader_of(kind: str, secret: str, on: dt.date | None = None) -> User:
    """Whose feed this is. Raises UnknownFeed for a wrong or revoked secret, another kind, or a mandate that is over."""
    found = FeedToken.objects.select_related("person").filter(kind=kind, digest=_digest(secret)).first()
    if found is None or not may_have_feeds(found.person, on):
        raise UnknownFeed
    return found.person
