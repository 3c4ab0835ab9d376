"""Files that belong to a request, and files in the hand of somebody who has not sent their form yet."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from municipalities.models import User
from partnerships.models.messages import Message
from partnerships.models.notes import Note
from partnerships.models.requests import ServiceRequest
from partnerships.uploads.kinds import KINDS
from partnerships.uploads.names import LONGEST_NAME, ending_of
from partnerships.uploads.storing import private_path


class StoredFile(models.Model):
    """A file that passed the check: kept under a random name; the sender's own name is only for showing."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.FileField(_("file"), upload_to=private_path, max_length=100, blank=True, editable=False)
    name = models.CharField(_("name of the file"), max_length=LONGEST_NAME)
    kind = models.CharField(_("kind of file"), max_length=10, choices=[(key, kind.label) for key, kind in KINDS.items()])
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def content_type(self) -> str:
        return KINDS[self.kind].content_type

    @property
    def ending(self) -> str:
        """`PDF`: what stands for the file where it has no picture."""
        return ending_of(self.name)[1:].upper()


class ScannedFile(StoredFile):
    """A file others read: it may be opened once the virus scanner has looked at it, or where there is none."""

    class Scan(models.TextChoices):
        NONE = "none", pgettext_lazy("virus scan", "No scanner at the time")
        PENDING = "pending", pgettext_lazy("virus scan", "Waiting for the virus scanner")
        CLEAN = "clean", pgettext_lazy("virus scan", "Scanned, nothing found")
        INFECTED = "infected", pgettext_lazy("virus scan", "In quarantine")

    HARMLESS: ClassVar = (Scan.NONE, Scan.CLEAN)

    scan = models.CharField(_("virus scan"), max_length=10, choices=Scan.choices, default=Scan.NONE, db_default=Scan.NONE)
    scanned_at = models.DateTimeField(null=True, blank=True)
    finding = models.CharField(max_length=120, blank=True, editable=False, help_text=_("What the scanner calls what it found."))

    class Meta:
        abstract = True

    @property
    def is_servable(self) -> bool:
        """Whether it may be opened: there, and not waiting for the virus scanner or caught by it."""
        return bool(self.file) and self.scan in self.HARMLESS

    @property
    def is_pending(self) -> bool:
        return self.scan == self.Scan.PENDING

    @property
    def is_quarantined(self) -> bool:
        return self.scan == self.Scan.INFECTED


def first_scan() -> str:
    """How a file begins: waiting for the scanner, where there is one."""
    return ScannedFile.Scan.PENDING if settings.CLAMD_URL else ScannedFile.Scan.NONE


class DraftUploadQuerySet(models.QuerySet["DraftUpload"]):
    def in_hand_of(self, person: User) -> "DraftUploadQuerySet":
        return self.filter(owner=person).order_by("pk")


class DraftUpload(StoredFile):
    """A file that was good while the rest of its form was not: it need not be chosen again. Nobody but its owner ever sees it."""

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = DraftUploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a form not sent yet")
        verbose_name_plural = _("files of forms not sent yet")
        ordering: ClassVar = ["pk"]


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: User) -> "AttachmentQuerySet":
        """The files of the requests a person may see, whatever their state; those of internal notes to staff alone."""
        visible = self.filter(request__in=ServiceRequest.objects.visible_to(user).order_by())
        return visible.filter(models.Q(note=None) | models.Q(note__in=Note.objects.visible_to(user).order_by()))

    def for_both_parties(self) -> "AttachmentQuerySet":
        """Without what hangs on internal notes: the only files that may come near a page or a mail of a municipality."""
        return self.filter(note=None)

    def shown_with(self, request: ServiceRequest) -> "AttachmentQuerySet":
        """What the page of a request lists: its files, those of its messages included, each in its newest version."""
        return self.for_both_parties().current().filter(request=request).with_people().order_by("pk")

    def of_twins(self, twins: "list[ServiceRequest]") -> "AttachmentQuerySet":
        """The files that came under the numbers of merged twins, as both sides read them where the work goes on."""
        return self.for_both_parties().current().filter(request__in=twins).with_people().order_by("pk")

    def of_form(self, request: ServiceRequest) -> "AttachmentQuerySet":
        """The files sent with the form of a request, each in its newest version."""
        return self.shown_with(request).filter(message=None)

    def current(self) -> "AttachmentQuerySet":
        """The newest version of each file that was not removed."""
        return self.filter(is_current=True)

    def servable(self) -> "AttachmentQuerySet":
        """Those that may leave the house: there, and not waiting for the virus scanner or caught by it."""
        return self.filter(removed_at=None, scan__in=Attachment.HARMLESS).exclude(file="")

    def waiting_for_scan(self) -> "AttachmentQuerySet":
        return self.filter(scan=Attachment.Scan.PENDING).order_by("pk")

    def waiting_for_preview(self) -> "AttachmentQuerySet":
        return self.servable().filter(preview_state=Attachment.Preview.PENDING).order_by("pk")

    def with_people(self) -> "AttachmentQuerySet":
        return self.select_related("added_by", "removed_by")


