"""Internal notes: read by staff alone, wherever else somebody looks; colleagues who are mentioned hear."""

import io
import json
import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from mailings.models import Delivery
from mailings.services import decide_notices
from partnerships.models import Attachment, Event, Mention, Message, Note, ServiceRequest
from partnerships.services.notes import NoteNotAllowed, mention_colleagues, write_note
from partnerships.services.requests import send_message
from tests.factories import RequestFactory, UserFactory
from tests.partnerships.conftest import Cast

pytestmark = pytest.mark.django_db
MARKER = "Zwijgplicht-7319"
CSV = b"rue;cellules\nRue du March\xc3\xa9;3\n"


@pytest.fixture
def asked(cast: Cast) -> ServiceRequest:
    return RequestFactory(in_progress=True, municipality=cast.municipality, asked_by=cast.alderman, assignee=cast.spoc)


def address(asked: ServiceRequest) -> str:
    return reverse("admin:partnerships_servicerequest_note", args=[asked.pk])


def typed(**changed: Any) -> dict[str, Any]:
    return {"words": f"Attention : {MARKER}", "token": str(uuid.uuid4())} | changed


def test_a_note_is_kept_with_its_file_and_its_mentions(cast: Cast, enter: Any, asked: ServiceRequest) -> None:
    colleague = UserFactory(spoc=True)
    words = typed(mentioned=[colleague.pk], attachments=SimpleUploadedFile(f"{MARKER}.csv", CSV, content_type="text/csv"))
    enter(cast.spoc).post(address(asked), words)
    note = Note.objects.get()
    assert (note.author, note.request, note.attachments.count()) == (cast.spoc, asked, 1)
    assert [mention.person for mention in note.mentions.all()] == [colleague]
    page = enter(colleague).get(reverse("admin:partnerships_servicerequest_change", args=[asked.pk])).content.decode()
    assert MARKER in page
    assert "message--note" in page
    assert page.split('id="note"')[1].split("</form>")[0].count("csrfmiddlewaretoken") == 1
    assert f"@{colleague.full_name}" in page


def test_a_second_click_makes_no_second_note(cast: Cast, enter: Any, asked: ServiceRequest) -> None:
    words = typed()
    for _click in range(2):
        enter(cast.spoc).post(address(asked), words)
    assert Note.objects.count() == 1
    assert Event.objects.filter(verb=Event.Verb.NOTE_WRITTEN).count() == 1


def test_an_empty_note_is_refused_and_a_mention_is_kept(cast: Cast, enter: Any, asked: ServiceRequest) -> None:
    colleague = UserFactory(spoc=True)
    page = enter(cast.spoc).post(address(asked), typed(words="  ", mentioned=[colleague.pk]))
    assert "words" in page.context["note"].errors
    assert str(colleague.pk) in page.context["note"]["mentioned"].value()
    assert not Note.objects.exists()


def test_nobody_but_who_handles_requests_writes_notes(cast: Cast, enter: Any, asked: ServiceRequest) -> None:
    for person in (cast.alderman, cast.colleague, cast.other_alderman, cast.former, cast.editor, cast.cabinet):
        with pytest.raises(NoteNotAllowed):
            write_note(asked, by=person, body=MARKER)
        assert enter(person).post(address(asked), typed()).status_code in {302, 403, 404}
    assert Client().post(address(asked), typed()).status_code == 302
    assert not Note.objects.exists()


def test_notes_can_be_written_after_the_end_and_never_change(cast: Cast) -> None:
    closed = RequestFactory(closed=True, municipality=cast.municipality, asked_by=cast.alderman)
    write_note(closed, by=cast.spoc, body="Pour la suite.")
    with pytest.raises(TypeError):
        Note.objects.update(body="Autre chose")


# --- Who is mentioned hears ---------------------------------------------------------------------


def test_who_is_mentioned_gets_one_mail_with_the_words_and_nobody_else_any(cast: Cast, asked: ServiceRequest) -> None:
    colleague = UserFactory(spoc=True)
    note = write_note(asked, by=cast.spoc, body=MARKER, mentioned=[colleague, cast.spoc])
    mention_colleagues(note, by=cast.spoc, people=[colleague])
    decide_notices(timezone.now())
    mail = Delivery.objects.get()
    assert mail.recipient == colleague
    assert MARKER in mail.body_text
    assert reverse("admin:partnerships_servicerequest_change", args=[asked.pk]) in mail.body_text


def test_a_colleague_mentioned_in_a_message_hears_and_the_municipality_sees_no_mention(
    cast: Cast, enter: Any, asked: ServiceRequest
) -> None:
    colleague = UserFactory(spoc=True, last_name="Vandenbulcke")
    url = reverse("admin:partnerships_servicerequest_message", args=[asked.pk])
    enter(cast.spoc).post(url, {"words": "Bonjour.", "language": "fr", "token": str(uuid.uuid4()), "mentioned": [colleague.pk]})
    decide_notices(timezone.now())
    heard = {(mail.notice.event.verb, mail.recipient) for mail in Delivery.objects.select_related("notice__event", "recipient")}
    assert heard == {("colleague_mentioned", colleague), ("message_sent", cast.alderman)}
    page = enter(cast.alderman).get(reverse("request", args=[asked.key])).content.decode()
    assert "Vandenbulcke" not in page


