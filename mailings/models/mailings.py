"""The weekly mailing (and urgent ones): what it says, who approved exactly that, and when it goes out."""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Concat, StrIndex
from django.db.models.lookups import GreaterThan
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from mailings.models.measures import Measure
from municipalities.languages import CONTENT_LANGUAGES, Bilingual
from municipalities.models import Mandate, Portfolio, User
from municipalities.search import plain_value, plain_words
from partnerships.models import Event
from partnerships.news import Section


class MailingQuerySet(models.QuerySet["Mailing"]):
    def visible_to(self, user: "User") -> "MailingQuerySet":
        """Staff with the right see all; a reviewer what was ever put before the cabinet; an official what was sent to theirs."""
        if user.is_staff and user.has_perm("mailings.view_mailing"):
            return self
        if user.is_cabinet_reviewer:
            judged = Approval.objects.order_by().values("mailing")
            return self.filter(~models.Q(state=Mailing.State.DRAFT) | models.Q(pk__in=_asked_for()) | models.Q(pk__in=judged))
        held = user.municipality_ids_on(timezone.localdate())
        if held:
            meant = models.Q(audience_municipalities=[]) | models.Q(audience_municipalities__overlap=list(held))
            return self.sent().filter(meant)
        return self.none()

    def sent(self) -> "MailingQuerySet":
        return self.filter(state__in=Mailing.GONE_OUT)

    def unscheduled_by(self, moment: dt.datetime) -> "MailingQuerySet":
        """With an hour that has come, and not released for it: a draft, before the cabinet, or approved and no more."""
        waiting = (Mailing.State.DRAFT, Mailing.State.IN_REVIEW, Mailing.State.APPROVED)
        return self.filter(state__in=waiting, scheduled_for__lte=moment)

    def scheduled_by(self, moment: dt.datetime) -> "MailingQuerySet":
        """Scheduled, and the hour has come."""
        return self.filter(state=Mailing.State.SCHEDULED, scheduled_for__lte=moment)

    def matching(self, words: str) -> "MailingQuerySet":
        """Mailings that hold each of the words somewhere, in either language, accents or not; all for no words."""
        found = self
        for word in words.split():
            items = MailingItem.objects.order_by().filter(_holds(("title", "body"), word)).values("mailing")
            found = found.filter(_holds(("subject", "intro", "closing"), word) | models.Q(pk__in=items))
        return found

    def newest_sent(self) -> "MailingQuerySet":
        return self.sent().order_by("-sent_at", "-pk")

    def sent_before(self, row: "Mailing") -> "MailingQuerySet":
        """What comes after that row in the archive, newest first: found by the index, however far back."""
        return self.newest_sent().filter(sent_at__lte=row.sent_at).exclude(sent_at=row.sent_at, pk__gte=row.pk)

    def sent_after(self, row: "Mailing") -> "MailingQuerySet":
        """What comes before that row in the archive, the nearest first."""
        return self.sent().order_by("sent_at", "pk").filter(sent_at__gte=row.sent_at).exclude(sent_at=row.sent_at, pk__lte=row.pk)

    def awaiting_approval(self) -> "MailingQuerySet":
        return self.filter(state=Mailing.State.IN_REVIEW)


def _holds(names: Iterable[str], word: str) -> GreaterThan:
    """Whether one of the texts holds the word in either language, both in plain letters."""
    texts = [f"{name}_{language}" for name in names for language in CONTENT_LANGUAGES]
    together = Concat(*(part for text in texts for part in (models.F(text), models.Value(" "))), output_field=models.TextField())
    return GreaterThan(StrIndex(plain_words(together), plain_value(word)), 0)


def _asked_for() -> models.QuerySet[Event, Any]:
    """The keys of mailings for which approval was ever asked."""
    asked = Event.objects.filter(verb=Event.Verb.MAILING_APPROVAL_ASKED, content_type=ContentType.objects.get_for_model(Mailing))
    return asked.order_by().values("object_id")


def _label(of: models.Model, name: str) -> str:
    """The name of a field as people read it."""
    field = of._meta.get_field(name)
    return str(field.verbose_name) if isinstance(field, models.Field) else name


