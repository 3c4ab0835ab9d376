"""What the clock does with files: viruses, pictures, retention, and the storage against the tables."""

import datetime as dt
import io
import socket

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from config.privacy.retention import apply_retention
from mailings.models import Delivery
from mailings.services import decide_notices
from partnerships.models import Attachment, DraftUpload, Event, LibraryFile, Message, Note, ServiceRequest
from partnerships.services import file_care
from partnerships.services.attachments import add_attachment, hold_uploads, remove_attachment, replace_attachment
from partnerships.services.file_care import care_for_files, compare_with_storage, draw_waiting, scan_waiting, sweep_files
from partnerships.services.library import add_version, deliver_document
from partnerships.services.requests import send_message
from partnerships.tasks import files as files_task
from partnerships.uploads import check_content, previews
from partnerships.uploads.previews import NoPreview, can_be_shown, preview_of
from partnerships.uploads.scanning import ScannerAway, find_virus
from tests import files
from tests.factories import LibraryItemFactory, RequestFactory
from tests.partnerships.conftest import Cast
from tests.scanner import scanner

pytestmark = pytest.mark.django_db
Scan, Preview = Attachment.Scan, Attachment.Preview


@pytest.fixture
def a_scanner(settings):
    with scanner() as one:
        settings.CLAMD_URL = one.url
        yield one


@pytest.fixture
def asked(cast: Cast) -> ServiceRequest:
    return RequestFactory(in_progress=True, municipality=cast.municipality, asked_by=cast.alderman, assignee=cast.spoc)


def later() -> dt.datetime:
    return timezone.now() + dt.timedelta(minutes=1)


def a_file(request, by, name="plan.pdf", content=None, **more) -> Attachment:
    return add_attachment(request, by=by, upload=check_content(name, content or files.pdf(name)), **more)


def infected(request, by, name="facture.txt") -> Attachment:
    return a_file(request, by, name, b"Bonjour " + files.EICAR)


# --- Viruses ------------------------------------------------------------------------------------


def test_a_file_waits_for_the_scanner_and_is_given_out_once_it_is_clean(cast, asked, a_scanner, enter):
    kept = a_file(asked, cast.alderman)
    assert (kept.scan, kept.is_servable) == (Scan.PENDING, False)
    client, address = enter(cast.alderman), reverse("attachment_file", args=[kept.key])
    assert client.get(address).status_code == 404
    page = client.get(reverse("request", args=[asked.key])).content.decode()
    assert "Analyse antivirus en cours" in page
    assert address not in page
    care_for_files(later())
    kept.refresh_from_db()
    assert (kept.scan, a_scanner.seen) == (Scan.CLEAN, [kept.size])
    assert client.get(address).status_code == 200


def test_what_is_caught_is_given_to_nobody_and_its_sender_and_the_spoc_are_told(cast, asked, a_scanner, enter):
    kept = infected(asked, cast.colleague)
    assert scan_waiting(later()) == 1
    kept.refresh_from_db()
    assert (kept.scan, kept.finding, kept.is_servable) == (Scan.INFECTED, "Eicar-Signature", False)
    event = Event.objects.about(asked).last()
    assert (event.verb, event.actor, event.data) == (Event.Verb.ATTACHMENT_QUARANTINED, None, {"attachment": kept.pk})
    for who in (cast.colleague, cast.alderman, cast.spoc):
        assert enter(who).get(reverse("attachment_file", args=[kept.key])).status_code == 404
    assert "En quarantaine" in enter(cast.alderman).get(reverse("request", args=[asked.key])).content.decode()
    decide_notices(timezone.now())
    mails = Delivery.objects.filter(notice__event=event)
    assert {mail.recipient for mail in mails} == {cast.colleague, cast.spoc}
    for mail in mails:
        assert "facture.txt" in mail.body_text
        assert reverse("attachment", args=[kept.key]) in mail.body_text
        assert "EICAR" not in mail.body_text + mail.body_html
    assert scan_waiting(later()) == 0
    assert Event.objects.about(asked).filter(verb=Event.Verb.ATTACHMENT_QUARANTINED).count() == 1


def test_the_virus_of_a_note_is_told_to_the_colleague_who_put_it_and_to_nobody_else(cast, asked, a_scanner):
    note = Note.objects.create(request=asked, author=cast.spoc, body="Entre nous")
    a_file(asked, cast.spoc, "facture.txt", b"Bonjour " + files.EICAR, note=note)
    scan_waiting(later())
    decide_notices(timezone.now())
    mail = Delivery.objects.get(kind=Delivery.Kind.NOTICE)
    assert (mail.recipient, mail.notice.event.verb) == (cast.spoc, Event.Verb.ATTACHMENT_QUARANTINED)
    assert "facture.txt" in mail.body_text
    assert not Event.objects.about(asked).exists()


