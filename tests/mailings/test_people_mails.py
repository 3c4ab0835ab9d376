"""Mails about delegations, about being entered and about agreements: whole in French, in Dutch and in both, to whom they concern."""

import pytest
from django.utils import timezone

from mailings.models import Delivery
from mailings.services import decide_notices
from municipalities.delegations import Delegation
from tests.factories import AgreementFactory, EventFactory, MandateFactory, SpocAssignmentFactory, UserFactory, since
from tests.mailings.reading import assert_reads_well, links_in_html

pytestmark = pytest.mark.django_db
TO_DELEGATE = ("delegation_invited", "delegation_revoked")


@pytest.mark.parametrize("language", ["fr", "nl", "both"])
@pytest.mark.parametrize("verb", ["delegation_invited", "delegation_accepted", "delegation_declined", "delegation_revoked"])
def test_mail_about_a_delegation(verb: str, language: str) -> None:
    mandate = MandateFactory(user__correspondence_language=language)
    delegate = UserFactory(correspondence_language=language)
    made = Delegation.objects.create(mandate=mandate, delegate=delegate, scope="requests", period=since(0, until=30))
    hearer, actor = (delegate, mandate.user) if verb in TO_DELEGATE else (mandate.user, delegate)
    EventFactory(verb=verb, subject=made, actor=actor, municipality=mandate.municipality, data={})
    decide_notices(timezone.now())
    mail = Delivery.objects.get()
    assert mail.recipient == hearer
    assert_reads_well(mail.subject, mail.body_text, mail.body_html)
    assert actor.full_name in mail.body_text.replace("\n", " ")
    page = "invitations" if hearer == delegate else "delegates"
    assert f"http://testserver/{page}/" in links_in_html(mail.body_html)


@pytest.mark.parametrize("language", ["fr", "nl", "both"])
def test_mail_to_whoever_was_entered(language: str) -> None:
    person = MandateFactory(user__correspondence_language=language).user
    EventFactory(verb="person_welcomed", subject=person, actor=None, data={})
    decide_notices(timezone.now())
    mail = Delivery.objects.get()
    assert_reads_well(mail.subject, mail.body_text, mail.body_html)
    assert "http://testserver/preferences/" in links_in_html(mail.body_html)


@pytest.mark.parametrize("language", ["fr", "nl", "both"])
def test_mail_about_an_agreement_that_ends(language: str) -> None:
    agreement = AgreementFactory(expiring=True)
    spoc = UserFactory(spoc=True, correspondence_language=language)
    SpocAssignmentFactory(municipality=agreement.municipality, officer=spoc)
    lead = UserFactory(lead=True, correspondence_language=language)
    EventFactory(verb="agreement_ending", subject=agreement, actor=None, municipality=agreement.municipality, data={"days_before": 90})
    decide_notices(timezone.now())
    mails = Delivery.objects.all()
    assert {mail.recipient for mail in mails} == {spoc, lead}
    for mail in mails:
        assert_reads_well(mail.subject, mail.body_text, mail.body_html)
        assert agreement.reference in mail.subject
