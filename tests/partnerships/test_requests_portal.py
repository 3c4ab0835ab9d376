"""The story of a request as the municipality lives it in the portal."""

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from partnerships.models import AuditDetails, Event, ServiceRequest
from tests.factories import AgreementFactory, MessageFactory, MunicipalityFactory, RequestFactory, SpocAssignmentFactory, UserFactory
from tests.partnerships.conftest import Cast

pytestmark = pytest.mark.django_db
State = ServiceRequest.State


def _soon(days: int = 30) -> str:
    return (timezone.localdate() + dt.timedelta(days=days)).isoformat()


def _audit(**changed: Any) -> dict[str, Any]:
    words = {
        "token": str(uuid.uuid4()),
        "title": "Vacance commerciale chaussée d'Ixelles",
        "description": "Trop de cellules vides depuis un an.",
        "area": "Chaussée d'Ixelles",
        "technical_contact": "Service Commerce, +32 2 000 00 01",
        "language": "fr",
        "decision": "Le plan de commerce.",
        "questions": "Combien de cellules vides ?\nQuels secteurs manquent ?",
        "sectors": ["retail_food", "hospitality"],
        "data_wanted": ["vacancy"],
        "data_offered": "Relevé communal 2025.",
        "result_forms": ["report"],
        "result_language": "both",
        "needed_by": _soon(),
    }
    return words | changed


def test_an_audit_is_asked_and_submitted_in_one_go(cast: Cast, enter: Any) -> None:
    page = enter(cast.alderman).post(reverse("request_draft_submit", args=["audit"]), _audit(), follow=True)
    made = ServiceRequest.objects.get()
    assert made.state == State.SUBMITTED
    assert made.reference == f"{cast.municipality.code}-{timezone.localdate().year}-0001"
    assert made.assignee == cast.spoc
    assert made.asked_by == cast.alderman
    assert made.outside_agreement is False
    assert made.audit.sectors == ["retail_food", "hospitality"]
    assert list(Event.objects.about(made).values_list("verb", flat=True)) == ["request_drafted", "request_submitted"]
    assert page.redirect_chain[-1][0] == reverse("request", args=[made.key])
    assert made.reference in page.content.decode()


def test_a_half_empty_draft_is_kept_and_finished_later(cast: Cast, enter: Any) -> None:
    client = enter(cast.alderman)
    client.post(reverse("request_draft", args=["audit"]), {"token": str(uuid.uuid4()), "title": "", "description": "Une idée"})
    draft = ServiceRequest.objects.get()
    assert (draft.state, draft.title, draft.description, draft.language) == (State.DRAFT, "", "Une idée", "fr")
    form = client.get(reverse("request_edit", args=[draft.key]))
    assert "Une idée" in form.content.decode()
    words = _audit(revision=draft.revision)
    client.post(reverse("request_edit_submit", args=[draft.key]), words)
    draft.refresh_from_db()
    assert draft.state == State.SUBMITTED


def test_what_is_missing_is_said_beside_each_field_and_the_draft_is_kept(cast: Cast, enter: Any) -> None:
    client = enter(cast.alderman)
    page = client.post(reverse("request_draft_submit", args=["audit"]), _audit(technical_contact="", questions=""), follow=True)
    draft = ServiceRequest.objects.get()
    assert draft.state == State.DRAFT
    assert page.redirect_chain[-1][0] == reverse("request_edit", args=[draft.key]) + "?missing"
    text = page.content.decode()
    for name in ("technical_contact", "questions"):
        assert f'href="#id_{name}"' in text
        assert re.search(rf'id="id_{name}_error"', text)
    assert text.count('aria-invalid="true"') == 2
    assert "Trop de cellules vides depuis un an." in text


def test_what_was_typed_is_still_there_when_a_field_is_wrong(cast: Cast, enter: Any) -> None:
    page = enter(cast.alderman).post(reverse("request_draft", args=["audit"]), _audit(wished_by=_soon(-1), needed_by="not a day"))
    text = page.content.decode()
    assert page.status_code == 200
    assert not ServiceRequest.objects.exists()
    assert "Trop de cellules vides depuis un an." in text
    assert re.search(r'value="hospitality"[^>]*checked', text)
    assert {field.name for field, _error in page.context["form"].errors} == {"wished_by", "needed_by"}


def test_a_title_is_not_longer_than_120_signs(cast: Cast, enter: Any) -> None:
    page = enter(cast.alderman).post(reverse("request_draft", args=["works"]), _audit(title="x" * 121))
    assert [field.name for field, _error in page.context["form"].errors] == ["title"]


