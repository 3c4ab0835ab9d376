"""The works in the form of a request: streets, phases and shops as rows without a script, what is needed, what is refused."""

import datetime as dt
from html import unescape
from typing import Any

import pytest
from django.urls import reverse
from django.utils.formats import date_format

from municipalities.languages import reading_in
from municipalities.places import Street
from partnerships.models import Event, ServiceRequest, WorksPhase, WorksSite
from partnerships.services.needed import missing_to_submit
from partnerships.services.requests import submit_request
from tests.factories import RequestFactory, WorksPhaseFactory, WorksSiteFactory, days_from_today
from tests.partnerships.conftest import Cast
from tests.partnerships.forms import begin, post_step

pytestmark = pytest.mark.django_db
SITE = {"name": "Égouts", "owner": "vivaqua", "road": "municipal", "coordinated": "yes", "coordination_number": "CC-1"}
SUPPORT = {
    "information_given": "Lettre toutes-boîtes",
    "wishes": ["meeting", "compensation"],
    "site_contact": "Chef de chantier, 02 000 00 01",
    "municipal_contact": "Service Travaux, 02 000 00 02",
}


def rows(name: str, *typed: dict[str, Any]) -> dict[str, Any]:
    """A list of rows as the page sends it."""
    return {f"{name}-rows": len(typed)} | {f"{name}-{n}-{field}": value for n, row in enumerate(typed) for field, value in row.items()}


def phase(first: int, last: int, **more: Any) -> dict[str, Any]:
    days = {"first": str(days_from_today(first)), "last": str(days_from_today(last))}
    return {"what": "Pose des conduites", "direction_stopped": "one"} | days | more


@pytest.fixture
def street(cast: Cast) -> Street:
    return Street.objects.create(municipality=cast.municipality, name_fr="Chaussée du Test", name_nl="Teststeenweg")


def works_answers(street: Street) -> dict[str, dict[str, Any]]:
    return {
        "site": SITE | rows("streets", {"street": street.pk, "from_number": "1", "to_number": "99"}, {"name": "Rue sans nom"}),
        "phases": rows("phases", phase(30, 44), phase(45, 80, hindrances=["noise", "dust"], parking_lost=12)),
        "impact": rows("shops", {"sector": "retail_food", "number": 9, "small": 8}, {"sector": "services", "number": 4}),
        "support": SUPPORT,
    }


def filled(cast: Cast, client: Any, street: Street) -> ServiceRequest:
    draft = begin(client, "works")
    for step, typed in works_answers(street).items():
        assert post_step(client, draft, step, typed).status_code == 302
    return ServiceRequest.objects.get(pk=draft.pk)


def test_a_site_is_told_step_by_step_and_its_days_for_compensation_are_shown(cast: Cast, enter: Any, street: Street) -> None:
    client = enter(cast.alderman)
    draft = filled(cast, client, street)
    site = WorksSite.objects.get(request=draft)
    assert [str(each) for each in site.streets.all()] == ["Chaussée du Test 1–99", "Rue sans nom"]
    assert [(p.position, p.starts_on, p.ends_on) for p in site.phases.all()] == [
        (1, days_from_today(30), days_from_today(44)),
        (2, days_from_today(45), days_from_today(80)),
    ]
    assert (site.shops_hit, site.small_shops_hit, site.wishes) == (13, 8, ["meeting", "compensation"])
    assert list(draft.streets.all()) == [street]
    assert draft.area == "Rue sans nom"
    text = unescape(client.get(reverse("request_check", args=[draft.key])).content.decode())
    with reading_in("fr"):
        for day in (58, 119):
            assert date_format(days_from_today(day), "j F Y").removeprefix("1 ") in text


def test_a_complete_works_request_can_be_submitted_and_has_its_page(cast: Cast, enter: Any, street: Street) -> None:
    client = enter(cast.alderman)
    draft = filled(cast, client, street)
    assert not missing_to_submit(draft).keys() & {*SITE, *SUPPORT, "streets", "phases", "shops"}
    draft.technical_person, draft.technical_phone = cast.colleague, "+32 2 000 00 07"
    draft.save()
    submitted = submit_request(draft, by=cast.alderman)
    assert client.get(reverse("works_site", args=[submitted.key])).status_code == 200
    assert enter(cast.spoc).get(reverse("admin:works_site", args=[submitted.key])).status_code == 200


NEEDED = ["name", "owner", "road", "coordinated", "information_given", "wishes", "site_contact", "municipal_contact"]


def test_an_empty_works_request_needs_every_field_with_a_star(cast: Cast) -> None:
    draft = RequestFactory(kind="works", draft=True, municipality=cast.municipality, asked_by=cast.alderman)
    assert missing_to_submit(draft).keys() >= {*NEEDED, "streets", "phases", "shops"}


