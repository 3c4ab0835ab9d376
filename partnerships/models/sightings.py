"""Who has seen a request last: one row per person, moved on at each visit; no visit is an event."""

import datetime as dt
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.models import User
from partnerships.models.messages import Message
from partnerships.models.requests import ServiceRequest

EXACT_TO = dt.timedelta(minutes=5)  # a page opened again within this time is the same look


class Sighting(models.Model):
    """When a person last opened the page of a request, on the side on which they stood then."""

    request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="sightings")
    person = models.ForeignKey(User, verbose_name=_("person"), on_delete=models.CASCADE, related_name="+")
    side = models.CharField(max_length=15, choices=Message.Side.choices)
    at = models.DateTimeField(_("seen on"), default=timezone.now)

    class Meta:
        verbose_name = _("last look at a request")
        verbose_name_plural = _("last looks at requests")
        ordering: ClassVar = ["-at", "-pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(name="sighting_once_per_person", fields=["request", "person"]),
            models.CheckConstraint(name="sighting_side_known", condition=models.Q(side__in=["municipality", "agency"])),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.at:%Y-%m-%d %H:%M}"
