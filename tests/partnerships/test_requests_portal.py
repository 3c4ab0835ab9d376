"""The story of a request as the municipality lives it in the portal."""

import re
import uuid
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from partnerships.models import AuditDetails, Event, ServiceRequest
from tests.factories import AgreementFactory, MessageFactory, MunicipalityFactory, RequestFactory, SpocAssignmentFactory, UserFactory
from tests.partnerships.conftest import Cast
from tests.partnerships.forms import ABOUT, audit_answers, begin, post_step, soon

pytestmark = pytest.mark.django_db
State = ServiceRequest.State


def test_an_audit_is_asked_step_by_step_and_submitted(cast: Cast, enter: Any) -> None:
    client = enter(cast.alderman)
    made = begin(client, "audit")
    addresses = [post_step(client, made, step, words).url for step, words in audit_answers().items()]
    following = [
        *(reverse("request_step", args=[made.key, step]) for step in list(audit_answers())[1:]),
        reverse("request_check", args=[made.key]),
    ]
    assert addresses == following
    check = client.get(addresses[-1]).content.decode()
    assert reverse("request_submit", args=[made.key]) in check
    page = client.post(reverse("request_submit", args=[made.key]), follow=True)
    made.refresh_from_db()
    assert made.state == State.SUBMITTED
    assert made.reference == f"{cast.municipality.code}-{timezone.localdate().year}-0001"
    assert made.assignee == cast.spoc
    assert made.asked_by == cast.alderman
    assert made.outside_agreement is False
    assert made.audit.sectors == ["retail_food", "hospitality"]
    assert made.audit.questions == [{"question": "Combien de cellules vides ?"}, {"question": "Quels secteurs manquent ?"}]
    assert made.audit.data_offered == [{"what": "Relevé communal", "period": "2025"}]
    verbs = list(Event.objects.about(made).values_list("verb", flat=True))
    assert verbs == ["request_drafted", *["request_edited"] * len(audit_answers()), "request_submitted"]
    assert page.redirect_chain[-1][0] == reverse("request", args=[made.key])
    assert made.reference in page.content.decode()


def test_a_half_empty_draft_is_kept_and_found_again_by_a_colleague(cast: Cast, enter: Any) -> None:
    client = enter(cast.alderman)
    later = client.post(
        reverse("request_draft_to", args=["audit", "later"]), {"token": str(uuid.uuid4()), "title": "", "description": "Une idée"}
    )
    draft = ServiceRequest.objects.get()
    assert later.url == reverse("request", args=[draft.key])
    assert (draft.state, draft.title, draft.description, draft.language) == (State.DRAFT, "", "Une idée", "fr")
    colleague = enter(cast.colleague)
    go_on = colleague.get(reverse("request_edit", args=[draft.key]))
    assert go_on.url == reverse("request_step", args=[draft.key, "about"])
    assert "Une idée" in colleague.get(go_on.url).content.decode()
    post_step(colleague, draft, "about", ABOUT)
    assert colleague.get(reverse("request_edit", args=[draft.key])).url == reverse("request_step", args=[draft.key, "place"])


@pytest.mark.parametrize("target", ["about", "when", "check", "later"])
def test_leaving_a_step_keeps_it_wherever_one_goes(cast: Cast, enter: Any, target: str) -> None:
    client = enter(cast.alderman)
    draft = begin(client, "audit")
    page = post_step(client, draft, "place", {"area": "Place Flagey"}, target)
    draft.refresh_from_db()
    assert draft.area == "Place Flagey"
    steps = {"check": reverse("request_check", args=[draft.key]), "later": reverse("request", args=[draft.key])}
    assert page.url == steps.get(target, reverse("request_step", args=[draft.key, target]))
    assert client.get(page.url).status_code == 200


def test_a_step_that_does_not_exist_is_not_found(cast: Cast, enter: Any) -> None:
    client = enter(cast.alderman)
    draft = begin(client, "works")
    assert client.get(reverse("request_step", args=[draft.key, "question"])).status_code == 404
    assert client.get(reverse("request_step", args=[draft.key, "nothing"])).status_code == 404


def test_what_is_missing_is_listed_at_the_end_and_said_beside_each_field(cast: Cast, enter: Any) -> None:
    client = enter(cast.alderman)
    draft = begin(client, "audit")
    for step, words in (audit_answers() | {"people": {}, "question": {"decision": "Le plan."}}).items():
        post_step(client, draft, step, words)
    page = client.post(reverse("request_submit", args=[draft.key]), follow=True)
    draft.refresh_from_db()
    assert draft.state == State.DRAFT
    assert page.redirect_chain[-1][0] == reverse("request_check", args=[draft.key])
    text = page.content.decode()
    assert reverse("request_submit", args=[draft.key]) not in text
    for step, name in (("people", "technical_person"), ("question", "questions")):
        link = reverse("request_step", args=[draft.key, step]) + "?missing"
        assert f'href="{link}#id_{name}"' in text
        marked = client.get(link).content.decode()
        assert f'href="#id_{name}"' in marked
        assert re.search(rf'id="id_{name}_error"', marked)
    assert "Le plan." in client.get(reverse("request_step", args=[draft.key, "question"]) + "?missing").content.decode()


