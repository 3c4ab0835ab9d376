"""What the two parties write to each other about a request; notes among staff have a table of their own."""

import uuid
from collections.abc import Iterable
from typing import ClassVar

from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.delegations import signed
from municipalities.languages import ContentLanguage
from municipalities.models import User
from partnerships.models.requests import ServiceRequest


class MessageQuerySet(models.QuerySet["Message"]):
    def for_requests(self, requests: Iterable[ServiceRequest]) -> "MessageQuerySet":
        return self.filter(request__in=requests).select_related("author", "behalf_of").prefetch_related("attachments").order_by("pk")


class Message(models.Model):
    """A message between the two parties about a request: never an internal note, always seen by both sides."""

    class Side(models.TextChoices):
        MUNICIPALITY = "municipality", _("Municipality")
        AGENCY = "agency", _("Agency")

    request = models.ForeignKey(ServiceRequest, on_delete=models.PROTECT, related_name="messages")
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="messages_written")
    behalf_of = models.ForeignKey(
        User,
        verbose_name=_("in the name of"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text=_("Set when a delegate wrote; the database asks for the delegation in force."),
    )
    side = models.CharField(max_length=15, choices=Side.choices)
    body = models.TextField(_("message"), validators=[MaxLengthValidator(5000)])
    language = models.CharField(_("language"), max_length=2, choices=ContentLanguage.choices)
    sent_at = models.DateTimeField(_("sent on"), default=timezone.now)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.CheckConstraint(name="message_not_empty", condition=~models.Q(body=""))]

    def __str__(self) -> str:
        return self.body[:60]

    @property
    def who(self) -> str:
        """The name under the message: `X`, or `X for Y` when a delegate wrote it."""
        return signed(self.author, self.behalf_of)
