"""Each rule lets go on its day and not the day before; a second time it finds nothing."""

import datetime as dt
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.conf import settings as configured
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from config.privacy import retention
from config.privacy.models import PersonalDataAccess, RetentionRun
from config.privacy.retention import OutOfTime, apply_retention, apply_retention_today, retention_due
from config.seed.agreement_parts import small_pdf
from mailings.models import Addressee, Delivery
from municipalities.models import ListImport, User
from municipalities.turnover.models import Turnover, TurnoverChange
from partnerships.models import Agreement, Attachment, DraftUpload, Event, Message, Question, ServiceRequest
from partnerships.services.agreements import check_pdf, keep_document
from tests.factories import (
    AgreementFactory,
    DeliveryFactory,
    MailingFactory,
    MessageFactory,
    MunicipalityFactory,
    QuestionFactory,
    RequestFactory,
    SpocAssignmentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
LONG_AGO = dt.timedelta(days=4000)


def ago(length: dt.timedelta, *, more: int) -> dt.datetime:
    """Noon of the day that lies `length` and some days back."""
    return timezone.make_aware(dt.datetime.combine(TODAY - length - dt.timedelta(days=more), dt.time(12)))


def _former(more: int) -> User:
    person = UserFactory(former=MunicipalityFactory(), date_joined=timezone.now() - LONG_AGO)
    last = TODAY - configured.RETENTION_CONTACT - dt.timedelta(days=more)
    person.mandates.update(period=(last - dt.timedelta(days=900), last + dt.timedelta(days=1)))
    return person


def _mail(more: int) -> Delivery:
    return DeliveryFactory(sent=True, body_text="", body_html="", planned_at=ago(configured.RETENTION_SEND_LOG, more=more))


def _body(more: int) -> Delivery:
    return DeliveryFactory(sent=True, planned_at=ago(configured.RETENTION_MAIL_BODIES, more=more))


def _request(more: int) -> ServiceRequest:
    ended = ago(configured.RETENTION_REQUESTS, more=more)
    request = RequestFactory(closed=True, ended_at=ended)
    MessageFactory(request=request)
    return request


def _draft(more: int) -> ServiceRequest:
    request = RequestFactory(draft=True, created_at=ago(configured.RETENTION_DRAFTS, more=more))
    request.history.update(history_date=request.created_at)
    return request


def _withdrawn_draft(more: int) -> ServiceRequest:
    return RequestFactory(withdrawn=True, reference=None, submitted_at=None, ended_at=ago(configured.RETENTION_DRAFTS, more=more))


def _access(more: int) -> PersonalDataAccess:
    person = UserFactory(alderman=MunicipalityFactory())
    return PersonalDataAccess.objects.create(
        person=person, page=PersonalDataAccess.Page.LIST, at=ago(configured.RETENTION_ACCESS_LOG, more=more)
    )


def _session(more: int) -> Session:
    return Session.objects.create(session_key="k", session_data="", expire_date=ago(dt.timedelta(0), more=more))


def _upload(more: int) -> Turnover:
    return Turnover.objects.create(file_name="a.csv", content={"rows": []}, uploaded_at=ago(configured.TURNOVER_UPLOAD_KEPT, more=more))


def _document(more: int) -> Agreement:
    """Two documents: the second took the place of the first on that day."""
    by, agreement = UserFactory(spoc=True), AgreementFactory()
    for words in ("first", "second"):
        agreement = keep_document(agreement, by=by, pdf=check_pdf(SimpleUploadedFile("a.pdf", small_pdf((words,)))))
    Agreement.history.filter(id=agreement.pk).update(history_date=ago(configured.RETENTION_REPLACED_DOCUMENTS, more=more))
    return agreement


def _list(more: int) -> ListImport:
    at = ago(configured.TURNOVER_UPLOAD_KEPT, more=more)
    return ListImport.objects.create(by=UserFactory(), kind="streets", file_name="a.csv", content={"rows": []}, uploaded_at=at)


def _removed_file(more: int) -> Attachment:
    request = RequestFactory(in_progress=True)
    at = ago(configured.RETENTION_REMOVED_FILES, more=more)
    stored = {"file": "private/aa/a", "name": "a.pdf", "kind": "pdf", "size": 1, "sha256": "a" * 64, "side": "municipality"}
    people = {"added_by": request.asked_by, "removed_by": request.asked_by}
    return Attachment.objects.create(request=request, is_current=False, removed_at=at, **stored, **people)


def _file_in_hand(more: int) -> DraftUpload:
    stored = {"file": "private/aa/b", "name": "b.pdf", "kind": "pdf", "size": 1, "sha256": "b" * 64}
    return DraftUpload.objects.create(owner=UserFactory(), uploaded_at=ago(configured.DRAFT_UPLOADS_KEPT, more=more), **stored)


def _undoing(more: int) -> TurnoverChange:
    turnover = Turnover.objects.create(file_name="a.csv", applied_at=ago(configured.TURNOVER_UNDO_WITHIN, more=more))
    return TurnoverChange.objects.create(turnover=turnover, kind=TurnoverChange.Kind.PERSON_CHANGED, object_id=1, before={"email": "x"})


def _question(more: int) -> Question:
    return QuestionFactory(declined=True, ended_at=ago(configured.RETENTION_REQUESTS, more=more))


def _addressee(more: int) -> Addressee:
    """An extra address of a mailing whose mail is off the log already."""
    at = ago(configured.RETENTION_SEND_LOG, more=more)
    words = {"circle": "extra", "email": "a@example.org", "name": "A", "reason": "Taskforce", "added_by": UserFactory(editor=True)}
    return Addressee.objects.create(mailing=MailingFactory(), added_at=at, **words)


RULES: dict[str, Callable[[int], Any]] = {
    "people": _former,
    "mails": _mail,
    "addressees": _addressee,
    "mail_bodies": _body,
    "requests": _request,
    "questions": _question,
    "drafts": _draft,
    "withdrawn_drafts": _withdrawn_draft,
    "accesses": _access,
    "sessions": _session,
    "uploads": _upload,
    "documents": _document,
    "lists": _list,
    "files_removed": _removed_file,
    "files_in_hand": _file_in_hand,
    "undoing": _undoing,
}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_lets_go_the_day_after_its_time_and_not_before(name: str) -> None:
    RULES[name](0)
    assert retention_due(TODAY)[name] == 0
    assert retention_due(TODAY + dt.timedelta(days=1))[name] == 1
    assert name not in apply_retention(TODAY)
    assert apply_retention(TODAY + dt.timedelta(days=1))[name] == 1
    assert apply_retention(TODAY + dt.timedelta(days=1)) == {}


def test_every_rule_is_tested_at_its_boundary() -> None:
    assert {rule.name for rule in retention.RULES} - RULES.keys() <= {"admin_log"}


def test_who_left_becomes_a_number_and_who_works_on_stays() -> None:
    gone, spoc = _former(9), _former(9)
    SpocAssignmentFactory(officer=spoc)
    staff = UserFactory(lead=True, date_joined=timezone.now() - LONG_AGO)
    in_office = UserFactory(alderman=MunicipalityFactory(), date_joined=timezone.now() - LONG_AGO)
    assert apply_retention(TODAY)["people"] == 1
    erased = set(User.objects.exclude(pk__in=User.objects.not_erased().values("pk")).values_list("pk", flat=True))
    assert erased == {gone.pk}
    assert not {spoc.pk, staff.pk, in_office.pk} & erased


def test_of_an_old_request_the_figures_stay() -> None:
    request = _request(5)
    events = Event.objects.count()
    apply_retention(TODAY)
    kept = ServiceRequest.objects.get(pk=request.pk)
    assert (kept.reference, kept.kind, kept.state, kept.ended_at) == (request.reference, request.kind, request.state, request.ended_at)
    assert (kept.title, kept.description, kept.technical_contact, kept.result) == (request.reference, "", "", "")
    assert not Message.objects.filter(request=request).exists()
    assert not ServiceRequest.history.filter(id=request.pk).exists()
    assert Event.objects.count() == events


def test_a_document_that_was_replaced_goes_with_its_file_and_the_one_in_its_place_stays() -> None:
    agreement = _document(3)
    first, second = Agreement.history.filter(id=agreement.pk).exclude(document="").order_by("history_id").values_list("document", flat=True)
    assert default_storage.exists(first)
    assert apply_retention(TODAY)["documents"] == 1
    assert not default_storage.exists(first)
    assert default_storage.exists(second)
    agreement.refresh_from_db()
    assert agreement.document.name == second
    versions = Agreement.history.filter(id=agreement.pk, document="").order_by("history_id")
    assert [bool(version.document_sha256) for version in versions] == [False, True], "the fingerprint says what was there"


@pytest.mark.parametrize("trait", ["declined", "urgent"])
def test_what_the_database_demands_of_a_request_stays_fulfilled(trait: str) -> None:
    more = {} if trait == "declined" else {"closed": True}
    request = RequestFactory(**{trait: True}, **more)
    ServiceRequest.objects.filter(pk=request.pk).update(ended_at=ago(configured.RETENTION_REQUESTS, more=3))
    assert apply_retention(TODAY)["requests"] == 1
    assert "convention" not in ServiceRequest.objects.get(pk=request.pk).reason


def test_mail_that_is_still_to_be_sent_is_never_removed() -> None:
    DeliveryFactory(planned_at=ago(LONG_AGO, more=0))
    assert apply_retention(TODAY) == {}


def test_work_goes_by_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        _mail(3)
    small = [retention.Rule(rule.name, rule.label, rule.due, rule.end, 2) for rule in retention.RULES]
    monkeypatch.setattr(retention, "RULES", small)
    with pytest.raises(OutOfTime) as left:
        apply_retention(TODAY, until=timezone.now())
    assert left.value.counts == {"mails": 2}
    assert apply_retention(TODAY) == {"mails": 3}


def test_once_a_day_from_the_hour_on() -> None:
    _mail(3)
    early, late = (timezone.make_aware(dt.datetime.combine(TODAY, dt.time(hour, 30))) for hour in (2, 3))
    assert apply_retention_today(early) is None
    run = apply_retention_today(late)
    assert run is not None
    assert run.finished_at is not None
    assert run.counts == {"mails": 1}
    assert apply_retention_today(late + dt.timedelta(hours=1)) is None
    assert RetentionRun.objects.count() == 1


def test_a_day_that_was_not_finished_goes_on_with_the_next_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        _mail(3)
    late = timezone.make_aware(dt.datetime.combine(TODAY, dt.time(4)))
    monkeypatch.setattr(retention, "TIME_FOR_A_TICK", dt.timedelta(0))
    monkeypatch.setattr(retention, "RULES", [retention.Rule(r.name, r.label, r.due, r.end, 1) for r in retention.RULES])
    first = apply_retention_today(late)
    assert first is not None
    assert first.finished_at is None
    monkeypatch.setattr(retention, "TIME_FOR_A_TICK", dt.timedelta(minutes=2))
    second = apply_retention_today(late)
    assert second is not None
    assert second.finished_at is not None
    assert second.counts == {"mails": 2}


def test_the_command_counts_first_and_then_does() -> None:
    _mail(3)
    out = StringIO()
    call_command("apply_retention", dry_run=True, stdout=out)
    assert out.getvalue().splitlines()[1].strip().startswith("1 ")
    assert Delivery.objects.count() == 1
    call_command("apply_retention", stdout=StringIO())
    assert Delivery.objects.count() == 0


def _many_mails() -> list[Delivery]:
    person, now = UserFactory(), timezone.now()
    return [
        Delivery(
            kind="test",
            priority=2,
            recipient=person,
            email=person.email,
            language="fr",
            state="sent",
            sent_at=now,
            planned_at=now,
            body_text="…",
        )
        for _number in range(MANY)
    ]


def _many_requests() -> list[ServiceRequest]:
    place, person, now = MunicipalityFactory(), UserFactory(), timezone.now()
    told = {"municipality": place, "asked_by": person, "kind": "works", "state": "closed", "language": "fr", "title": "…"}
    return [ServiceRequest(reference=f"X-{number}", submitted_at=now, ended_at=now, **told) for number in range(MANY)]


def _many_accesses() -> list[PersonalDataAccess]:
    person = UserFactory()
    return [PersonalDataAccess(person=person, page="person") for _number in range(MANY)]


MANY = 4000
INDEXED: dict[str, tuple[str, Callable[[], list[Any]]]] = {
    "mails": ("delivery_planned", _many_mails),
    "mail_bodies": ("delivery_planned", _many_mails),
    "requests": ("request_ended", _many_requests),
    "accesses": ("access_newest", _many_accesses),
}


@pytest.mark.parametrize("name", INDEXED)
def test_what_is_due_is_found_by_an_index(name: str) -> None:
    index, many = INDEXED[name]
    rows = many()
    type(rows[0])._default_manager.bulk_create(rows)
    (rule,) = [rule for rule in retention.RULES if rule.name == name]
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {type(rows[0])._meta.db_table}")
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = rule.due(TODAY)[:1000].explain()
    assert index in plan