def test_the_virus_of_a_draft_is_told_to_its_sender_alone(cast, a_scanner):
    draft = RequestFactory(municipality=cast.municipality, asked_by=cast.alderman)
    infected(draft, cast.alderman)
    scan_waiting(later())
    assert not Event.objects.about(draft).visible_to_staff().exists()


def test_while_the_scanner_is_away_files_wait_and_are_shown_to_it_again(cast, asked, a_scanner, settings):
    url = settings.CLAMD_URL
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        settings.CLAMD_URL = f"tcp://127.0.0.1:{nobody.getsockname()[1]}"
    kept = a_file(asked, cast.alderman)
    assert scan_waiting(later()) == 0
    settings.CLAMD_URL = url
    a_scanner.answer = b"INSTREAM size limit exceeded. ERROR"
    assert scan_waiting(later()) == 0
    a_scanner.answer = b""
    assert scan_waiting(later()) == 1
    kept.refresh_from_db()
    assert kept.scan == Scan.CLEAN


def test_the_scanner_is_shown_every_byte(a_scanner):
    assert find_virus(b"0" * 1_000_000) == ""
    assert find_virus(b"0" * 600_000 + files.EICAR) == "Eicar-Signature"
    assert a_scanner.seen == [1_000_000, 600_000 + len(files.EICAR)]
    a_scanner.answer = b"stream: nonsense"
    with pytest.raises(ScannerAway):
        find_virus(b"0")


def test_a_scanner_behind_a_socket_file(settings, tmp_path):
    settings.CLAMD_URL = f"unix://{tmp_path}/nobody"
    with pytest.raises(ScannerAway):
        find_virus(b"0")


def test_without_a_scanner_files_are_given_out_and_say_that_there_was_none(cast, asked, settings):
    kept = a_file(asked, cast.alderman)
    assert (kept.scan, kept.is_servable) == (Scan.NONE, True)
    Attachment.objects.filter(pk=kept.pk).update(scan=Scan.PENDING)  # the setting was taken out meanwhile
    assert scan_waiting(later()) == 1
    kept.refresh_from_db()
    assert kept.scan == Scan.NONE


# --- Pictures -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("pdf", files.pdf("Plan", "de la rue")),
        ("jpeg", files.photograph(direction=6)),
        ("png", files.image("PNG", size=(2000, 900))),
        ("webp", files.image("WEBP")),
    ],
)
def test_a_picture_is_small_and_holds_nothing_of_the_camera(kind, content):
    with Image.open(io.BytesIO(preview_of(content, kind))) as picture:
        assert picture.format == "WEBP"
        assert max(picture.size) <= 640
        assert not picture.getexif()
        if kind == "jpeg":
            assert picture.size == (30, 40)  # turned upright


@pytest.mark.parametrize(("kind", "content"), [("pdf", b"%PDF-1.7 nothing"), ("png", b"\x89PNG"), ("png", files.endless_png())])
def test_what_cannot_be_drawn_has_no_picture(kind, content):
    with pytest.raises(NoPreview):
        preview_of(content, kind)


def test_drawing_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(previews, "SECONDS", 0.01)
    with pytest.raises(NoPreview, match="TimeoutExpired"):
        preview_of(files.image("PNG", size=(2000, 2000)), "png")


def test_without_the_part_that_draws_pdf_nothing_else_changes(cast, asked, monkeypatch, enter):
    monkeypatch.setattr(previews.importlib.util, "find_spec", lambda _name: None)
    assert not can_be_shown("pdf")
    kept = a_file(asked, cast.alderman)
    assert kept.preview_state == Preview.NONE
    assert enter(cast.alderman).get(reverse("request", args=[asked.key])).status_code == 200


