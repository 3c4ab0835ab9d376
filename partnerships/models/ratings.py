"""What the asking side says of a request that was closed: one answer from one to five, and a sentence if they like."""

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from municipalities.models import User
from partnerships.models.requests import ServiceRequest


class Rating(models.Model):
    """One per request; whoever of the asking side answers last is who said it."""

    class Score(models.IntegerChoices):
        NOT_AT_ALL = 1, pgettext_lazy("satisfied", "Not at all")
        RATHER_NOT = 2, pgettext_lazy("satisfied", "Rather not")
        NEITHER = 3, pgettext_lazy("satisfied", "Neither one nor the other")
        RATHER = 4, pgettext_lazy("satisfied", "Rather")
        VERY = 5, pgettext_lazy("satisfied", "Entirely")

    request = models.OneToOneField(ServiceRequest, verbose_name=_("request"), on_delete=models.CASCADE, related_name="rating")
    score = models.PositiveSmallIntegerField(_("satisfied"), choices=Score.choices)
    words = models.TextField(_("in a sentence"), blank=True, validators=[MaxLengthValidator(1000)])
    given_by = models.ForeignKey(User, verbose_name=_("told by"), on_delete=models.PROTECT, related_name="+", db_index=False)
    given_at = models.DateTimeField(_("told on"), default=timezone.now)

    class Meta:
        verbose_name = _("satisfaction")
        verbose_name_plural = _("satisfaction of the municipalities")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="rating_from_one_to_five",
                condition=models.Q(score__gte=1, score__lte=5),
                violation_error_message=_("Choose one of the five answers."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.score}"


def rating_ends_on(request: ServiceRequest) -> dt.date | None:
    """The last day on which the answer may be given or changed; None while the request is not closed."""
    if request.state != ServiceRequest.State.CLOSED or request.ended_at is None:
        return None
    return timezone.localdate(request.ended_at) + settings.RATING_OPEN_FOR