@pytest.mark.parametrize("person", ["alderman", "editor", "cabinet", "former"])
def test_only_staff_who_see_requests_are_mentioned(cast: Cast, asked: ServiceRequest, person: str) -> None:
    with pytest.raises(ValidationError):
        write_note(asked, by=cast.spoc, body=MARKER, mentioned=[cast.person(person)])
    assert not Mention.objects.exists()


def test_who_lost_the_right_since_is_not_written_to(cast: Cast, asked: ServiceRequest) -> None:
    colleague = UserFactory(spoc=True)
    write_note(asked, by=cast.spoc, body=MARKER, mentioned=[colleague])
    colleague.groups.clear()
    decide_notices(timezone.now())
    assert not Delivery.objects.exists()


# --- The marker is found nowhere a municipality looks ------------------------------------------


def _addresses(asked: ServiceRequest) -> list[str]:
    """Every address of the portal that takes nothing, a request, its file or a municipality; what is missing answers 404."""
    attachment = Attachment.objects.get(note__isnull=False)
    fillings = ((), (asked.key,), (attachment.key,), (asked.municipality.slug,))
    names = [name for name in get_resolver().reverse_dict if isinstance(name, str) and not name.startswith(("admin", "account_logout"))]
    found = set()
    for name in names:
        for arguments in fillings:
            try:
                found.add(reverse(name, args=arguments))
            except Exception:  # noqa: BLE001 - an address of another shape
                continue
    return sorted(found)


def test_the_marker_of_a_note_is_nowhere_a_municipality_can_look(cast: Cast, enter: Any, asked: ServiceRequest) -> None:
    file = SimpleUploadedFile(f"{MARKER}.csv", CSV + MARKER.encode(), content_type="text/csv")
    enter(cast.spoc).post(address(asked), typed(mentioned=[UserFactory(spoc=True).pk], attachments=file))
    send_message(asked, by=cast.spoc, body="Bonjour.", language="fr")
    decide_notices(timezone.now())
    addresses = _addresses(asked)
    assert reverse("request", args=[asked.key]) in addresses
    assert reverse("requests_csv") in addresses
    for person in (cast.alderman, cast.colleague, cast.other_alderman):
        client = enter(person)
        for url in [*addresses, f"{reverse('requests_csv')}?show=all&q={MARKER}"]:
            answer = client.get(url)
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert MARKER.encode() not in content, url
            assert MARKER not in str(answer.headers), url
        searched = client.get(reverse("requests"), {"show": "all", "q": MARKER})
        assert list(searched.context["rows"]) == []
        for query in (Note.objects.visible_to(person), Attachment.objects.visible_to(person).filter(note__isnull=False)):
            assert not query.exists()
        out = io.StringIO()
        call_command("export_person", person.email, stdout=out)
        assert MARKER not in out.getvalue()
    for mail in Delivery.objects.filter(recipient__is_staff=False):
        assert MARKER not in f"{mail.subject}{mail.body_text}{mail.body_html}"
    shown = Event.objects.about(asked).told_to_municipality()
    assert MARKER not in json.dumps([event.data for event in Event.objects.all()])
    assert {Event.Verb.NOTE_WRITTEN, Event.Verb.COLLEAGUE_MENTIONED} & {event.verb for event in shown} == set()


def test_the_number_of_notes_is_not_told_either(cast: Cast, enter: Any, asked: ServiceRequest) -> None:
    client, url = enter(cast.alderman), reverse("request", args=[asked.key])
    client.get(url)

    def shown() -> str:
        page = client.get(url).content.decode()
        return page[page.index("<main") : page.index("</main")].replace(page.split('name="csrfmiddlewaretoken" value="')[1][:64], "")

    before = [line for line in shown().splitlines() if "token" not in line]
    for _number in range(3):
        write_note(asked, by=cast.spoc, body=MARKER)
    assert [line for line in shown().splitlines() if "token" not in line] == before


def test_the_page_of_staff_costs_the_same_however_much_was_written(
    cast: Cast, enter: Any, asked: ServiceRequest, django_assert_max_num_queries: Any
) -> None:
    client, url = enter(cast.spoc), reverse("admin:partnerships_servicerequest_change", args=[asked.pk])

    def cost() -> int:
        with django_assert_max_num_queries(60) as captured:
            client.get(url)
        return len(captured)

    colleague = UserFactory(spoc=True)
    write_note(asked, by=cast.spoc, body="Un.", mentioned=[colleague])
    send_message(asked, by=cast.alderman, body="Un.", language="fr")
    client.get(url)
    first = cost()
    for number in range(8):
        write_note(asked, by=cast.spoc, body=f"Note {number}", mentioned=[colleague])
        send_message(asked, by=cast.alderman, body=f"Message {number}", language="fr")
    assert Message.objects.count() == 9
    assert cost() == first
