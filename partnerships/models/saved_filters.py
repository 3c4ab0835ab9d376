"""The ways an officer looks at the worklist again and again: named, and seen by nobody else."""

from typing import ClassVar

from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.models import User


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    def visible_to(self, user: User) -> "SavedFilterQuerySet":
        """One's own, while one may see the worklist; nobody reads what another is looking for."""
        if not (user.is_active and user.has_perm("partnerships.view_servicerequest")):
            return self.none()
        return self.filter(owner=user)


class SavedFilter(models.Model):
    """A name for what the address of the worklist says: which list, which filters, which words."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(_("name"), max_length=40, validators=[MinLengthValidator(1)])
    query = models.CharField(max_length=300)
    saved_at = models.DateTimeField(default=timezone.now)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering: ClassVar = ["name", "pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint("owner", Lower("name"), name="saved_filter_named_once"),
            models.CheckConstraint(name="saved_filter_has_a_name", condition=~models.Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name
