"""Who looked at whose data, who was erased, and when the retention rules were applied."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.models import Association, User


class PersonalDataAccess(models.Model):
    """A member of staff saw the private data of somebody else, or the contacts of an association, who have no account here.

    Never changed; removed by the retention rule alone: a trigger watches.
    """

    class Page(models.TextChoices):
        PERSON = "person", _("Page of the person")
        HISTORY = "history", _("History of the person")
        MAIL = "mail", _("A mail to the person")
        EXPORT = "export", _("All data of the person")
        LIST = "list", _("Export of a list")
        LISTED = "listed", _("List with addresses")
        PLACE = "place", _("Page of a municipality")
        REQUEST = "request", _("Request with contact data")
        CONTACTS = "contacts", _("Contacts of an association")
        QUESTION = "question", _("Question with contact data")

    actor = models.ForeignKey(
        User, verbose_name=_("who"), on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text=_("Empty: a command.")
    )
    person = models.ForeignKey(
        User, verbose_name=_("whose data"), on_delete=models.PROTECT, null=True, blank=True, related_name="data_seen"
    )
    association = models.ForeignKey(
        Association,
        verbose_name=_("contacts of"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Set instead of a person: its contacts have no account."),
    )
    at = models.DateTimeField(_("when"), default=timezone.now)
    page = models.CharField(_("what was seen"), max_length=10, choices=Page.choices)
    request_id = models.CharField(_("request in the log"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("access to personal data")
        verbose_name_plural = _("accesses to personal data")
        ordering: ClassVar = ["-at", "-pk"]
        default_permissions: ClassVar = ["view"]
        indexes: ClassVar = [
            models.Index(fields=["-at", "-id"], name="access_newest"),
            models.Index(fields=["person", "-at"], name="access_of_person"),
            models.Index(fields=["actor", "-at"], name="access_by_actor"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="access_to_person_or_association", condition=models.Q(person__isnull=True) ^ models.Q(association__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_page_display()} · {self.at:%Y-%m-%d %H:%M}"


class Erasure(models.Model):
    """A person was erased: what remains of them is a number. The hashes find them again after a restore from a backup."""

    class Basis(models.TextChoices):
        ASKED = "asked", _("The person asked for it")
        RETENTION = "retention", _("The time to keep the data has passed")
        MISTAKE = "mistake", _("Entered by mistake, or twice")
        REPLAY = "replay", _("Erased before, and back with a backup")

    person = models.ForeignKey(User, verbose_name=_("person"), on_delete=models.PROTECT, related_name="erasures")
    at = models.DateTimeField(_("when"), default=timezone.now)
    by = models.ForeignKey(
        User,
        verbose_name=_("by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Empty: the portal itself."),
    )
    basis = models.CharField(_("why"), max_length=10, choices=Basis.choices)
    address_hashes = ArrayField(
        models.CharField(max_length=64),
        verbose_name=_("fingerprints of the addresses"),
        default=list,
        help_text=_("Made with a key that is not in the database: nobody reads an address from them."),
    )
    counts = models.JSONField(_("rows touched, by table"), default=dict)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering: ClassVar = ["-at", "-pk"]
        default_permissions: ClassVar = ["view"]
        permissions: ClassVar = [("handle_privacy_requests", "Can export and erase people at their request")]

    def __str__(self) -> str:
        return f"{self.person} · {self.at:%Y-%m-%d}"


class RetentionRunQuerySet(models.QuerySet["RetentionRun"]):
    def finished(self) -> "RetentionRunQuerySet":
        return self.filter(finished_at__isnull=False)


class RetentionRun(models.Model):
    """One application of the retention rules a day; unfinished ones are taken up again by the next tick."""

    day = models.DateField(_("day"), unique=True)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    counts = models.JSONField(_("rows, by rule"), default=dict)

    objects = RetentionRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("application of the retention rules")
        verbose_name_plural = _("applications of the retention rules")
        ordering: ClassVar = ["-day"]
        default_permissions: ClassVar = ["view"]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"

    def add(self, counts: dict[str, Any]) -> None:
        """Several ticks may share a day's work: their counts add up."""
        for name, rows in counts.items():
            self.counts[name] = self.counts.get(name, 0) + rows
