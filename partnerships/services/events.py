"""The one place where events are written."""

from typing import Any

from django.db import models

from municipalities.models import Municipality, User
from partnerships.models import Event


def record_event(
    verb: str,
    subject: models.Model,
    *,
    by: User | None,
    behalf_of: User | None = None,
    municipality: Municipality | None = None,
    data: dict[str, Any] | None = None,
) -> Event:
    """Write who did what on which object, inside the caller's transaction; `by=None` means the portal itself.

    `behalf_of` is the person in whose name a delegate acted; without a delegation in force the database refuses it.
    """
    return Event.objects.create(verb=verb, subject=subject, actor=by, behalf_of=behalf_of, municipality=municipality, data=data or {})
