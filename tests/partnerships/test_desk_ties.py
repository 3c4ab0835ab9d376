"""Twins are merged within one municipality and both numbers go on working; what is about the same is linked."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from mailings.models import Delivery
from mailings.services import decide_notices
from partnerships.models import Event, Note, RequestTie, ServiceRequest
from partnerships.models.ties import ties_of
from partnerships.permissions import Action, allowed_actions
from partnerships.services.attachments import add_attachment
from partnerships.services.requests import ActionNotAllowed
from partnerships.services.ties import link_requests, merge_request, unlink_requests
from partnerships.uploads import check_content
from tests.factories import MessageFactory, ReferralFactory, RequestFactory
from tests.partnerships.conftest import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(cast: Cast) -> tuple[ServiceRequest, ServiceRequest]:
    """The request that stays, and its twin, asked by two people of one municipality."""
    stays = RequestFactory(in_progress=True, municipality=cast.municipality, asked_by=cast.alderman, title="Vacance, rue du Marché")
    twin = RequestFactory(submitted=True, municipality=cast.municipality, asked_by=cast.colleague, title="Cellules vides, rue du Marché")
    return stays, twin


def told(verb: str) -> dict[str, str]:
    decide_notices(timezone.now())
    return dict(Delivery.objects.filter(notice__event__verb=verb).values_list("email", "body_text"))


def test_the_twin_is_closed_and_goes_on_in_the_other(cast, pair):
    stays, twin = pair
    closed = merge_request(twin, by=cast.spoc, into=stays)
    assert (closed.state, closed.reference) == ("closed", twin.reference)
    assert closed.ended_at
    assert ties_of(stays).twins == [twin]
    assert ties_of(twin).into == stays
    assert [event.data.get("twin") for event in Event.objects.about(stays)] == [twin.pk]


def test_both_askers_are_told_once_each(cast, pair):
    stays, twin = pair
    merge_request(twin, by=cast.spoc, into=stays)
    mails = told("request_merged")
    assert set(mails) == {cast.alderman.email, cast.colleague.email}
    assert all(stays.reference in text and twin.reference in text for text in mails.values())
    assert Delivery.objects.count() == 2


def test_both_numbers_go_on_working_with_all_that_was_written(cast, pair, enter):
    stays, twin = pair
    MessageFactory(request=twin, author=cast.colleague, body="Six cellules sont vides.")
    merge_request(twin, by=cast.spoc, into=stays)
    client, staff = enter(cast.alderman), enter(cast.spoc)
    for page in (
        client.get(reverse("request", args=[stays.key])),
        client.get(reverse("request", args=[twin.key])),
        staff.get(reverse("admin:partnerships_servicerequest_change", args=[stays.pk])),
        staff.get(reverse("admin:partnerships_servicerequest_change", args=[twin.pk])),
    ):
        text = page.content.decode()
        assert "Six cellules sont vides." in text
        assert stays.reference in text
        assert twin.reference in text
    found = client.get(reverse("requests") + f"?show=all&q={twin.reference}").context["rows"]
    assert [row.pk for row in found] == [twin.pk]


def test_the_files_of_a_twin_are_read_where_the_work_goes_on_but_not_those_of_its_notes(cast, pair, enter):
    stays, twin = pair
    sent = add_attachment(twin, by=cast.colleague, upload=check_content("releve.csv", b"rue;vides\n1;6\n"))
    note = Note.objects.create(request=twin, author=cast.spoc, body="Entre nous")
    kept = add_attachment(twin, by=cast.spoc, upload=check_content("interne.csv", b"a;b\n1;2\n"), note=note)
    client, staff = enter(cast.alderman), enter(cast.spoc)
    merge_request(twin, by=cast.spoc, into=stays)
    for page in (
        client.get(reverse("request", args=[stays.key])),
        staff.get(reverse("admin:partnerships_servicerequest_change", args=[stays.pk])),
    ):
        text = page.content.decode()
        assert reverse("attachment_file", args=[sent.key]) in text
        assert kept.name not in text
    assert client.get(reverse("attachment_file", args=[sent.key])).status_code == 200


def test_a_merged_twin_is_not_taken_up_again(cast, pair):
    stays, twin = pair
    closed = merge_request(twin, by=cast.spoc, into=stays)
    assert Action.REOPEN not in allowed_actions(cast.colleague, closed)
    other = RequestFactory(closed=True, municipality=cast.municipality, asked_by=cast.alderman)
    assert Action.REOPEN in allowed_actions(cast.alderman, other)


@pytest.mark.parametrize(
    "case", ["itself", "other municipality", "ended", "has a twin", "is referred", "draft"], ids=lambda case: case.replace(" ", "-")
)
def test_what_is_not_merged(cast, pair, case):
    stays, twin = pair
    into = {
        "itself": lambda: twin,
        "other municipality": lambda: RequestFactory(in_progress=True, municipality=cast.other_municipality),
        "ended": lambda: RequestFactory(closed=True, municipality=cast.municipality),
        "has a twin": lambda: stays,
        "is referred": lambda: stays,
        "draft": lambda: RequestFactory(draft=True, municipality=cast.municipality),
    }[case]()
    if case == "has a twin":
        merge_request(RequestFactory(submitted=True, municipality=cast.municipality), by=cast.spoc, into=twin)
    if case == "is referred":
        ReferralFactory(request=twin)
    with pytest.raises(ValidationError) as refusal:
        merge_request(twin, by=cast.spoc, into=into)
    assert list(refusal.value.message_dict) == ["other"]
    twin.refresh_from_db()
    assert twin.state == "submitted"


def test_merged_once_whatever_is_tried(cast, pair):
    stays, twin = pair
    merge_request(twin, by=cast.spoc, into=stays)
    third = RequestFactory(in_progress=True, municipality=cast.municipality)
    with pytest.raises(ActionNotAllowed):
        merge_request(twin, by=cast.spoc, into=third)
    with pytest.raises(IntegrityError, match="request_merged_once"), transaction.atomic():
        RequestTie.objects.create(kind="merge", first=third, second=twin, by=cast.spoc)
    with pytest.raises(IntegrityError, match="tie_between_two"), transaction.atomic():
        RequestTie.objects.create(kind="merge", first=third, second=third, by=cast.spoc)


@pytest.mark.parametrize("who", ["alderman", "other_alderman", "editor"])
def test_only_the_agency_merges_and_links(cast, pair, who):
    stays, twin = pair
    for act in (
        lambda: merge_request(twin, by=cast.person(who), into=stays),
        lambda: link_requests(twin, by=cast.person(who), other=stays),
    ):
        with pytest.raises(ActionNotAllowed):
            act()
    assert not RequestTie.objects.exists()


# --- Links --------------------------------------------------------------------------------------


def test_a_link_is_seen_from_both_ends_and_removed_from_either(cast, pair):
    one, other = pair
    link_requests(other, by=cast.spoc, other=one)
    assert (ties_of(one).linked, ties_of(other).linked) == ([other], [one])
    with pytest.raises(ValidationError):
        link_requests(one, by=cast.spoc, other=other)
    unlink_requests(one, by=cast.spoc, other=other)
    assert not ties_of(other)
    with pytest.raises(ValidationError):
        unlink_requests(one, by=cast.spoc, other=other)


def test_a_link_across_municipalities_shows_each_only_its_own(cast, pair, enter):
    one, _twin = pair
    foreign = RequestFactory(in_progress=True, municipality=cast.other_municipality, title="Secret de l'autre commune")
    link_requests(one, by=cast.spoc, other=foreign)
    ours = enter(cast.alderman).get(reverse("request", args=[one.key])).content.decode()
    assert "Secret de l" not in ours
    assert foreign.reference not in ours
    theirs = enter(cast.other_alderman).get(reverse("request", args=[foreign.key])).content.decode()
    assert one.reference not in theirs
    staff = enter(cast.spoc).get(reverse("admin:partnerships_servicerequest_change", args=[one.pk])).content.decode()
    assert foreign.reference in staff


def test_through_the_page_by_number(cast, pair, enter):
    stays, twin = pair
    client = enter(cast.spoc)
    merge = reverse("admin:partnerships_servicerequest_merge", args=[twin.pk])
    assert client.post(merge, {"other": "ZZZ-2026-9999"}).status_code == 200
    assert client.post(merge, {"other": stays.reference.lower()}).status_code == 302
    twin.refresh_from_db()
    assert twin.state == "closed"
    third = RequestFactory(in_progress=True, municipality=cast.other_municipality)
    link = reverse("admin:partnerships_servicerequest_link", args=[stays.pk])
    assert client.post(link, {"other": third.reference}).status_code == 302
    unlink = reverse("admin:partnerships_servicerequest_unlink", args=[stays.pk])
    assert client.post(unlink, {"other": third.reference}).status_code == 302
    assert ties_of(stays).linked == []
