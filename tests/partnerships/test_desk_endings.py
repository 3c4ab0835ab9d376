"""What ends with a request: its open referrals; and what a merged twin is not: counted as closed, or asked about."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from mailings.models import Delivery
from mailings.rendering.rating_links import rating_token
from mailings.services import decide_notices
from partnerships.models import Event, Rating, Referral, ServiceRequest
from partnerships.satisfaction import satisfaction_in
from partnerships.services.ratings import RatingNotAllowed, may_rate, rate_request
from partnerships.services.referrals import end_referral
from partnerships.services.requests import ActionNotAllowed, close_request, decline_request, withdraw_request
from partnerships.services.ties import merge_request
from tests.factories import RatingFactory, ReferralFactory, RequestFactory
from tests.partnerships.conftest import Cast

pytestmark = pytest.mark.django_db
ENDS = {
    "closed by the asker": ({"completed": True}, lambda request, cast: close_request(request, by=cast.alderman)),
    "closed by the agency": ({"completed": True}, lambda request, cast: close_request(request, by=cast.spoc)),
    "withdrawn": ({"in_progress": True}, lambda request, cast: withdraw_request(request, by=cast.alderman)),
    "declined": ({"submitted": True}, lambda request, cast: decline_request(request, by=cast.spoc, reason="Non.", language="fr")),
}


@pytest.mark.parametrize(("state", "end"), ENDS.values(), ids=ENDS.keys())
def test_open_referrals_end_with_their_request_and_the_history_says_so(cast: Cast, state, end):
    request = RequestFactory(municipality=cast.municipality, asked_by=cast.alderman, assignee=cast.spoc, **state)
    over, still = ReferralFactory(request=request), ReferralFactory(request=request)
    elsewhere = ReferralFactory()
    if request.state != "completed":
        end_referral(over, by=cast.spoc, outcome="Deux candidats.", language="fr")
    ended = end(request, cast)
    still.refresh_from_db()
    assert (still.is_open, still.ended_at, still.ended_message, still.ended_with_request) == (False, ended.ended_at, None, True)
    told = [event.data for event in Event.objects.about(request) if event.data.get("with_request")]
    assert {"referral": still.pk, "with_request": True} in told
    assert Event.objects.about(request).filter(verb="referral_ended", data__with_request=True, data__referral=over.pk).exists() is (
        "completed" in state
    )
    assert Referral.objects.open().get() == elsewhere
    with pytest.raises(ActionNotAllowed):
        end_referral(still, by=cast.spoc, outcome="Trop tard.", language="fr")


def test_nobody_gets_a_mail_about_a_referral_that_ended_with_its_request(cast: Cast):
    request = RequestFactory(completed=True, municipality=cast.municipality, asked_by=cast.alderman, assignee=cast.spoc)
    ReferralFactory(request=request)
    close_request(request, by=cast.spoc)
    decide_notices(timezone.now())
    assert Delivery.objects.filter(notice__event__verb="request_closed").exists()
    assert not Delivery.objects.filter(notice__event__verb="referral_ended").exists()


def test_both_pages_show_a_referral_that_ended_with_its_request(cast: Cast, enter):
    request = RequestFactory(completed=True, municipality=cast.municipality, asked_by=cast.alderman, assignee=cast.spoc)
    referral = ReferralFactory(request=request)
    close_request(request, by=cast.alderman)
    for person, address in (
        (cast.alderman, reverse("request", args=[request.key])),
        (cast.spoc, reverse("admin:partnerships_servicerequest_change", args=[request.pk])),
    ):
        page = enter(person).get(address)
        assert page.status_code == 200
        assert referral.to in page.content.decode()


def test_the_database_asks_how_a_referral_ended(cast: Cast):
    referral = ReferralFactory()
    for wrong in ({"ended_at": timezone.now()}, {"ended_with_request": True}):
        with pytest.raises(IntegrityError, match="referral_ended_with_words"), transaction.atomic():
            Referral.objects.filter(pk=referral.pk).update(**wrong)


# --- Twins --------------------------------------------------------------------------------------


@pytest.fixture
def twin(cast: Cast) -> ServiceRequest:
    stays = RequestFactory(in_progress=True, municipality=cast.municipality, asked_by=cast.alderman)
    return merge_request(RequestFactory(submitted=True, municipality=cast.municipality, asked_by=cast.alderman), by=cast.spoc, into=stays)


def test_a_twin_is_not_among_what_was_closed_in_the_year(cast: Cast, twin: ServiceRequest):
    year = timezone.localdate().year
    assert satisfaction_in(year).total.closed == 0
    RequestFactory(closed=True, municipality=cast.municipality, asked_by=cast.alderman, ended_at=timezone.now() - dt.timedelta(minutes=1))
    assert satisfaction_in(year).total.closed == 1


def test_nobody_is_asked_about_a_twin_by_whatever_door(cast: Cast, twin: ServiceRequest, enter, client):
    assert not may_rate(cast.alderman, twin)
    with pytest.raises(RatingNotAllowed):
        rate_request(twin, by=cast.alderman, score=1)
    assert client.post(reverse("rating", args=[rating_token(twin, cast.alderman)]), {"score": "1"}).status_code == 410
    enter(cast.alderman).post(reverse("request_rate", args=[twin.key]), {"score": "1"})
    assert not Rating.objects.exists()
    with pytest.raises(IntegrityError, match="merged is not asked about"), transaction.atomic():
        RatingFactory(request=twin)
