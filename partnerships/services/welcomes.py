"""Telling people that others entered them: once each, soon after, and only those the portal lets in or is about to."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from municipalities.delegations import Delegation, Welcome
from municipalities.models import Mandate, User
from partnerships.models import Event
from partnerships.services.events import record_event

BATCH = 100


def newcomers(now: dt.datetime) -> QuerySet[User]:
    """Entered by others, let in or soon to be, and not yet told so. The agency's own staff knows from its employer."""
    on = timezone.localdate(now)
    not_over = Q(period__endswith__isnull=True) | Q(period__endswith__gt=on)
    mandate = Exists(Mandate.objects.filter(not_over, user=OuterRef("pk")))
    delegation = Exists(Delegation.objects.live(on).filter(delegate=OuterRef("pk")))
    told = Exists(Welcome.objects.filter(user=OuterRef("pk")))
    entered = User.objects.filter(~told, is_active=True, is_staff=False, date_joined__lte=now - settings.WELCOME_AFTER)
    return entered.filter(Q(is_cabinet_reviewer=True) | mandate | delegation).order_by("pk")


def welcome_newcomers(now: dt.datetime) -> int:
    """Record a word of welcome for everybody who waits for one; the mails follow from the events. Many may ask at once."""
    welcomed = 0
    while batch := _welcome_batch(now):
        welcomed += batch
    return welcomed


@transaction.atomic
def _welcome_batch(now: dt.datetime) -> int:
    locked = list(newcomers(now).select_for_update(skip_locked=True, of=("self",), no_key=True).values_list("pk", flat=True)[:BATCH])
    people = list(newcomers(now).filter(pk__in=locked))  # once more: another may have welcomed one meanwhile
    Welcome.objects.bulk_create(Welcome(user=person, at=now) for person in people)
    for person in people:
        record_event(Event.Verb.PERSON_WELCOMED, person, by=None)
    return len(people)


def pass_over_newcomers(now: dt.datetime) -> int:
    """Note everybody entered so far as told by other ways (people of a demonstration): no mail goes to them."""
    told = Welcome.objects.values("user")
    people = User.objects.filter(is_staff=False).exclude(pk__in=told)
    return len(Welcome.objects.bulk_create((Welcome(user=person, at=now) for person in people), ignore_conflicts=True))
