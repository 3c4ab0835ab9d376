"""Two people and two clicks at once: one message keeps each file once, and a file has one newest version."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from partnerships.models import Attachment
from partnerships.services.attachments import add_attachment, hold_uploads, replace_attachment
from partnerships.services.requests import send_message
from partnerships.uploads import check_content
from tests import files
from tests.factories import MunicipalityFactory, RequestFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run them all at the same moment; return what each gave back or raised."""
    given, barrier = [], threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=20)
            given.append(act())
        except Exception as fault:  # noqa: BLE001 - what it was is looked at by the test
            given.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return given


def test_versions_sent_at_once_are_numbered_and_one_is_the_newest() -> None:
    ours = MunicipalityFactory()
    alderman = UserFactory(alderman=ours)
    request = RequestFactory(in_progress=True, municipality=ours, asked_by=alderman)
    first = add_attachment(request, by=alderman, upload=check_content("plan.pdf", files.pdf("1")))
    uploads = [check_content("plan.pdf", files.pdf(str(number))) for number in range(2, 6)]
    given = at_once(*(lambda upload=upload: replace_attachment(first, by=alderman, upload=upload) for upload in uploads))
    kept = Attachment.objects.filter(series=first.series)
    made = [one for one in given if isinstance(one, Attachment)]
    assert sorted(kept.values_list("version", flat=True)) == list(range(1, len(made) + 2))
    assert kept.filter(is_current=True).count() == 1
    assert made, given


def test_one_file_of_one_message_comes_once() -> None:
    ours = MunicipalityFactory()
    alderman = UserFactory(alderman=ours)
    request = RequestFactory(in_progress=True, municipality=ours, asked_by=alderman)
    message = send_message(request, by=alderman, body="Voici.", language="fr")
    upload = check_content("plan.pdf", files.pdf())
    given = at_once(*[lambda: add_attachment(request, by=alderman, upload=upload, message=message)] * 6)
    assert len({one.pk for one in given}) == 1
    assert Attachment.objects.count() == 1


def test_a_file_in_hand_is_taken_up_by_one_form_alone() -> None:
    ours = MunicipalityFactory()
    alderman = UserFactory(alderman=ours)
    requests = [RequestFactory(in_progress=True, municipality=ours, asked_by=alderman) for _number in range(2)]
    (held,) = hold_uploads([check_content("plan.pdf", files.pdf())], by=alderman)
    at_once(
        *(lambda request=request: add_attachment(request, by=alderman, upload=type(held).objects.get(pk=held.pk)) for request in requests)
    )
    assert Attachment.objects.count() == 1