@pytest.mark.parametrize("field", NEEDED)
def test_each_field_with_a_star_is_needed_by_itself(cast: Cast, enter: Any, street: Street, field: str) -> None:
    draft = filled(cast, enter(cast.alderman), street)
    site = WorksSite.objects.get(request=draft)
    setattr(site, field, [] if field == "wishes" else "")
    site.coordination_number = ""
    site.save()
    works = {*NEEDED, "streets", "phases", "shops", "owner_other"}
    assert missing_to_submit(ServiceRequest.objects.get(pk=draft.pk)).keys() & works == {field}


@pytest.mark.parametrize("name", ["streets", "phases", "shops"])
def test_each_list_needs_a_row(cast: Cast, enter: Any, street: Street, name: str) -> None:
    client = enter(cast.alderman)
    draft = filled(cast, client, street)
    getattr(WorksSite.objects.get(request=draft), name).all().delete()
    assert name in missing_to_submit(ServiceRequest.objects.get(pk=draft.pk))
    step = {"streets": "site", "phases": "phases", "shops": "impact"}[name]
    marked = client.get(reverse("request_step", args=[draft.key, step]) + "?missing").content.decode()
    assert f'id="id_{name}_error"' in marked
    assert f'href="#id_{name}"' in marked


def test_who_is_private_or_another_owner_says_so(cast: Cast, enter: Any, street: Street) -> None:
    draft = filled(cast, enter(cast.alderman), street)
    WorksSite.objects.filter(request=draft).update(owner="private")
    assert "owner_other" in missing_to_submit(ServiceRequest.objects.get(pk=draft.pk))


# --- Rows without a script ----------------------------------------------------------------------


def test_a_row_is_added_and_removed_by_a_button_and_nothing_typed_is_lost(cast: Cast, enter: Any) -> None:
    client = enter(cast.alderman)
    draft = begin(client, "works")
    answer = post_step(client, draft, "phases", rows("phases", phase(1, 5)) | {"more": "phases"})
    page = client.get(answer.url.split("#")[0]).content.decode()
    assert 'name="phases-1-what"' in page
    both = rows("phases", phase(1, 5), phase(6, 9, what="Réfection"))
    post_step(client, draft, "phases", both)
    kept = list(WorksPhase.objects.order_by("position"))
    with_ids = both | {f"phases-{n}-id": row.pk for n, row in enumerate(kept)}
    post_step(client, draft, "phases", with_ids | {"drop": "phases-0"})
    (left,) = WorksPhase.objects.all()
    assert (left.pk, left.what, left.position) == (kept[1].pk, "Réfection", 1)


def test_moving_a_phase_keeps_it_the_same_phase(cast: Cast, enter: Any) -> None:
    client = enter(cast.alderman)
    draft = begin(client, "works")
    post_step(client, draft, "phases", rows("phases", phase(1, 5), phase(6, 9)))
    first, second = WorksPhase.objects.order_by("position")
    swapped = rows("phases", phase(20, 25, id=second.pk), phase(1, 5, id=first.pk))
    post_step(client, draft, "phases", swapped)
    second.refresh_from_db()
    assert (second.position, second.starts_on) == (1, days_from_today(20))
    assert WorksPhase.objects.count() == 2


def test_a_row_of_another_site_is_never_touched(cast: Cast, enter: Any) -> None:
    theirs = WorksPhaseFactory(what="À autrui")
    client = enter(cast.alderman)
    draft = begin(client, "works")
    post_step(client, draft, "phases", rows("phases", phase(1, 5, id=theirs.pk)))
    theirs.refresh_from_db()
    assert theirs.what == "À autrui"
    assert WorksPhase.objects.exclude(pk=theirs.pk).get().site.request == draft


def test_no_more_than_twenty_phases(cast: Cast, enter: Any) -> None:
    client = enter(cast.alderman)
    draft = begin(client, "works")
    post_step(client, draft, "phases", rows("phases", *(phase(n, n) for n in range(30))))
    assert WorksPhase.objects.count() == 20
    page = client.get(reverse("request_step", args=[draft.key, "phases"])).content.decode()
    assert 'name="more" value="phases"' not in page


BAD = [
    ("phases", rows("phases", {"what": "Sans date"}), "phases-0-first"),
    ("phases", rows("phases", phase(5, 1)), "phases-0-last"),
    ("phases", rows("phases", phase(1, 9, stopped_first=str(days_from_today(2)))), "phases-0-stopped_last"),
    (
        "phases",
        rows("phases", phase(1, 9, stopped_first=str(days_from_today(2)), stopped_last=str(days_from_today(12)))),
        "phases-0-stopped_last",
    ),
    (
        "phases",
        rows(
            "phases",
            phase(1, 9, direction_stopped="none", stopped_first=str(days_from_today(2)), stopped_last=str(days_from_today(3))),
        ),
        "phases-0-direction_stopped",
    ),
    ("site", rows("streets", {"from_number": "12"}), "streets-0-street"),
    ("impact", rows("shops", {"sector": "services", "number": 3, "small": 4}), "shops-0-small"),
    ("impact", rows("shops", {"sector": "services", "number": 3}, {"sector": "services", "number": 1}), "shops-1-sector"),
    ("impact", rows("shops", {"number": 3}), "shops-0-sector"),
]