def test_pictures_are_drawn_by_the_clock_and_given_out_by_permission(cast, asked, enter):
    kept, text = a_file(asked, cast.alderman, "rue.png", files.image("PNG")), a_file(asked, cast.alderman, "a.txt", b"a")
    files_task()
    kept.refresh_from_db()
    text.refresh_from_db()
    assert (kept.preview_state, text.preview_state) == (Preview.MADE, Preview.NONE)
    address = reverse("attachment_preview", args=[kept.key])
    answer = enter(cast.alderman).get(address)
    assert answer["Content-Type"] == "image/webp"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert enter(cast.other_alderman).get(address).status_code == 404
    assert address in enter(cast.alderman).get(reverse("request", args=[asked.key])).content.decode()
    assert enter(cast.alderman).get(reverse("attachment_preview", args=[text.key])).status_code == 404
    assert draw_waiting(later()) == 0


def test_no_picture_of_a_file_before_it_was_scanned_and_none_of_one_that_was_caught(cast, asked, a_scanner):
    kept = a_file(asked, cast.alderman, "rue.png", files.image("PNG"))
    assert draw_waiting(later()) == 0
    care_for_files(later())
    kept.refresh_from_db()
    assert kept.has_preview
    file_care.quarantine_attachment(kept, finding="later found")
    kept.refresh_from_db()
    assert not kept.preview


def test_a_picture_that_fails_is_not_tried_for_ever(cast, asked):
    kept = a_file(asked, cast.alderman)
    Attachment.objects.filter(pk=kept.pk).update(file="private/aa/lost")
    assert draw_waiting(later()) == 1
    kept.refresh_from_db()
    assert kept.preview_state == Preview.FAILED
    assert draw_waiting(later()) == 0


# --- Letting go ---------------------------------------------------------------------------------


def test_what_was_removed_is_deleted_when_its_time_is_over(cast, asked, settings, django_capture_on_commit_callbacks):
    kept = a_file(asked, cast.alderman)
    remove_attachment(kept, by=cast.alderman)
    name, today = kept.file.name, timezone.localdate()
    with django_capture_on_commit_callbacks(execute=True):
        apply_retention(today + settings.RETENTION_REMOVED_FILES)
    assert default_storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        apply_retention(today + settings.RETENTION_REMOVED_FILES + dt.timedelta(days=1))
    kept.refresh_from_db()
    assert (kept.name, kept.file.name, bool(kept.sha256)) == ("–", "", True)
    assert not default_storage.exists(name)


def test_files_go_with_the_words_of_their_request(cast, settings, django_capture_on_commit_callbacks):
    ended = RequestFactory(completed=True, municipality=cast.municipality, asked_by=cast.alderman)
    message = send_message(ended, by=cast.alderman, body="Voici.", language="fr")
    kept = a_file(ended, cast.alderman, message=message)
    long_ago = timezone.now() - settings.RETENTION_REQUESTS - dt.timedelta(days=2)
    ServiceRequest.objects.filter(pk=ended.pk).update(state="closed", ended_at=long_ago)
    with django_capture_on_commit_callbacks(execute=True):
        apply_retention(timezone.localdate())
    assert not Attachment.objects.exists()
    assert not Message.objects.filter(request=ended).exists()
    assert not default_storage.exists(kept.file.name)


def test_files_of_a_draft_nobody_touched_go_with_it(cast, settings, django_capture_on_commit_callbacks):
    draft = RequestFactory(municipality=cast.municipality, asked_by=cast.alderman)
    kept = a_file(draft, cast.alderman)
    with django_capture_on_commit_callbacks(execute=True):
        apply_retention(timezone.localdate() + settings.RETENTION_DRAFTS + dt.timedelta(days=2))
    assert not ServiceRequest.objects.filter(pk=draft.pk).exists()
    assert not default_storage.exists(kept.file.name)


def test_files_in_hand_are_kept_for_a_day(cast, settings, django_capture_on_commit_callbacks):
    (held,) = hold_uploads([check_content("plan.pdf", files.pdf())], by=cast.alderman)
    apply_retention(timezone.localdate())
    assert DraftUpload.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        apply_retention(timezone.localdate() + dt.timedelta(days=2))
    assert not DraftUpload.objects.exists()
    assert not default_storage.exists(held.file.name)


# --- The storage against the tables -------------------------------------------------------------


