"""The steps of a request's work: the list the team keeps per kind, and the copy that one request walks through."""

import datetime as dt
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from municipalities.associations import validate_enterprise_number
from municipalities.languages import Bilingual
from municipalities.models import User
from partnerships.models.kinds import Kind
from partnerships.models.requests import ServiceRequest


class StepRule(models.TextChoices):
    """What hangs on a step beside its tick."""

    PLAIN = "plain", _("Nothing more")
    REGISTRATION = "registration", _("Asks for the enterprise number of the association")
    FOLLOW_UP = "follow_up", _("Falls due some months after the association was entered, and asks how it goes")
    LIBRARY = "library", _("Is ticked when a document is delivered to the library")


def months_fit_the_rule(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name,
        condition=models.Q(rule="follow_up", months__isnull=False, months__gte=1)
        | (~models.Q(rule="follow_up") & models.Q(months__isnull=True)),
        violation_error_message=_("Say after how many months, for a follow-up and for nothing else."),
    )


class Step(models.Model):
    """A step named in both languages, its place in the list, and its rule."""

    position = models.PositiveSmallIntegerField(_("place in the list"))
    name_fr = models.CharField(_("name in French"), max_length=120)
    name_nl = models.CharField(_("name in Dutch"), max_length=120)
    rule = models.CharField(_("what hangs on it"), max_length=15, choices=StepRule.choices, default=StepRule.PLAIN)
    months = models.PositiveSmallIntegerField(_("months after the founding"), null=True, blank=True)

    name = Bilingual("name")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.name)


class StepTemplateQuerySet(models.QuerySet["StepTemplate"]):
    def for_kind(self, kind: str) -> "StepTemplateQuerySet":
        """The list of a kind as it stands today, in its order."""
        return self.filter(kind=kind, is_used=True).order_by("position", "pk")


class StepTemplate(Step):
    """A step as the team wants it for requests that start from now on; what already runs keeps its own list."""

    kind = models.CharField(_("type of request"), max_length=20, choices=Kind.choices)
    is_used = models.BooleanField(_("used for new requests"), default=True)

    history = HistoricalRecords()
    objects = StepTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of the work")
        verbose_name_plural = _("steps of the work")
        ordering: ClassVar = ["kind", "position", "pk"]
        constraints: ClassVar = [
            months_fit_the_rule("step_template_months_for_follow_up"),
            models.UniqueConstraint(
                fields=["kind", "months"],
                condition=models.Q(rule="follow_up", is_used=True),
                name="step_template_follow_up_once",
                violation_error_message=_("There is already a follow-up after so many months."),
            ),
        ]


class RequestStepQuerySet(models.QuerySet["RequestStep"]):
    def done(self) -> "RequestStepQuerySet":
        return self.filter(done_on__isnull=False)

    def to_do(self) -> "RequestStepQuerySet":
        return self.filter(done_on__isnull=True)

    def follow_ups(self) -> "RequestStepQuerySet":
        """Those planned when an association was entered, by the day on which they fall due."""
        return self.filter(due_on__isnull=False).order_by("due_on", "pk")

    def due(self, on: dt.date) -> "RequestStepQuerySet":
        """Follow-ups whose day has come and that nobody has done."""
        return self.follow_ups().to_do().filter(due_on__lte=on)


class RequestStep(Step):
    """A step of one request, copied when the work started. Ticked by an officer, with the day and a word the municipality reads."""

    request = models.ForeignKey(ServiceRequest, verbose_name=_("request"), on_delete=models.CASCADE, related_name="steps")
    done_on = models.DateField(_("done on"), null=True, blank=True)
    done_by = models.ForeignKey(
        User, verbose_name=_("ticked by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    note = models.TextField(_("note"), blank=True, validators=[MaxLengthValidator(1000)])
    enterprise_number = models.CharField(_("enterprise number"), max_length=10, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    announced_at = models.DateTimeField(_("announced on"), null=True, blank=True)

    objects = RequestStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of a request")
        verbose_name_plural = _("steps of requests")
        ordering: ClassVar = ["request", "position", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["due_on"], name="step_follow_up_due", condition=models.Q(due_on__isnull=False, done_on__isnull=True)),
        ]
        constraints: ClassVar = [
            months_fit_the_rule("request_step_months_for_follow_up"),
            models.UniqueConstraint(fields=["request", "position"], name="request_step_place_once"),
            models.UniqueConstraint(fields=["request", "months"], condition=models.Q(rule="follow_up"), name="request_step_follow_up_once"),
            models.CheckConstraint(
                name="request_step_done_by_somebody",
                condition=models.Q(done_on__isnull=True, done_by__isnull=True) | models.Q(done_on__isnull=False, done_by__isnull=False),
            ),
            models.CheckConstraint(
                name="request_step_due_for_follow_up", condition=models.Q(due_on__isnull=True) | models.Q(rule="follow_up")
            ),
            models.CheckConstraint(
                name="request_step_announced_when_due", condition=models.Q(announced_at__isnull=True) | models.Q(due_on__isnull=False)
            ),
            models.CheckConstraint(
                name="request_step_registered_with_number",
                condition=~models.Q(rule="registration", done_on__isnull=False) | models.Q(enterprise_number__regex=r"^[01]\d{9}$"),
            ),
        ]

    def clean(self) -> None:
        if self.enterprise_number:
            try:
                validate_enterprise_number(self.enterprise_number)
            except ValidationError as error:
                raise ValidationError({"enterprise_number": error.messages}) from None

    @property
    def is_done(self) -> bool:
        return self.done_on is not None

    @property
    def is_follow_up(self) -> bool:
        return self.rule == StepRule.FOLLOW_UP

    def is_late(self, on: dt.date) -> bool:
        """A follow-up whose day has come, and nobody has told how it goes."""
        return self.due_on is not None and not self.is_done and self.due_on <= on

    @property
    def written_enterprise_number(self) -> str:
        """As the Crossroads Bank writes it: `0123.456.749`."""
        number = self.enterprise_number
        return f"{number[:4]}.{number[4:7]}.{number[7:]}" if number else ""