@pytest.mark.parametrize(("step", "typed", "beside"), BAD, ids=lambda value: value if isinstance(value, str) else "")
def test_bad_input_is_told_beside_its_field_and_what_was_typed_stays(cast: Cast, enter: Any, step: str, typed: Any, beside: str) -> None:
    client = enter(cast.alderman)
    draft = begin(client, "works")
    answer = post_step(client, draft, step, typed)
    text = unescape(answer.content.decode())
    assert answer.status_code == 200
    assert f'id="id_{beside}_error"' in text
    assert f'href="#id_{beside}"' in text
    assert all(str(value) in text for name, value in typed.items() if not name.endswith("-rows"))
    assert not WorksPhase.objects.exists()


def test_a_street_of_another_municipality_cannot_be_chosen(cast: Cast, enter: Any) -> None:
    there = Street.objects.create(municipality=cast.other_municipality, name_fr="Rue d'ailleurs", name_nl="Straat elders")
    client = enter(cast.alderman)
    draft = begin(client, "works")
    assert "Rue d'ailleurs" not in unescape(client.get(reverse("request_step", args=[draft.key, "site"])).content.decode())
    answer = post_step(client, draft, "site", SITE | rows("streets", {"street": there.pk}))
    assert 'id="id_streets-0-street_error"' in answer.content.decode()


# --- After the submission -----------------------------------------------------------------------


def site_answers(site: WorksSite, *phases: dict[str, Any]) -> dict[str, Any]:
    return (
        SITE
        | SUPPORT
        | {"revision": site.revision}
        | rows("phases", *phases)
        | rows("shops", {})
        | rows("streets", {"name": "Rue du Test"})
    )


@pytest.mark.parametrize(("person", "door"), [("alderman", ""), ("spoc", "admin:")])
def test_both_sides_move_the_phases_and_the_event_tells_from_what_to_what(cast: Cast, enter: Any, person: str, door: str) -> None:
    request = RequestFactory(kind="works", in_progress=True, municipality=cast.municipality, asked_by=cast.alderman)
    site = WorksSiteFactory(request=request)
    row = WorksPhaseFactory(site=site, first=0, last=40, stopped_one=True)
    url = reverse(f"{door}works_edit", args=[request.key])
    client = enter(cast.person(person))
    assert client.get(url).status_code == 200
    answer = client.post(url, site_answers(site, phase(10, 50, id=row.pk)))
    assert answer.url == reverse(f"{door}works_site", args=[request.key])
    row.refresh_from_db()
    assert row.starts_on == days_from_today(10)
    event = Event.objects.about(request).get(verb=Event.Verb.SITE_CHANGED)
    assert event.data["from"]["opens_1"] == str(days_from_today(28))
    assert event.data["to"]["opens_1"] == str(days_from_today(38))
    assert event.actor == cast.person(person)


def test_of_two_who_change_the_works_the_second_sees_both_and_loses_nothing(cast: Cast, enter: Any) -> None:
    request = RequestFactory(kind="works", in_progress=True, municipality=cast.municipality, asked_by=cast.alderman)
    site = WorksSiteFactory(request=request)
    row = WorksPhaseFactory(site=site, first=0, last=40)
    url = reverse("works_edit", args=[request.key])
    enter(cast.colleague).post(url, site_answers(site, phase(0, 40, id=row.pk, what="Ce que dit la collègue")))
    mine = site_answers(site, phase(0, 40, id=row.pk, what="Ce que dit l'échevine"))
    answer = enter(cast.alderman).post(url, mine)
    text = unescape(answer.content.decode())
    assert answer.status_code == 409
    assert "Ce que dit la collègue" in text
    assert "Ce que dit l'échevine" in text
    row.refresh_from_db()
    assert row.what == "Ce que dit la collègue"
    enter(cast.alderman).post(url, mine | {"revision": site.revision + 1})
    row.refresh_from_db()
    assert row.what == "Ce que dit l'échevine"


def test_bad_dates_after_the_submission_change_nothing(cast: Cast, enter: Any) -> None:
    request = RequestFactory(kind="works", in_progress=True, municipality=cast.municipality, asked_by=cast.alderman)
    site = WorksSiteFactory(request=request)
    row = WorksPhaseFactory(site=site, first=0, last=40)
    before = row.period
    answer = enter(cast.alderman).post(reverse("works_edit", args=[request.key]), site_answers(site, phase(9, 3, id=row.pk)))
    row.refresh_from_db()
    assert answer.status_code == 200
    assert 'id="id_phases-0-last_error"' in answer.content.decode()
    assert row.period == before
    assert isinstance(row.starts_on, dt.date)