def test_files_without_a_row_are_swept_and_rows_without_a_file_are_reported(cast, asked, capsys):
    kept = a_file(asked, cast.alderman)
    replace_attachment(kept, by=cast.alderman, upload=check_content("b.pdf", files.pdf("b")))
    (held,) = hold_uploads([check_content("plan.pdf", files.pdf("h"))], by=cast.alderman)
    lost = a_file(asked, cast.alderman, "perdu.pdf")
    default_storage.delete(lost.file.name)
    orphan = default_storage.save("private/zz/orphan", ContentFile(b"left behind"))
    assert orphan not in compare_with_storage(timezone.now()).orphans  # it may still be under way
    tomorrow = timezone.now() + dt.timedelta(days=2)
    found = sweep_files(tomorrow)
    assert orphan in found.orphans
    assert found.lost == [lost.file.name]
    assert not default_storage.exists(orphan)
    assert all(default_storage.exists(row.file.name) for row in (kept, held))
    assert Attachment.objects.filter(pk=lost.pk).exists()
    call_command("check_files")
    said = capsys.readouterr().out
    assert f"lost: {lost.file.name}" in said
    call_command("check_files", "--sweep")


# --- In mails -----------------------------------------------------------------------------------


def test_a_mail_names_the_files_of_a_message_and_attaches_none(cast, asked):
    message = send_message(asked, by=cast.alderman, body="Voici.", language="fr")
    kept = a_file(asked, cast.alderman, "Plan d'été.pdf", message=message)
    decide_notices(timezone.now())
    mail = Delivery.objects.get(recipient=cast.spoc)
    link = f"http://testserver{reverse('attachment', args=[kept.key])}"
    assert "Plan d'été.pdf" in mail.body_text
    assert link in mail.body_text
    assert link in mail.body_html


def test_the_other_side_hears_of_a_new_version(cast, asked):
    kept = a_file(asked, cast.alderman)
    decide_notices(timezone.now())
    newer = replace_attachment(kept, by=cast.colleague, upload=check_content("plan-2.pdf", files.pdf("2")))
    decide_notices(timezone.now())
    mail = Delivery.objects.get(notice__event__verb=Event.Verb.ATTACHMENT_REPLACED)
    assert mail.recipient == cast.spoc
    assert "plan-2.pdf" in mail.body_text
    assert reverse("attachment", args=[newer.key]) in mail.body_html


# --- The library --------------------------------------------------------------------------------


def delivered_file(request: ServiceRequest, by, content: bytes = b"") -> LibraryFile:
    item = LibraryItemFactory.build(municipality=None, added_by=None)
    upload = check_content("donnees.csv", content or b"a;b\n1;2\n")
    return deliver_document(request, by=by, item=item, files={"data": upload}).versions.get().files.get()


def test_a_file_of_the_library_waits_for_the_scanner_too(cast, asked, a_scanner, enter):
    kept = delivered_file(asked, cast.spoc)
    client, address = enter(cast.alderman), reverse("library_file", args=[kept.key])
    page = client.get(reverse("library_item", args=[kept.version.item.key])).content.decode()
    assert kept.name in page
    assert address not in page
    assert client.get(address).status_code == enter(cast.spoc).get(address).status_code == 404
    care_for_files(later())
    kept.refresh_from_db()
    assert (kept.scan, a_scanner.seen) == (Scan.CLEAN, [kept.size])
    assert client.get(address).status_code == 200


def test_what_is_caught_in_the_library_is_given_to_nobody_in_any_version(cast, asked, a_scanner, enter):
    kept = delivered_file(asked, cast.spoc, b"a;b\n1;" + files.EICAR + b"\n")
    add_version(kept.version.item, by=cast.spoc, files={"fr": check_content("note.pdf", files.pdf("note"))})
    assert scan_waiting(later()) >= 1
    carried = LibraryFile.objects.filter(file=kept.file.name)
    assert [(one.scan, one.finding) for one in carried] == [(Scan.INFECTED, "Eicar-Signature")] * 2
    for one in carried:
        assert enter(cast.alderman).get(reverse("library_file", args=[one.key])).status_code == 404
    event = Event.objects.about(asked).get(verb=Event.Verb.ATTACHMENT_QUARANTINED)
    assert (event.actor, event.data) == (None, {"library_file": event.data["library_file"]})
    decide_notices(timezone.now())
    mail = Delivery.objects.get(notice__event=event)
    assert mail.recipient == cast.spoc
    assert "donnees.csv" in mail.body_text
    assert reverse("library_item", args=[kept.version.item.key]) in mail.body_text
    page = enter(cast.alderman).get(reverse("library_item", args=[kept.version.item.key])).content.decode()
    assert "En quarantaine" in page


def test_without_a_scanner_the_library_lets_go_of_what_waited(cast, asked, settings, a_scanner):
    kept = delivered_file(asked, cast.spoc)
    settings.CLAMD_URL = ""
    assert scan_waiting(later()) == 1
    kept.refresh_from_db()
    assert kept.is_servable
