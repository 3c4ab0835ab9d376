"""The action plan of a works site: versions drawn up together, measures that live on through them, and what came of it."""

import datetime as dt
import uuid
from typing import ClassVar

from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from municipalities.models import User
from partnerships.models.attachments import Attachment
from partnerships.models.messages import Message
from partnerships.models.works import WorksPhase, WorksSite

Side = Message.Side
LONG = 2000


class PlanVersion(models.Model):
    """One version of the plan. A draft is written by both sides; once proposed its content never changes, only a new version can.

    It is agreed when both sides have said so; the agreed version of before is then replaced.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("version of a plan", "Being drawn up")
        PROPOSED = "proposed", pgettext_lazy("version of a plan", "Proposed")
        AGREED = "agreed", pgettext_lazy("version of a plan", "Agreed")
        REPLACED = "replaced", pgettext_lazy("version of a plan", "Replaced by a later version")

    site = models.ForeignKey(WorksSite, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    proposed_at = models.DateTimeField(_("proposed on"), null=True, blank=True)
    proposed_by = models.ForeignKey(User, verbose_name=_("proposed by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    proposed_side = models.CharField(_("proposed by"), max_length=15, choices=Side.choices, blank=True)
    municipality_agreed_at = models.DateTimeField(_("agreed by the municipality"), null=True, blank=True)
    municipality_agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    agency_agreed_at = models.DateTimeField(_("agreed by the agency"), null=True, blank=True)
    agency_agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("version of an action plan")
        verbose_name_plural = _("versions of action plans")
        ordering: ClassVar = ["site", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site", "number"], name="plan_version_number_once"),
            models.UniqueConstraint(fields=["site"], condition=Q(state="draft"), name="plan_one_draft_per_site"),
            models.UniqueConstraint(fields=["site"], condition=Q(state="proposed"), name="plan_one_proposal_per_site"),
            models.UniqueConstraint(fields=["site"], condition=Q(state="agreed"), name="plan_one_agreed_per_site"),
            models.CheckConstraint(
                name="plan_proposal_has_time_and_side",
                condition=Q(state="draft", proposed_at__isnull=True, proposed_side="")
                | (~Q(state="draft") & Q(proposed_at__isnull=False) & ~Q(proposed_side="")),
            ),
            models.CheckConstraint(
                name="plan_agreed_by_both",
                condition=~Q(state="agreed") | Q(municipality_agreed_at__isnull=False, agency_agreed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="plan_proposal_not_agreed_by_both",
                condition=~Q(state="proposed") | Q(municipality_agreed_at__isnull=True) | Q(agency_agreed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.number}"

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def awaits(self) -> str:
        """The side whose word is still missing; nothing unless it is proposed."""
        if self.state != self.State.PROPOSED:
            return ""
        return Side.AGENCY if self.municipality_agreed_at else Side.MUNICIPALITY


class PlanMeasure(models.Model):
    """A measure through all versions: what became of it."""

    class State(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("state of a measure", "Proposed")
        AGREED = "agreed", pgettext_lazy("state of a measure", "Agreed")
        RUNNING = "running", pgettext_lazy("state of a measure", "Running")
        DONE = "done", pgettext_lazy("state of a measure", "Done")
        DROPPED = "dropped", pgettext_lazy("state of a measure", "Dropped")

    OPEN: ClassVar = frozenset({State.AGREED, State.RUNNING})
    MOVES: ClassVar = {
        State.AGREED: (State.RUNNING, State.DONE, State.DROPPED),
        State.RUNNING: (State.DONE, State.DROPPED),
        State.DONE: (State.RUNNING,),
        State.DROPPED: (State.RUNNING,),
    }

    site = models.ForeignKey(WorksSite, on_delete=models.CASCADE, related_name="measures")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PROPOSED)
    reason = models.CharField(_("why it was dropped"), max_length=500, blank=True)
    removed_in = models.ForeignKey(PlanVersion, on_delete=models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("measure of an action plan")
        verbose_name_plural = _("measures of action plans")
        ordering: ClassVar = ["site", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="plan_measure_dropped_with_reason",
                condition=~Q(state="dropped") | ~Q(reason="") | Q(removed_in__isnull=False),
                violation_error_message=_("Please say why it is dropped."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site_id}/{self.pk}: {self.state}"

    @property
    def moves(self) -> list[State]:
        """The states to which it can go from where it stands."""
        return [self.State(state) for state in self.MOVES.get(self.State(self.state), ())]


class PlanLine(models.Model):
    """What a version says of a measure; fixed once the version is proposed."""

    class Kind(models.TextChoices):
        INFORMATION = "information", _("Information")
        ACCESS = "access", _("Access")
        DELIVERIES = "deliveries", _("Deliveries")
        PARKING = "parking", _("Parking")
        ANIMATION = "animation", _("Animation")
        FINANCE = "finance", _("Finance")
        COMMUNICATION = "communication", _("Communication")
        MEDIATION = "mediation", _("Mediation")
        OTHER = "other", pgettext_lazy("kind of measure", "Other")

    class Owner(models.TextChoices):
        MUNICIPALITY = "municipality", _("Municipality")
        AGENCY = "agency", "hub.brussels"
        WORKS_OWNER = "works_owner", _("Works owner")
        ASSOCIATION = "association", _("Traders' association")

    version = models.ForeignKey(PlanVersion, on_delete=models.CASCADE, related_name="lines")
    measure = models.ForeignKey(PlanMeasure, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField(default=1)
    revision = models.PositiveIntegerField(default=1)
    what = models.CharField(_("measure"), max_length=200)
    details = models.TextField(_("how"), blank=True, validators=[MaxLengthValidator(LONG)])
    kind = models.CharField(_("kind of measure"), max_length=15, choices=Kind.choices)
    owner = models.CharField(_("who does it"), max_length=15, choices=Owner.choices)
    phase = models.ForeignKey(
        WorksPhase, verbose_name=_("phase it belongs to"), on_delete=models.SET_NULL, null=True, blank=True, related_name="plan_lines"
    )
    starts_on = models.DateField(pgettext_lazy("first day of a measure", "from"), null=True, blank=True)
    due_on = models.DateField(_("to be done by"))
    cost = models.DecimalField(_("cost in euros"), max_digits=9, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)])
    paid_by = models.CharField(_("who pays"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("line of an action plan")
        verbose_name_plural = _("lines of action plans")
        ordering: ClassVar = ["version", "position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "measure"], name="plan_measure_once_per_version"),
            models.CheckConstraint(
                name="plan_line_ends_after_start",
                condition=Q(starts_on__isnull=True) | Q(starts_on__lte=F("due_on")),
                violation_error_message=_("A measure ends on or after the day it begins."),
            ),
            models.CheckConstraint(name="plan_line_cost_not_negative", condition=Q(cost__isnull=True) | Q(cost__gte=0)),
            models.CheckConstraint(name="plan_line_says_what", condition=~Q(what="")),
        ]

    def __str__(self) -> str:
        return self.what

    def is_late(self, on: dt.date) -> bool:
        return self.measure.state in PlanMeasure.OPEN and self.due_on < on


class PlanEvidence(models.Model):
    """What shows that a measure was done: in words, with an address where it can be seen."""

    measure = models.ForeignKey(PlanMeasure, on_delete=models.CASCADE, related_name="evidence")
    words = models.CharField(_("what shows it"), max_length=500)
    address = models.URLField(_("where it can be seen"), blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    attachment = models.ForeignKey(
        Attachment, verbose_name=_("file"), on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("evidence of a measure")
        verbose_name_plural = _("evidence of measures")
        ordering: ClassVar = ["measure", "pk"]
        constraints: ClassVar = [models.CheckConstraint(name="plan_evidence_says_something", condition=~Q(words=""))]

    def __str__(self) -> str:
        return self.words


class MeasureReminder(models.Model):
    """That a measure's day was announced, once per day it falls due on."""

    measure = models.ForeignKey(PlanMeasure, on_delete=models.CASCADE, related_name="reminders")
    due_on = models.DateField()
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("announcement of a measure that falls due")
        verbose_name_plural = _("announcements of measures that fall due")
        constraints: ClassVar = [models.UniqueConstraint(fields=["measure", "due_on"], name="measure_announced_once_per_day")]

    def __str__(self) -> str:
        return f"{self.measure_id}: {self.due_on}"


