"""What belongs to a framework agreement: its themes, who signed it, its amendments, and the reminders of its end."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from municipalities.languages import Bilingual
from partnerships.models.agreements import Agreement
from partnerships.models.themes import Theme


class AgreementTheme(models.Model):
    """One theme of one agreement; a row of its own, so that its coming and going has a history."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="theme_rows")
    theme = models.ForeignKey(Theme, verbose_name=_("theme"), on_delete=models.PROTECT, related_name="+")

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("theme of the agreement")
        verbose_name_plural = _("themes of the agreement")
        ordering: ClassVar = ["theme__slug"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["agreement", "theme"], name="agreement_theme_once")]

    def __str__(self) -> str:
        return str(self.theme)


class AgreementSignatory(models.Model):
    """Who signed for which side: a name, a function, or both."""

    class Side(models.TextChoices):
        MUNICIPALITY = "municipality", _("For the municipality")
        AGENCY = "agency", _("For the agency")

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="signatories")
    side = models.CharField(_("side"), max_length=20, choices=Side.choices)
    name = models.CharField(_("name"), max_length=200, blank=True)
    function_fr = models.CharField(_("function in French"), max_length=120, blank=True)
    function_nl = models.CharField(_("function in Dutch"), max_length=120, blank=True)

    history = HistoricalRecords()
    function = Bilingual("function")

    class Meta:
        verbose_name = _("signatory")
        verbose_name_plural = _("signatories")
        ordering: ClassVar = ["-side", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="signatory_has_name_or_function",
                condition=~models.Q(name="") | ~models.Q(function_fr="", function_nl=""),
                violation_error_message=_("Give a name or a function."),
            ),
            models.CheckConstraint(
                name="signatory_function_in_both_languages",
                condition=models.Q(function_fr="", function_nl="") | ~(models.Q(function_fr="") | models.Q(function_nl="")),
                violation_error_message=_("Give the function in French and in Dutch."),
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.name, self.function) if part)


class AgreementAmendment(models.Model):
    """An amendment (avenant, addendum): what it changes, in both languages, and from which day."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="amendments")
    number = models.PositiveSmallIntegerField(_("number"))
    signed_on = models.DateField(_("signed on"))
    effective_from = models.DateField(_("effective from"))
    changes_fr = models.TextField(_("what changes, in French"), validators=[MaxLengthValidator(2000)])
    changes_nl = models.TextField(_("what changes, in Dutch"), validators=[MaxLengthValidator(2000)])

    history = HistoricalRecords()
    changes = Bilingual("changes")

    class Meta:
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agreement", "number"],
                name="amendment_number_once",
                violation_error_message=_("This agreement already has an amendment of that number."),
            ),
            models.CheckConstraint(
                name="amendment_number_from_one",
                condition=models.Q(number__gte=1),
                violation_error_message=_("Amendments are numbered from 1."),
            ),
        ]

    def __str__(self) -> str:
        return str(_("Amendment %(number)s") % {"number": self.number})

    def clean(self) -> None:
        signed_on = self.agreement.signed_on if self.agreement_id else None
        if self.signed_on and signed_on and self.signed_on < signed_on:
            raise ValidationError({"signed_on": _("An amendment is signed on or after the day of the agreement itself.")})


class AgreementReminder(models.Model):
    """That the end of an agreement was announced at this distance: the row is what makes it happen once.

    The end it speaks of belongs to it: an agreement whose end is moved is announced anew for the new day.
    """

    agreement = models.ForeignKey(Agreement, verbose_name=_("agreement"), on_delete=models.CASCADE, related_name="reminders")
    ends_on = models.DateField(_("last day"))
    days_before = models.PositiveSmallIntegerField(_("days before the end"))
    made_at = models.DateTimeField(_("made on"), default=timezone.now)

    class Meta:
        verbose_name = _("reminder of an agreement's end")
        verbose_name_plural = _("reminders of agreements' ends")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agreement", "ends_on", "days_before"], name="agreement_reminder_once"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} · {self.ends_on} · {self.days_before}"
