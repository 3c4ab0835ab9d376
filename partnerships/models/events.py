"""The event log: the history of everything, and the outbox from which mails are made."""

from typing import Any, ClassVar

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.delegations import signed
from municipalities.models import Municipality, User
from partnerships.models.requests import ServiceRequest


class EventQuerySet(models.QuerySet["Event"]):
    def about(self, subject: models.Model) -> "EventQuerySet":
        """The events of one object, oldest first."""
        content_type = ContentType.objects.get_for_model(subject)
        return self.filter(content_type=content_type, object_id=subject.pk).order_by("at", "pk")

    def told_to_municipality(self) -> "EventQuerySet":
        """Without what the agency did among itself."""
        return self.exclude(verb__in=Event.AMONG_STAFF)

    def visible_to_staff(self) -> "EventQuerySet":
        """Without what a municipality did to a draft, and without any trace of drafts never submitted."""
        never_submitted = ServiceRequest.objects.filter(pk=models.OuterRef("object_id"), reference__isnull=True)
        return self.exclude(verb__in=Event.DRAFTING).exclude(
            models.Exists(never_submitted), content_type__app_label="partnerships", content_type__model="servicerequest"
        )

    def delete(self) -> Any:
        raise TypeError("Events are kept for ever.")

    def update(self, **kwargs: Any) -> int:
        raise TypeError("Events never change.")