class PlanMeeting(models.Model):
    """A meeting about the site: when, who was there, what was decided."""

    site = models.ForeignKey(WorksSite, on_delete=models.CASCADE, related_name="meetings")
    token = models.UUIDField(default=uuid.uuid4, unique=True)
    held_on = models.DateField(_("held on"))
    present = models.CharField(_("who was there"), max_length=500, help_text=_("Services and organisations rather than names."))
    decisions = models.TextField(_("what was decided"), validators=[MaxLengthValidator(LONG)])
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("meeting about a works site")
        verbose_name_plural = _("meetings about works sites")
        ordering: ClassVar = ["site", "-held_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.held_on}"


class SiteFigure(models.Model):
    """A value of an indicator on a day, with where it comes from."""

    class Indicator(models.TextChoices):
        COMPLAINTS = "complaints", _("Complaints")
        VACANCY = "vacancy", _("Vacant premises")
        CLOSURES = "closures", _("Closures")
        FOOTFALL = "footfall", _("Passers-by per day")

    site = models.ForeignKey(WorksSite, on_delete=models.CASCADE, related_name="figures")
    indicator = models.CharField(_("indicator"), max_length=12, choices=Indicator.choices)
    measured_on = models.DateField(_("measured on"))
    value = models.PositiveIntegerField(_("value"))
    source = models.CharField(_("source"), max_length=200)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("figure of a works site")
        verbose_name_plural = _("figures of works sites")
        ordering: ClassVar = ["site", "indicator", "measured_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["site", "indicator", "measured_on"],
                name="site_figure_once_per_day",
                violation_error_message=_("This indicator already has a value on this day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_indicator_display()} {self.measured_on}: {self.value}"


class SiteEvaluation(models.Model):
    """What one side says at the end: lessons, and whether to tell it as a best practice."""

    site = models.ForeignKey(WorksSite, on_delete=models.CASCADE, related_name="evaluations")
    side = models.CharField(_("side"), max_length=15, choices=Side.choices)
    lessons = models.TextField(_("lessons"), validators=[MaxLengthValidator(LONG)], help_text=_("What you would do again, and what not."))
    is_best_practice = models.BooleanField(_("worth telling the others as a best practice"), default=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("evaluation of the support")
        verbose_name_plural = _("evaluations of the support")
        ordering: ClassVar = ["site", "side"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["site", "side"], name="site_evaluated_once_per_side")]

    def __str__(self) -> str:
        return f"{self.site_id}: {self.get_side_display()}"


class EvaluationMark(models.Model):
    """How far one measure helped, from 1 (not at all) to 5 (very much), in one side's eyes."""

    evaluation = models.ForeignKey(SiteEvaluation, on_delete=models.CASCADE, related_name="marks")
    measure = models.ForeignKey(PlanMeasure, on_delete=models.CASCADE, related_name="marks")
    helped = models.PositiveSmallIntegerField(_("how far it helped"), validators=[MinValueValidator(1), MaxValueValidator(5)])
    words = models.CharField(_("in words"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("mark of a measure")
        verbose_name_plural = _("marks of measures")
        ordering: ClassVar = ["evaluation", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["evaluation", "measure"], name="measure_marked_once_per_evaluation"),
            models.CheckConstraint(name="evaluation_mark_from_one_to_five", condition=Q(helped__gte=1, helped__lte=5)),
        ]

    def __str__(self) -> str:
        return f"{self.measure_id}: {self.helped}"
