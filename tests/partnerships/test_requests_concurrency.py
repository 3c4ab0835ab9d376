"""Nothing is lost and nothing is doubled when people click twice, go back, or edit the same draft."""

import threading
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from partnerships.models import AuditDetails, Event, Message, ServiceRequest
from tests.factories import MunicipalityFactory, RequestFactory, UserFactory
from tests.partnerships.conftest import Cast

WORDS = {"title": "Étude de la place", "description": "Trop de cellules vides.", "language": "fr"}


@pytest.mark.django_db(transaction=True)
def test_eight_posts_of_one_form_at_once_make_one_request() -> None:
    ours = MunicipalityFactory()
    alderman = UserFactory(alderman=ours)
    url, token = reverse("request_draft", args=["development"]), str(uuid.uuid4())
    statuses, barrier = [], threading.Barrier(8)

    def post() -> None:
        try:
            client = Client()
            client.force_login(alderman)
            barrier.wait(timeout=20)
            statuses.append(client.post(url, WORDS | {"token": token}).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=post) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert statuses == [302] * 8
    assert ServiceRequest.objects.count() == 1
    assert Event.objects.filter(verb=Event.Verb.REQUEST_DRAFTED).count() == 1


@pytest.mark.django_db
def test_one_new_form_posted_twice_makes_one_draft(cast: Cast, enter: Any) -> None:
    client, words = enter(cast.alderman), WORDS | {"token": str(uuid.uuid4())}
    url = reverse("request_draft", args=["development"])
    first, second = client.post(url, words), client.post(url, words)
    made = ServiceRequest.objects.get()
    assert first.url == second.url == reverse("request_step", args=[made.key, "place"])


@pytest.mark.django_db
def test_a_new_form_that_comes_back_after_its_request_was_submitted_changes_nothing(cast: Cast, enter: Any) -> None:
    client, token = enter(cast.alderman), str(uuid.uuid4())
    made = RequestFactory(submitted=True, municipality=cast.municipality, asked_by=cast.alderman, token=token)
    page = client.post(reverse("request_draft", args=["development"]), WORDS | {"token": token}, follow=True)
    assert page.redirect_chain == [(reverse("request", args=[made.key]), 302)]
    assert ServiceRequest.objects.get().title == made.title


@pytest.mark.django_db
def test_submitting_twice_submits_once(cast: Cast, enter: Any) -> None:
    made = RequestFactory(draft=True, municipality=cast.municipality, asked_by=cast.alderman)
    client, url = enter(cast.alderman), reverse("request_submit", args=[made.key])
    first, second = client.post(url), client.post(url)
    assert first.url == second.url == reverse("request", args=[made.key])
    assert Event.objects.about(made).filter(verb=Event.Verb.REQUEST_SUBMITTED).count() == 1


@pytest.mark.django_db
def test_going_back_and_posting_other_words_loses_none_of_them(cast: Cast, enter: Any) -> None:
    client, token = enter(cast.alderman), str(uuid.uuid4())
    url = reverse("request_draft", args=["development"])
    client.post(url, WORDS | {"token": token})
    page = client.post(url, WORDS | {"token": token, "description": "Et la rue voisine aussi."})
    assert page.status_code == 409
    assert "Et la rue voisine aussi." in page.content.decode()
    made = ServiceRequest.objects.get()
    assert made.description == "Trop de cellules vides."
    assert page.context["save_url"] == reverse("request_step", args=[made.key, "about"])


@pytest.mark.django_db
def test_the_second_editor_is_told_and_loses_nothing(cast: Cast, enter: Any) -> None:
    draft = RequestFactory(draft=True, municipality=cast.municipality, asked_by=cast.alderman, kind="development", description="Au début.")
    url = reverse("request_step", args=[draft.key, "about"])
    first, second = enter(cast.alderman), enter(cast.colleague)
    assert first.post(url, WORDS | {"revision": 1, "description": "Du premier."}).status_code == 302
    page = second.post(url, WORDS | {"revision": 1, "description": "Du second."})
    text = page.content.decode()
    assert page.status_code == 409
    assert "Du premier." in text
    assert text.count("Du second.") == 2  # in the comparison and still in the field
    assert [difference.theirs for difference in page.context["differences"]] == ["Du premier."]
    draft.refresh_from_db()
    assert draft.description == "Du premier."
    assert second.post(url, WORDS | {"revision": page.context["form"].revision, "description": "Du second."}).status_code == 302
    draft.refresh_from_db()
    assert draft.description == "Du second."


