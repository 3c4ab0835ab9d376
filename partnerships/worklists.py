"""The ways to look at the team's work: read by the worklist and by the counts of the first page."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.models import User
from partnerships.models.requests import ServiceRequestQuerySet
from partnerships.working_days import add_working_days


class Worklist(models.TextChoices):
    """The ways to look at the work."""

    MINE = "mine", _("Mine")
    MUNICIPALITIES = "municipalities", _("My municipalities")
    NEW = "new", _("New")
    WAITING = "waiting", _("Waiting")
    BURNING = "burning", _("Burning")
    OVERDUE = "overdue", _("Overdue")
    UNASSIGNED = "unassigned", _("Assigned to nobody")
    OUTSIDE = "outside", _("Outside the agreement")
    ASKED = "asked", _("Asked by us")
    OPEN = "open", _("All open")
    ALL = "all", _("All, also ended")


def burning(requests: ServiceRequestQuerySet, on: dt.date) -> ServiceRequestQuerySet:
    """The agency's turn, and it is late, falls due within the days of the setting, or is urgent."""
    soon = add_working_days(on, settings.BURNS_WITHIN_WORKING_DAYS)
    return requests.turn_of_agency().filter(models.Q(due_on__lte=soon) | models.Q(is_urgent=True))


def on_worklist(requests: ServiceRequestQuerySet, name: str, user: User) -> ServiceRequestQuerySet:
    """The requests of one list, as it is today."""
    today = timezone.localdate()
    return {
        Worklist.MINE: lambda: requests.open().on_desk_of(user, today),
        Worklist.MUNICIPALITIES: lambda: requests.open().in_municipalities_of(user, today),
        Worklist.NEW: requests.new,
        Worklist.WAITING: requests.waiting,
        Worklist.BURNING: lambda: burning(requests, today),
        Worklist.OVERDUE: lambda: requests.overdue(today),
        Worklist.UNASSIGNED: lambda: requests.open().filter(assignee__isnull=True),
        Worklist.OUTSIDE: lambda: requests.open().outside_agreement(),
        Worklist.ASKED: requests.asked_by_agency,
        Worklist.OPEN: requests.open,
        Worklist.ALL: requests.all,
    }[Worklist(name)]()
