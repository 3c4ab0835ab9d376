"""Files through the front door: sent with a message, refused by name, kept in hand, opened by permission."""

import re
import uuid
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from partnerships.models import Attachment, DraftUpload, Message, Note
from partnerships.services.attachments import add_attachment, remove_attachment, replace_attachment
from partnerships.uploads import check_content
from tests import files
from tests.factories import RequestFactory, UserFactory
from tests.partnerships.conftest import Cast

pytestmark = pytest.mark.django_db
GOOD = ("plan.pdf", files.pdf())


@pytest.fixture
def open_request(cast: Cast):
    return RequestFactory(in_progress=True, municipality=cast.municipality, asked_by=cast.alderman, assignee=cast.spoc)


def attached(cast, request, name="Plan d'été.pdf", content=None, **more):
    return add_attachment(request, by=more.pop("by", cast.alderman), upload=check_content(name, content or files.pdf(name)), **more)


def sent(*uploads, body="Voici les plans.", kept=()):
    return {
        "body": body,
        "language": "fr",
        "token": str(uuid.uuid4()),
        "attachments": [SimpleUploadedFile(name, content) for name, content in uploads],
        "attachments-kept": list(kept),
    }


def write(client, request, data):
    return client.post(reverse("request_message", args=[request.key]), data)


def test_files_go_with_a_message_and_are_listed_with_it(cast, open_request, enter):
    client = enter(cast.alderman)
    answer = write(client, open_request, sent(GOOD, ("rue.jpg", files.photograph())))
    assert answer.status_code == 302
    message = Message.objects.get()
    assert [one.name for one in message.attachments.all()] == ["plan.pdf", "rue.jpg"]
    page = client.get(answer.url).content.decode()
    for one in message.attachments.all():
        assert page.count(reverse("attachment_file", args=[one.key])) == 2  # below the message, and among the files of the request


REFUSED = [
    ("dessin.svg", files.SVG),
    ("page.html", files.HTML),
    ("setup.exe", files.EXE),
    ("bombe.zip", files.bomb()),
    ("film.pdf", b"%PDF-1.7" + b"0" * (21 * 1024 * 1024)),
    ("photo.png", files.pdf()),
]


