"""Finding requests: by words without accents, place, person and period, and page by page along the index."""

import datetime as dt
from typing import Any, Self

from django.db import models
from django.utils import timezone

from municipalities.models import User
from municipalities.places import Neighbourhood, Street
from municipalities.search import plain_value, plain_words


class RequestFinding(models.QuerySet):
    """The ways to narrow a list of requests that its readers share."""

    def matching(self, words: str) -> Self:
        """Requests whose reference or title holds each of the words, accents or not."""
        found = self.annotate(plain_title=plain_words("title"))
        for word in words.split():
            found = found.filter(models.Q(reference__icontains=word) | models.Q(plain_title__contains=plain_value(word)))
        return found

    def in_area(self, words: str) -> Self:
        """Requests whose street or neighbourhood, chosen in the form or written in words, holds the words, accents or not."""
        chosen = models.Q()
        for relation, places in (("streets", Street), ("neighbourhoods", Neighbourhood)):
            through = getattr(self.model, relation).through
            named = places.objects.matching(words).order_by().values("pk")
            chosen |= models.Q(pk__in=through.objects.filter(**{f"{places._meta.model_name}__in": named}).values("servicerequest"))
        written = models.Q(plain_area__contains=plain_value(words.strip()))
        return self.annotate(plain_area=plain_words("area")).filter(written | chosen)

    def asked_by_somebody_named(self, words: str) -> Self:
        """Requests made by, or in the name of, somebody whose name holds the words."""
        named = User.objects.matching(words).order_by().values("pk")
        return self.filter(models.Q(asked_by__in=named) | models.Q(asked_for__in=named))

    def made_within(self, first: dt.date | None, last: dt.date | None) -> Self:
        """Requests made on one of these days in Brussels, both included; None leaves that end open."""
        found = self
        if first:
            found = found.filter(created_at__gte=_midnight(first))
        if last:
            found = found.filter(created_at__lt=_midnight(last + dt.timedelta(days=1)))
        return found

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-id")

    def older_than(self, row: Any) -> Self:
        """What comes after that row in the list, newest first: found by the index, however far down the list."""
        return self.filter(created_at__lte=row.created_at).exclude(created_at=row.created_at, id__gte=row.pk).newest_first()

    def newer_than(self, row: Any) -> Self:
        """What comes before that row in the list, the nearest first."""
        return self.filter(created_at__gte=row.created_at).exclude(created_at=row.created_at, id__lte=row.pk).order_by("created_at", "id")


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))
