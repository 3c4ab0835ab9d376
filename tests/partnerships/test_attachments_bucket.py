"""Files of requests in a bucket, on a server that speaks S3: through the portal, by a link that lives a minute, and swept."""

import datetime as dt
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.urls import reverse
from django.utils import timezone

from config.service_urls import documents_storage_for
from partnerships.models import Attachment
from partnerships.services.attachments import add_attachment
from partnerships.services.file_care import care_for_files, sweep_files
from partnerships.uploads import check_content
from tests import files
from tests.factories import RequestFactory
from tests.object_store import KEY, SECRET, object_store

pytestmark = [pytest.mark.django_db, pytest.mark.skipif(sys.platform != "linux", reason="the object store is locked for Linux alone")]
BUCKET = "files"


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    with object_store() as address:
        client = boto3.client("s3", endpoint_url=address, region_name="eu", aws_access_key_id=KEY, aws_secret_access_key=SECRET)
        client.create_bucket(Bucket=BUCKET)
        client.close()
        yield address


@pytest.fixture
def bucket(store: str, settings, monkeypatch: pytest.MonkeyPatch) -> Storage:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    settings.STORAGES = settings.STORAGES | {"default": documents_storage_for(BUCKET, endpoint=store, region="eu")}
    return default_storage


@pytest.fixture
def kept(cast, bucket: Storage) -> Attachment:
    request = RequestFactory(in_progress=True, municipality=cast.municipality, asked_by=cast.alderman)
    return add_attachment(request, by=cast.alderman, upload=check_content("Plan d'été.png", files.image("PNG")))


def test_the_portal_hands_on_what_lies_in_the_bucket(cast, kept: Attachment, enter) -> None:
    care_for_files(timezone.now() + dt.timedelta(minutes=1))
    for name in ("attachment_file", "attachment_preview"):
        answer = enter(cast.alderman).get(reverse(name, args=[kept.key]))
        assert b"".join(answer.streaming_content)
        assert enter(cast.other_alderman).get(reverse(name, args=[kept.key])).status_code == 404


def test_by_setting_the_reader_fetches_it_by_a_link_that_lives_a_minute(cast, kept: Attachment, enter, settings, store: str) -> None:
    settings.S3_PRESIGNED = True
    address = reverse("attachment_file", args=[kept.key])
    assert enter(cast.other_alderman).get(address).status_code == 404
    answer = enter(cast.alderman).get(address)
    assert answer.status_code == 302
    assert answer.url.startswith(f"{store}/{BUCKET}/{kept.file.name}?")
    assert "X-Amz-Expires=60" in answer.url
    with urllib.request.urlopen(answer.url, timeout=10) as found:
        assert found.read() == files.image("PNG")
        assert found.headers["Content-Disposition"].startswith("attachment;")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(answer.url.split("?")[0], timeout=10)
    with refused.value:
        assert refused.value.code == 403


def test_a_bucket_is_swept_as_a_folder_is(kept: Attachment, bucket: Storage) -> None:
    orphan = bucket.save("private/zz/orphan", ContentFile(b"left behind"))
    found = sweep_files(timezone.now() + dt.timedelta(days=2))
    assert orphan in found.orphans
    assert not bucket.exists(orphan)
    assert bucket.exists(kept.file.name)
