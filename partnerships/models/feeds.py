"""The private addresses under which a programme (calendar, feed reader) fetches what a person may read: it cannot log in."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.models import User


class FeedToken(models.Model):
    """One per person and kind of feed. The address itself is shown once; only its hash is kept, so nobody can read it from here."""

    class Kind(models.TextChoices):
        CALENDAR = "calendar", _("My calendar of consultations")
        CONSULTATIONS = "consultations", _("Feed of consultations and minutes")
        MEASURES = "measures", _("Feed of government measures")

    person = models.ForeignKey(User, verbose_name=_("person"), on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    digest = models.CharField(max_length=64, unique=True, editable=False, help_text=_("SHA-256 of the secret part of the address."))
    made_at = models.DateTimeField(_("made on"), default=timezone.now)

    class Meta:
        verbose_name = _("private address of a feed")
        verbose_name_plural = _("private addresses of feeds")
        ordering: ClassVar = ["person", "kind"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "kind"], name="feed_once_per_person_and_kind"),
            models.CheckConstraint(name="feed_keeps_a_hash", condition=models.Q(digest__regex=r"^[0-9a-f]{64}$")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.person}"