@pytest.mark.parametrize(("name", "content"), REFUSED, ids=[name for name, _content in REFUSED])
def test_a_bad_file_is_named_the_words_stay_and_the_good_one_need_not_be_chosen_again(cast, open_request, enter, name, content):
    client = enter(cast.alderman)
    answer = write(client, open_request, sent(GOOD, (name, content), body="Des mots à ne pas perdre"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f"« {name} »" in page
    assert "Des mots à ne pas perdre" in page
    assert not Message.objects.exists()
    held = DraftUpload.objects.get()
    assert held.name == "plan.pdf"
    assert f'value="{held.key}" checked' in page
    answer = write(client, open_request, sent(body="Des mots à ne pas perdre", kept=[held.key]))
    assert [one.name for one in Message.objects.get().attachments.all()] == ["plan.pdf"]
    assert not DraftUpload.objects.exists()


def test_files_are_kept_when_only_the_words_are_missing(cast, open_request, enter):
    page = write(enter(cast.alderman), open_request, sent(GOOD, body="")).content.decode()
    assert str(DraftUpload.objects.get().key) in page


def raw_upload(client, request, filename: bytes, content: bytes):
    """As a program sends it that does not cut paths down, which browsers and Django's own client do."""
    fields = {"body": "Voici.", "language": "fr", "token": str(uuid.uuid4())}
    parts = [f'--b\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items()]
    head = b'--b\r\nContent-Disposition: form-data; name="attachments"; filename="' + filename + b'"\r\n\r\n'
    body = b"".join(parts) + head + content + b"\r\n--b--\r\n"
    return client.post(reverse("request_message", args=[request.key]), body, content_type="multipart/form-data; boundary=b")


@pytest.mark.parametrize("filename", [b"../../etc/plan.pdf", b"..\\..\\plan.pdf", b"/etc/plan.pdf", b"C:\\plan.pdf"])
def test_a_name_that_is_a_path_is_refused_by_name(cast, open_request, enter, filename):
    page = raw_upload(enter(cast.alderman), open_request, filename, files.pdf()).content.decode()
    assert "porte le nom d&#x27;un chemin vers un autre dossier" in page
    assert "plan.pdf" in page
    assert not Attachment.objects.exists()


def test_an_honest_name_arrives_as_it_was_sent(cast, open_request, enter):
    raw_upload(enter(cast.alderman), open_request, "Plan d'été (2).pdf".encode(), files.pdf())
    assert Attachment.objects.get().name == "Plan d'été (2).pdf"


def test_files_in_the_hand_of_one_person_are_of_no_use_to_another(cast, open_request, enter):
    write(enter(cast.alderman), open_request, sent(GOOD, body=""))
    key = DraftUpload.objects.get().key
    write(enter(cast.colleague), open_request, sent(body="Bonjour", kept=[key, "nonsense"]))
    assert not Attachment.objects.exists()
    assert DraftUpload.objects.get().owner == cast.alderman


def test_too_many_at_once_and_too_many_in_all(cast, open_request, enter, settings):
    client = enter(cast.alderman)
    page = write(client, open_request, sent(*[(f"{n}.pdf", files.pdf(str(n))) for n in range(11)])).content.decode()
    assert "10 fichiers au plus peuvent être envoyés à la fois" in page
    assert DraftUpload.objects.count() == 10
    settings.ATTACHMENTS_PER_REQUEST = 0
    page = write(client, open_request, sent(GOOD, body="Des mots")).content.decode()
    assert "Une demande contient 0 fichiers au plus" in page
    assert "Des mots" in page
    assert not Message.objects.exists()


# --- Who may open what --------------------------------------------------------------------------

PAGES = ("attachment", "attachment_file", "attachment_replace", "attachment_remove")
READERS = [
    ("alderman", 200),
    ("colleague", 200),
    ("spoc", 200),
    ("other_alderman", 404),
    ("cabinet", 404),
    ("former", 302),
]


@pytest.mark.parametrize("name", ["attachment", "attachment_file"])
@pytest.mark.parametrize(("who", "status"), READERS)
def test_who_may_open_a_file(cast, open_request, enter, name, who, status):
    kept = attached(cast, open_request)
    answer = enter(cast.person(who)).get(reverse(name, args=[kept.key]))
    assert answer.status_code == status
    if who == "former":
        assert answer.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("name", PAGES)
def test_strangers_reach_nothing(cast, open_request, enter, client, name):
    kept = attached(cast, open_request)
    address = reverse(name, args=[kept.key])
    assert client.get(address).url.startswith(reverse("account_login"))
    assert enter(cast.other_alderman).get(address).status_code == 404
    assert enter(cast.other_alderman).post(address).status_code in {404, 405}
    assert enter(UserFactory(is_staff=True)).get(address).status_code == 404


def test_files_of_a_note_do_not_exist_for_a_municipality(cast, open_request, enter):
    note = Note.objects.create(request=open_request, author=cast.spoc, body="Entre nous")
    kept = attached(cast, open_request, "MARQUEUR-INTERNE.pdf", by=cast.spoc, note=note)
    for name in PAGES:
        assert enter(cast.alderman).get(reverse(name, args=[kept.key])).status_code == 404
    assert "MARQUEUR-INTERNE" not in enter(cast.alderman).get(reverse("request", args=[open_request.key])).content.decode()
    assert enter(cast.spoc).get(reverse("attachment_file", args=[kept.key])).status_code == 200


@pytest.mark.parametrize("name", ["plan.pdf", "Plan d'été “2026”.pdf", "Größe ☂.pdf"])
def test_a_file_is_given_out_under_its_own_name_and_nothing_runs_in_it(cast, open_request, enter, name):
    kept = attached(cast, open_request, name)
    answer = enter(cast.alderman).get(reverse("attachment_file", args=[kept.key]))
    assert b"".join(answer.streaming_content) == files.pdf(name)
    assert answer["Content-Type"] == "application/pdf"
    disposition = answer["Content-Disposition"]
    assert disposition.startswith("attachment;")
    found = re.search(r"filename\*=utf-8''(\S+)$", disposition)
    assert (unquote(found[1]) if found else re.search(r'filename="(.*)"', disposition)[1]) == kept.name
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert answer["Cache-Control"] == "private, no-store"


def test_what_waits_was_caught_removed_or_lost_is_given_to_nobody(cast, open_request, enter):
    for change in ({"scan": "pending"}, {"scan": "infected"}, {"file": "private/aa/lost"}, {"file": ""}):
        kept = attached(cast, open_request, f"{uuid.uuid4()}.pdf")
        Attachment.objects.filter(pk=kept.pk).update(**change)
        assert enter(cast.alderman).get(reverse("attachment_file", args=[kept.key])).status_code == 404
        assert enter(cast.spoc).get(reverse("attachment", args=[kept.key])).status_code == 200
    kept = attached(cast, open_request)
    remove_attachment(kept, by=cast.alderman)
    assert enter(cast.alderman).get(reverse("attachment_file", args=[kept.key])).status_code == 404


def test_the_web_server_in_front_may_hand_it_over(cast, open_request, enter, settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    }
    settings.FILES_ACCEL_PREFIX = "/protected/"
    kept = attached(cast, open_request)
    answer = enter(cast.alderman).get(reverse("attachment_file", args=[kept.key]))
    assert answer["X-Accel-Redirect"] == f"/protected/{kept.file.name}"
    assert answer.content == b""
    assert "sandbox" in answer["Content-Security-Policy"]


# --- Versions and removal -----------------------------------------------------------------------


def test_a_new_version_is_put_in_its_place(cast, open_request, enter):
    first = attached(cast, open_request, "plan.pdf")
    client = enter(cast.colleague)
    answer = client.post(
        reverse("attachment_replace", args=[first.key]), {"attachments": SimpleUploadedFile("plan-2.pdf", files.pdf("deux"))}
    )
    second = Attachment.objects.get(version=2)
    assert answer.url == reverse("attachment", args=[second.key])
    page = client.get(answer.url).content.decode()
    for one in (first, second):
        assert reverse("attachment_file", args=[one.key]) in page
    listed = client.get(reverse("request", args=[open_request.key])).content.decode()
    assert "plan-2.pdf" in listed
    assert reverse("attachment_file", args=[first.key]) not in listed


def test_a_bad_new_version_changes_nothing(cast, open_request, enter):
    first = attached(cast, open_request, "plan.pdf")
    address = reverse("attachment_replace", args=[first.key])
    page = enter(cast.alderman).post(address, {"attachments": SimpleUploadedFile("x.svg", files.SVG)}).content.decode()
    assert "« x.svg »" in page
    assert enter(cast.alderman).post(address).status_code == 200
    assert enter(cast.spoc).post(address, {"attachments": SimpleUploadedFile("b.pdf", files.pdf("b"))}).status_code == 302
    assert Attachment.objects.count() == 1


def test_who_put_it_removes_it_after_being_asked_once_more(cast, open_request, enter):
    kept = attached(cast, open_request)
    address = reverse("attachment_remove", args=[kept.key])
    assert address in enter(cast.alderman).get(reverse("attachment", args=[kept.key])).content.decode()
    assert address not in enter(cast.colleague).get(reverse("attachment", args=[kept.key])).content.decode()
    assert enter(cast.colleague).post(address).status_code == 302
    assert not Attachment.objects.exclude(removed_at=None).exists()
    assert enter(cast.alderman).get(address).status_code == 200
    assert enter(cast.alderman).post(address).url == reverse("request", args=[open_request.key])
    assert "Plan d" not in enter(cast.alderman).get(reverse("request", args=[open_request.key])).content.decode()


# --- The administration -------------------------------------------------------------------------


def test_staff_send_files_with_a_result_and_see_them_all(cast, open_request, enter):
    attached(cast, open_request, "commune.pdf")
    client = enter(cast.spoc)
    address = reverse("admin:partnerships_servicerequest_complete", args=[open_request.pk])
    data = {"words": "Voici le rapport.", "language": "fr", "token": str(uuid.uuid4())}
    refused = client.post(address, data | {"attachments": [SimpleUploadedFile("x.svg", files.SVG), SimpleUploadedFile(*GOOD)]})
    page = refused.content.decode()
    assert "x.svg" in page
    assert "Voici le rapport." in page
    held = DraftUpload.objects.get()
    assert client.post(address, data | {"attachments-kept": [str(held.key)]}).status_code == 302
    message = Message.objects.get()
    assert [one.name for one in message.attachments.all()] == ["plan.pdf"]
    page = client.get(reverse("admin:partnerships_servicerequest_change", args=[open_request.pk])).content.decode()
    for one in Attachment.objects.all():
        assert reverse("attachment_file", args=[one.key]) in page


def test_a_second_click_in_the_administration_sends_nothing_twice(cast, open_request, enter):
    client = enter(cast.spoc)
    address = reverse("admin:partnerships_servicerequest_ask", args=[open_request.pk])
    data = {"words": "Quelle rue ?", "language": "fr", "token": str(uuid.uuid4())}
    for _click in range(2):
        assert client.post(address, data | {"attachments": [SimpleUploadedFile(*GOOD)]}).status_code == 302
    assert Attachment.objects.count() == 1


def test_queries_do_not_grow_with_files(cast, open_request, enter, django_assert_max_num_queries):
    client = enter(cast.alderman)
    for round_ in range(3):
        write(client, open_request, sent(*[(f"{round_}-{n}.pdf", files.pdf(f"{round_}{n}")) for n in range(5)]))
    first = attached(cast, open_request, "v.pdf")
    for n in range(2, 6):
        first = replace_attachment(first, by=cast.alderman, upload=check_content("v.pdf", files.pdf(f"v{n}")))
    client.get(reverse("request", args=[open_request.key]))
    with django_assert_max_num_queries(32):
        assert client.get(reverse("request", args=[open_request.key])).status_code == 200
    with django_assert_max_num_queries(16):
        assert client.get(reverse("attachment", args=[first.key])).status_code == 200
