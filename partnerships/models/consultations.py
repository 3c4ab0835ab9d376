"""Consultations of the aldermen: what is on the agenda, when and where, who was invited, and what was agreed."""

import datetime as dt
import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxLengthValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from municipalities.languages import Bilingual
from municipalities.models import Mandate, Municipality, Portfolio, User
from partnerships.models.attachments import StoredFile
from partnerships.models.themes import Theme


def new_uid() -> str:
    """What calendars know a meeting by, from the first invitation to the cancellation."""
    return f"{uuid.uuid4()}@{settings.MAIL_MESSAGE_ID_DOMAIN}"


def in_sentences(label: Any, most: int = 5000, **more: Any) -> models.TextField:
    return models.TextField(label, validators=[MaxLengthValidator(most)], **more)


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    def visible_to(self, user: User, on: dt.date | None = None) -> "ConsultationQuerySet":
        """Staff with the right see all. Others, while they stand in a municipality: what they are invited to, and minutes meant for all 19.

        An invitation is personal: a delegate sees what they themselves are invited to.
        """
        if user.is_staff:
            return self if user.has_perm("partnerships.view_consultation") else self.none()
        if not user.is_active or not user.municipality_ids_on(on or timezone.localdate()):
            return self.none()
        invited = models.Exists(Invitation.objects.filter(consultation=models.OuterRef("pk"), person=user.pk, withdrawn_at=None))
        open_to_all = models.Q(state=Consultation.State.PUBLISHED, minutes_for_all=True)
        return self.exclude(state=Consultation.State.DRAFT).filter(invited | open_to_all)

    def inviting(self, user: User, on: dt.date | None = None) -> "ConsultationQuerySet":
        """Those to which the person themselves is invited: the ones that stand in their calendar."""
        invited = Invitation.objects.filter(consultation=models.OuterRef("pk"), person=user.pk, withdrawn_at=None)
        return self.visible_to(user, on).filter(models.Exists(invited))

    def coming(self, now: dt.datetime) -> "ConsultationQuerySet":
        return self.filter(state=Consultation.State.INVITED, ends_at__gt=now)

    def past(self, now: dt.datetime) -> "ConsultationQuerySet":
        """Over, held or called off; a draft is neither coming nor past."""
        over = models.Q(state=Consultation.State.INVITED, ends_at__lte=now) | models.Q(state__in=Consultation.ENDED)
        return self.filter(over)


