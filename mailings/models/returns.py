"""What comes back of mails that were sent: what was reported of each, and which addresses work."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mailings.models.deliveries import Delivery
from municipalities.models import User


class MailEvent(models.Model):
    """One report about one mail, each once whoever repeats it. Rows are only added: a trigger refuses every change but an erasure's.

    What a mail came to is read from all its reports by their weight, not by the last one: a complaint outweighs a bounce, a
    bounce outweighs 'delivered', in whatever order they arrive (`Delivery.objects.with_outcome()`).
    """

    class Kind(models.TextChoices):
        DEFERRED = "deferred", pgettext_lazy("report on a mail", "Delayed")
        DELIVERED = "delivered", pgettext_lazy("report on a mail", "Delivered")
        SOFT = "soft", pgettext_lazy("report on a mail", "Not delivered for now")
        BOUNCED = "bounced", pgettext_lazy("report on a mail", "Refused for good")
        COMPLAINED = "complained", pgettext_lazy("report on a mail", "Reported as unwanted")

    class Source(models.TextChoices):
        PROVIDER = "provider", _("Mail provider")
        DSN = "dsn", _("Returned mail")
        SMTP = "smtp", _("Answer of the mail server")

    delivery = models.ForeignKey(Delivery, verbose_name=_("mail"), on_delete=models.CASCADE, related_name="reports", db_index=False)
    kind = models.CharField(_("report"), max_length=10, choices=Kind.choices)
    source = models.CharField(_("told by"), max_length=10, choices=Source.choices)
    event_id = models.CharField(
        max_length=200, unique=True, help_text=_("Number given by whoever reported it, or made of what was reported.")
    )
    at = models.DateTimeField(_("when"), help_text=_("As reported."))
    received_at = models.DateTimeField(_("received on"), default=timezone.now)
    description = models.CharField(_("words of the report"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("report on a mail")
        verbose_name_plural = _("reports on mails")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        indexes: ClassVar = [models.Index(fields=["delivery", "kind"], name="mail_event_of_delivery")]
        constraints: ClassVar = [models.CheckConstraint(name="mail_event_has_number", condition=~models.Q(event_id=""))]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.delivery_id}"


class AddressStateQuerySet(models.QuerySet["AddressState"]):
    def refusing(self) -> "AddressStateQuerySet":
        """Addresses that get no more mailings until somebody repairs them."""
        return self.filter(state=AddressState.State.HARD)

    def current(self) -> "AddressStateQuerySet":
        """About the address a person has now; those without an account are always current."""
        return self.annotate(_now=Lower("person__email")).filter(models.Q(person__isnull=True) | models.Q(_now=Lower("email")))


class AddressState(models.Model):
    """Whether mails reach one person at one address; a person who gets another address begins anew.

    ok → soft → hard → ok: soft bounces are counted and become hard when there are too many; nothing goes from hard to ok but
    by hand. Without a person it is the address of an institution, an association or an extra reader.
    """

    class State(models.TextChoices):
        OK = "ok", pgettext_lazy("state of an address", "Works")
        SOFT = "soft", pgettext_lazy("state of an address", "Refused for now")
        HARD = "hard", pgettext_lazy("state of an address", "Does not work")
        COMPLAINED = "complained", pgettext_lazy("state of an address", "Mail reported as unwanted")

    person = models.ForeignKey(
        User, verbose_name=_("person"), on_delete=models.CASCADE, null=True, blank=True, db_index=False, related_name="address_states"
    )
    email = models.EmailField(_("address"), max_length=254)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OK)
    since = models.DateTimeField(_("since"), null=True, blank=True)
    soft_bounces = models.PositiveSmallIntegerField(_("refused for now, times"), default=0)
    soft_since = models.DateTimeField(_("first of these"), null=True, blank=True)
    reason = models.CharField(_("why"), max_length=300, blank=True)
    repaired_at = models.DateTimeField(_("repaired on"), null=True, blank=True)
    repaired_by = models.ForeignKey(
        User, verbose_name=_("repaired by"), on_delete=models.SET_NULL, null=True, blank=True, db_index=False, related_name="+"
    )

    objects = AddressStateQuerySet.as_manager()

    class Meta:
        verbose_name = _("address to repair")
        verbose_name_plural = _("addresses to repair")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        indexes: ClassVar = [models.Index(fields=["since"], name="address_state_refusing", condition=models.Q(state="hard"))]
        constraints: ClassVar = [
            models.UniqueConstraint("person", Lower("email"), name="address_state_once_per_person_and_address"),
            models.UniqueConstraint(Lower("email"), name="address_state_once_per_address", condition=models.Q(person__isnull=True)),
            models.CheckConstraint(
                name="address_state_fits_its_dates",
                condition=models.Q(state="ok", since__isnull=True, soft_bounces=0)
                | models.Q(state="soft", since__isnull=False, soft_bounces__gt=0)
                | models.Q(state__in=["hard", "complained"], since__isnull=False),
            ),
            models.CheckConstraint(
                name="address_state_soft_bounces_have_first", condition=models.Q(soft_bounces=0) | models.Q(soft_since__isnull=False)
            ),
            models.CheckConstraint(
                name="address_state_repaired_has_time", condition=models.Q(repaired_by__isnull=True) | models.Q(repaired_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.get_state_display()}"