def test_other_kinds_share_the_general_form(cast: Cast, enter: Any) -> None:
    client = enter(cast.alderman)
    assert "id_questions" not in client.get(reverse("request_draft", args=["works"])).content.decode()
    client.post(reverse("request_draft_submit", args=["works"]), _audit())
    made = ServiceRequest.objects.get()
    assert (made.kind, made.state) == ("works", State.SUBMITTED)
    assert not AuditDetails.objects.exists()


def test_the_language_of_a_request_is_at_first_the_readers(cast: Cast, enter: Any) -> None:
    cast.alderman.interface_language = "nl"
    cast.alderman.save()
    page = enter(cast.alderman).get(reverse("request_draft", args=["works"]))
    assert page.context["form"].general["language"].value() == "nl"


def test_with_two_mandates_the_municipality_is_chosen_first(enter: Any) -> None:
    here, there = MunicipalityFactory(), MunicipalityFactory()
    both = UserFactory(alderman=[here, there])
    client = enter(both)
    assert client.get(reverse("request_draft", args=["works"])).url == reverse("request_new")
    chosen = reverse("request_draft", args=["works"]) + f"?municipality={there.slug}"
    assert chosen in client.get(reverse("request_new")).content.decode()
    client.post(client.get(chosen).context["save_url"], _audit())
    assert ServiceRequest.objects.get().municipality == there


def test_the_page_shows_turn_date_messages_and_their_language(cast: Cast, enter: Any) -> None:
    asked = RequestFactory(waiting=True, municipality=cast.municipality, asked_by=cast.alderman)
    MessageFactory(request=asked, author=cast.spoc, side="agency", language="nl", body="Hebt u de lijst?")
    page = enter(cast.alderman).get(reverse("request", args=[asked.key]))
    text = page.content.decode()
    assert re.search(r'lang="nl"><p>Hebt u de lijst\?', text)
    assert reverse("request_message", args=[asked.key]) in text
    assert page.context["actions"] == ["answer", "withdraw", "message"]


def test_what_a_person_types_is_never_markup(cast: Cast, enter: Any) -> None:
    asked = RequestFactory(
        submitted=True, municipality=cast.municipality, asked_by=cast.alderman, title="<b>gras</b>", description="<script>alert(1)</script>"
    )
    for url in (reverse("request", args=[asked.key]), reverse("requests"), reverse("home")):
        text = enter(cast.alderman).get(url).content.decode()
        assert "<b>gras" not in text
        assert "<script>alert" not in text


def test_withdrawing_asks_once_more_and_takes_a_reason(cast: Cast, enter: Any) -> None:
    asked = RequestFactory(submitted=True, municipality=cast.municipality, asked_by=cast.alderman)
    url = reverse("request_withdraw", args=[asked.key])
    client = enter(cast.alderman)
    assert client.get(url).status_code == 200
    asked.refresh_from_db()
    assert asked.state == State.SUBMITTED
    client.post(url, {"reason": "Le projet est reporté."})
    asked.refresh_from_db()
    assert (asked.state, asked.reason) == (State.WITHDRAWN, "Le projet est reporté.")


def test_the_list_is_filtered_and_searched(cast: Cast, enter: Any) -> None:
    ours = {"municipality": cast.municipality, "asked_by": cast.alderman}
    made = {state: RequestFactory(**{state: True}, title=f"Dossier {state}", **ours) for state in State.values}
    client = enter(cast.alderman)

    def shown(query: str) -> set[str]:
        return {row.state for row in client.get(reverse("requests") + query).context["rows"]}

    assert shown("") == set(ServiceRequest.OPEN)
    assert shown("?show=turn") == set(ServiceRequest.TURN_OF_MUNICIPALITY)
    assert shown("?show=drafts") == {"draft"}
    assert shown("?show=ended") == set(ServiceRequest.ENDED)
    assert shown("?show=all") == set(State.values)
    assert shown("?show=nonsense&page=x") == set(ServiceRequest.OPEN)
    assert shown("?show=all&q=dossier+wait") == {"waiting"}
    assert shown(f"?show=all&q={made['closed'].reference.lower()}") == {"closed"}
    assert shown("?show=all&q=%25") == set()


def test_pages_of_the_list_hold_everything_once(cast: Cast, enter: Any) -> None:
    RequestFactory.create_batch(45, submitted=True, municipality=cast.municipality, asked_by=cast.alderman)
    client = enter(cast.alderman)
    pages = [client.get(reverse("requests") + f"?page={number}").context for number in (1, 2, 3)]
    assert [len(page["rows"]) for page in pages] == [20, 20, 5]
    assert len({row.pk for page in pages for row in page["rows"]}) == 45
    assert (pages[0]["newer"], pages[0]["older"], pages[2]["older"]) == (0, 2, 0)


