"""Service requests between a municipality and the agency."""

import datetime as dt
import uuid
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy
from simple_history.models import HistoricalRecords

from municipalities.delegations import signed
from municipalities.languages import ContentLanguage
from municipalities.models import Municipality, User
from municipalities.search import plain_words
from partnerships.models.absences import Absence
from partnerships.models.answers import Answers, is_confidential_on
from partnerships.models.kinds import Kind
from partnerships.models.request_queries import RequestFinding
from partnerships.models.spocs import SpocAssignment


def turn_of(party: str) -> models.Q:
    """Where `municipality` or `agency` has to act next: by the state, and by which of the two asked."""
    to_agency, to_municipality = ServiceRequest.Direction.TO_AGENCY, ServiceRequest.Direction.TO_MUNICIPALITY
    asking, asked = (to_agency, to_municipality) if party == "municipality" else (to_municipality, to_agency)
    return models.Q(direction=asking, state__in=ServiceRequest.TURN_OF_ASKER) | models.Q(
        direction=asked, state__in=ServiceRequest.TURN_OF_HANDLER
    )


def overdue_at_agency(on: dt.date) -> models.Q:
    """Where the agency should have acted before that day as the one who was asked."""
    return turn_of("agency") & models.Q(state__in=ServiceRequest.TURN_OF_HANDLER, due_on__lt=on)


class ServiceRequestQuerySet(RequestFinding):
    def visible_to(self, user: "User", on: dt.date | None = None) -> "ServiceRequestQuerySet":
        """Staff with the right, and who stands in the municipality that day; a draft, withdrawn or not, is the asking side's alone.

        What is confidential is kept from whoever stands there by a delegation alone, unless they asked it themselves.
        """
        submitted = models.Q(reference__isnull=False)
        if user.is_staff and user.has_perm("partnerships.view_servicerequest"):
            return self.filter(submitted | models.Q(direction=ServiceRequest.Direction.TO_MUNICIPALITY))
        on = on or timezone.localdate()
        whole, own = user.reach_on(on)
        mandated = {mandate.municipality_id for mandate in user.mandates_on(on)}
        theirs = models.Q(municipality__in=mandated)
        if delegated := set(whole) - mandated:
            theirs |= models.Q(municipality__in=delegated) & (~is_confidential_on(on) | models.Q(asked_by=user))
        if own:
            theirs |= models.Q(municipality__in=own, asked_by=user)
        return self.filter(theirs).filter(submitted | models.Q(direction=ServiceRequest.Direction.TO_AGENCY))

    def with_answers(self) -> "ServiceRequestQuerySet":
        """With everything its page and its form read, in a fixed number of queries."""
        people = ("asked_by", "asked_for", "assignee", "political_lead", "technical_person")
        related = self.select_related("municipality", *people, "audit", "development__association")
        places = ("neighbourhoods", "streets", "followers", "associations")
        return related.prefetch_related(*places, "audit__compared_municipalities", "development__association_streets")

    def open(self) -> "ServiceRequestQuerySet":
        """Submitted and not yet ended."""
        return self.filter(state__in=ServiceRequest.OPEN)

    def ended(self) -> "ServiceRequestQuerySet":
        return self.filter(state__in=ServiceRequest.ENDED)

    def on_their_own(self) -> "ServiceRequestQuerySet":
        """Without the twins that were merged into another: their work goes on, and is counted, there."""
        return self.exclude(ties_second__kind="merge")

    def drafts(self) -> "ServiceRequestQuerySet":
        return self.filter(state=ServiceRequest.State.DRAFT)

    def asked_by_agency(self) -> "ServiceRequestQuerySet":
        """What the agency asked of a municipality, or is about to, and has not ended."""
        going_on = models.Q(state__in=ServiceRequest.OPEN | {ServiceRequest.State.DRAFT})
        return self.filter(going_on, direction=ServiceRequest.Direction.TO_MUNICIPALITY)

    def new(self) -> "ServiceRequestQuerySet":
        """Submitted and not yet acknowledged: somebody of the team must look."""
        return self.filter(turn_of("agency"), state=ServiceRequest.State.SUBMITTED)

    def waiting(self) -> "ServiceRequestQuerySet":
        """Waiting for an answer of whoever asked."""
        return self.filter(state=ServiceRequest.State.WAITING)

    def turn_of_municipality(self) -> "ServiceRequestQuerySet":
        return self.filter(turn_of("municipality"))

    def turn_of_agency(self) -> "ServiceRequestQuerySet":
        return self.filter(turn_of("agency"))

    def overdue(self, on: dt.date) -> "ServiceRequestQuerySet":
        """The agency was asked, it is its turn, and the due day has passed; what it asks itself waits for it without a day."""
        return self.filter(overdue_at_agency(on))

    def outside_agreement(self) -> "ServiceRequestQuerySet":
        """Taken all the same: on the day it was submitted no agreement in force covered the service."""
        return self.filter(outside_agreement=True)

    def assigned_to(self, user: "User") -> "ServiceRequestQuerySet":
        return self.filter(assignee=user)

    def on_desk_of(self, user: "User", on: dt.date) -> "ServiceRequestQuerySet":
        """Assigned to the person; or to a colleague away that day, while the person stands in front of the municipality."""
        in_front = SpocAssignment.objects.filter(pk__in=SpocAssignment.objects.in_front(on).values("pk"), officer=user)
        away = models.Q(assignee__in=Absence.objects.in_force(on).values("officer"))
        return self.filter(models.Q(assignee=user) | (away & models.Q(municipality__in=in_front.values("municipality"))))

    def in_municipalities_of(self, user: "User", on: dt.date) -> "ServiceRequestQuerySet":
        """Requests of the municipalities whose SPOC or deputy the person is on that day."""
        theirs = Municipality.objects.filter(spoc_assignments__officer=user, spoc_assignments__period__contains=on)
        return self.filter(municipality__in=theirs)

    def burning_first(self, on: dt.date) -> "ServiceRequestQuerySet":
        """Overdue first, then what is urgent, then what else the agency owes, then the rest; each by its due day."""
        agency = turn_of("agency")
        urgent = agency & models.Q(is_urgent=True)
        ranks = (overdue_at_agency(on), urgent, agency)
        turn = models.Case(*(models.When(rank, then=place) for place, rank in enumerate(ranks)), default=len(ranks))
        return self.order_by(turn, models.F("due_on").asc(nulls_last=True), "-id")


