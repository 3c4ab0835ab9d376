"""The numbers given to requests."""

from typing import ClassVar

from django.db import models

from municipalities.models import Municipality


class ReferenceCounter(models.Model):
    """The last number given to a request, per municipality and Brussels year; its row is the lock that keeps numbers unbroken."""

    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["municipality", "year"], name="reference_counter_once")]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.year}: {self.last}"
