"""Nothing is kept longer than the register says. Every rule works in batches, by an index, and a second time finds nothing."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import structlog
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import connection, models, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.privacy.erasure import ErasureRefused, erase_person, refusal
from config.privacy.holdings import rows_of
from config.privacy.models import Erasure, PersonalDataAccess, RetentionRun
from mailings.models import Addressee, Delivery
from municipalities.models import ListImport, Mandate, Turnover, TurnoverChange, User
from partnerships.models import (
    Agreement,
    Attachment,
    AuditDetails,
    DataRequestDetails,
    DevelopmentDetails,
    DraftUpload,
    Forwarding,
    Message,
    Note,
    Question,
    QuestionRemark,
    Rating,
    RequestStep,
    ServiceRequest,
    Sighting,
    SpocAssignment,
    WorksSite,
)
from partnerships.services.file_care import drop_contents, drop_draft_uploads, forget_attachments

logger = structlog.get_logger(__name__)

ONE_AT_A_TIME = 7_304_221  # any number no other lock of ours bears
BATCH = 1000
PEOPLE_BATCH = 20  # an erasure reads every free text once
TIME_FOR_A_TICK = dt.timedelta(seconds=120)  # well under the time limit of a task; the next tick goes on
SETTLED = tuple(set(Delivery.State) - Delivery.UNSETTLED)
NO_WORDS = "–"
NO_FUNCTION = {"is_staff": False, "is_cabinet_reviewer": False, "is_superuser": False}
WORDS = ("description", "area", "wished_by_reason", "technical_contact", "technical_phone", "partners_contacted", "result")
NO_ONE: dict[str, Any] = {"political_lead": None, "technical_person": None, "outside_contacts": []}


@dataclass(frozen=True)
class Rule:
    """What is due on a day, and what becomes of a batch of it; `end` returns how many rows it dealt with."""

    name: str
    label: Any
    due: Callable[[dt.date], models.QuerySet[Any]]
    end: Callable[[models.QuerySet[Any]], int]
    batch: int = BATCH


def _start_of(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


# --- What is due --------------------------------------------------------------------------------


def people_due(on: dt.date) -> models.QuerySet[User]:
    """People whose last mandate or SPOC assignment ended, or who were entered without any, longer ago than contacts are kept."""
    limit = on - settings.RETENTION_CONTACT
    late = models.Q(period__endswith__gt=limit) | models.Q(period__endswith__isnull=True)
    mandates = Mandate.objects.filter(late, user=models.OuterRef("pk"))
    assignments = SpocAssignment.objects.filter(late, officer=models.OuterRef("pk"))
    people = User.objects.not_erased().filter(date_joined__lt=_start_of(limit), **NO_FUNCTION)
    worked_lately = User.history.filter(
        models.Q(is_staff=True) | models.Q(is_cabinet_reviewer=True), id=models.OuterRef("pk"), history_date__gte=_start_of(limit)
    )
    return people.exclude(models.Exists(mandates)).exclude(models.Exists(assignments)).exclude(models.Exists(worked_lately)).order_by("pk")


def deliveries_due(on: dt.date) -> models.QuerySet[Delivery]:
    before = _start_of(on - settings.RETENTION_SEND_LOG)
    return Delivery.objects.filter(planned_at__lt=before, state__in=SETTLED).order_by("planned_at", "pk")


def addressees_due(on: dt.date) -> models.QuerySet[Addressee]:
    """Addresses of mailings whose mails are off the log."""
    before = _start_of(on - settings.RETENTION_SEND_LOG)
    mails = Delivery.objects.filter(addressee=models.OuterRef("pk"))
    return Addressee.objects.filter(~models.Exists(mails), added_at__lt=before).order_by("pk")


def bodies_due(on: dt.date) -> models.QuerySet[Delivery]:
    before = _start_of(on - settings.RETENTION_MAIL_BODIES)
    worded = models.Q(body_text__gt="") | models.Q(body_html__gt="")
    return Delivery.objects.filter(worded, planned_at__lt=before, state__in=SETTLED).order_by("planned_at", "pk")


def requests_due(on: dt.date) -> models.QuerySet[ServiceRequest]:
    """Submitted, ended long ago, and still with words."""
    before = _start_of(on - settings.RETENTION_REQUESTS)
    return ServiceRequest.objects.filter(ended_at__lt=before, reference__isnull=False).exclude(title=models.F("reference")).order_by("pk")


def questions_due(on: dt.date) -> models.QuerySet[Question]:
    """Ended, or answered, long ago and still in the asker's words; the answer for all 19 names nobody and stays."""
    before = _start_of(on - settings.RETENTION_REQUESTS)
    over = models.Q(ended_at__lt=before) | models.Q(answered_at__lt=before)
    return Question.objects.filter(over).exclude(words=NO_WORDS).order_by("pk")


