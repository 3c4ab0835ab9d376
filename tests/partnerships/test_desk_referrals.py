"""A request is referred to a partner or a colleague: with words both sides read, once each, and with an end."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from mailings.models import Delivery
from mailings.services import decide_notices
from partnerships.models import Event, PartnerOrganisation, Referral, ServiceRequest
from partnerships.services.referrals import end_referral, refer_request
from partnerships.services.requests import ActionNotAllowed
from tests.factories import PartnerFactory, ReferralFactory, RequestFactory, UserFactory
from tests.partnerships.conftest import Cast

pytestmark = pytest.mark.django_db
TOKEN = "c0ffee00-0000-4000-8000-00000000000{}"


@pytest.fixture
def request_(cast: Cast) -> ServiceRequest:
    return RequestFactory(in_progress=True, municipality=cast.municipality, asked_by=cast.alderman, assignee=cast.spoc)


def mails(verb: str) -> dict[str, str]:
    decide_notices(timezone.now())
    return dict(Delivery.objects.filter(notice__event__verb=verb).values_list("email", "body_text"))


def test_a_partner_is_brought_in_and_the_municipality_is_told(cast, request_):
    partner = PartnerFactory(does_fr="Trouve des locaux vides.")
    referral = refer_request(request_, by=cast.spoc, to=partner, note="Ils ont deux candidats.", language="fr")
    assert (referral.to, referral.is_open, referral.message.body) == (str(partner), True, "Ils ont deux candidats.")
    request_.refresh_from_db()
    assert request_.assignee == cast.spoc
    told = mails("request_referred")
    assert set(told) == {cast.alderman.email}
    assert "Ils ont deux candidats." in told[cast.alderman.email]


def test_a_colleague_hears_of_it_as_well(cast, request_):
    colleague = UserFactory(spoc=True)
    refer_request(request_, by=cast.spoc, to=colleague, note="Il connaît la rue.", language="fr")
    assert set(mails("request_referred")) == {cast.alderman.email, colleague.email}


def test_nowhere_twice_at_once_and_again_after_the_end(cast, request_):
    partner = PartnerFactory()
    first = refer_request(request_, by=cast.spoc, to=partner, note="Une première fois.", language="fr")
    with pytest.raises(ValidationError) as refusal:
        refer_request(request_, by=cast.spoc, to=partner, note="Encore.", language="fr")
    assert list(refusal.value.message_dict) == ["to"]
    with pytest.raises(IntegrityError, match="referral_to_partner_once"), transaction.atomic():
        ReferralFactory(request=request_, partner=partner)
    end_referral(first, by=cast.spoc, outcome="Rien pour l'instant.", language="fr")
    refer_request(request_, by=cast.spoc, to=partner, note="Une seconde fois.", language="fr")
    assert Referral.objects.of(request_).count() == 2


def test_the_end_is_told_with_what_came_of_it_and_happens_once(cast, request_):
    referral = refer_request(request_, by=cast.spoc, to=PartnerFactory(), note="Pour deux candidats.", language="fr")
    end_referral(referral, by=cast.spoc, outcome="Un bail est signé.", language="fr")
    assert "Un bail est signé." in mails("referral_ended")[cast.alderman.email]
    with pytest.raises(ActionNotAllowed):
        end_referral(referral, by=cast.spoc, outcome="Encore.", language="fr")
    assert Event.objects.about(request_).filter(verb="referral_ended").count() == 1


def test_a_partner_out_of_the_list_gets_nothing_more(cast, request_):
    with pytest.raises(ValidationError):
        refer_request(request_, by=cast.spoc, to=PartnerFactory(is_active=False), note="x", language="fr")
    assert not Referral.objects.exists()


@pytest.mark.parametrize("who", ["alderman", "other_alderman", "editor"])
def test_nobody_else_refers(cast, request_, who):
    with pytest.raises(ActionNotAllowed):
        refer_request(request_, by=cast.person(who), to=PartnerFactory(), note="x", language="fr")
    assert not request_.messages.exists()


def test_the_database_wants_exactly_one_of_them(cast, request_):
    with pytest.raises(IntegrityError, match="referral_to_one"), transaction.atomic():
        ReferralFactory(request=request_, partner=None)
    with pytest.raises(IntegrityError, match="referral_ended_with_words"), transaction.atomic():
        ReferralFactory(request=request_, ended_at=timezone.now())


# --- Pages --------------------------------------------------------------------------------------


def test_through_the_page_of_the_administration(cast, request_, enter):
    client, partner = enter(cast.spoc), PartnerFactory()
    page = reverse("admin:partnerships_servicerequest_change", args=[request_.pk])
    assert str(partner) in client.get(page).content.decode()
    url = reverse("admin:partnerships_servicerequest_refer", args=[request_.pk])
    words = {"words": "Pour la recherche de locaux.", "language": "fr", "token": TOKEN.format(1)}
    refused = client.post(url, words | {"to": "partner-999999"})
    assert refused.status_code == 200
    assert "Pour la recherche de locaux." in refused.content.decode()
    assert client.post(url, words | {"to": f"partner-{partner.pk}"}).status_code == 302
    assert client.post(url, words | {"to": f"partner-{partner.pk}"}).status_code in {200, 302}  # a second click
    referral = Referral.objects.get()
    assert "Pour la recherche de locaux." in client.get(page).content.decode()
    end = reverse("admin:partnerships_servicerequest_end_referral", args=[request_.pk])
    ended = {"referral": referral.pk, "words": "Deux locaux visités.", "language": "fr", "token": TOKEN.format(2)}
    assert client.post(end, ended).status_code == 302
    referral.refresh_from_db()
    assert not referral.is_open
    assert "Deux locaux visités." in client.get(page).content.decode()


def test_a_referral_of_another_request_is_not_ended_from_here(cast, request_, enter):
    foreign = ReferralFactory()
    end = reverse("admin:partnerships_servicerequest_end_referral", args=[request_.pk])
    response = enter(cast.spoc).post(end, {"referral": foreign.pk, "words": "x", "language": "fr", "token": TOKEN.format(3)})
    assert response.status_code == 200
    foreign.refresh_from_db()
    assert foreign.is_open


@pytest.mark.parametrize(("who", "sees"), [("alderman", True), ("colleague", True), ("other_alderman", False)])
def test_the_municipality_sees_to_whom_and_nobody_elses_does(cast, request_, enter, who, sees):
    ReferralFactory(request=request_, partner=PartnerFactory(name_fr="Bureau des locaux", name_nl="Bureau des locaux"))
    page = enter(cast.person(who)).get(reverse("request", args=[request_.key]))
    assert (page.status_code == 200) is sees
    assert ("Bureau des locaux" in page.content.decode()) is sees


def test_the_list_of_partners(cast, enter):
    partner = PartnerFactory()
    client, url = enter(cast.spoc), reverse("admin:partnerships_partnerorganisation_changelist")
    assert str(partner) in client.get(url).content.decode()
    fields = {
        "name_fr": "Guichet",
        "name_nl": "Loket",
        "does_fr": "Conseille.",
        "does_nl": "Geeft raad.",
        "is_active": "on",
        "_revision": "",
    }
    add = reverse("admin:partnerships_partnerorganisation_add")
    assert client.post(add, fields).status_code == 200  # no way to reach it
    assert client.post(add, fields | {"email": "guichet@example.org"}).status_code == 302
    assert PartnerOrganisation.objects.filter(name_nl="Loket").exists()
    assert client.get(url + "?q=guichet").content.decode().count("Guichet") + 1 > 1
    assert client.post(reverse("admin:partnerships_partnerorganisation_delete", args=[partner.pk])).status_code == 403
    for stranger in ("alderman", "cabinet"):
        assert enter(cast.person(stranger)).get(url).status_code in {302, 403, 404}
