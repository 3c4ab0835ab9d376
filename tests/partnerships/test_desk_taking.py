"""Of two officers who take one request, one wins and the other is told who; a note goes along with a hand-over."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from mailings.models import Delivery
from mailings.services import decide_notices
from partnerships.models import Event, Note, ServiceRequest
from partnerships.services.desk import TakenMeanwhile, hand_over_request, take_request
from partnerships.services.requests import ActionNotAllowed
from tests.factories import RequestFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_taking_puts_it_on_ones_own_desk(cast):
    request = RequestFactory(submitted=True, municipality=cast.municipality)
    assert take_request(request, by=cast.spoc, seen=None).assignee == cast.spoc
    assert Event.objects.about(request).get().data["assignee"] == cast.spoc.pk
    take_request(request, by=cast.spoc, seen=None)  # a second click
    assert Event.objects.about(request).count() == 1


def test_who_comes_second_is_told_who_has_it(cast, enter):
    faster = UserFactory(spoc=True)
    request = RequestFactory(submitted=True, municipality=cast.municipality)
    take_request(request, by=faster, seen=None)
    with pytest.raises(TakenMeanwhile) as refusal:
        take_request(request, by=cast.spoc, seen=None)
    assert refusal.value.holder == faster
    url = reverse("admin:partnerships_servicerequest_take", args=[request.pk])
    page = enter(cast.spoc).post(url, {"seen": ""}, follow=True).content.decode()
    assert faster.full_name in page
    request.refresh_from_db()
    assert request.assignee == faster
    enter(cast.spoc).post(url, {"seen": str(faster.pk)})  # knowing who has it, one may take it over
    request.refresh_from_db()
    assert request.assignee == cast.spoc


@pytest.mark.django_db(transaction=True)
def test_of_eight_at_once_one_wins():
    officers = [UserFactory(spoc=True) for _number in range(8)]
    request = RequestFactory(submitted=True)
    outcomes: list[str] = []

    def take(officer):
        try:
            take_request(ServiceRequest.objects.get(pk=request.pk), by=officer, seen=None)
            outcomes.append("won")
        except TakenMeanwhile as taken:
            outcomes.append(f"told {taken.holder.pk}")
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=[officer]) for officer in officers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    request.refresh_from_db()
    assert sorted(outcomes) == sorted(["won", *[f"told {request.assignee_id}"] * 7])
    assert Event.objects.about(request).count() == 1


@pytest.mark.parametrize("who", ["alderman", "editor"])
def test_nobody_without_the_right_takes(cast, enter, who):
    request = RequestFactory(submitted=True, municipality=cast.municipality)
    with pytest.raises(ActionNotAllowed):
        take_request(request, by=cast.person(who), seen=None)
    enter(cast.person(who)).post(reverse("admin:partnerships_servicerequest_take", args=[request.pk]))
    request.refresh_from_db()
    assert request.assignee is None


def test_a_note_goes_along_and_the_municipality_never_sees_it(cast, enter):
    to = UserFactory(spoc=True)
    request = RequestFactory(in_progress=True, municipality=cast.municipality, asked_by=cast.alderman, assignee=cast.spoc)
    url = reverse("admin:partnerships_servicerequest_assign", args=[request.pk])
    assert enter(cast.spoc).post(url, {"to": to.pk, "note": "Appelez le mardi, MARQUE-INTERNE."}).status_code == 302
    request.refresh_from_db()
    assert request.assignee == to
    assert Note.objects.get(request=request).body == "Appelez le mardi, MARQUE-INTERNE."
    decide_notices(timezone.now())
    mail = Delivery.objects.get()
    assert mail.email == to.email
    assert "MARQUE-INTERNE" in mail.body_text
    assert "MARQUE-INTERNE" not in enter(cast.alderman).get(reverse("request", args=[request.key])).content.decode()


def test_a_hand_over_needs_words_and_somebody_else(cast):
    request = RequestFactory(in_progress=True, municipality=cast.municipality, assignee=cast.spoc)
    for to, note, field in ((UserFactory(spoc=True), "  ", "note"), (cast.spoc, "x", "to"), (cast.editor, "x", "to")):
        with pytest.raises(ValidationError) as refusal:
            hand_over_request(request, by=cast.spoc, to=to, note=note)
        assert list(refusal.value.message_dict) == [field]
    assert not Note.objects.exists()