@pytest.mark.django_db
def test_two_people_write_in_two_steps_at_once(cast: Cast, enter: Any) -> None:
    draft = RequestFactory(draft=True, municipality=cast.municipality, asked_by=cast.alderman)
    first, second = enter(cast.alderman), enter(cast.colleague)
    about, question = (reverse("request_step", args=[draft.key, step]) for step in ("about", "question"))
    assert first.post(about, WORDS | {"revision": 1, "title": "Du premier"}).status_code == 302
    assert second.post(question, {"revision": 1, "decision": "Du second"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.title, draft.audit.decision, draft.revision) == ("Du premier", "Du second", 3)


@pytest.mark.django_db
@pytest.mark.parametrize("revision", ["0", "99", "x", ""])
def test_a_revision_nobody_was_shown_is_never_taken(cast: Cast, enter: Any, revision: str) -> None:
    draft = RequestFactory(draft=True, municipality=cast.municipality, asked_by=cast.alderman, title="Avant")
    page = enter(cast.alderman).post(reverse("request_step", args=[draft.key, "about"]), WORDS | {"revision": revision})
    assert page.status_code == 409
    draft.refresh_from_db()
    assert draft.title == "Avant"


@pytest.mark.django_db
def test_both_versions_of_an_audit_are_shown(cast: Cast, enter: Any) -> None:
    draft = RequestFactory(draft=True, municipality=cast.municipality, asked_by=cast.alderman)
    url = reverse("request_step", args=[draft.key, "question"])
    client = enter(cast.alderman)
    words = {"revision": 1, "decision": "Le plan", "questions-rows": 1, "data_wanted": ["vacancy"]}
    client.post(url, words | {"questions-0-question": "Combien ?", "sectors": ["crafts"]})
    page = client.post(url, words | {"questions-0-question": "Pourquoi ?", "sectors": ["crafts", "culture"]})
    differing = [(difference.theirs, difference.yours) for difference in page.context["differences"]]
    assert ("Combien ?", "Pourquoi ?") in differing
    assert len(differing) == 2
    assert AuditDetails.objects.get(request=draft).questions == [{"question": "Combien ?"}]


@pytest.mark.django_db
def test_editing_what_was_submitted_meanwhile_is_refused_politely(cast: Cast, enter: Any) -> None:
    request = RequestFactory(submitted=True, municipality=cast.municipality, asked_by=cast.alderman)
    page = enter(cast.alderman).post(reverse("request_step", args=[request.key, "about"]), WORDS | {"revision": 1}, follow=True)
    assert page.redirect_chain == [(reverse("request", args=[request.key]), 302)]
    assert [message.level_tag for message in page.context["messages"]] == ["warning"]


@pytest.mark.django_db
def test_a_message_posted_twice_is_sent_once(cast: Cast, enter: Any) -> None:
    request = RequestFactory(in_progress=True, municipality=cast.municipality, asked_by=cast.alderman)
    client, words = enter(cast.alderman), {"body": "Bonjour", "language": "fr", "token": str(uuid.uuid4())}
    for _click in range(2):
        client.post(reverse("request_message", args=[request.key]), words)
    assert Message.objects.count() == 1
    assert Event.objects.filter(verb=Event.Verb.MESSAGE_SENT).count() == 1


@pytest.mark.django_db
def test_a_message_too_late_is_given_back(cast: Cast, enter: Any) -> None:
    request = RequestFactory(closed=True, municipality=cast.municipality, asked_by=cast.alderman)
    words = {"body": "Un mot encore", "language": "fr", "token": str(uuid.uuid4())}
    page = enter(cast.alderman).post(reverse("request_message", args=[request.key]), words)
    assert page.status_code == 409
    assert "Un mot encore" in page.content.decode()
    assert not Message.objects.exists()
