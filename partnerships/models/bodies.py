"""Cabinets, administrations and the taskforce of the Region, and what was forwarded to them."""

import datetime as dt
import uuid
from typing import ClassVar

from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from municipalities.languages import Bilingual, CorrespondenceLanguage, content_language
from municipalities.models import User
from municipalities.search import plain_words
from partnerships.models.questions import Question


class BodyQuerySet(models.QuerySet["Body"]):
    def active(self) -> "BodyQuerySet":
        return self.filter(is_active=True)

    def sorted_for_reader(self) -> "BodyQuerySet":
        return self.order_by(plain_words(f"name_{content_language()}"), "pk")


class Body(models.Model):
    """Somebody at the Region who answers questions; its address is that of the body, and is written to without an account."""

    class Kind(models.TextChoices):
        CABINET = "cabinet", pgettext_lazy("body of the Region", "Cabinet")
        ADMINISTRATION = "administration", pgettext_lazy("body of the Region", "Administration")
        TASKFORCE = "taskforce", pgettext_lazy("body of the Region", "Regional taskforce")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.choices)
    name_fr = models.CharField(_("name in French"), max_length=150, unique=True)
    name_nl = models.CharField(_("name in Dutch"), max_length=150, unique=True)
    contact = models.CharField(_("person to ask for"), max_length=120, blank=True, help_text=_("Only who agreed to be named here."))
    email = models.EmailField(_("e-mail address"), help_text=_("Questions go to this address; whoever reads it can answer."))
    language = models.CharField(
        _("language of its mail"), max_length=4, choices=CorrespondenceLanguage.choices, default=CorrespondenceLanguage.BOTH
    )
    reply_within = models.PositiveSmallIntegerField(_("usual time for a reply, in working days"), default=5)
    is_active = models.BooleanField(_("questions can be forwarded to it"), default=True)

    history = HistoricalRecords()
    objects = BodyQuerySet.as_manager()
    name = Bilingual("name")

    class Meta:
        verbose_name = _("body of the Region")
        verbose_name_plural = _("bodies of the Region")
        ordering: ClassVar = ["name_fr", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="body_replies_within_a_year",
                condition=models.Q(reply_within__gte=1, reply_within__lte=260),
                violation_error_message=_("Between one working day and a year."),
            ),
            models.CheckConstraint(name="body_kind_known", condition=models.Q(kind__in=["cabinet", "administration", "taskforce"])),
        ]

    def __str__(self) -> str:
        return str(self.name)


class ForwardingQuerySet(models.QuerySet["Forwarding"]):
    def open(self) -> "ForwardingQuerySet":
        return self.filter(ended_at=None)

    def of(self, question: Question) -> "ForwardingQuerySet":
        return self.filter(question=question).select_related("body", "by").order_by("pk")


class Forwarding(models.Model):
    """A question lies with a body until it replies, or until the team takes it back; what it replied stays as it was sent."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="forwardings")
    body = models.ForeignKey(Body, verbose_name=_("body"), on_delete=models.PROTECT, related_name="forwardings")
    by = models.ForeignKey(User, verbose_name=_("forwarded by"), on_delete=models.PROTECT, related_name="+", db_index=False)
    note = models.TextField(_("words to the body"), blank=True, validators=[MaxLengthValidator(2000)])
    sent_at = models.DateTimeField(_("forwarded on"), default=timezone.now)
    reply_by = models.DateField(_("reply asked by"))
    ended_at = models.DateTimeField(_("ended on"), null=True, blank=True)
    replied_at = models.DateTimeField(_("replied on"), null=True, blank=True)
    reply_fr = models.TextField(_("reply in French"), blank=True, validators=[MaxLengthValidator(10000)])
    reply_nl = models.TextField(_("reply in Dutch"), blank=True, validators=[MaxLengthValidator(10000)])
    reply_source = models.URLField(_("link to the source"), max_length=500, blank=True)

    objects = ForwardingQuerySet.as_manager()

    class Meta:
        verbose_name = _("forwarding")
        verbose_name_plural = _("forwardings")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="forwarding_open_once_per_body", fields=["question", "body"], condition=models.Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(
                name="forwarding_replied_with_words",
                condition=models.Q(replied_at__isnull=True, reply_fr="", reply_nl="", reply_source="")
                | (models.Q(replied_at__isnull=False, ended_at__isnull=False) & ~models.Q(reply_fr="", reply_nl="")),
                violation_error_message=_("Please write your reply in French, in Dutch, or in both."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question} → {self.body}"

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


class QuestionRemark(models.Model):
    """Words of the team about a question: why an answer goes back, is no longer published, or a question is taken back from a body."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="remarks")
    author = models.ForeignKey(User, verbose_name=_("author"), on_delete=models.PROTECT, related_name="+", db_index=False)
    body = models.TextField(_("words"), validators=[MaxLengthValidator(2000)])
    written_at = models.DateTimeField(_("written on"), default=timezone.now)

    class Meta:
        verbose_name = _("remark on a question")
        verbose_name_plural = _("remarks on questions")
        ordering: ClassVar = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.author} · {self.written_at:%Y-%m-%d}"


class QuestionNotice(models.Model):
    """A day was told of: the promised one, that of a body, or that on which an answer is to be checked; once, however often one asks."""

    class Moment(models.TextChoices):
        NEAR = "near", _("Near")
        PASSED = "passed", _("Passed")
        CHECK = "check", _("To be checked again")

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="notices")
    forwarding = models.ForeignKey(Forwarding, on_delete=models.CASCADE, null=True, blank=True, related_name="notices")
    moment = models.CharField(max_length=10, choices=Moment.choices)
    day = models.DateField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("reminder of a question")
        verbose_name_plural = _("reminders of questions")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(name="question_told_once", fields=["question", "forwarding", "moment", "day"], nulls_distinct=False),
            models.CheckConstraint(name="question_moment_known", condition=models.Q(moment__in=["near", "passed", "check"])),
        ]

    def __str__(self) -> str:
        return f"{self.question} · {self.moment} · {self.day:%Y-%m-%d}"


def moment_of(day: dt.date, on: dt.date) -> QuestionNotice.Moment:
    """A day is near until its evening, and passed from the next morning on."""
    return QuestionNotice.Moment.PASSED if day < on else QuestionNotice.Moment.NEAR