def test_a_step_tells_how_much_every_other_still_lacks(cast: Cast, enter: Any) -> None:
    client = enter(cast.alderman)
    draft = begin(client, "audit", description="")
    page = client.get(reverse("request_step", args=[draft.key, "place"]))
    states = {each.step.key: (each.missing, each.is_touched, each.is_current) for each in page.context["progress"]}
    assert states["about"] == (1, True, False)
    assert states["place"] == (1, False, True)
    assert states["question"] == (2, False, False)
    assert states["people"] == (2, False, False)
    assert states["when"] == (0, False, False)


def test_what_was_typed_is_still_there_when_a_field_is_wrong(cast: Cast, enter: Any) -> None:
    client = enter(cast.alderman)
    draft = begin(client, "audit")
    page = post_step(client, draft, "result", {"result_forms": ["workshop"], "needed_by": "not a day", "needed_for": "Conseil de mai"})
    text = page.content.decode()
    assert page.status_code == 200
    assert not AuditDetails.objects.filter(needed_for="Conseil de mai").exists()
    assert "Conseil de mai" in text
    assert re.search(r'value="workshop"[^>]*checked', text)
    assert [field.name for field, _error in page.context["form"].errors] == ["needed_by"]
    page = post_step(client, draft, "when", {"wished_by": soon(-1)})
    assert [field.name for field, _error in page.context["form"].errors] == ["wished_by"]


def test_a_title_is_not_longer_than_120_signs(cast: Cast, enter: Any) -> None:
    page = enter(cast.alderman).post(reverse("request_draft", args=["works"]), ABOUT | {"title": "x" * 121})
    assert [field.name for field, _error in page.context["form"].errors] == ["title"]
    assert not ServiceRequest.objects.exists()


def test_the_language_of_a_request_is_at_first_the_readers(cast: Cast, enter: Any) -> None:
    cast.alderman.interface_language = "nl"
    cast.alderman.save()
    page = enter(cast.alderman).get(reverse("request_draft", args=["works"]))
    assert page.context["form"].parts[0]["language"].value() == "nl"


def test_with_two_mandates_the_municipality_is_chosen_first(enter: Any) -> None:
    here, there = MunicipalityFactory(), MunicipalityFactory()
    both = UserFactory(alderman=[here, there])
    client = enter(both)
    assert client.get(reverse("request_draft", args=["works"])).url == reverse("request_new")
    chosen = reverse("request_draft", args=["works"]) + f"?municipality={there.slug}"
    assert chosen in client.get(reverse("request_new")).content.decode()
    page = client.get(chosen)
    for target in ("", "to/later/"):
        client.post(page.context["save_url"] + target + page.context["query"], ABOUT | {"token": str(page.context["form"].token)})
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
    assert shown("?show=turn") == set(ServiceRequest.TURN_OF_ASKER)
    assert shown("?show=drafts") == {"draft"}
    assert shown("?show=ended") == set(ServiceRequest.ENDED)
    assert shown("?show=all") == set(State.values)
    assert shown("?show=nonsense&page=x") == set(ServiceRequest.OPEN)
    assert shown("?show=all&q=dossier+wait") == {"waiting"}
    assert shown(f"?show=all&q={made['closed'].reference.lower()}") == {"closed"}
    assert shown("?show=all&q=%25") == set()


@pytest.mark.parametrize("count", [3, 30])
def test_queries_of_the_list_do_not_grow(cast: Cast, enter: Any, count: int, django_assert_num_queries: Any) -> None:
    RequestFactory.create_batch(count, submitted=True, municipality=cast.municipality, asked_by=cast.alderman)
    client = enter(cast.alderman)
    client.get(reverse("preferences"))
    with django_assert_num_queries(6):  # the person, their mandates, the rows, their number, the places offered, the SPOC of the footer
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
    with django_assert_max_num_queries(21):
        client.get(reverse("request", args=[asked.key]))


@pytest.mark.parametrize("count", [2, 20])
def test_queries_of_a_municipality_do_not_grow(cast: Cast, enter: Any, count: int, django_assert_max_num_queries: Any) -> None:
    RequestFactory.create_batch(count, submitted=True, municipality=cast.municipality, asked_by=cast.alderman)
    for _number in range(count):
        UserFactory(officer=cast.municipality)
    client = enter(cast.alderman)
    client.get(reverse("preferences"))
    with django_assert_max_num_queries(8):
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
