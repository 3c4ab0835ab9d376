"""Acts on the files of a request: who may, what stays, what is recorded; the rules of the database behind them."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from partnerships.models import Attachment, DraftUpload, Event, Message, Note
from partnerships.services.attachments import add_attachment, add_attachments, hold_uploads, remove_attachment, replace_attachment
from partnerships.services.requests import ActionNotAllowed, send_message
from partnerships.uploads import Checked, check_content
from tests import files
from tests.factories import RequestFactory
from tests.partnerships.conftest import Cast

pytestmark = pytest.mark.django_db
Verb = Event.Verb


def a_file(name: str = "Plan d'été.pdf", *lines: str) -> Checked:
    return check_content(name, files.pdf(*lines))


@pytest.fixture
def request_open(cast: Cast):
    return RequestFactory(in_progress=True, municipality=cast.municipality, asked_by=cast.alderman, assignee=cast.spoc)


def verbs(subject) -> list[str]:
    return [event.verb for event in Event.objects.about(subject)]


def test_a_file_is_kept_whole_under_a_name_that_says_nothing(cast, request_open):
    upload = a_file()
    kept = add_attachment(request_open, by=cast.alderman, upload=upload)
    assert (kept.name, kept.kind, kept.size, kept.sha256) == ("Plan d'été.pdf", "pdf", upload.size, upload.sha256)
    assert kept.file.open("rb").read() == upload.content
    assert "plan" not in kept.file.name.lower()
    assert kept.file.name.startswith("private/")
    assert (kept.side, kept.added_by, kept.version, kept.is_current) == ("municipality", cast.alderman, 1, True)
    event = Event.objects.about(request_open).get()
    assert (event.verb, event.actor, event.municipality, event.data) == (
        Verb.ATTACHMENT_ADDED,
        cast.alderman,
        cast.municipality,
        {"attachment": kept.pk},
    )


ALLOWED = [
    ("alderman", "in_progress", True),
    ("colleague", "in_progress", True),
    ("spoc", "in_progress", True),
    ("alderman", "draft", True),
    ("spoc", "draft", False),
    ("editor", "in_progress", False),
    ("other_alderman", "in_progress", False),
    ("former", "in_progress", False),
    ("cabinet", "in_progress", False),
    ("alderman", "closed", False),
    ("spoc", "declined", False),
]


@pytest.mark.parametrize(("who", "state", "may"), ALLOWED)
def test_who_may_add_a_file(cast, who, state, may):
    request = RequestFactory(**{state: True}, municipality=cast.municipality)
    if may:
        add_attachment(request, by=cast.person(who), upload=a_file())
    else:
        with pytest.raises(ActionNotAllowed):
            add_attachment(request, by=cast.person(who), upload=a_file())
    assert Attachment.objects.filter(request=request).count() == int(may)


def test_a_file_of_a_draft_is_a_change_of_the_draft_which_staff_never_see(cast):
    draft = RequestFactory(municipality=cast.municipality, asked_by=cast.alderman)
    add_attachment(draft, by=cast.alderman, upload=a_file())
    assert verbs(draft) == [Verb.REQUEST_EDITED]
    assert not Event.objects.about(draft).visible_to_staff().exists()
    assert not Attachment.objects.visible_to(cast.spoc).exists()


def test_files_of_a_message_come_once_however_often_it_is_sent(cast, request_open):
    token = uuid.uuid4()
    for _click in range(2):
        message = send_message(request_open, by=cast.alderman, body="Voici.", language="fr", token=token)
        add_attachments(request_open, by=cast.alderman, uploads=[a_file(), a_file("autre.pdf", "autre")], message=message)
    assert [one.name for one in message.attachments.all()] == ["Plan d'été.pdf", "autre.pdf"]
    assert verbs(request_open).count(Verb.ATTACHMENT_ADDED) == 2


def test_nobody_hangs_a_file_on_the_message_of_another(cast, request_open):
    message = send_message(request_open, by=cast.alderman, body="Voici.", language="fr")
    elsewhere = RequestFactory(in_progress=True, municipality=cast.municipality, asked_by=cast.alderman)
    for by, request in ((cast.colleague, request_open), (cast.alderman, elsewhere)):
        with pytest.raises(ActionNotAllowed):
            add_attachment(request, by=by, upload=a_file(), message=message)


def test_a_new_version_takes_the_place_and_the_old_one_stays(cast, request_open):
    first = add_attachment(request_open, by=cast.alderman, upload=a_file("plan.pdf", "un"))
    second = replace_attachment(first, by=cast.colleague, upload=a_file("plan-2.pdf", "deux"))
    assert (second.series, second.version) == (first.series, 2)
    assert [one.name for one in Attachment.objects.shown_with(request_open)] == ["plan-2.pdf"]
    first.refresh_from_db()
    assert first.is_servable
    assert verbs(request_open) == [Verb.ATTACHMENT_ADDED, Verb.ATTACHMENT_REPLACED]
    assert replace_attachment(second, by=cast.alderman, upload=a_file("plan-3.pdf", "deux")) == second  # the same content again


def test_the_other_side_replaces_and_removes_nothing(cast, request_open):
    kept = add_attachment(request_open, by=cast.alderman, upload=a_file())
    for act in (lambda by: replace_attachment(kept, by=by, upload=a_file("x.pdf", "x")), lambda by: remove_attachment(kept, by=by)):
        for who in ("spoc", "other_alderman", "former"):
            with pytest.raises(ActionNotAllowed):
                act(cast.person(who))
    with pytest.raises(ActionNotAllowed):
        remove_attachment(kept, by=cast.colleague)  # who put it takes it away, nobody else


def test_what_is_removed_is_out_of_reach_and_the_version_before_comes_back(cast, request_open):
    first = add_attachment(request_open, by=cast.alderman, upload=a_file("plan.pdf", "un"))
    second = replace_attachment(first, by=cast.alderman, upload=a_file("plan.pdf", "deux"))
    remove_attachment(second, by=cast.alderman)
    assert list(Attachment.objects.shown_with(request_open)) == [first]
    second.refresh_from_db()
    assert not second.is_servable
    assert second.removed_by == cast.alderman
    assert verbs(request_open)[-1] == Verb.ATTACHMENT_REMOVED
    remove_attachment(first, by=cast.alderman)
    assert not Attachment.objects.shown_with(request_open).exists()
    with pytest.raises(ActionNotAllowed):
        remove_attachment(first, by=cast.alderman)


def test_a_request_holds_so_many_files_and_no_more(cast, request_open, settings):
    settings.ATTACHMENTS_PER_REQUEST = 1
    add_attachment(request_open, by=cast.alderman, upload=a_file())
    with pytest.raises(ValidationError) as refused:
        add_attachment(request_open, by=cast.spoc, upload=a_file("b.pdf", "b"))
    assert refused.value.error_dict["attachments"][0].code == "too_many_files"


def test_a_file_in_hand_becomes_the_attachment_without_being_written_again(cast, request_open):
    (held,) = hold_uploads([a_file()], by=cast.alderman)
    where = held.file.name
    kept = add_attachment(request_open, by=cast.alderman, upload=held)
    assert kept.file.name == where
    assert not DraftUpload.objects.exists()


def test_files_of_an_internal_note_are_seen_by_staff_alone_and_leave_no_trace_on_the_request(cast, request_open):
    note = Note.objects.create(request=request_open, author=cast.spoc, body="Entre nous")
    kept = add_attachment(request_open, by=cast.spoc, upload=a_file("secret.pdf"), note=note)
    assert list(Attachment.objects.visible_to(cast.spoc)) == [kept]
    for who in ("alderman", "colleague", "other_alderman", "former", "cabinet"):
        assert not Attachment.objects.visible_to(cast.person(who)).exists()
    assert not Attachment.objects.shown_with(request_open).exists()
    assert verbs(request_open) == []
    assert verbs(note) == [Verb.ATTACHMENT_ADDED]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"version": 0}, "attachment_version_from_one"),
        ({"removed_at": "2026-01-01T00:00Z"}, "attachment_removed_by_somebody"),
        ({"scan": "infected", "preview": "private/aa/x"}, "attachment_infected_has_no_preview"),
    ],
)
def test_the_database_refuses_what_never_may_be(cast, request_open, change, rule):
    kept = add_attachment(request_open, by=cast.alderman, upload=a_file())
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Attachment.objects.filter(pk=kept.pk).update(**change)


def test_a_file_hangs_on_a_message_or_on_a_note_and_has_one_current_version(cast, request_open):
    message = send_message(request_open, by=cast.spoc, body="Voici.", language="fr")
    kept = add_attachment(request_open, by=cast.spoc, upload=a_file(), message=message)
    note = Note.objects.create(request=request_open, author=cast.spoc, body="Entre nous")
    with pytest.raises(IntegrityError, match="attachment_of_message_or_note"), transaction.atomic():
        Attachment.objects.filter(pk=kept.pk).update(note=note)
    newer = replace_attachment(kept, by=cast.spoc, upload=a_file("b.pdf", "b"))
    with pytest.raises(IntegrityError, match="attachment_one_current_version"), transaction.atomic():
        Attachment.objects.filter(pk=kept.pk).update(is_current=True)
    with pytest.raises(IntegrityError, match="attachment_removed_is_not_current"), transaction.atomic():
        Attachment.objects.filter(pk=newer.pk).update(removed_at="2026-01-01T00:00Z", removed_by=cast.spoc)


# --- A file and its words -----------------------------------------------------------------------


def test_the_database_refuses_a_file_on_the_words_of_another_request(cast, request_open):
    other = RequestFactory(in_progress=True, municipality=cast.other_municipality, asked_by=cast.other_alderman)
    kept = add_attachment(request_open, by=cast.alderman, upload=a_file())
    message = Message.objects.create(request=other, author=cast.spoc, side="agency", body="Ailleurs", language="fr")
    note = Note.objects.create(request=other, author=cast.spoc, body="Entre nous")
    for wrong in ({"message": message}, {"note": note}):
        with pytest.raises(IntegrityError, match="belong to one request"), transaction.atomic():
            Attachment.objects.filter(pk=kept.pk).update(**wrong)
    own = Message.objects.create(request=request_open, author=cast.spoc, side="agency", body="Ici", language="fr")
    Attachment.objects.filter(pk=kept.pk).update(message=own)
    with pytest.raises(IntegrityError, match="belong to one request"), transaction.atomic():
        Attachment.objects.filter(pk=kept.pk).update(request=other)