def withdrawn_drafts_due(on: dt.date) -> models.QuerySet[ServiceRequest]:
    before = _start_of(on - settings.RETENTION_DRAFTS)
    return ServiceRequest.objects.filter(ended_at__lt=before, reference__isnull=True).exclude(title=NO_WORDS).order_by("pk")


def drafts_due(on: dt.date) -> models.QuerySet[ServiceRequest]:
    """Drafts nobody touched for as long as drafts are kept."""
    before = _start_of(on - settings.RETENTION_DRAFTS)
    touched = ServiceRequest.history.filter(id=models.OuterRef("pk"), history_date__gte=before)
    return ServiceRequest.objects.drafts().filter(created_at__lt=before).exclude(models.Exists(touched)).order_by("pk")


def accesses_due(on: dt.date) -> models.QuerySet[PersonalDataAccess]:
    return PersonalDataAccess.objects.filter(at__lt=_start_of(on - settings.RETENTION_ACCESS_LOG)).order_by("at", "pk")


def admin_log_due(on: dt.date) -> models.QuerySet[LogEntry]:
    """What Django's administration notes beside the history: of no use once the log of accesses of that day is gone."""
    return LogEntry.objects.filter(action_time__lt=_start_of(on - settings.RETENTION_ACCESS_LOG)).order_by("pk")


def sessions_due(on: dt.date) -> models.QuerySet[Session]:
    return Session.objects.filter(expire_date__lt=_start_of(on)).order_by("expire_date")


def uploads_due(on: dt.date) -> models.QuerySet[Turnover]:
    """Files of mandates that were looked at and never imported."""
    return Turnover.objects.waiting().filter(uploaded_at__lt=_start_of(on - settings.TURNOVER_UPLOAD_KEPT)).order_by("pk")


def documents_due(on: dt.date) -> models.QuerySet[Any]:
    """Earlier versions of agreements whose signed document gave way to another one long ago, with the file still kept."""
    versions = Agreement.history.exclude(document="")
    later = Agreement.history.filter(id=models.OuterRef("id"), history_id__gt=models.OuterRef("history_id"))
    given_way = later.filter(history_date__lt=_start_of(on - settings.RETENTION_REPLACED_DOCUMENTS)).exclude(
        document=models.OuterRef("document")
    )
    current = Agreement.objects.filter(document=models.OuterRef("document"))
    return versions.filter(models.Exists(given_way)).exclude(models.Exists(current)).order_by("history_id")


def lists_due(on: dt.date) -> models.QuerySet[ListImport]:
    """Lists that were looked at and never imported."""
    return ListImport.objects.waiting().filter(uploaded_at__lt=_start_of(on - settings.TURNOVER_UPLOAD_KEPT)).order_by("pk")


def files_due(on: dt.date) -> models.QuerySet[Attachment]:
    """Files taken out of their request, or caught by the virus scanner, whose contents are still there."""
    before = _start_of(on - settings.RETENTION_REMOVED_FILES)
    gone = models.Q(removed_at__lt=before) | models.Q(scan=Attachment.Scan.INFECTED, scanned_at__lt=before)
    return Attachment.objects.filter(gone).exclude(file="").order_by("pk")


def draft_uploads_due(on: dt.date) -> models.QuerySet[DraftUpload]:
    return DraftUpload.objects.filter(uploaded_at__lt=_start_of(on - settings.DRAFT_UPLOADS_KEPT)).order_by("pk")


def undoing_due(on: dt.date) -> models.QuerySet[TurnoverChange]:
    """What undoing an import would need, once it is too late to undo it."""
    over = Turnover.objects.applied().filter(applied_at__lt=_start_of(on - settings.TURNOVER_UNDO_WITHIN))
    return TurnoverChange.objects.filter(turnover__in=over).order_by("pk")


# --- What becomes of it -------------------------------------------------------------------------


def _erase_people(people: models.QuerySet[User]) -> int:
    erased = 0
    for person in people:
        try:
            erase_person(person, by=None, basis=Erasure.Basis.RETENTION)
        except ErasureRefused:
            logger.warning("person_not_erased", person=person.pk, reason=str(refusal(person)))
            continue
        erased += 1
    return erased