class Event(models.Model):
    """Who did what, when, on what. Written in the transaction of the act; a database trigger refuses change and removal."""

    class Verb(models.TextChoices):
        REQUEST_DRAFTED = "request_drafted", _("Draft made")
        REQUEST_EDITED = "request_edited", _("Draft changed")
        REQUEST_SUBMITTED = "request_submitted", _("Request submitted")
        REQUEST_ACKNOWLEDGED = "request_acknowledged", _("Receipt acknowledged")
        REQUEST_STARTED = "request_started", _("Work started")
        REQUEST_ASKED = "request_asked", _("Information asked from the municipality")
        REQUEST_ANSWERED = "request_answered", _("Municipality answered")
        REQUEST_COMPLETED = "request_completed", _("Work completed")
        REQUEST_CLOSED = "request_closed", _("Request closed")
        REQUEST_DECLINED = "request_declined", _("Request declined")
        REQUEST_WITHDRAWN = "request_withdrawn", _("Request withdrawn")
        REQUEST_ASSIGNED = "request_assigned", _("Request assigned")
        MESSAGE_SENT = "message_sent", _("Message sent")
        MAILING_DRAFTED = "mailing_drafted", _("Mailing drafted")
        MAILING_EDITED = "mailing_edited", _("Mailing changed")
        MAILING_APPROVAL_ASKED = "mailing_approval_asked", _("Approval asked")
        MAILING_APPROVED = "mailing_approved", _("Mailing approved")
        MAILING_SENT_BACK = "mailing_sent_back", _("Mailing sent back")
        MAILING_APPROVAL_VOIDED = "mailing_approval_voided", _("Approval void: the content changed")
        MAILING_SCHEDULED = "mailing_scheduled", _("Sending scheduled")
        MAILING_UNSCHEDULED = "mailing_unscheduled", _("Sending no longer scheduled")
        MAILING_HELD = "mailing_held", _("Mailing held")
        MAILING_PLANNED = "mailing_planned", _("Sending started")
        MAILING_SENT = "mailing_sent", _("Mailing sent")
        MAILING_PAUSED = "mailing_paused", _("Sending paused")
        MAILING_RESUMED = "mailing_resumed", _("Sending resumed")
        DELIVERY_SETTLED = "delivery_settled", _("Mail in doubt settled")
        DELIVERY_RESENT = "delivery_resent", _("Mail sent again to one person")
        DELEGATION_INVITED = "delegation_invited", _("Delegate invited")
        DELEGATION_ACCEPTED = "delegation_accepted", _("Delegation accepted")
        DELEGATION_DECLINED = "delegation_declined", _("Delegation declined")
        DELEGATION_REVOKED = "delegation_revoked", _("Delegation taken back")
        PERSON_WELCOMED = "person_welcomed", _("Person told of being entered")
        TURNOVER_APPLIED = "turnover_applied", _("Colleges imported")
        TURNOVER_UNDONE = "turnover_undone", _("Import of colleges undone")
        PERSON_ERASED = "person_erased", _("Person erased")
        SPOC_HANDOVER_PLANNED = "spoc_handover_planned", _("Hand-over to a new SPOC planned")
        SPOC_HANDOVER_CANCELLED = "spoc_handover_cancelled", _("Hand-over to a new SPOC cancelled")
        SPOC_HANDED_OVER = "spoc_handed_over", _("Municipality handed over to a new SPOC")
        SPOC_INTRODUCED = "spoc_introduced", _("New SPOC introduced to the officials")
        AGREEMENT_RENEWAL_DRAFTED = "agreement_renewal_drafted", _("Renewal of the agreement drafted")
        AGREEMENT_SIGNED = "agreement_signed", _("Agreement signed")
        AGREEMENT_DOCUMENT_KEPT = "agreement_document_kept", _("Signed document of the agreement kept")
        AGREEMENT_ENDING = "agreement_ending", _("End of the agreement announced")
        REQUEST_REOPENED = "request_reopened", _("Request reopened")
        REQUEST_REFERRED = "request_referred", _("Request referred to a partner")
        REFERRAL_ENDED = "referral_ended", _("Referral ended")
        REQUEST_MERGED = "request_merged", _("Request merged with its twin")
        REQUEST_LINKED = "request_linked", _("Requests linked")
        REQUEST_UNLINKED = "request_unlinked", _("Link between requests removed")
        REQUEST_RATED = "request_rated", _("Satisfaction told")
        DEADLINE_MOVED = "deadline_moved", _("Expected date changed")
        DEADLINE_NEAR = "deadline_near", _("Deadline is near")
        DEADLINE_PASSED = "deadline_passed", _("Deadline has passed")
        NOTE_WRITTEN = "note_written", _("Internal note written")
        COLLEAGUE_MENTIONED = "colleague_mentioned", _("Colleague mentioned")
        ATTACHMENT_ADDED = "attachment_added", _("File added")
        ATTACHMENT_REPLACED = "attachment_replaced", _("New version of a file added")
        ATTACHMENT_REMOVED = "attachment_removed", _("File removed")
        ATTACHMENT_QUARANTINED = "attachment_quarantined", _("File put in quarantine")
        STEP_DONE = "step_done", _("Step done")
        STEP_UNDONE = "step_undone", _("Step open again")
        ASSOCIATION_FOUNDED = "association_founded", _("Traders' association entered from a request")
        FOLLOW_UP_DUE = "follow_up_due", _("Follow-up is due")
        DOCUMENT_DELIVERED = "document_delivered", _("Document delivered to the library")
        EXCHANGE_NOTED = "exchange_noted", _("Exchange of data noted")
        DOCUMENT_SHARED = "document_shared", _("Sharing of a document changed")
        SITE_CHANGED = "site_changed", _("Phases of the works changed")
        COMPENSATION_DAY_NEAR = "compensation_day_near", _("Day for compensation announced")
        PLAN_CHANGED = "plan_changed", _("Action plan changed")
        PLAN_PROPOSED = "plan_proposed", _("Action plan proposed")
        PLAN_AGREED = "plan_agreed", _("Action plan agreed")
        MEASURE_DUE = "measure_due", _("Measure of the action plan falls due")
        SITE_EVALUATED = "site_evaluated", _("Support during works evaluated")
        COVERAGE_NOTED = "coverage_noted", _("Open points of coverage told to the lead")
        ABSENCE_ENTERED = "absence_entered", _("Absence entered")
        ABSENCE_CANCELLED = "absence_cancelled", _("Absence cancelled")
        LIST_IMPORTED = "list_imported", _("List imported")
        MANDATE_ENDED = "mandate_ended", _("Last day of a mandate set")
        LANGUAGE_SET_TO_BOTH = "language_set_to_both", _("Written to in both languages again")
        SPOC_ASSIGNED = "spoc_assigned", _("SPOC or deputy named")
        QUESTION_ASKED = "question_asked", _("Question to the Region asked")
        QUESTION_ASSIGNED = "question_assigned", _("Question given to a colleague")
        QUESTION_FORWARDED = "question_forwarded", _("Question forwarded to a body")
        QUESTION_TAKEN_BACK = "question_taken_back", _("Question taken back from a body")
        QUESTION_REMINDED = "question_reminded", _("Reminder of a question sent")
        QUESTION_REPLIED = "question_replied", _("The body answered the question")
        QUESTION_DRAFTED = "question_drafted", _("Answer to a question drafted")
        QUESTION_REVIEW_ASKED = "question_review_asked", _("Review of an answer asked")
        QUESTION_SENT_BACK = "question_sent_back", _("Answer sent back")
        QUESTION_ANSWERED = "question_answered", _("Question answered")
        QUESTION_PUBLISHED = "question_published", _("Answer published to the 19 municipalities")
        QUESTION_UNPUBLISHED = "question_unpublished", _("Answer no longer published")
        QUESTION_CONFIRMED = "question_confirmed", _("Answer still valid")
        QUESTION_OUTDATED = "question_outdated", _("Answer to be checked again")
        QUESTION_SUPERSEDED = "question_superseded", _("Answer replaced by another")
        QUESTION_MERGED = "question_merged", _("Question merged with a similar one")
        QUESTION_WITHDRAWN = "question_withdrawn", _("Question withdrawn")
        QUESTION_DECLINED = "question_declined", _("Question declined")
        CONSULTATION_DRAFTED = "consultation_drafted", _("Consultation prepared")
        CONSULTATION_INVITED = "consultation_invited", _("Invitation to a consultation sent")
        CONSULTATION_CHANGED = "consultation_changed", _("Consultation changed")
        CONSULTATION_CANCELLED = "consultation_cancelled", _("Consultation cancelled")
        CONSULTATION_REPLIED = "consultation_replied", _("Invitation answered")
        CONSULTATION_PLACE_FREED = "consultation_place_freed", _("A place became free at a consultation")
        CONSULTATION_REMINDED = "consultation_reminded", _("Reminder of a consultation sent")
        CONSULTATION_HELD = "consultation_held", _("Consultation held")
        MINUTES_PUBLISHED = "minutes_published", _("Minutes of a consultation published")
        ACTION_AGREED = "action_agreed", _("Action agreed at a consultation")
        ACTION_DUE = "action_due", _("Action of a consultation falls due")
        ACTION_DONE = "action_done", _("Action of a consultation done")
        PRACTICE_TOLD = "practice_told", _("Best practice told")
        PRACTICE_SENT_BACK = "practice_sent_back", _("Best practice sent back")
        PRACTICE_PUBLISHED = "practice_published", _("Best practice published")
        PRACTICE_WITHDRAWN = "practice_withdrawn", _("Best practice withdrawn")
        PRACTICE_WANTED = "practice_wanted", _("A municipality wants this best practice too")
        PRACTICE_TAKEN_OVER = "practice_taken_over", _("Best practice taken over")
        MAILING_COMMENTED = "mailing_commented", _("Remark on a mailing")
        MAILING_URGENT_APPROVED = "mailing_urgent_approved", _("Urgent mailing approved in the team")
        MAILING_STOPPED = "mailing_stopped", _("Sending stopped")
        STAND_IN_NAMED = "stand_in_named", _("Stand-in for approval named")
        STAND_IN_ENDED = "stand_in_ended", _("Stand-in for approval ended")
        ADDRESS_BOUNCED = "address_bounced", _("Address refuses mail")
        ADDRESS_COMPLAINED = "address_complained", _("Mail reported as unwanted")
        ADDRESS_REPAIRED = "address_repaired", _("Address repaired")
        TOLD_OTHERWISE = "told_otherwise", _("Informed by other means")

    DRAFTING: ClassVar = frozenset({Verb.REQUEST_DRAFTED, Verb.REQUEST_EDITED})
    AMONG_STAFF: ClassVar = frozenset({Verb.NOTE_WRITTEN, Verb.COLLEAGUE_MENTIONED, Verb.DEADLINE_NEAR, Verb.DEADLINE_PASSED})
    WHERE_THE_AGENCY_ASKS: ClassVar = {
        Verb.REQUEST_ASKED: _("Information asked from the agency"),
        Verb.REQUEST_ANSWERED: _("The agency answered"),
    }

    ASSOCIATION_LINKED: ClassVar = _("Traders' association linked to the request")

    verb = models.CharField(_("what"), max_length=40, choices=Verb.choices)
    at = models.DateTimeField(_("when"), default=timezone.now)
    actor = models.ForeignKey(
        User,
        verbose_name=_("who"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        help_text=_("Empty: the portal itself."),
    )
    behalf_of = models.ForeignKey(
        User,
        verbose_name=_("in the name of"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text=_("Set when a delegate acted; the database asks for the delegation in force."),
    )
    municipality = models.ForeignKey(
        Municipality, verbose_name=_("municipality"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    object_id = models.BigIntegerField()
    subject = GenericForeignKey("content_type", "object_id")
    data = models.JSONField(_("details"), default=dict, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [
            models.Index(fields=["content_type", "object_id", "id"], name="event_of_subject"),
            models.Index(fields=["municipality", "-id"], name="event_of_municipality"),
        ]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} · {self.at:%Y-%m-%d %H:%M}"

    def get_verb_display(self) -> str:  # type: ignore[no-redef]
        """In a request of the agency to a municipality, it is the municipality that asks back; who was known is linked, not entered."""
        if self.verb == self.Verb.ASSOCIATION_FOUNDED and self.data.get("was_known"):
            return str(self.ASSOCIATION_LINKED)
        labels: dict[Any, Any] = dict(self.Verb.choices)
        is_turned = self.data.get("direction") == ServiceRequest.Direction.TO_MUNICIPALITY
        return str((labels | self.WHERE_THE_AGENCY_ASKS if is_turned else labels).get(self.verb, self.verb))

    @property
    def who(self) -> str:
        """The name under the act: `X`, or `X for Y`; nothing for the portal itself."""
        return signed(self.actor, self.behalf_of) if self.actor else ""
