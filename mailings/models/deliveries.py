"""The delivery engine's tables: a mail is a row before it is a mail (ARCHITECTURE, 'The delivery engine')."""

import datetime as dt
import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mailings.models.addressees import Addressee
from mailings.models.mailings import Mailing
from mailings.models.notices import Notice
from municipalities.languages import ContentLanguage, CorrespondenceLanguage
from municipalities.models import User
from partnerships.models import Forwarding


class RunQuerySet(models.QuerySet["Run"]):
    def running(self) -> "RunQuerySet":
        return self.filter(state=Run.State.RUNNING)


class Run(models.Model):
    """The sending of one mailing: planned once, in one transaction, from a frozen copy of the approved content."""

    class State(models.TextChoices):
        RUNNING = "running", pgettext_lazy("state of a sending", "Running")
        PAUSED = "paused", pgettext_lazy("state of a sending", "Paused")
        STOPPED = "stopped", pgettext_lazy("state of a sending", "Being stopped")
        DONE = "done", pgettext_lazy("state of a sending", "Done")

    class DoubtPolicy(models.TextChoices):
        HOLD = "hold", _("Leave it to the editor")
        RESEND = "resend", _("Send again with the same Message-ID")

    mailing = models.OneToOneField(Mailing, verbose_name=_("mailing"), on_delete=models.PROTECT, related_name="run")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.RUNNING)
    doubt_policy = models.CharField(
        _("what to do with mails in doubt"), max_length=10, choices=DoubtPolicy.choices, default=DoubtPolicy.HOLD
    )
    content_hash = models.CharField(max_length=64)
    consecutive_faults = models.PositiveIntegerField(default=0)
    planned_at = models.DateTimeField(_("planned on"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished on"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("stopped on"), null=True, blank=True)

    STANDING: ClassVar = frozenset({State.PAUSED, State.STOPPED})  # nothing more is handed out

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = _("sending")
        verbose_name_plural = _("sendings")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(name="run_stopped_has_time", condition=~models.Q(state="stopped") | models.Q(stopped_at__isnull=False))
        ]

    def __str__(self) -> str:
        return str(self.mailing)


class RunContent(models.Model):
    """What was approved, frozen per language at planning: later edits of anything cannot reach a mail."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="contents")
    language = models.CharField(max_length=2, choices=ContentLanguage.choices)
    content = models.JSONField(help_text=_("Subject, introduction, items and closing words in this language."))

    class Meta:
        verbose_name = _("frozen content")
        verbose_name_plural = _("frozen contents")
        ordering: ClassVar = ["run", "language"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "language"], name="run_content_once_per_language")]

    def __str__(self) -> str:
        return f"{self.run} · {self.language}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def pending(self) -> "DeliveryQuerySet":
        return self.filter(state=Delivery.State.PENDING)

    def due(self) -> "DeliveryQuerySet":
        """Waiting, its next attempt has come by the clock of the database, and its run is neither paused nor stopped."""
        goes_on = models.Q(run__isnull=True) | ~models.Q(run__state__in=Run.STANDING)
        return self.pending().filter(goes_on, next_attempt_at__lte=Now())

    def deferred(self) -> "DeliveryQuerySet":
        """Tried, surely not taken, and waiting for the next attempt."""
        return self.pending().filter(attempts__gt=0)

    def held_by(self, claim: uuid.UUID) -> "DeliveryQuerySet":
        """The rows that still carry this claim token: whoever reconciled one has taken it away."""
        return self.filter(state=Delivery.State.SENDING, claim=claim)

    def claimed(self) -> "DeliveryQuerySet":
        """Held by a sender whose lease runs."""
        return self.filter(state=Delivery.State.SENDING, lease_until__gt=Now())

    def abandoned(self) -> "DeliveryQuerySet":
        """Held by a sender whose lease ran out: it died or stalled."""
        return self.filter(state=Delivery.State.SENDING, lease_until__lte=Now())

    def readable_at(self, host: str) -> "DeliveryQuerySet":
        """Without those whose journal lies on another host, as long as that one is waited for."""
        elsewhere = ~models.Q(journal__in=["", host])
        patience = dt.timedelta(seconds=settings.MAIL_JOURNAL_PATIENCE)
        return self.exclude(elsewhere & models.Q(lease_until__gt=Now() - patience))

    def in_doubt(self) -> "DeliveryQuerySet":
        return self.filter(state=Delivery.State.UNKNOWN)

    def unsettled(self) -> "DeliveryQuerySet":
        """Not yet in a final state."""
        return self.filter(state__in=Delivery.UNSETTLED)

    def with_outcome(self) -> "DeliveryQuerySet":
        """With `outcome`, an `Outcome`: the weightiest report that came back, else how far the sending came."""
        default = models.Value(Delivery.Outcome.PENDING)
        reported = [models.When(_reported(kinds), then=models.Value(outcome)) for outcome, kinds in Delivery.BY_WEIGHT.items()]
        came = [models.When(state=state, then=models.Value(outcome)) for state, outcome in Delivery.OUTCOMES.items()]
        return self.annotate(outcome=models.Case(*reported, *came, default=default, output_field=models.CharField()))


def _reported(kinds: tuple[str, ...]) -> models.Exists:
    reports = Delivery._meta.get_field("reports").related_model._base_manager
    return models.Exists(reports.filter(delivery=models.OuterRef("pk"), kind__in=kinds))


class Delivery(models.Model):
    """One mail to one person. Its Message-ID is the same for ever; its state says how far it came.

    pending → sending → sent | failed | unknown | skipped, and back to pending while the mail was surely not taken.
    """

    class Kind(models.TextChoices):
        LOGIN_CODE = "login_code", _("Login code")
        NOTICE = "notice", _("Notice")
        TEST = "test", _("Test mail")
        MAILING = "mailing", _("Mailing")

    class State(models.TextChoices):
        PENDING = "pending", pgettext_lazy("state of a mail", "Waiting")
        SENDING = "sending", pgettext_lazy("state of a mail", "Being sent")
        SENT = "sent", pgettext_lazy("state of a mail", "Sent")
        FAILED = "failed", pgettext_lazy("state of a mail", "Failed")
        UNKNOWN = "unknown", pgettext_lazy("state of a mail", "In doubt")
        SKIPPED = "skipped", pgettext_lazy("state of a mail", "Skipped")

    class Outcome(models.TextChoices):
        """What became of a mail: how far it came here, and what came back."""

        DELIVERED = "delivered", pgettext_lazy("outcome of a mail", "Delivered")
        SENT = "sent", pgettext_lazy("outcome of a mail", "Sent")
        BOUNCED = "bounced", pgettext_lazy("outcome of a mail", "Bounced")
        COMPLAINED = "complained", pgettext_lazy("outcome of a mail", "Reported as unwanted")
        IN_DOUBT = "in_doubt", pgettext_lazy("outcome of a mail", "In doubt")
        FAILED = "failed", pgettext_lazy("outcome of a mail", "Failed")
        SKIPPED = "skipped", pgettext_lazy("outcome of a mail", "Skipped")
        PENDING = "pending", pgettext_lazy("outcome of a mail", "On its way")

    class Skip(models.TextChoices):
        NO_ACCESS = "no_access", _("No mandate in force any more")
        UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
        PAUSED = "paused", _("Mailings paused by the reader")
        BOUNCED = "bounced", _("Address does not work")
        ADDRESS_CHANGED = "address_changed", _("Address changed or removed")
        NO_LONGER_CONCERNED = "no_longer_concerned", _("No longer concerned")
        STOPPED = "stopped", _("The sending was stopped")

    PRIORITY: ClassVar = {Kind.LOGIN_CODE: 0, Kind.NOTICE: 1, Kind.TEST: 2, Kind.MAILING: 5}
    UNSETTLED: ClassVar = frozenset({State.PENDING, State.SENDING})
    # Reports by weight, the heaviest first; a mail of which nothing came back is what its state says.
    BY_WEIGHT: ClassVar = {
        Outcome.COMPLAINED: ("complained",),
        Outcome.BOUNCED: ("bounced", "soft"),
        Outcome.DELIVERED: ("delivered",),
    }
    OUTCOMES: ClassVar = {
        State.SENT: Outcome.SENT,
        State.UNKNOWN: Outcome.IN_DOUBT,
        State.FAILED: Outcome.FAILED,
        State.SKIPPED: Outcome.SKIPPED,
    }

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    priority = models.PositiveSmallIntegerField(default=5, help_text=_("Lower goes first."))
    run = models.ForeignKey(Run, on_delete=models.PROTECT, null=True, blank=True, related_name="deliveries")
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, null=True, blank=True, related_name="deliveries")
    recipient = models.ForeignKey(
        User, verbose_name=_("recipient"), on_delete=models.PROTECT, null=True, blank=True, related_name="deliveries"
    )
    addressee = models.ForeignKey(
        Addressee,
        verbose_name=_("address without an account"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="deliveries",
    )
    forwarding = models.ForeignKey(
        Forwarding,
        verbose_name=_("question to a body of the Region"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="deliveries",
        help_text=_("Set where the mail goes to the body it lies with."),
    )
    email = models.EmailField(_("address"), max_length=254)
    language = models.CharField(_("language"), max_length=4, choices=CorrespondenceLanguage.choices)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    reply_to = models.EmailField(_("answers go to"), max_length=254, blank=True, default="", db_default="")
    body_text = models.TextField(blank=True)
    body_html = models.TextField(blank=True)
    calendar = models.TextField(blank=True, default="", db_default="", help_text=_("The calendar file that goes with it (RFC 5546)."))

    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    skip_reason = models.CharField(_("why skipped"), max_length=20, choices=Skip.choices, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    claim = models.UUIDField(null=True, blank=True, help_text=_("Token of the worker that holds this row."))
    journal = models.CharField(
        max_length=32, blank=True, default="", db_default="", help_text=_("Name of the host whose journal tells how far its sender came.")
    )
    lease_until = models.DateTimeField(null=True, blank=True, help_text=_("By the clock of the database."))
    handed_over_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Written just before the final dot: from here on only an answer settles it.")
    )
    next_attempt_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    planned_at = models.DateTimeField(_("planned on"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent on"), null=True, blank=True)
    response = models.CharField(_("answer of the mail server"), max_length=300, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [
            models.Index(fields=["priority", "id"], name="delivery_queue", condition=models.Q(state="pending")),
            models.Index(fields=["lease_until"], name="delivery_claimed", condition=models.Q(state="sending")),
            models.Index(fields=["run", "id"], name="delivery_in_doubt", condition=models.Q(state="unknown")),
            models.Index(fields=["run", "state"], name="delivery_of_run"),
            models.Index(fields=["run"], name="delivery_deferred", condition=models.Q(state="pending", attempts__gt=0)),
            models.Index(fields=["recipient", "-id"], name="delivery_of_recipient"),
            models.Index(fields=["planned_at", "id"], name="delivery_planned"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="delivery_once_per_run_and_person", fields=["run", "recipient"], condition=models.Q(run__isnull=False)
            ),
            models.UniqueConstraint(
                name="delivery_once_per_run_and_address", fields=["addressee", "run"], condition=models.Q(addressee__isnull=False)
            ),
            models.CheckConstraint(
                name="delivery_to_one_reader",
                condition=models.Q(recipient__isnull=False, addressee__isnull=True, forwarding__isnull=True)
                | models.Q(kind="mailing", recipient__isnull=True, addressee__isnull=False, forwarding__isnull=True)
                | models.Q(kind="notice", recipient__isnull=True, addressee__isnull=True, forwarding__isnull=False),
            ),
            models.UniqueConstraint(
                name="delivery_once_per_notice_and_body", fields=["forwarding", "notice"], condition=models.Q(forwarding__isnull=False)
            ),
            models.UniqueConstraint(
                name="delivery_once_per_notice_and_person", fields=["notice", "recipient"], condition=models.Q(notice__isnull=False)
            ),
            models.CheckConstraint(
                name="delivery_origin_fits_kind",
                condition=models.Q(kind="mailing", run__isnull=False, notice__isnull=True)
                | models.Q(kind="notice", run__isnull=True, notice__isnull=False)
                | models.Q(kind__in=["login_code", "test"], run__isnull=True, notice__isnull=True),
            ),
            models.CheckConstraint(
                name="delivery_priority_fits_kind",
                condition=models.Q(kind="mailing", priority__gte=5) | (~models.Q(kind="mailing") & models.Q(priority__lt=5)),
            ),
            models.CheckConstraint(
                name="delivery_claimed_while_sending",
                condition=models.Q(state="sending", claim__isnull=False, lease_until__isnull=False)
                | (~models.Q(state="sending") & models.Q(claim__isnull=True, lease_until__isnull=True)),
            ),
            models.CheckConstraint(name="delivery_sent_has_time", condition=~models.Q(state="sent") | models.Q(sent_at__isnull=False)),
            models.CheckConstraint(name="delivery_skipped_has_reason", condition=~models.Q(state="skipped") | ~models.Q(skip_reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.email}"

    @property
    def reader(self) -> str:
        """Who reads it, by name."""
        return str(self.recipient or self.addressee or (self.forwarding.body if self.forwarding else ""))

    @property
    def message_id(self) -> str:
        """The one Message-ID of this delivery, the same at every attempt (RFC 5322, 3.6.4)."""
        return f"<{self.key}@{settings.MAIL_MESSAGE_ID_DOMAIN}>"