@transaction.atomic
def _remove(rows: models.QuerySet[Any]) -> int:
    return rows_of(rows.model).filter(pk__in=list(rows.values_list("pk", flat=True))).delete()[0]


@transaction.atomic
def _remove_accesses(rows: models.QuerySet[Any]) -> int:
    """The one removal the trigger of the log lets through, announced for this transaction alone."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL portal.retention = 'on'")
        removed = _remove(rows)
        cursor.execute("SET LOCAL portal.retention = 'off'")
    return removed


@transaction.atomic
def _blank_bodies(rows: models.QuerySet[Any]) -> int:
    return Delivery.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).update(
        body_text="", body_html="", calendar="", response=""
    )


@transaction.atomic
def _take_words_away(rows: models.QuerySet[Any]) -> int:
    """Of a request only what is counted stays: who asked which municipality's service, when, and how it ended."""
    keys = list(rows.values_list("pk", flat=True))
    wordless: dict[str, Any] = dict.fromkeys(WORDS, "")
    title = Coalesce(models.F("reference"), models.Value(NO_WORDS))
    urgent = models.Case(models.When(is_urgent=True, then=models.Value(NO_WORDS)), default=models.Value(""))
    reason = models.Case(models.When(reason="", then=models.Value("")), default=models.Value(NO_WORDS))
    Sighting.objects.filter(request__in=keys).delete()
    forget_attachments(keys)
    Note.objects.filter(request__in=keys).delete()
    Message.objects.filter(request__in=keys).delete()
    AuditDetails.objects.filter(request__in=keys).delete()
    DataRequestDetails.objects.filter(request__in=keys).delete()
    DevelopmentDetails.objects.filter(request__in=keys).delete()
    ServiceRequest.followers.through.objects.filter(servicerequest__in=keys).delete()
    RequestStep.objects.filter(request__in=keys).update(note="")
    WorksSite.objects.filter(request__in=keys).delete()  # with its plan, and everything else that hangs on it
    Rating.objects.filter(request__in=keys).update(words="")
    ServiceRequest.history.filter(id__in=keys).delete()
    return ServiceRequest.objects.filter(pk__in=keys).update(title=title, urgent_reason=urgent, reason=reason, **wordless, **NO_ONE)


@transaction.atomic
def _take_questions_words_away(rows: models.QuerySet[Any]) -> int:
    """What was asked goes with the remarks of the team; what was answered for all 19, and what is counted, stays."""
    keys = list(rows.values_list("pk", flat=True))
    urgent = models.Case(models.When(is_urgent=True, then=models.Value(NO_WORDS)), default=models.Value(""))
    reason = models.Case(models.When(reason="", then=models.Value("")), default=models.Value(NO_WORDS))
    QuestionRemark.objects.filter(question__in=keys).delete()
    Forwarding.objects.filter(question__in=keys).update(note="")
    Question.history.filter(id__in=keys).delete()
    return Question.objects.filter(pk__in=keys).update(title=NO_WORDS, words=NO_WORDS, urgent_reason=urgent, reason=reason)


def _remove_documents(rows: models.QuerySet[Any]) -> int:
    """The files first: a file whose row still names it is found again tomorrow, one that nothing names never. The fingerprint stays."""
    versions = list(rows.values_list("history_id", "document"))
    storage = Agreement._meta.get_field("document").storage  # type: ignore[union-attr]
    for name in sorted({name for _key, name in versions}):
        storage.delete(name)
    return Agreement.history.filter(history_id__in=[key for key, _name in versions]).update(document="")


@transaction.atomic
def _remove_drafts(rows: models.QuerySet[Any]) -> int:
    keys = list(rows.values_list("pk", flat=True))
    forget_attachments(keys)
    ServiceRequest.history.filter(id__in=keys).delete()
    return ServiceRequest.objects.filter(pk__in=keys, state=ServiceRequest.State.DRAFT).delete()[1].get("partnerships.ServiceRequest", 0)


def _drop_contents(rows: models.QuerySet[Any]) -> int:
    return drop_contents(rows.values_list("pk", flat=True))


def _drop_draft_uploads(rows: models.QuerySet[Any]) -> int:
    return drop_draft_uploads(rows.values_list("pk", flat=True))