class Consultation(models.Model):
    """A meeting of the aldermen with their host: drafted, announced, held, its minutes published; or called off.

    `uid` never changes and `sequence` only grows: calendars tell by them which of two invitations is the newer one.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("state of a consultation", "Draft")
        INVITED = "invited", pgettext_lazy("state of a consultation", "Announced")
        HELD = "held", pgettext_lazy("state of a consultation", "Held")
        PUBLISHED = "published", pgettext_lazy("state of a consultation", "Minutes published")
        CANCELLED = "cancelled", pgettext_lazy("state of a consultation", "Cancelled")

    ENDED: ClassVar = frozenset({State.HELD, State.PUBLISHED, State.CANCELLED})
    ROLES: ClassVar = (Mandate.Role.ALDERMAN,)

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    uid = models.CharField(default=new_uid, max_length=120, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT, editable=False)
    title_fr = models.CharField(_("title in French"), max_length=200)
    title_nl = models.CharField(_("title in Dutch"), max_length=200)
    host_fr = models.CharField(_("host, in French"), max_length=200)
    host_nl = models.CharField(_("host, in Dutch"), max_length=200)
    agenda_fr = in_sentences(_("agenda in French"))
    agenda_nl = in_sentences(_("agenda in Dutch"))
    practical_fr = in_sentences(_("practical information in French"), 2000, blank=True)
    practical_nl = in_sentences(_("practical information in Dutch"), 2000, blank=True)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    link = models.URLField(
        _("link to join"), max_length=500, blank=True, help_text=_("Shown to those who are invited, and to nobody else.")
    )
    place = models.CharField(_("place"), max_length=200, blank=True, help_text=_("Address or room; empty for a meeting online."))
    seats = models.PositiveSmallIntegerField(
        _("places"), null=True, blank=True, validators=[MinValueValidator(1)], help_text=_("Empty: as many as come.")
    )
    themes = models.ManyToManyField(Theme, verbose_name=_("themes"), blank=True, related_name="consultations")
    roles = ArrayField(
        models.CharField(max_length=20, choices=Mandate.Role.choices), verbose_name=_("roles that are invited"), default=list
    )
    portfolios = ArrayField(
        models.CharField(max_length=20, choices=Portfolio.choices),
        verbose_name=_("only aldermen with one of these portfolios"),
        default=list,
        blank=True,
    )
    municipalities = models.ManyToManyField(
        Municipality, verbose_name=_("only these municipalities"), blank=True, related_name="+", help_text=_("None chosen: all 19.")
    )
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("last told of"), default=timezone.now, editable=False)
    invited_at = models.DateTimeField(_("announced on"), null=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled on"), null=True, editable=False)
    reason_fr = models.CharField(_("reason in French"), max_length=500, blank=True, editable=False)
    reason_nl = models.CharField(_("reason in Dutch"), max_length=500, blank=True, editable=False)
    minutes_fr = in_sentences(_("minutes in French"), 20000, blank=True, editable=False)
    minutes_nl = in_sentences(_("minutes in Dutch"), 20000, blank=True, editable=False)
    minutes_for_all = models.BooleanField(
        _("for all 19 municipalities"), default=False, editable=False, help_text=_("Otherwise only those who were invited read them.")
    )
    published_at = models.DateTimeField(_("minutes published on"), null=True, editable=False)

    history = HistoricalRecords()
    objects = ConsultationQuerySet.as_manager()
    title = Bilingual("title")
    host = Bilingual("host")
    agenda = Bilingual("agenda")
    practical = Bilingual("practical")
    reason = Bilingual("reason")
    minutes = Bilingual("minutes")

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        ordering: ClassVar = ["-starts_at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["-starts_at", "-id"], name="consultation_newest")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="consultation_ends_after_it_begins",
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                violation_error_message=_("A consultation ends after it begins."),
            ),
            models.CheckConstraint(
                name="consultation_has_a_link_or_place",
                condition=~models.Q(link="", place=""),
                violation_error_message=_("Give a link to join or a place."),
            ),
            models.CheckConstraint(
                name="consultation_has_a_place_or_no_limit",
                condition=models.Q(seats__isnull=True) | models.Q(seats__gte=1),
                violation_error_message=_("At least one place, or none named."),
            ),
            models.CheckConstraint(
                name="consultation_announced_has_time", condition=models.Q(state="draft") | models.Q(invited_at__isnull=False)
            ),
            models.CheckConstraint(
                name="consultation_cancelled_has_time",
                condition=models.Q(state="cancelled", cancelled_at__isnull=False)
                | (~models.Q(state="cancelled") & models.Q(cancelled_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="consultation_minutes_in_both_languages",
                condition=~models.Q(state="published")
                | (models.Q(published_at__isnull=False) & ~models.Q(minutes_fr="") & ~models.Q(minutes_nl="")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)

    @property
    def is_coming(self) -> bool:
        return self.state == self.State.INVITED and self.starts_at > timezone.now()

    @property
    def is_announced(self) -> bool:
        return self.state == self.State.INVITED

    @property
    def starts_on(self) -> dt.date:
        """The day in Brussels on which it begins."""
        return timezone.localdate(self.starts_at)

    @property
    def is_on_one_day(self) -> bool:
        return self.starts_on == timezone.localdate(self.ends_at)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def standing(self) -> "InvitationQuerySet":
        """Those of the circle as it is now."""
        return self.filter(withdrawn_at=None)

    def seated(self) -> "InvitationQuerySet":
        """Who holds one of the places: comes, or sends somebody, and does not wait."""
        return self.standing().filter(answer__in=Invitation.COMING, waiting=None)

    def in_line(self) -> "InvitationQuerySet":
        """Who waits for a place, the first first."""
        return self.standing().exclude(waiting=None).order_by("waiting")

    def not_declined(self) -> "InvitationQuerySet":
        return self.standing().exclude(answer=Invitation.Answer.NO)


class Invitation(models.Model):
    """That a person is invited, frozen when it was sent, and what they answered last. Taken off the circle, it stays as it was."""

    class Answer(models.TextChoices):
        NONE = "none", pgettext_lazy("answer to an invitation", "Not answered yet")
        YES = "yes", pgettext_lazy("answer to an invitation", "I will attend")
        MAYBE = "maybe", pgettext_lazy("answer to an invitation", "I may attend")
        NO = "no", pgettext_lazy("answer to an invitation", "I cannot attend")
        SUBSTITUTE = "substitute", pgettext_lazy("answer to an invitation", "I send a substitute")

    class Way(models.TextChoices):
        MAIL = "mail", pgettext_lazy("way of answering", "From the mail")
        PORTAL = "portal", pgettext_lazy("way of answering", "In the portal")

    COMING: ClassVar = (Answer.YES, Answer.SUBSTITUTE)
    CHOICES: ClassVar = [(value, label) for value, label in Answer.choices if value != "none"]

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="invitations")
    person = models.ForeignKey(User, verbose_name=_("person"), on_delete=models.PROTECT, related_name="consultation_invitations")
    municipality = models.ForeignKey(Municipality, verbose_name=_("municipality"), on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(_("answer"), max_length=10, choices=Answer.choices, default=Answer.NONE)
    substitute_name = models.CharField(_("name of the substitute"), max_length=160, blank=True)
    substitute_email = models.EmailField(_("address of the substitute"), blank=True)
    waiting = models.PositiveIntegerField(_("number in the waiting list"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered on"), null=True, blank=True)
    answered_by = models.CharField(_("answered"), max_length=10, choices=Way.choices, blank=True)
    attended = models.BooleanField(_("was there"), null=True, blank=True)
    invited_at = models.DateTimeField(_("invited on"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("taken off on"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering: ClassVar = ["consultation", "pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["consultation", "person"], name="invitation_once_per_person"),
            models.UniqueConstraint(fields=["consultation", "waiting"], name="invitation_number_in_line_once"),
            models.CheckConstraint(
                name="invitation_only_who_comes_waits", condition=models.Q(waiting=None) | models.Q(answer__in=["yes", "substitute"])
            ),
            models.CheckConstraint(
                name="invitation_substitute_is_named",
                condition=models.Q(answer="substitute") & ~models.Q(substitute_name="")
                | (~models.Q(answer="substitute") & models.Q(substitute_name="", substitute_email="")),
                violation_error_message=_("Please name the substitute."),
            ),
            models.CheckConstraint(
                name="invitation_answer_has_time",
                condition=models.Q(answer="none", answered_at=None) | (~models.Q(answer="none") & models.Q(answered_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_answer_display()}"

    @property
    def is_seated(self) -> bool:
        return self.answer in self.COMING and self.waiting is None


class ConsultationFile(StoredFile):
    """A document for a consultation; whoever is invited reads it, and whoever reads the minutes."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="files")
    added_by = models.ForeignKey(User, verbose_name=_("added by"), on_delete=models.PROTECT, related_name="+", db_index=False)
    added_at = models.DateTimeField(_("added on"), default=timezone.now)

    class Meta:
        verbose_name = _("document of a consultation")
        verbose_name_plural = _("documents of a consultation")
        ordering: ClassVar = ["consultation", "pk"]
        default_permissions = ()


class ConsultationReminder(models.Model):
    """That a consultation on this very moment was called to mind so many days before: once, and anew when it moves."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="reminders")
    starts_at = models.DateTimeField()
    days_before = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("reminder of a consultation")
        verbose_name_plural = _("reminders of a consultation")
        ordering: ClassVar = ["consultation", "pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["consultation", "starts_at", "days_before"], name="consultation_reminded_once")
        ]

    def __str__(self) -> str:
        return f"{self.consultation_id} · {self.days_before}"
