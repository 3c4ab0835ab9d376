"""Files in the form of a request: kept with the draft, refused beside the field, listed on every page of it."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from partnerships.models import Attachment, DraftUpload, ServiceRequest
from partnerships.services.drafts import edit_request
from partnerships.services.requests import submit_request
from tests import files
from tests.factories import RequestFactory
from tests.partnerships.conftest import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(cast: Cast) -> ServiceRequest:
    return RequestFactory(municipality=cast.municipality, asked_by=cast.alderman)


def step(client, draft, *uploads, kept=(), revision=None, follow=False):
    data = {
        "token": str(uuid.uuid4()),
        "revision": draft.revision if revision is None else revision,
        "attachments": [SimpleUploadedFile(name, content) for name, content in uploads],
        "attachments-kept": list(kept),
    }
    return client.post(reverse("request_step", args=[draft.key, "files"]), data, follow=follow)


def test_files_are_kept_with_the_draft_and_go_with_its_submission(cast, draft, enter):
    client = enter(cast.alderman)
    assert step(client, draft, ("plan.pdf", files.pdf()), ("rue.jpg", files.photograph())).status_code == 302
    for address in (
        reverse("request_step", args=[draft.key, "files"]),
        reverse("request_check", args=[draft.key]),
        reverse("request", args=[draft.key]),
    ):
        assert "plan.pdf" in client.get(address).content.decode()
    assert enter(cast.spoc).get(reverse("attachment", args=[Attachment.objects.first().key])).status_code == 404
    submit_request(draft, by=cast.alderman)
    page = enter(cast.spoc).get(reverse("admin:partnerships_servicerequest_change", args=[draft.pk])).content.decode()
    assert "plan.pdf" in page
    assert enter(cast.spoc).get(reverse("attachment_file", args=[Attachment.objects.first().key])).status_code == 200


def test_a_bad_file_is_named_beside_the_field_and_the_good_one_stays_in_hand(cast, draft, enter):
    client = enter(cast.alderman)
    page = step(client, draft, ("plan.pdf", files.pdf()), ("dessin.svg", files.SVG)).content.decode()
    assert "« dessin.svg »" in page
    assert 'href="#id_attachments"' in page
    held = DraftUpload.objects.get()
    assert str(held.key) in page
    assert not Attachment.objects.exists()
    assert step(client, draft, kept=[held.key]).status_code == 302
    assert Attachment.objects.get().name == "plan.pdf"


def test_a_colleague_who_saved_meanwhile_loses_nobody_a_file(cast, draft, enter):
    edit_request(draft, by=cast.colleague, revision=draft.revision, step="files")
    page = step(enter(cast.alderman), draft, ("plan.pdf", files.pdf()), revision=1)
    assert page.status_code == 409
    assert str(DraftUpload.objects.get().key) in page.content.decode()


def test_a_request_that_is_full_says_so_beside_the_field(cast, draft, enter, settings):
    settings.ATTACHMENTS_PER_REQUEST = 1
    page = step(enter(cast.alderman), draft, ("a.pdf", files.pdf("a")), ("b.pdf", files.pdf("b"))).content.decode()
    assert "Une demande contient 1 fichiers au plus" in page
    assert not Attachment.objects.exists()
    assert DraftUpload.objects.count() == 2


@pytest.mark.parametrize("kind", ["audit", "development", "works"])
def test_every_kind_has_the_step(cast, enter, kind):
    draft = RequestFactory(municipality=cast.municipality, asked_by=cast.alderman, kind=kind, audit=False)
    page = enter(cast.alderman).get(reverse("request_step", args=[draft.key, "files"])).content.decode()
    assert 'type="file"' in page
    assert "multiple" in page
