"""The factories keep every constraint, in every state they offer."""

import pytest
from django.utils import timezone

from mailings.models import Approval, Delivery, Mailing
from municipalities.models import Mandate
from partnerships.models import Agreement, ServiceRequest
from tests.factories import (
    AgreementFactory,
    ApprovalFactory,
    DeliveryFactory,
    EventFactory,
    MailingFactory,
    MailPreferenceFactory,
    MeasureFactory,
    MessageFactory,
    MunicipalityFactory,
    RequestFactory,
    RunFactory,
    SpocAssignmentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
REQUEST_STATES = [str(value) for value in ServiceRequest.State.values]
MAILING_STATES = [str(value) for value in Mailing.State.values]


@pytest.mark.parametrize("state", REQUEST_STATES)
@pytest.mark.parametrize("kind", ["audit", "works"])
def test_every_state_of_a_request_can_be_made(state, kind):
    request = RequestFactory(**{state: True}, kind=kind)
    request.refresh_from_db()
    assert request.state == state
    assert hasattr(request, "audit") is (kind == "audit")
    assert request.asked_by.mandates.get().municipality == request.municipality
    assert (request.reference is None) == (state == "draft")


@pytest.mark.parametrize("state", MAILING_STATES)
def test_every_state_of_a_mailing_can_be_made(state):
    mailing = MailingFactory(**{state: True})
    assert mailing.items.count() == 2
    assert mailing.missing_texts() == []
    assert (mailing.approval_in_force() is not None) == (state in {"approved", "scheduled", "sending", "sent"})


def test_weekly_mailings_take_one_week_each_and_urgent_ones_none():
    assert len({(m.iso_year, m.iso_week) for m in (MailingFactory(), MailingFactory(), MailingFactory())}) == 3
    assert MailingFactory(urgent=True).week_label == ""


@pytest.mark.parametrize("role", ["mayor", "alderman", "secretary", "officer", "collaborator"])
def test_a_role_is_held_today(role):
    place = MunicipalityFactory()
    assert UserFactory(**{role: place}).mandates_on(timezone.localdate())[0].role == Mandate.Role(role)


def test_former_alderman_has_no_access_and_two_mandates_are_possible():
    assert not UserFactory(former=MunicipalityFactory()).has_access(timezone.localdate())
    assert len(UserFactory(alderman=[MunicipalityFactory(), MunicipalityFactory()]).mandates_on(timezone.localdate())) == 2


def test_staff_have_the_rights_of_their_group():
    assert UserFactory(spoc=True).has_perm("partnerships.handle_servicerequest")
    assert UserFactory(editor=True).has_perm("mailings.send_mailing")
    assert UserFactory(cabinet=True).has_perm("mailings.approve_mailing")
    assert not UserFactory(lead=True).has_perm("mailings.send_mailing")


@pytest.mark.parametrize(("trait", "state"), [("draft", "draft"), ("future", "signed"), ("expiring", "expiring"), ("expired", "expired")])
def test_every_state_of_an_agreement_can_be_made(trait, state):
    assert AgreementFactory(**{trait: True}).state_on(timezone.localdate()) == Agreement.State(state)


def test_deliveries_of_every_kind_and_state_can_be_made():
    for kind in ("login_code", "mailing", "notice_mail"):
        for state in ("sent", "failed", "in_doubt", "skipped"):
            DeliveryFactory(**{kind: True, state: True})
    assert Delivery.objects.count() == 12
    assert RunFactory(done=True).mailing.state == Mailing.State.SENT


def test_the_rest_can_be_made():
    assert MessageFactory().request.state == "in_progress"
    assert EventFactory().municipality is not None
    assert ApprovalFactory(sent_back=True).verdict == Approval.Verdict.SENT_BACK
    assert MeasureFactory(unpublished=True).published_at is None
    assert MailPreferenceFactory().unsubscribed_at
    assert SpocAssignmentFactory(deputy=True).officer.is_staff
    assert MailingFactory(items=[MeasureFactory()]).items.get().title_fr.startswith("Prime")
    assert RequestFactory(overdue=True).is_overdue(timezone.localdate())