@pytest.mark.parametrize("count", [3, 30])
def test_queries_of_the_list_do_not_grow(cast: Cast, enter: Any, count: int, django_assert_num_queries: Any) -> None:
    RequestFactory.create_batch(count, submitted=True, municipality=cast.municipality, asked_by=cast.alderman)
    client = enter(cast.alderman)
    client.get(reverse("preferences"))
    with django_assert_num_queries(5):  # the person, their mandates, the rows, their number, the SPOC of the footer
        client.get(reverse("requests"))


@pytest.mark.parametrize("count", [1, 12])
def test_queries_of_home_do_not_grow(cast: Cast, enter: Any, count: int, django_assert_max_num_queries: Any) -> None:
    ours = {"municipality": cast.municipality, "asked_by": cast.alderman}
    RequestFactory.create_batch(count, submitted=True, **ours)
    RequestFactory.create_batch(count, draft=True, **ours)
    client = enter(cast.alderman)
    client.get(reverse("preferences"))
    with django_assert_max_num_queries(10):
        client.get(reverse("home"))


@pytest.mark.parametrize("count", [2, 20])
def test_queries_of_a_request_do_not_grow(cast: Cast, enter: Any, count: int, django_assert_max_num_queries: Any) -> None:
    asked = RequestFactory(in_progress=True, municipality=cast.municipality, asked_by=cast.alderman)
    MessageFactory.create_batch(count, request=asked, author=cast.spoc)
    client = enter(cast.alderman)
    client.get(reverse("preferences"))
    with django_assert_max_num_queries(7):
        client.get(reverse("request", args=[asked.key]))


@pytest.mark.parametrize("count", [2, 20])
def test_queries_of_a_municipality_do_not_grow(cast: Cast, enter: Any, count: int, django_assert_max_num_queries: Any) -> None:
    RequestFactory.create_batch(count, submitted=True, municipality=cast.municipality, asked_by=cast.alderman)
    for _number in range(count):
        UserFactory(officer=cast.municipality)
    client = enter(cast.alderman)
    client.get(reverse("preferences"))
    with django_assert_max_num_queries(12):
        client.get(reverse("municipality", args=[cast.municipality.slug]))


def test_home_names_contact_agreement_turn_and_mailing(cast: Cast, enter: Any) -> None:
    SpocAssignmentFactory(municipality=cast.municipality, officer=UserFactory(spoc=True, last_name="Adjoint"), deputy=True)
    RequestFactory(waiting=True, municipality=cast.municipality, asked_by=cast.alderman, title="Votre réponse")
    RequestFactory(in_progress=True, municipality=cast.municipality, asked_by=cast.alderman, title="Au travail")
    page = enter(cast.alderman).get(reverse("home"))
    text = page.content.decode()
    assert cast.spoc.full_name in text
    assert "Adjoint" in text
    assert [row.title for row in page.context["your_turn"]] == ["Votre réponse"]
    assert [row.title for row in page.context["agency_turn"]] == ["Au travail"]
    assert page.context["footings"][0].agreement.municipality == cast.municipality
    assert reverse("request_new") in text


def test_home_with_two_mandates_names_both(enter: Any) -> None:
    here, there = MunicipalityFactory(outline="M0 0L9 9Z"), MunicipalityFactory(outline="M9 9L0 0Z")
    AgreementFactory(municipality=there)
    page = enter(UserFactory(alderman=[here, there])).get(reverse("home"))
    assert [(footing.municipality, bool(footing.agreement)) for footing in page.context["footings"]] == [(here, False), (there, True)]
    assert page.content.decode().count('class="is-own"') == 2


def test_officials_see_no_private_data_of_colleagues(cast: Cast, enter: Any) -> None:
    text = enter(cast.alderman).get(reverse("municipality", args=[cast.municipality.slug])).content.decode()
    assert cast.colleague.full_name in text
    assert cast.colleague.email not in text
    assert cast.former.full_name not in text


def test_preferences_are_kept_and_speak_at_once(cast: Cast, enter: Any) -> None:
    words = {"interface_language": "nl", "correspondence_language": "both", "phone": "+32 2 000 00 09"}
    page = enter(cast.alderman).post(reverse("preferences"), words, follow=True)
    cast.alderman.refresh_from_db()
    assert (cast.alderman.interface_language, cast.alderman.correspondence_language, cast.alderman.phone) == tuple(words.values())
    assert '<html lang="nl">' in page.content.decode()


def test_a_telephone_number_has_no_letters(cast: Cast, enter: Any) -> None:
    page = enter(cast.alderman).post(
        reverse("preferences"), {"interface_language": "fr", "correspondence_language": "fr", "phone": "call me"}
    )
    assert "phone" in page.context["form"].errors
    cast.alderman.refresh_from_db()
    assert cast.alderman.phone == ""
