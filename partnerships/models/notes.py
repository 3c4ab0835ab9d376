"""Internal notes of staff about a request: never a message, never on a page of the portal, in a table of their own."""

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar

from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.models import User
from partnerships.models.messages import Message
from partnerships.models.requests import ServiceRequest


class NoteQuerySet(models.QuerySet["Note"]):
    def visible_to(self, user: User) -> "NoteQuerySet":
        """Staff who may see requests, whatever else they are; nobody of a municipality, ever."""
        if not (user.is_active and user.is_staff and user.has_perm("partnerships.view_servicerequest")):
            return self.none()
        return self.filter(request__in=ServiceRequest.objects.visible_to(user).order_by())

    def for_requests(self, requests: Iterable[ServiceRequest]) -> "NoteQuerySet":
        """The notes of some requests, oldest first, with who wrote and who is mentioned."""
        mentions = models.Prefetch("mentions", Mention.objects.select_related("person"))
        return self.filter(request__in=requests).select_related("author").prefetch_related(mentions, "attachments").order_by("pk")

    def update(self, **kwargs: Any) -> int:
        raise TypeError("A note stays as it was written.")


class Note(models.Model):
    """What one of the team wrote for the team. It stays as written; who is mentioned in it gets a mail."""

    request = models.ForeignKey(ServiceRequest, verbose_name=_("request"), on_delete=models.PROTECT, related_name="notes")
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    author = models.ForeignKey(User, verbose_name=_("who"), on_delete=models.PROTECT, related_name="notes_written")
    body = models.TextField(_("note"), validators=[MaxLengthValidator(5000)])
    written_at = models.DateTimeField(_("written on"), default=timezone.now)

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("internal note")
        verbose_name_plural = _("internal notes")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [models.CheckConstraint(name="note_not_empty", condition=~models.Q(body=""))]

    def __str__(self) -> str:
        return f"{self.author} · {self.request.reference}"


class Mention(models.Model):
    """A colleague who was named beside a note or a message, and is told by mail."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, null=True, blank=True, related_name="mentions")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, null=True, blank=True, related_name="mentions")
    person = models.ForeignKey(User, verbose_name=_("colleague"), on_delete=models.PROTECT, related_name="mentions")

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                name="mention_in_one_place",
                condition=models.Q(note__isnull=False, message__isnull=True) | models.Q(note__isnull=True, message__isnull=False),
            ),
            models.UniqueConstraint(name="mention_once_per_note", fields=["note", "person"], condition=models.Q(note__isnull=False)),
            models.UniqueConstraint(
                name="mention_once_per_message", fields=["message", "person"], condition=models.Q(message__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"@{self.person}"