RULES = (
    Rule("people", _("People whose mandate or function ended long ago become a number"), people_due, _erase_people, PEOPLE_BATCH),
    Rule("mails", _("Mails are taken off the send log"), deliveries_due, _remove),
    Rule("addressees", _("Addresses without an account are taken off the send log"), addressees_due, _remove),
    Rule("mail_bodies", _("Words of notices and test mails are removed"), bodies_due, _blank_bodies),
    Rule("requests", _("Requests ended long ago lose their words"), requests_due, _take_words_away),
    Rule(
        "questions",
        _("Questions to the Region ended or answered long ago lose the asker's words"),
        questions_due,
        _take_questions_words_away,
    ),
    Rule("withdrawn_drafts", _("Drafts that were withdrawn lose their words"), withdrawn_drafts_due, _take_words_away),
    Rule("drafts", _("Drafts nobody touched are removed"), drafts_due, _remove_drafts),
    Rule("accesses", _("Accesses to personal data are taken off the log"), accesses_due, _remove_accesses),
    Rule("admin_log", _("Notes of the administration are removed"), admin_log_due, _remove),
    Rule("uploads", _("Files of mandates nobody imported are removed"), uploads_due, _remove),
    Rule("documents", _("Signed documents that gave way to another one are removed, with their files"), documents_due, _remove_documents),
    Rule("lists", _("Lists nobody imported are removed"), lists_due, _remove),
    Rule("files_removed", _("Files that were removed or put in quarantine are deleted"), files_due, _drop_contents),
    Rule("files_in_hand", _("Files of forms nobody sent are deleted"), draft_uploads_due, _drop_draft_uploads),
    Rule("undoing", _("What undoing an import needs is removed"), undoing_due, _remove),
    Rule("sessions", _("Sessions that ended are removed"), sessions_due, _remove),
)


# --- Applying -----------------------------------------------------------------------------------


def retention_due(on: dt.date) -> dict[str, int]:
    """How many rows each rule would deal with on that day."""
    return {rule.name: rule.due(on).order_by().count() for rule in RULES}


def apply_retention(on: dt.date, *, until: dt.datetime | None = None) -> dict[str, int]:
    """Apply every rule as of that day, batch by batch, each in its own transaction; stop after the batch in which `until` passes.

    Applied twice it does nothing more. Returns the rows per rule; raises OutOfTime with them when work is left.
    """
    counts: dict[str, int] = {}
    for rule in RULES:
        for rows in _batches(rule, on):
            counts[rule.name] = counts.get(rule.name, 0) + rows
            if until and timezone.now() >= until:
                raise OutOfTime(counts)
    return counts


class OutOfTime(Exception):
    """Work is left for the next tick."""

    def __init__(self, counts: dict[str, int]) -> None:
        super().__init__("work is left")
        self.counts = counts


def _batches(rule: Rule, on: dt.date) -> Iterator[int]:
    """Deal with batch after batch; a batch that changes nothing is the last, so a row that resists never makes a circle."""
    for _number in count():
        rows = rule.end(rule.due(on)[: rule.batch])
        if not rows:
            return
        yield rows


def apply_retention_today(now: dt.datetime) -> RetentionRun | None:
    """What beat asks every quarter of an hour: once a day, from RETENTION_HOUR on, apply the rules; go on where the last tick stopped.

    Returns the day's run when this call did something, None when there was nothing to do or another worker is at it.
    """
    local = timezone.localtime(now)
    if local.hour < settings.RETENTION_HOUR or RetentionRun.objects.finished().filter(day=local.date()).exists():
        return None
    RetentionRun.objects.bulk_create([RetentionRun(day=local.date(), started_at=now)], ignore_conflicts=True)
    with _alone() as is_alone:
        return _go_on(RetentionRun.objects.get(day=local.date()), now) if is_alone else None


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether no other worker applies the rules at this moment; the lock ends with the connection at the latest."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [ONE_AT_A_TIME])
        (is_alone,) = cursor.fetchone()
        try:
            yield is_alone
        finally:
            if is_alone:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])


def _go_on(run: RetentionRun, now: dt.datetime) -> RetentionRun:
    try:
        run.add(apply_retention(run.day, until=timezone.now() + TIME_FOR_A_TICK))
        run.finished_at = timezone.now()
    except OutOfTime as left:
        run.add(left.counts)
    run.save(update_fields=["counts", "finished_at"])
    logger.info("retention_applied", day=str(run.day), finished=bool(run.finished_at), **run.counts)
    return run
