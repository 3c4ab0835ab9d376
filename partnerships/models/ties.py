"""What binds two requests: one was merged into the other, or they are about the same."""

from dataclasses import dataclass
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.models import User
from partnerships.models.requests import ServiceRequest


class TieQuerySet(models.QuerySet["RequestTie"]):
    def of(self, request: ServiceRequest) -> "TieQuerySet":
        """Every tie of the request, on either end, with both requests."""
        either = models.Q(first=request) | models.Q(second=request)
        return self.filter(either).select_related("first__municipality", "second__municipality", "second__asked_by").order_by("pk")

    def merges(self) -> "TieQuerySet":
        return self.filter(kind=RequestTie.Kind.MERGE)


class RequestTie(models.Model):
    """Two requests that belong together.

    Merged: `second` was the twin, is closed, and is worked on in `first`; both references go on working. Linked: they are
    about the same, each goes its own way; the one with the lower number is `first`, so that a pair is known once.
    """

    class Kind(models.TextChoices):
        MERGE = "merge", _("merged into")
        LINK = "link", _("linked with")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    first = models.ForeignKey(ServiceRequest, on_delete=models.PROTECT, related_name="ties_first")
    second = models.ForeignKey(ServiceRequest, on_delete=models.PROTECT, related_name="ties_second")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField(default=timezone.now)

    objects = TieQuerySet.as_manager()

    class Meta:
        verbose_name = _("tie between requests")
        verbose_name_plural = _("ties between requests")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(name="tie_kind_known", condition=models.Q(kind__in=["merge", "link"])),
            models.CheckConstraint(name="tie_between_two", condition=~models.Q(first=models.F("second"))),
            models.CheckConstraint(name="link_in_one_order", condition=~models.Q(kind="link") | models.Q(first__lt=models.F("second"))),
            models.UniqueConstraint(fields=["second"], name="request_merged_once", condition=models.Q(kind="merge")),
            models.UniqueConstraint(fields=["first", "second"], name="requests_tied_once"),
        ]

    def __str__(self) -> str:
        return f"{self.first.reference} – {self.second.reference}"


def is_merged(request: ServiceRequest) -> bool:
    """Whether it goes on in another request."""
    return RequestTie.objects.merges().filter(second=request).exists()


@dataclass(frozen=True)
class Ties:
    """How one request is bound to others: into which it was merged, its twins, and what it is linked with."""

    into: ServiceRequest | None
    twins: list[ServiceRequest]
    linked: list[ServiceRequest]

    def __bool__(self) -> bool:
        return bool(self.into or self.twins or self.linked)


def ties_of(request: ServiceRequest) -> Ties:
    """Everything the request is bound to; one query."""
    ties = list(RequestTie.objects.of(request))
    merges = [tie for tie in ties if tie.kind == RequestTie.Kind.MERGE]
    links = [tie for tie in ties if tie.kind == RequestTie.Kind.LINK]
    return Ties(
        into=next((tie.first for tie in merges if tie.second_id == request.pk), None),
        twins=[tie.second for tie in merges if tie.first_id == request.pk],
        linked=[tie.second if tie.first_id == request.pk else tie.first for tie in links],
    )