def default_roles() -> list[str]:
    return [str(Mandate.Role.MAYOR), str(Mandate.Role.ALDERMAN)]


class Mailing(models.Model):
    """One mailing in French and Dutch. One weekly mailing per ISO week: the database refuses a second.

    Only `mailings.services` writes here; any change of content or audience voids an approval.
    """

    class Kind(models.TextChoices):
        WEEKLY = "weekly", _("Weekly mailing")
        URGENT = "urgent", _("Urgent mailing")

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("state of a mailing", "Draft")
        IN_REVIEW = "in_review", pgettext_lazy("state of a mailing", "Before the cabinet")
        APPROVED = "approved", pgettext_lazy("state of a mailing", "Approved")
        SCHEDULED = "scheduled", pgettext_lazy("state of a mailing", "Scheduled")
        HELD = "held", pgettext_lazy("state of a mailing", "Held")
        SENDING = "sending", pgettext_lazy("state of a mailing", "Being sent")
        SENT = "sent", pgettext_lazy("state of a mailing", "Sent")

    class Circle(models.TextChoices):
        INSTITUTION = "institution", _("the municipalities as institutions, in both languages")
        ASSOCIATION = "association", _("contacts of traders' associations")
        STAFF = "staff", _("the agency's team")

    class HeldReason(models.TextChoices):
        TOO_LATE = "too_late", _("Its hour passed too long ago.")
        NOT_APPROVED = "not_approved", _("Its content is not approved as it stands now.")
        NOT_SCHEDULED = "not_scheduled", _("It was approved, but its sending was not scheduled.")
        NOBODY = "nobody", _("Nobody would receive it.")

    EDITABLE: ClassVar = frozenset({State.DRAFT, State.IN_REVIEW, State.APPROVED, State.SCHEDULED, State.HELD})
    GONE_OUT: ClassVar = frozenset({State.SENDING, State.SENT})

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.WEEKLY, editable=False)
    iso_year = models.PositiveSmallIntegerField(_("ISO year"), null=True, blank=True, editable=False)
    iso_week = models.PositiveSmallIntegerField(_("ISO week"), null=True, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.DRAFT, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)
    subject_fr = models.CharField(_("subject in French"), max_length=150, blank=True)
    subject_nl = models.CharField(_("subject in Dutch"), max_length=150, blank=True)
    intro_fr = models.TextField(_("introduction in French"), blank=True, help_text=_("Markdown: **bold**, *italic*, lists, links."))
    intro_nl = models.TextField(_("introduction in Dutch"), blank=True, help_text=_("Markdown: **bold**, *italic*, lists, links."))
    closing_fr = models.TextField(_("closing words in French"), blank=True)
    closing_nl = models.TextField(_("closing words in Dutch"), blank=True)
    audience_roles = ArrayField(
        models.CharField(max_length=20, choices=Mandate.Role.choices), verbose_name=_("roles that receive it"), default=default_roles
    )
    audience_portfolios = ArrayField(
        models.CharField(max_length=20, choices=Portfolio.choices),
        verbose_name=_("only aldermen with one of these portfolios"),
        default=list,
        blank=True,
        help_text=_("None chosen: every alderman."),
    )
    audience_municipalities = ArrayField(
        models.PositiveIntegerField(), verbose_name=_("only these municipalities"), default=list, blank=True, db_default=[]
    )
    audience_circles = ArrayField(
        models.CharField(max_length=12, choices=Circle.choices),
        verbose_name=_("beside the officials"),
        default=list,
        blank=True,
        db_default=[],
    )
    scheduled_for = models.DateTimeField(_("to be sent at"), null=True, blank=True, editable=False)
    held_reason = models.CharField(_("why it is held"), max_length=20, choices=HeldReason.choices, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sending started"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("made on"), default=timezone.now, editable=False)

    history = HistoricalRecords()
    objects = MailingQuerySet.as_manager()
    subject = Bilingual("subject")
    intro = Bilingual("intro")
    closing = Bilingual("closing")

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        ordering: ClassVar = ["-created_at", "-pk"]
        permissions: ClassVar = [
            ("approve_mailing", "Can approve mailings for the cabinet"),
            ("send_mailing", "Can schedule and send approved mailings"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["scheduled_for"], name="mailing_scheduled", condition=models.Q(state="scheduled")),
            models.Index(fields=["-sent_at"], name="mailing_newest_sent", condition=models.Q(state__in=["sending", "sent"])),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="mailing_one_weekly_per_iso_week",
                fields=["iso_year", "iso_week"],
                condition=models.Q(kind="weekly"),
                violation_error_message=_("This week already has its mailing."),
            ),
            models.CheckConstraint(
                name="mailing_weekly_has_iso_week",
                condition=models.Q(kind="weekly", iso_year__isnull=False, iso_week__gte=1, iso_week__lte=53)
                | models.Q(kind="urgent", iso_year__isnull=True, iso_week__isnull=True),
            ),
            models.CheckConstraint(
                name="mailing_scheduled_has_time", condition=~models.Q(state="scheduled") | models.Q(scheduled_for__isnull=False)
            ),
            models.CheckConstraint(
                name="mailing_gone_out_in_both_languages",
                condition=~models.Q(state__in=["in_review", "approved", "scheduled", "sending", "sent"])
                | (~models.Q(subject_fr="") & ~models.Q(subject_nl="")),
            ),
            models.CheckConstraint(
                name="mailing_gone_out_has_time",
                condition=~models.Q(state__in=["sending", "sent"]) | models.Q(sent_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.subject or self.week_label or self.get_kind_display())

    @property
    def week_label(self) -> str:
        """`2026-W48` for a weekly mailing, empty for an urgent one."""
        return f"{self.iso_year}-W{self.iso_week:02d}" if self.iso_week else ""

    @property
    def is_editable(self) -> bool:
        return self.state in self.EDITABLE

    def content(self) -> dict[str, Any]:
        """Everything an approval is bound to: the words in both languages, their order, and the rule of who receives them."""
        fields = ("subject", "intro", "closing")
        return {
            "texts": {f"{name}_{language}": getattr(self, f"{name}_{language}") for name in fields for language in CONTENT_LANGUAGES},
            "items": [item.content() for item in self.items.order_by("position", "pk")],
            "audience": self.audience(),
        }

    def audience(self) -> dict[str, Any]:
        """The rule of who receives it; what is not used is not named, so that an approval older than a new choice holds."""
        rule: dict[str, Any] = {"roles": sorted(self.audience_roles), "portfolios": sorted(self.audience_portfolios)}
        extra = [] if self.pk is None else list(self.addressees.filter(circle="extra").values_list("email", "language"))
        chosen = {
            "municipalities": sorted(self.audience_municipalities),
            "circles": sorted(self.audience_circles),
            "addresses": sorted([email.lower(), language] for email, language in extra),
        }
        return rule | {name: values for name, values in chosen.items() if values}

    def content_hash(self) -> str:
        """SHA-256 of the content in one canonical form, so that an approval covers exactly what was shown."""
        canonical = json.dumps(self.content(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def hour_to_come(self, now: dt.datetime) -> dt.datetime | None:
        """The hour that was set, while it is still to come."""
        return self.scheduled_for if self.scheduled_for and self.scheduled_for > now else None

    def shown_hash(self) -> str:
        """The fingerprint of all a reviewer is shown: the content, and the hour where one is set."""
        if self.scheduled_for is None:
            return self.content_hash()
        return hashlib.sha256(f"{self.content_hash()} {self.scheduled_for.astimezone(dt.UTC).isoformat()}".encode()).hexdigest()

    def approval_in_force(self) -> "Approval | None":
        """The last verdict, if it is an approval of the content as it stands now, and of its hour where one was set."""
        last = self.approvals.order_by("-pk").first()
        return last if last and last.verdict == Approval.Verdict.APPROVED and last.covers(self) else None

    def missing_texts(self) -> list[str]:
        """What still lacks a language, as labels a person can act on; empty when both versions are complete."""
        missing = [
            _label(self, f"{name}_{language}")
            for name in ("subject", "intro")
            for language in CONTENT_LANGUAGES
            if not getattr(self, f"{name}_{language}").strip()
        ]
        for number, item in enumerate(self.items.order_by("position", "pk"), start=1):
            missing += [gettext("item %(number)d: %(field)s") % {"number": number, "field": label} for label in item.missing_texts()]
        return missing


class MailingItem(models.Model):
    """One block of a mailing, in both languages; often made from a measure, then the editor's own words."""

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    measure = models.ForeignKey(
        Measure, verbose_name=_("made from measure"), on_delete=models.PROTECT, null=True, blank=True, related_name="mailing_items"
    )
    section = models.CharField(_("section"), max_length=20, choices=Section.choices, blank=True)
    news_kind = models.CharField(_("kind of news"), max_length=30, blank=True, editable=False)
    news_key = models.CharField(max_length=64, blank=True, editable=False)
    title_fr = models.CharField(_("title in French"), max_length=200, blank=True)
    title_nl = models.CharField(_("title in Dutch"), max_length=200, blank=True)
    body_fr = models.TextField(_("text in French"), blank=True)
    body_nl = models.TextField(_("text in Dutch"), blank=True)
    source_url = models.URLField(_("link to the source"), max_length=500, blank=True)
    path = models.CharField(_("page in the portal"), max_length=200, blank=True, editable=False)

    history = HistoricalRecords()
    title = Bilingual("title")
    body = Bilingual("body")

    class Meta:
        verbose_name = _("item of a mailing")
        verbose_name_plural = _("items of mailings")
        ordering: ClassVar = ["position", "pk"]
        indexes: ClassVar = [models.Index(fields=["news_kind", "news_key"], name="item_of_news", condition=~models.Q(news_kind=""))]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="item_once_per_news_and_mailing",
                fields=["mailing", "news_kind", "news_key"],
                condition=~models.Q(news_kind=""),
                violation_error_message=_("This is already in the mailing."),
            ),
            models.CheckConstraint(
                name="item_news_has_kind_and_key",
                condition=models.Q(news_kind="", news_key="") | (~models.Q(news_kind="") & ~models.Q(news_key="")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)

    def content(self) -> dict[str, str]:
        """What an approval covers of it; a part that is empty says nothing, and leaves older fingerprints as they were."""
        names = ("title_fr", "title_nl", "body_fr", "body_nl", "source_url")
        added = {name: getattr(self, name) for name in ("section", "path") if getattr(self, name)}
        return {name: getattr(self, name) for name in names} | added

    def missing_texts(self) -> list[str]:
        names = ("title_fr", "title_nl", "body_fr", "body_nl")
        return [_label(self, name) for name in names if not getattr(self, name).strip()]


class Approval(models.Model):
    """A verdict on a mailing, bound to the hash of exactly what was shown; kept for ever."""

    class Verdict(models.TextChoices):
        APPROVED = "approved", _("Approved")
        SENT_BACK = "sent_back", _("Sent back")
        CONSENTED = "consented", _("Agreed to, as the first of two")

    mailing = models.ForeignKey(Mailing, on_delete=models.PROTECT, related_name="approvals")
    by = models.ForeignKey(User, verbose_name=_("by"), on_delete=models.PROTECT, related_name="approvals")
    at = models.DateTimeField(_("when"), default=timezone.now)
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict.choices)
    content_hash = models.CharField(_("fingerprint of the content"), max_length=64)
    hour = models.DateTimeField(_("hour that was shown"), null=True, blank=True)
    content = models.JSONField(_("what was shown"), default=dict, blank=True)
    is_stand_in = models.BooleanField(_("as a stand-in"), default=False)
    is_of_team = models.BooleanField(_("in the team, for want of an answer"), default=False)
    comment = models.TextField(_("comment"), blank=True)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(name="approval_sent_back_with_comment", condition=~models.Q(verdict="sent_back") | ~models.Q(comment=""))
        ]

    def covers(self, mailing: Mailing) -> bool:
        """Whether the mailing is still what was shown: its content, and its hour where both have one."""
        is_of_hour = self.hour is None or mailing.scheduled_for in (None, self.hour)
        return is_of_hour and self.content_hash == mailing.content_hash()

    def __str__(self) -> str:
        return f"{self.get_verdict_display()} · {self.by}"
