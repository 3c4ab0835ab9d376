"""Traders' associations: where they stand and since when, and whom to write to."""

import datetime as dt
import re
import uuid
from typing import TYPE_CHECKING, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from municipalities.places import Neighbourhood
from municipalities.search import plain_value, plain_words

if TYPE_CHECKING:
    from municipalities.models import User

NOT_A_DIGIT = re.compile(r"\D")


def enterprise_digits(number: str) -> str:
    """The ten digits of an enterprise number however it is written: `BE 0123.456.749` and `123456749` are the same."""
    return NOT_A_DIGIT.sub("", number).rjust(10, "0") if number.strip() else ""


def validate_enterprise_number(number: str) -> None:
    """Ten digits, the first 0 or 1; the last two are 97 less the remainder of the first eight (Crossroads Bank for Enterprises)."""
    digits = enterprise_digits(number)
    if len(digits) != 10 or digits[0] not in "01":
        raise ValidationError(_("An enterprise number has ten digits and begins with 0 or 1."), code="digits")
    if int(digits[8:]) != 97 - int(digits[:8]) % 97:
        raise ValidationError(_("The last two digits of the enterprise number do not fit the others; please compare them."), code="control")


class AssociationQuerySet(models.QuerySet["Association"]):
    def visible_to(self, user: "User", on: dt.date) -> "AssociationQuerySet":
        """Staff with the right see all; an official those of the municipalities of their mandates that day."""
        if user.is_staff and user.has_perm("municipalities.view_association"):
            return self
        return self.filter(municipality__in=[mandate.municipality_id for mandate in user.mandates_on(on)])

    def with_state(self, on: dt.date) -> "AssociationQuerySet":
        """With the state on that day (`state`) and its first day (`state_since`), both from the dated stages."""
        stages = AssociationStage.objects.filter(association=models.OuterRef("pk"), since__lte=on).order_by("-since")
        return self.annotate(state=models.Subquery(stages.values("state")[:1]), state_since=models.Subquery(stages.values("since")[:1]))

    def matching(self, words: str) -> "AssociationQuerySet":
        """Associations whose name holds every one of the words, accents or not."""
        found = self
        for word in words.split():
            found = found.filter(sort_key__contains=plain_value(word))
        return found


class Association(models.Model):
    """An association of traders in a municipality. Its state is that of its latest dated stage and is never typed in twice."""

    class State(models.TextChoices):
        IDEA = "idea", _("Idea")
        FOUNDING = "founding", _("Being founded")
        ACTIVE = "active", _("Active")
        DORMANT = "dormant", _("Dormant")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    municipality = models.ForeignKey(
        "municipalities.Municipality", verbose_name=_("municipality"), on_delete=models.PROTECT, related_name="associations"
    )
    neighbourhood = models.ForeignKey(
        Neighbourhood, verbose_name=_("neighbourhood"), on_delete=models.PROTECT, null=True, blank=True, related_name="associations"
    )
    name = models.CharField(_("name"), max_length=120)
    sort_key = models.GeneratedField(expression=plain_words(models.F("name")), output_field=models.TextField(), db_persist=True)
    enterprise_number = models.CharField(
        _("enterprise number"),
        max_length=20,
        blank=True,
        validators=[validate_enterprise_number],
        help_text=_("Ten digits, for example 0123.456.749. Empty while the association is not founded."),
    )
    website = models.URLField(_("website"), blank=True)

    history = HistoricalRecords(excluded_fields=["sort_key"])
    objects = AssociationQuerySet.as_manager()

    class Meta:
        verbose_name = _("traders' association")
        verbose_name_plural = _("traders' associations")
        ordering: ClassVar = ["sort_key", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["municipality", "name"],
                name="association_once_per_municipality",
                violation_error_message=_("This municipality already has an association of this name."),
            ),
            models.UniqueConstraint(
                fields=["enterprise_number"],
                condition=~models.Q(enterprise_number=""),
                name="association_enterprise_number_unique",
                violation_error_message=_("This enterprise number already belongs to another association."),
            ),
            models.CheckConstraint(
                name="association_enterprise_number_digits",
                condition=models.Q(enterprise_number="") | models.Q(enterprise_number__regex=r"^[01]\d{9}$"),
                violation_error_message=_("An enterprise number has ten digits and begins with 0 or 1."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean_fields(self, exclude: "set[str] | None" = None) -> None:  # type: ignore[override]
        """Keep the ten digits alone, however they were written, so that the same number is never held twice."""
        self.enterprise_number = enterprise_digits(self.enterprise_number)
        super().clean_fields(exclude=exclude)

    def clean(self) -> None:
        if self.neighbourhood and self.neighbourhood.municipality_id != self.municipality_id:
            raise ValidationError({"neighbourhood": _("This neighbourhood lies in another municipality.")})

    @property
    def written_enterprise_number(self) -> str:
        """As the Crossroads Bank writes it: `0123.456.749`."""
        number = self.enterprise_number
        return f"{number[:4]}.{number[4:7]}.{number[7:]}" if number else ""

    @property
    def state_label(self) -> str:
        """The state the row was asked for with; needs `with_state`."""
        state: str | None = getattr(self, "state", None)
        return str(Association.State(state).label) if state else ""


class AssociationStage(models.Model):
    """From which day an association was in a state; the next stage ends it."""

    association = models.ForeignKey(Association, on_delete=models.CASCADE, related_name="stages")
    state = models.CharField(_("state"), max_length=10, choices=Association.State.choices)
    since = models.DateField(_("since"))

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("stage of an association")
        verbose_name_plural = _("stages of an association")
        ordering: ClassVar = ["association", "-since"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["association", "since"],
                name="association_one_stage_per_day",
                violation_error_message=_("On this day the association already entered a state."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.association} · {self.get_state_display()}"


class AssociationContact(models.Model):
    """Whom to write to at an association, at their work; kept only with their consent."""

    association = models.ForeignKey(Association, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(_("name"), max_length=120)
    function = models.CharField(_("function"), max_length=120, blank=True)
    email = models.EmailField(_("work e-mail address"), max_length=254, blank=True)
    phone = models.CharField(_("work telephone"), max_length=30, blank=True)
    has_consented = models.BooleanField(
        _("agrees to be listed"), default=False, help_text=_("Officials of the municipality see the contact only with this consent.")
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("contact of an association")
        verbose_name_plural = _("contacts of an association")
        ordering: ClassVar = ["association", "name", "pk"]

    def __str__(self) -> str:
        return self.name