class ServiceRequest(Answers):
    """A municipality's request for one of the three services, or the agency's for data, from draft to closed.

    `state` moves only through `partnerships.services.requests`, by the table TRANSITIONS in
    `partnerships.permissions`; the reference is given at submission, unbroken per municipality and Brussels year.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("state of a request", "Draft")
        SUBMITTED = "submitted", pgettext_lazy("state of a request", "Submitted")
        ACKNOWLEDGED = "acknowledged", pgettext_lazy("state of a request", "Acknowledged")
        IN_PROGRESS = "in_progress", pgettext_lazy("state of a request", "In progress")
        WAITING = "waiting", pgettext_lazy("state of a request", "Waiting for the municipality")
        COMPLETED = "completed", pgettext_lazy("state of a request", "Completed")
        CLOSED = "closed", pgettext_lazy("state of a request", "Closed")
        DECLINED = "declined", pgettext_lazy("state of a request", "Declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("state of a request", "Withdrawn")

    class Direction(models.TextChoices):
        TO_AGENCY = "to_agency", _("The municipality asks the agency")
        TO_MUNICIPALITY = "to_municipality", _("The agency asks the municipality")

    OPEN: ClassVar = frozenset({State.SUBMITTED, State.ACKNOWLEDGED, State.IN_PROGRESS, State.WAITING, State.COMPLETED})
    ENDED: ClassVar = frozenset({State.CLOSED, State.DECLINED, State.WITHDRAWN})
    TURN_OF_ASKER: ClassVar = frozenset({State.DRAFT, State.WAITING, State.COMPLETED})
    TURN_OF_HANDLER: ClassVar = frozenset({State.SUBMITTED, State.ACKNOWLEDGED, State.IN_PROGRESS})

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    token = models.UUIDField(
        default=uuid.uuid4, unique=True, editable=False, help_text=_("One per form shown: a second click makes no second request.")
    )
    revision = models.PositiveIntegerField(default=1, editable=False)
    step_revisions = models.JSONField(
        default=dict, editable=False, help_text=_("Per step of the form, the revision at which it was last written.")
    )
    municipality = models.ForeignKey(Municipality, verbose_name=_("municipality"), on_delete=models.PROTECT, related_name="requests")
    direction = models.CharField(
        _("who asks whom"),
        max_length=16,
        choices=Direction.choices,
        default=Direction.TO_AGENCY,
        db_default=Direction.TO_AGENCY,
        editable=False,
    )
    kind = models.CharField(_("type of request"), max_length=20, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.DRAFT, editable=False)
    reference = models.CharField(_("reference"), max_length=16, unique=True, null=True, blank=True, editable=False)
    language = models.CharField(
        _("language of the request"),
        max_length=2,
        choices=ContentLanguage.choices,
        help_text=_("The language in which the request is written and handled."),
    )
    asked_by = models.ForeignKey(User, verbose_name=_("asked by"), on_delete=models.PROTECT, related_name="requests_asked")
    asked_for = models.ForeignKey(
        User,
        verbose_name=_("in the name of"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text=_("Set when a delegate asked; the database asks for the delegation in force."),
    )
    assignee = models.ForeignKey(
        User, verbose_name=_("assigned to"), on_delete=models.PROTECT, null=True, blank=True, related_name="requests_assigned"
    )
    outside_agreement = models.BooleanField(_("outside the agreement"), default=False, editable=False)

    title = models.CharField(_("title"), max_length=120)
    description = models.TextField(_("what is it about"), blank=True, validators=[MaxLengthValidator(5000)])
    wished_by = models.DateField(_("wished by"), null=True, blank=True)
    wished_by_reason = models.CharField(_("why this date"), max_length=300, blank=True)
    is_urgent = models.BooleanField(_("urgent"), default=False)
    urgent_reason = models.CharField(_("why it is urgent"), max_length=300, blank=True)
    partners_contacted = models.TextField(_("partners already contacted"), blank=True, validators=[MaxLengthValidator(2000)])

    created_at = models.DateTimeField(_("made on"), default=timezone.now, editable=False)
    submitted_at = models.DateTimeField(_("submitted on"), null=True, blank=True, editable=False)
    acknowledged_at = models.DateTimeField(_("acknowledged on"), null=True, blank=True, editable=False)
    completed_at = models.DateTimeField(_("completed on"), null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("ended on"), null=True, blank=True, editable=False)
    due_on = models.DateField(_("due on"), null=True, blank=True, editable=False)
    clock_stopped_on = models.DateField(_("the clock stands still since"), null=True, blank=True, editable=False)
    reason = models.TextField(_("reason"), blank=True, editable=False, help_text=_("Why it was declined or withdrawn."))
    result = models.TextField(_("result"), blank=True, editable=False)

    history = HistoricalRecords(excluded_fields=["token", "step_revisions"])
    objects = ServiceRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering: ClassVar = ["-created_at", "-id"]
        permissions: ClassVar = [("handle_servicerequest", "Can handle requests of municipalities")]
        indexes: ClassVar = [
            models.Index(fields=["municipality", "-created_at", "-id"], name="request_of_municipality"),
            models.Index(
                fields=["state", "due_on"],
                name="request_working",
                condition=models.Q(state__in=["submitted", "acknowledged", "in_progress", "waiting", "completed"]),
            ),
            models.Index(fields=["assignee", "state"], name="request_of_assignee"),
            models.Index(fields=["-created_at", "-id"], name="request_newest"),
            models.Index(fields=["ended_at"], name="request_ended", condition=models.Q(ended_at__isnull=False)),
            GinIndex(OpClass(plain_words("title"), name="gin_trgm_ops"), name="request_title_words"),
            GinIndex(OpClass(plain_words("area"), name="gin_trgm_ops"), name="request_area_words"),
            GinIndex(OpClass(Upper("reference"), name="gin_trgm_ops"), name="request_reference_trigram"),
        ]
        constraints: ClassVar = [
            *Answers.Meta.constraints,
            models.CheckConstraint(
                name="request_direction_known",
                condition=models.Q(direction="to_agency") | models.Q(direction="to_municipality", kind="audit"),
            ),
            models.CheckConstraint(
                name="request_reference_since_submission",
                condition=models.Q(state="draft", reference__isnull=True, submitted_at__isnull=True)
                | models.Q(reference__isnull=False, submitted_at__isnull=False)
                | models.Q(state="withdrawn", reference__isnull=True),
            ),
            models.CheckConstraint(name="request_declined_with_reason", condition=~models.Q(state="declined") | ~models.Q(reason="")),
            models.CheckConstraint(
                name="request_urgent_with_reason",
                condition=models.Q(is_urgent=False) | ~models.Q(urgent_reason="") | models.Q(state="draft"),
            ),
            models.CheckConstraint(
                name="request_ended_has_time",
                condition=models.Q(state__in=["closed", "declined", "withdrawn"], ended_at__isnull=False)
                | (~models.Q(state__in=["closed", "declined", "withdrawn"]) & models.Q(ended_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="request_clock_stands_while_waiting",
                condition=~models.Q(state="waiting") | models.Q(clock_stopped_on__isnull=False),
            ),
            models.CheckConstraint(
                name="request_state_known",
                condition=models.Q(
                    state__in=[
                        "draft",
                        "submitted",
                        "acknowledged",
                        "in_progress",
                        "waiting",
                        "completed",
                        "closed",
                        "declined",
                        "withdrawn",
                    ]
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} · {self.title}" if self.reference else self.title

    @property
    def who(self) -> str:
        """Who asks: `X`, or `X for Y` when a delegate asked."""
        return signed(self.asked_by, self.asked_for)

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_from_agency(self) -> bool:
        """The agency asks the municipality for data or a study."""
        return self.direction == self.Direction.TO_MUNICIPALITY

    @property
    def is_turn_of_municipality(self) -> bool:
        return self.state in (self.TURN_OF_HANDLER if self.is_from_agency else self.TURN_OF_ASKER)

    @property
    def is_turn_of_agency(self) -> bool:
        return self.state in (self.TURN_OF_ASKER if self.is_from_agency else self.TURN_OF_HANDLER)

    def is_overdue(self, on: dt.date) -> bool:
        """Whoever was asked should have acted before that day."""
        return self.state in self.TURN_OF_HANDLER and self.due_on is not None and self.due_on < on

    def get_kind_display(self) -> str:  # type: ignore[no-redef]
        return str(_("Data or a study asked by the agency") if self.is_from_agency else Kind(self.kind).label)

    @property
    def short_kind(self) -> str:
        """The type in a word, for a column of a list."""
        return pgettext("type of request", "Data") if self.is_from_agency else Kind(self.kind).short

    def get_state_display(self) -> str:  # type: ignore[no-redef]
        """What waits, waits for whoever asked."""
        if self.is_from_agency and self.state == self.State.WAITING:
            return str(pgettext_lazy("state of a request", "Waiting for the agency"))
        return str(self.State(self.state).label)

    def contact_on(self, on: dt.date) -> User | None:
        """Who answers for it that day: the assignee, or while they are away whoever stands in front of the municipality."""
        is_away = self.assignee_id is not None and Absence.objects.in_force(on).filter(officer=self.assignee_id).exists()
        if self.assignee and not is_away:
            return self.assignee
        front = SpocAssignment.objects.for_municipalities([self.municipality_id], on).first()
        if front is None or (front.absent_until and self.assignee):
            return self.assignee
        return front.officer