class Attachment(ScannedFile):
    """A file of a request, sent with its form, with a message, or kept with an internal note.

    A new version takes its place in lists; older ones stay reachable.

    Files are written by `partnerships.services.attachments` alone, and given out by `partnerships.uploads.serve_private`.
    """

    class Preview(models.TextChoices):
        NONE = "none", pgettext_lazy("preview", "None")
        PENDING = "pending", pgettext_lazy("preview", "To be made")
        MADE = "made", pgettext_lazy("preview", "Made")
        FAILED = "failed", pgettext_lazy("preview", "Could not be made")

    request = models.ForeignKey(ServiceRequest, on_delete=models.PROTECT, related_name="attachments")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments")
    note = models.ForeignKey(Note, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments")
    series = models.UUIDField(default=uuid.uuid4, editable=False, help_text=_("The same for all versions of one file."))
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    is_current = models.BooleanField(default=True)
    side = models.CharField(max_length=15, choices=Message.Side.choices)
    added_by = models.ForeignKey(User, verbose_name=_("added by"), on_delete=models.PROTECT, related_name="attachments_added")
    added_at = models.DateTimeField(_("added on"), default=timezone.now)
    removed_by = models.ForeignKey(User, verbose_name=_("removed by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    removed_at = models.DateTimeField(_("removed on"), null=True, blank=True)
    preview = models.FileField(upload_to=private_path, max_length=100, blank=True, editable=False)
    preview_state = models.CharField(max_length=10, choices=Preview.choices, default=Preview.NONE)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(fields=["id"], name="attachment_to_scan", condition=models.Q(scan="pending")),
            models.Index(fields=["id"], name="attachment_to_preview", condition=models.Q(preview_state="pending")),
            models.Index(fields=["removed_at"], name="attachment_removed", condition=models.Q(removed_at__isnull=False)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["series", "version"], name="attachment_version_once"),
            models.UniqueConstraint(fields=["series"], condition=models.Q(is_current=True), name="attachment_one_current_version"),
            models.CheckConstraint(name="attachment_of_message_or_note", condition=models.Q(message=None) | models.Q(note=None)),
            models.CheckConstraint(name="attachment_version_from_one", condition=models.Q(version__gte=1)),
            models.CheckConstraint(
                name="attachment_removed_by_somebody",
                condition=models.Q(removed_at=None, removed_by=None) | models.Q(removed_at__isnull=False, removed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="attachment_removed_is_not_current", condition=models.Q(removed_at=None) | models.Q(is_current=False)
            ),
            models.CheckConstraint(name="attachment_infected_has_no_preview", condition=~models.Q(scan="infected") | models.Q(preview="")),
        ]

    @property
    def is_servable(self) -> bool:
        """Whether it may be opened: there, and not waiting for the virus scanner or caught by it."""
        return super().is_servable and self.removed_at is None

    @property
    def has_preview(self) -> bool:
        return self.is_servable and bool(self.preview)
