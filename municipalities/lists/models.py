"""A list while it is being looked at, and what it did."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ListImportQuerySet(models.QuerySet["ListImport"]):
    def waiting(self) -> "ListImportQuerySet":
        """Uploaded, looked at, not imported."""
        return self.filter(applied_at__isnull=True)

    def visible_to(self, user: models.Model) -> "ListImportQuerySet":
        """What was imported is everybody's who may import; what is only being looked at is its owner's, for a day."""
        fresh = models.Q(by=user, uploaded_at__gte=timezone.now() - settings.TURNOVER_UPLOAD_KEPT)
        return self.filter(models.Q(applied_at__isnull=False) | fresh)


class ListImport(models.Model):
    """One file with a list. Its rows are kept until they are imported, at most a day; then only the numbers."""

    class Kind(models.TextChoices):
        OFFICIALS = "officials", _("Officials")
        ASSOCIATIONS = "associations", _("Traders' associations")
        STREETS = "streets", _("Streets")

    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="list_imports")
    kind = models.CharField(_("list"), max_length=20, choices=Kind.choices)
    uploaded_at = models.DateTimeField(_("uploaded on"), default=timezone.now)
    file_name = models.CharField(_("file"), max_length=120)
    sha256 = models.CharField(_("checksum of the file"), max_length=64)
    content = models.JSONField(_("rows of the file"), default=dict, blank=True)
    counts = models.JSONField(_("what it did"), default=dict, blank=True)
    applied_at = models.DateTimeField(_("imported on"), null=True, blank=True)

    objects = ListImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of a list")
        verbose_name_plural = _("imports of lists")
        ordering: ClassVar = ["-pk"]
        default_permissions = ("view",)
        permissions: ClassVar = [("import_list", "Can import lists")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="list_content_gone_once_applied", condition=models.Q(applied_at__isnull=True) | models.Q(content={})
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.file_name}"
