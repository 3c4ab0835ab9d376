"""The forms field by field: what a submission needs, what a draft refuses, what is filled in, and how it is read again."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from municipalities.associations import Association
from municipalities.models import Portfolio
from municipalities.places import Neighbourhood, Street
from partnerships.models import AuditDetails, Choice, DevelopmentDetails, ServiceRequest
from partnerships.services.needed import missing_to_submit
from tests.factories import AgreementFactory, RequestFactory, UserFactory
from tests.partnerships.conftest import Cast
from tests.partnerships.forms import audit_answers, begin, development_answers, fill, post_step, soon

pytestmark = pytest.mark.django_db
State = ServiceRequest.State


def _street(cast: Cast, name: str = "Rue du Bailli", **more: Any) -> Street:
    return Street.objects.create(municipality=more.pop("municipality", cast.municipality), name_fr=name, name_nl=f"{name} (nl)", **more)


# --- What a submission needs --------------------------------------------------------------------

NEEDED = [
    ("audit", {}, set()),
    ("audit", {"title": ""}, {"title"}),
    ("audit", {"description": " "}, {"description"}),
    ("audit", {"technical_contact": "", "technical_phone": ""}, {"technical_person", "technical_phone"}),
    ("audit", {"technical_phone": ""}, {"technical_phone"}),
    ("audit", {"is_urgent": True, "urgent_reason": ""}, {"urgent_reason"}),
    ("audit", {"wished_by": dt.date(2030, 1, 2)}, {"wished_by_reason"}),
    ("audit", {"audit__area_kind": ""}, {"area_kind"}),
    ("audit", {"area": "", "audit__area_kind": "streets"}, {"area"}),
    ("audit", {"area": "", "audit__area_kind": "whole"}, set()),
    ("audit", {"audit__decision": ""}, {"decision"}),
    ("audit", {"audit__questions": []}, {"questions"}),
    ("audit", {"audit__data_offered": []}, {"data_offered"}),
    ("audit", {"audit__data_offered": [], "audit__has_no_data": True}, set()),
    ("audit", {"audit__data_offered": [{"what": "Liste", "personal": "yes"}]}, {"data_offered"}),
    ("audit", {"audit__data_offered": [{"what": "Liste", "personal": "yes", "legal_basis": "RGPD, 6.1.e"}]}, set()),
    ("audit", {"audit__result_forms": []}, {"result_forms"}),
    ("audit", {"audit__personal_data": ""}, {"personal_data"}),
    ("audit", {"audit__personal_data": "yes"}, {"legal_basis"}),
    ("audit", {"audit__needed_by": None}, {"needed_by"}),
    ("development", {}, set()),
    ("development", {"area": ""}, {"area"}),
    ("development", {"development__problems": []}, {"problems"}),
    ("development", {"development__problem_words": ""}, {"problem_words"}),
    ("development", {"development__project_kinds": []}, {"project_kinds"}),
    ("development", {"development__shops": None}, {"shops"}),
    ("development", {"development__association_plan": "existing"}, {"association"}),
    ("development", {"development__staff": ""}, {"staff"}),
    ("development", {"development__staff": "", "development__budget": 0}, set()),
    ("development", {"development__staff": "", "development__premises": "Une salle"}, set()),
    ("development", {"development__support": []}, {"support"}),
    ("development", {"development__aims": []}, {"aims"}),
    ("development", {"development__aims": [{"indicator": "Cellules vides", "now": "12"}]}, {"aims"}),
]


@pytest.mark.parametrize(("kind", "given", "missing"), NEEDED, ids=lambda it: str(sorted(it) if isinstance(it, set) else it)[:60])
def test_a_submission_needs_the_fields_with_a_star(cast: Cast, kind: str, given: dict[str, Any], missing: set[str]) -> None:
    draft = RequestFactory(draft=True, municipality=cast.municipality, asked_by=cast.alderman, kind=kind, **given)
    draft = ServiceRequest.objects.get(pk=draft.pk)
    assert set(missing_to_submit(draft)) == missing


def test_a_street_of_the_municipality_is_place_enough(cast: Cast) -> None:
    draft = RequestFactory(draft=True, municipality=cast.municipality, kind="development", area="")
    draft.streets.add(_street(cast))
    assert missing_to_submit(draft) == {}


@pytest.mark.parametrize(("kind", "answers"), [("audit", audit_answers), ("development", development_answers)])
def test_nothing_is_needed_to_keep_a_draft_but_everything_to_submit_it(cast: Cast, enter: Any, kind: str, answers: Any) -> None:
    client = enter(cast.alderman)
    draft = begin(client, kind, title="", description="")
    for step in answers():
        assert post_step(client, draft, step, {}).status_code == 302
    draft.refresh_from_db()
    missing = missing_to_submit(draft)
    page = client.get(reverse("request_check", args=[draft.key]))
    listed = {name for section in page.context["sections"] for name, _label, _message in section.missing}
    assert listed == set(missing), "every point that is missing is listed, with the step where it is asked"
    client.post(reverse("request_submit", args=[draft.key]))
    draft.refresh_from_db()
    assert draft.state == State.DRAFT


# --- The whole way ------------------------------------------------------------------------------


def test_a_development_project_is_asked_step_by_step_and_read_by_both_sides(cast: Cast, enter: Any) -> None:
    street = _street(cast)
    association = Association.objects.create(municipality=cast.municipality, name="Les Commerçants du Bailli")
    answers = development_answers()
    answers["place"] = {"streets": [street.pk]}
    answers["project"] |= {"association_plan": "existing", "association": association.pk, "shops_is_estimate": "on"}
    answers["means"] |= {
        "budget": "5000",
        "partners-rows": 1,
        "partners-0-name": "Maison de quartier",
        "partners-0-role": "Accueil",
        "subsidies-rows": 1,
        "subsidies-0-source": "Région",
        "subsidies-0-amount": "12000",
        "subsidies-0-year": "2027",
    }
    client = enter(cast.alderman)
    draft = fill(client, "development", answers)
    assert client.post(reverse("request_submit", args=[draft.key])).status_code == 302
    draft.refresh_from_db()
    assert draft.state == State.SUBMITTED
    assert draft.development.aims == [{"indicator": "Cellules vides", "now": "12", "target": "8", "by_when": soon(300)}]
    assert draft.development.subsidies == [{"source": "Région", "amount": 12000, "year": 2027}]
    portal = client.get(reverse("request", args=[draft.key])).content.decode()
    admin = enter(cast.spoc).get(reverse("admin:partnerships_servicerequest_change", args=[draft.pk])).content.decode()
    for page in (portal, admin):
        for words in (
            "Rue du Bailli",
            "Les Commerçants du Bailli",
            "Vacance commerciale",
            "Maison de quartier",
            "12000",
            "Douze cellules vides.",
        ):
            assert words in page
        assert '<dd lang="fr">Douze cellules vides.</dd>' in page
        assert 'lang="fr">Maison de quartier</td>' in page


def test_lists_speak_the_readers_language_and_words_keep_their_own(cast: Cast, enter: Any) -> None:
    draft = fill(enter(cast.alderman), "development", development_answers())
    cast.colleague.interface_language = "nl"
    cast.colleague.save()
    page = enter(cast.colleague).get(reverse("request", args=[draft.key])).content.decode()
    assert "Handelsleegstand" in page
    assert '<dd lang="fr">Douze cellules vides.</dd>' in page


# --- Rows ---------------------------------------------------------------------------------------


def test_a_row_is_added_by_a_button_and_what_was_typed_is_kept(cast: Cast, enter: Any) -> None:
    client = enter(cast.alderman)
    draft = begin(client, "audit")
    words = {"decision": "Le plan", "questions-rows": 1, "questions-0-question": "Combien ?", "more": "questions"}
    page = post_step(client, draft, "question", words)
    address = reverse("request_step", args=[draft.key, "question"])
    assert page.url == f"{address}?more=questions#id_questions"
    text = client.get(f"{address}?more=questions").content.decode()
    assert 'value="Combien ?"' in text
    assert 'name="questions-1-question"' in text
    assert 'name="questions-2-question"' not in text
    assert "Le plan" in text


def test_a_row_is_removed_by_its_button_and_a_row_made_empty_is_gone(cast: Cast, enter: Any) -> None:
    client = enter(cast.alderman)
    draft = begin(client, "audit")
    words = {"questions-rows": 3, **{f"questions-{n}-question": question for n, question in enumerate(("Un ?", "Deux ?", "Trois ?"))}}
    post_step(client, draft, "question", words | {"drop": "questions-1"})
    assert AuditDetails.objects.get(request=draft).questions == [{"question": "Un ?"}, {"question": "Trois ?"}]
    post_step(client, draft, "question", words | {"questions-0-question": "", "questions-1-question": " "})
    assert AuditDetails.objects.get(request=draft).questions == [{"question": "Trois ?"}]


def test_no_more_rows_than_the_list_takes(cast: Cast, enter: Any) -> None:
    client = enter(cast.alderman)
    draft = begin(client, "audit")
    words = {"questions-rows": 99, **{f"questions-{n}-question": f"Question {n} ?" for n in range(12)}}
    post_step(client, draft, "question", words)
    assert len(AuditDetails.objects.get(request=draft).questions) == 10
    page = client.get(reverse("request_step", args=[draft.key, "question"]) + "?more=questions").content.decode()
    assert 'name="questions-10-question"' not in page
    assert 'name="more"' not in page


def test_a_row_that_is_wrong_says_so_beside_its_field_and_keeps_the_others(cast: Cast, enter: Any) -> None:
    client = enter(cast.alderman)
    draft = begin(client, "development")
    words = development_answers()["aims"] | {"aims-0-by_when": "bientôt", "more": "aims"}
    page = post_step(client, draft, "aims", words)
    text = page.content.decode()
    assert page.status_code == 200
    assert [str(field.auto_id) for field, _error in page.context["form"].errors] == ["id_aims-0-by_when"]
    assert 'value="bientôt"' in text
    assert 'name="aims-1-indicator"' in text, "the row asked for is there all the same"
    assert not DevelopmentDetails.objects.filter(request=draft).exists()


@pytest.mark.parametrize(
    "rows", ["words", [1], [{"other": "x"}], [{"question": ["x"]}], [{"question": "x" * 1001}], [{"question": "x"}] * 11]
)
def test_no_code_keeps_rows_of_another_shape(rows: Any) -> None:
    with pytest.raises(ValidationError):
        AuditDetails._meta.get_field("questions").clean(rows, None)


def test_the_database_takes_nothing_but_lists_of_rows(cast: Cast) -> None:
    draft = RequestFactory(draft=True, municipality=cast.municipality)
    for model, key, column in ((AuditDetails, "request", "questions"), (ServiceRequest, "pk", "outside_contacts")):
        with pytest.raises(IntegrityError, match="_list"), transaction.atomic():
            model.objects.filter(**{key: draft.pk}).update(**{column: {"question": "no list"}})


# --- What a draft refuses -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "words", "field"),
    [
        ("when", {"confidential_until": soon()}, "confidential_until"),
        ("when", {"is_confidential": "on", "confidential_until": "2020-01-01"}, "confidential_until"),
        ("when", {"best_practice": "perhaps"}, "best_practice"),
        ("people", {"technical_phone": "appelez-moi"}, "technical_phone"),
        ("project", {"association_plan": "new", "initiator_contact": "Jean, +32 2 000 00 00"}, "initiator_consents"),
        ("project", {"shops": "0"}, "shops"),
        ("project", {"project_kinds": ["unheard_of"]}, "project_kinds"),
        ("means", {"budget": "-1"}, "budget"),
    ],
)
def test_a_wrong_answer_is_told_beside_its_field_and_nothing_is_half_saved(
    cast: Cast, enter: Any, step: str, words: dict[str, Any], field: str
) -> None:
    client = enter(cast.alderman)
    draft = begin(client, "development")
    page = post_step(client, draft, step, words)
    assert page.status_code == 200
    assert [bound.name for bound, _error in page.context["form"].errors] == [field]
    assert f'href="#id_{field}"' in page.content.decode()
    draft.refresh_from_db()
    assert draft.revision == 1


def test_the_database_names_nobody_without_their_consent(cast: Cast) -> None:
    draft = RequestFactory(draft=True, municipality=cast.municipality, kind="development")
    with pytest.raises(IntegrityError, match="development_contact_with_consent"), transaction.atomic():
        DevelopmentDetails.objects.filter(request=draft).update(initiator_contact="Jean")


def test_places_people_and_associations_are_ones_own_alone(cast: Cast, enter: Any) -> None:
    client = enter(cast.alderman)
    draft = begin(client, "development")
    theirs = _street(cast, "Rue d'ailleurs", municipality=cast.other_municipality)
    quarter = Neighbourhood.objects.create(municipality=cast.other_municipality, name_fr="Ailleurs", name_nl="Elders")
    association = Association.objects.create(municipality=cast.other_municipality, name="Association d'ailleurs")
    page = client.get(reverse("request_step", args=[draft.key, "place"])).content.decode()
    assert "ailleurs" not in page.lower()
    wrong = [
        ("place", {"streets": [theirs.pk]}, "streets"),
        ("place", {"neighbourhoods": [quarter.pk]}, "neighbourhoods"),
        ("people", {"associations": [association.pk]}, "associations"),
        ("project", {"association_plan": "existing", "association": association.pk}, "association"),
        ("people", {"political_lead": cast.other_alderman.pk}, "political_lead"),
        ("people", {"political_lead": cast.colleague.pk}, "political_lead"),
        ("people", {"technical_person": cast.former.pk}, "technical_person"),
        ("people", {"followers": [cast.spoc.pk]}, "followers"),
        ("people", {"followers": [cast.former.pk]}, "followers"),
    ]
    for step, words, field in wrong:
        page = post_step(client, draft, step, words)
        assert page.status_code == 200, field
        assert field in [bound.name for bound, _error in page.context["form"].errors]
        assert "ailleurs" not in page.content.decode().lower()


# --- What is filled in --------------------------------------------------------------------------


def test_an_alderman_answers_for_it_and_an_officer_knows_the_file(cast: Cast, enter: Any) -> None:
    mandate = cast.alderman.mandates.get()
    mandate.portfolios = [Portfolio.TRADE]
    mandate.save()
    cast.colleague.phone = "+32 2 000 00 07"
    cast.colleague.save()
    for person, lead, contact, phone in (
        (cast.alderman, cast.alderman.pk, None, ""),
        (cast.colleague, None, cast.colleague.pk, "+32 2 000 00 07"),
    ):
        client = enter(person)
        draft = begin(client, "works")
        part = client.get(reverse("request_step", args=[draft.key, "people"])).context["form"].parts[0]
        assert part["political_lead"].value() == lead
        assert part["technical_person"].value() == contact
        assert (part["technical_phone"].value() or "") == phone
        assert part["portfolio"].value() == (Portfolio.TRADE if lead else "")


def test_the_telephone_of_whoever_is_chosen_is_filled_in(cast: Cast, enter: Any) -> None:
    cast.colleague.phone = "+32 2 000 00 07"
    cast.colleague.save()
    client = enter(cast.alderman)
    draft = begin(client, "works")
    post_step(client, draft, "people", {"technical_person": cast.colleague.pk})
    draft.refresh_from_db()
    assert (draft.technical_person, draft.technical_phone) == (cast.colleague, "+32 2 000 00 07")
    assert missing_to_submit(draft).keys() & {"technical_person", "technical_phone"} == set()


def test_the_form_says_who_answers_and_whether_the_agreement_covers_it(cast: Cast, enter: Any) -> None:
    client = enter(cast.alderman)
    known = [fact.value for fact in client.get(reverse("request_draft", args=["audit"])).context["known"]]
    assert cast.spoc.full_name in known[2]
    agreement = cast.municipality.agreements.get()
    assert agreement.reference in known[3]
    agreement.services = ["works"]
    agreement.save()
    page = client.get(reverse("request_draft", args=["audit"]))
    assert page.context["known"][3].value != known[3]
    other = enter(cast.other_alderman).get(reverse("request_draft", args=["audit"]))
    assert [fact.label for fact in other.context["known"]] == [
        fact.label for fact in page.context["known"] if cast.spoc.full_name not in fact.value
    ]
    assert AgreementFactory.build().reference[:7] not in other.content.decode()


# --- The lists of the administration ------------------------------------------------------------


def test_what_is_no_longer_offered_stays_readable_where_it_was_chosen(cast: Cast, enter: Any) -> None:
    client = enter(cast.alderman)
    chosen, blank = fill(client, "development", development_answers()), begin(client, "development")
    Choice.objects.filter(list=Choice.List.PROBLEMS, value="image").update(is_offered=False)
    for draft, is_there in ((chosen, True), (blank, False)):
        text = client.get(reverse("request_step", args=[draft.key, "situation"])).content.decode()
        assert ('value="image"' in text) == is_there
    assert post_step(client, blank, "situation", {"problems": ["image"]}).status_code == 200
    assert "Image" in client.get(reverse("request", args=[chosen.key])).content.decode()


@pytest.mark.parametrize(("role", "expected"), [("lead", 200), ("spoc", 403), ("editor", 403)])
def test_the_lead_keeps_the_lists(enter: Any, role: str, expected: int) -> None:
    entry = Choice.objects.get(list=Choice.List.SUPPORT, value="method")
    client = enter(UserFactory(**{role: True}))
    url = reverse("admin:partnerships_choice_change", args=[entry.pk])
    assert client.get(url).status_code == expected
    words = {
        "value": "other",
        "list": "problems",
        "name_fr": "Méthode et conseil",
        "name_nl": "Methode en advies",
        "position": 5,
        "is_offered": "on",
    }
    client.post(url, words)
    entry.refresh_from_db()
    assert (entry.value, entry.list) == ("method", Choice.List.SUPPORT)
    assert (entry.name_fr == "Méthode et conseil") == (expected == 200)
    client.post(reverse("admin:partnerships_choice_delete", args=[entry.pk]), {"post": "yes"})
    assert Choice.objects.filter(pk=entry.pk).exists()


# --- Cost ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 12])
@pytest.mark.parametrize("step", ["place", "people", "project", "check"])
def test_queries_of_a_step_do_not_grow(cast: Cast, enter: Any, count: int, step: str, django_assert_max_num_queries: Any) -> None:
    client = enter(cast.alderman)
    draft = fill(client, "development", development_answers())
    for number in range(count):
        street = _street(cast, f"Rue {number}")
        draft.streets.add(street)
        draft.followers.add(UserFactory(officer=cast.municipality))
        Association.objects.create(municipality=cast.municipality, name=f"Association {number}")
    url = reverse("request_check", args=[draft.key]) if step == "check" else reverse("request_step", args=[draft.key, step])
    client.get(url)
    with django_assert_max_num_queries(24):
        client.get(url)


def test_a_day_that_is_kept_is_written_in_words(cast: Cast, enter: Any) -> None:
    draft = RequestFactory(draft=True, municipality=cast.municipality, asked_by=cast.alderman, college_decided_on=timezone.localdate())
    page = enter(cast.alderman).get(reverse("request_check", args=[draft.key]))
    facts = {fact.name: fact.value for section in page.context["sections"] for fact in section.facts}
    assert facts["college_decided_on"].endswith(str(timezone.localdate().year))


def test_steps_saved_in_a_row_are_one_line_of_what_happened(cast: Cast, enter: Any) -> None:
    client = enter(cast.alderman)
    draft = fill(client, "development", development_answers())
    post_step(enter(cast.colleague), draft, "place", {"area": "Place Flagey"})
    post_step(client, draft, "place", {"area": "Place Fernand Cocq"})
    told = [(event.verb, event.actor) for event in client.get(reverse("request", args=[draft.key])).context["events"]]
    assert told == [
        ("request_drafted", cast.alderman),
        ("request_edited", cast.alderman),
        ("request_edited", cast.colleague),
        ("request_edited", cast.alderman),
    ]
