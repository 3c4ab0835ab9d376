"""Documents in a bucket: on a server that speaks S3, nobody reads them without the keys, and nothing is written over."""

import sys
import urllib.error
import urllib.request
from collections.abc import Iterator

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from config.seed.agreement_parts import small_pdf
from config.service_urls import documents_storage_for
from partnerships.models import Agreement
from partnerships.services.agreements import check_pdf, keep_document
from tests.object_store import KEY, SECRET, object_store

pytestmark = [pytest.mark.django_db, pytest.mark.skipif(sys.platform != "linux", reason="the object store is locked for Linux alone")]
BUCKET = "documents"


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    with object_store() as address:
        client = boto3.client("s3", endpoint_url=address, region_name="eu", aws_access_key_id=KEY, aws_secret_access_key=SECRET)
        client.create_bucket(Bucket=BUCKET)
        client.close()
        yield address


@pytest.fixture
def bucket(store: str, settings, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """The storage the settings make of S3_BUCKET, with its keys where boto3 looks for them."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    settings.STORAGES = settings.STORAGES | {"default": documents_storage_for(BUCKET, endpoint=store, region="eu")}
    return default_storage


@pytest.fixture
def agreement(cast, bucket: Storage) -> Agreement:
    one = Agreement.objects.get(municipality=cast.municipality)
    return keep_document(one, by=cast.spoc, pdf=check_pdf(SimpleUploadedFile("signed.pdf", small_pdf(("first",)))))


def test_the_document_goes_to_the_bucket_and_comes_back_by_permission_alone(cast, agreement: Agreement, enter) -> None:
    address = reverse("agreement_document", args=[agreement.key])
    answer = enter(cast.alderman).get(address)
    assert b"".join(answer.streaming_content) == small_pdf(("first",))
    assert enter(cast.other_alderman).get(address).status_code == 404
    assert enter(cast.former).get(address).status_code == 302


def test_the_bucket_refuses_whoever_has_no_keys(agreement: Agreement, store: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{store}/{BUCKET}/{agreement.document.name}", timeout=10)
    with refused.value:
        assert refused.value.code == 403


def test_two_files_of_one_name_are_two_files(bucket: Storage) -> None:
    names = [bucket.save("agreements/same.pdf", ContentFile(words)) for words in (b"one", b"two")]
    assert names[0] != names[1]
    with bucket.open(names[0]) as one, bucket.open(names[1]) as other:
        assert (one.read(), other.read()) == (b"one", b"two")


def test_a_file_that_is_gone_from_the_bucket_does_not_exist(cast, agreement: Agreement, bucket: Storage, enter) -> None:
    bucket.delete(agreement.document.name)
    assert not bucket.exists(agreement.document.name)
    assert enter(cast.alderman).get(reverse("agreement_document", args=[agreement.key])).status_code == 404
