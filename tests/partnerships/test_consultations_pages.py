"""The pages of consultations: what each person sees, and that nobody else learns of it."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from municipalities.models import Mandate
from partnerships.models import Consultation, ConsultationAction, FeedToken, Invitation
from partnerships.services.consultations import add_files
from partnerships.services.feeds import renew_feed
from partnerships.uploads import check_content
from tests.factories import ConsultationActionFactory, ConsultationFactory, InvitationFactory, since
from tests.partnerships.conftest import Cast

STRANGERS = ["other_alderman", "colleague", "former", "cabinet"]
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nxref\n0 1\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n"


def _invited(cast: Cast, **meeting: Any) -> Consultation:
    consultation = ConsultationFactory(**(meeting or {"announced": True}))
    InvitationFactory(consultation=consultation, person=cast.alderman, municipality=cast.municipality)
    return consultation


def _pages(consultation: Consultation) -> list[str]:
    file = consultation.files.first()
    return [
        reverse("consultation", args=[consultation.key]),
        *([reverse("consultation_file", args=[file.key])] if file else []),
    ]


def test_whoever_is_invited_reads_everything(cast: Cast, enter: Any) -> None:
    consultation = _invited(cast)
    add_files(consultation, by=cast.editor, files=[check_content("ordre-du-jour.pdf", PDF)])
    client = enter(cast.alderman)
    page = client.get(reverse("consultation", args=[consultation.key])).content.decode()
    assert consultation.title_fr in page
    assert consultation.link in page
    assert client.get(_pages(consultation)[1]).headers["Cache-Control"] == "private, no-store"
    assert consultation.title_fr in client.get(reverse("consultations")).content.decode()


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("state", ["announced", "cancelled", "held", "published"])
def test_nobody_else_learns_of_a_consultation(cast: Cast, enter: Any, who: str, state: str) -> None:
    consultation = _invited(cast, **{state: True})
    add_files(ConsultationFactory(announced=True), by=cast.editor, files=[])
    client = enter(cast.person(who))
    assert all(client.get(page).status_code in {302, 404} for page in _pages(consultation))
    assert client.post(reverse("consultation_answer", args=[consultation.key]), {"answer": "yes"}).status_code in {302, 404}
    assert Invitation.objects.get(person=cast.alderman).answer == "none"
    answer = client.get(reverse("consultations"))
    assert consultation.title_fr not in answer.content.decode()


def test_a_stranger_is_sent_to_the_login(cast: Cast, client: Client) -> None:
    consultation = _invited(cast)
    assert all(client.get(page).status_code == 302 for page in [*_pages(consultation), reverse("consultations")])


@pytest.mark.parametrize(("for_all", "expected"), [(True, 200), (False, 404)])
def test_minutes_go_to_all_nineteen_where_they_are_meant_for_them(cast: Cast, enter: Any, for_all: bool, expected: int) -> None:
    consultation = _invited(cast, published=True, minutes_for_all=for_all, practical_fr="Code secret 1234")
    answer = enter(cast.other_alderman).get(reverse("consultation", args=[consultation.key]))
    assert answer.status_code == expected
    if for_all:
        page = answer.content.decode()
        assert "Ce qui s&#x27;est dit." in page
        assert consultation.link not in page
        assert "1234" not in page
    assert enter(cast.former).get(reverse("consultation", args=[consultation.key])).status_code in {302, 404}


def test_a_draft_is_seen_by_nobody_of_a_municipality(cast: Cast, enter: Any) -> None:
    consultation = ConsultationFactory()
    InvitationFactory(consultation=consultation, person=cast.alderman, municipality=cast.municipality)
    assert enter(cast.alderman).get(reverse("consultation", args=[consultation.key])).status_code == 404


def test_who_comes_is_told_as_municipalities_not_as_people(cast: Cast, enter: Any) -> None:
    consultation = _invited(cast)
    InvitationFactory(
        consultation=consultation,
        person=cast.other_alderman,
        municipality=cast.other_municipality,
        answer="yes",
        answered_at=timezone.now(),
    )
    page = enter(cast.alderman).get(reverse("consultation", args=[consultation.key])).content.decode()
    assert cast.other_municipality.name_fr in page
    assert cast.other_alderman.last_name not in page


def test_the_answer_is_given_and_changed_in_the_portal(cast: Cast, enter: Any) -> None:
    consultation, client = _invited(cast), enter(cast.alderman)
    address = reverse("consultation_answer", args=[consultation.key])
    assert client.post(address, {"answer": "yes"}).status_code == 302
    refused = client.post(address, {"answer": "substitute", "substitute_email": "an@example.org"}).content.decode()
    assert "an@example.org" in refused
    assert Invitation.objects.get().answer == "yes"
    client.post(address, {"answer": "substitute", "substitute_name": "An Peeters"})
    assert (Invitation.objects.get().answer, Invitation.objects.get().answered_by) == ("substitute", "portal")
    assert client.get(address).status_code == 405


def test_an_action_is_ticked_in_the_portal_by_its_municipality_alone(cast: Cast, enter: Any) -> None:
    action = ConsultationActionFactory(municipality=cast.municipality, consultation=_invited(cast, published=True, minutes_for_all=True))
    address = reverse("consultation_action_done", args=[action.key])
    assert enter(cast.other_alderman).post(address).status_code == 404
    assert enter(cast.alderman).post(address).status_code == 302
    assert ConsultationAction.objects.get().done_by == cast.alderman


def test_the_list_walks_by_keys_and_costs_the_same(cast: Cast, enter: Any, django_assert_max_num_queries: Any) -> None:
    client = enter(cast.alderman)
    start = timezone.now() - dt.timedelta(days=400)
    for number in range(32):
        starts_at = start + dt.timedelta(days=number)
        _invited(cast, held=True, starts_at=starts_at, ends_at=starts_at + dt.timedelta(hours=1), title_fr=f"Séance n° {number:03d}")
    seen: list[str] = []
    query = ""
    for _page in range(3):
        with django_assert_max_num_queries(9):
            answer = client.get(reverse("consultations") + query)
        seen += [one.title_fr for one, _invitation in answer.context["past"]]
        query = f"?before={answer.context['older']}"
    assert seen == [f"Séance n° {number:03d}" for number in reversed(range(32))]
    assert client.get(reverse("consultations") + "?before=x-1").status_code == 200


# --- The private calendar -----------------------------------------------------------------------


def test_the_private_calendar_holds_ones_own_and_dies_with_the_mandate(cast: Cast, client: Client) -> None:
    mine, cancelled, others = _invited(cast), _invited(cast, cancelled=True), ConsultationFactory(announced=True)
    InvitationFactory(consultation=others, person=cast.other_alderman, municipality=cast.other_municipality)
    _invited(cast, published=True, minutes_for_all=True)
    address = reverse("calendar_feed", args=[renew_feed(FeedToken.Kind.CALENDAR, by=cast.alderman)])
    answer = client.get(address)
    assert answer.headers["Content-Type"].startswith("text/calendar")
    events = {str(event["UID"]): event for event in Calendar.from_ical(answer.content).walk("VEVENT")}
    assert {mine.uid, cancelled.uid} <= set(events)
    assert others.uid not in events
    assert str(events[cancelled.uid]["STATUS"]) == "CANCELLED"
    Mandate.objects.filter(user=cast.alderman).update(period=since(100, until=0))
    assert client.get(address).status_code == 404


def test_the_page_of_feeds_shows_an_address_once_and_revokes_it(cast: Cast, enter: Any, client: Client) -> None:
    own = enter(cast.alderman)
    page = own.post(reverse("feed_renew", args=["calendar"])).content.decode()
    address = page.split('value="http')[1].split('"')[0]
    path = "/feeds/" + address.split("/feeds/")[1]
    assert client.get(path).status_code == 200
    assert path not in own.get(reverse("my_feeds")).content.decode()
    own.post(reverse("feed_revoke", args=["calendar"]))
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("who", ["former", "cabinet", "editor"])
def test_whoever_stands_in_no_municipality_has_no_page_of_feeds(cast: Cast, enter: Any, who: str) -> None:
    client = enter(cast.person(who))
    assert client.get(reverse("my_feeds")).status_code in {302, 404}
    assert client.post(reverse("feed_renew", args=["calendar"])).status_code in {302, 404}
    assert not FeedToken.objects.exists()
