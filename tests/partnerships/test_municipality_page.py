"""The page of a municipality: what stands on it, what each reader sees of it, and what it costs."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mailings.models import Delivery, Run
from mailings.reach import Sent, sent_columns, sent_of
from municipalities.models import (
    Association,
    AssociationContact,
    AssociationStage,
    Mandate,
    Municipality,
    Neighbourhood,
    Portfolio,
    Street,
    User,
)
from municipalities.services import load_reference
from partnerships.models import AgreementAmendment
from partnerships.services.delegations import accept_delegation, invite_delegate
from tests.factories import (
    AgreementFactory,
    DeliveryFactory,
    EventFactory,
    MandateFactory,
    NoticeFactory,
    RequestFactory,
    RunFactory,
    SpocAssignmentFactory,
    UserFactory,
    days_from_today,
    since,
)
from tests.partnerships.conftest import Cast

State = Delivery.State


def page_of(client: Client, municipality: Municipality) -> Any:
    return client.get(reverse("municipality", args=[municipality.slug]), headers={"accept-language": "en"})


def text_of(client: Client, municipality: Municipality) -> str:
    return " ".join(page_of(client, municipality).content.decode().split())


# --- Who sees it --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status"),
    [("alderman", 200), ("colleague", 200), ("spoc", 200), ("editor", 200), ("other_alderman", 404), ("cabinet", 404), ("former", 302)],
)
def test_its_own_and_staff_see_it_and_nobody_else_learns_that_it_is_there(cast: Cast, enter: Any, who: str, status: int) -> None:
    assert page_of(enter(cast.person(who)), cast.municipality).status_code == status


def test_stranger_is_led_to_the_login(cast: Cast) -> None:
    assert page_of(Client(), cast.municipality).url.startswith(reverse("account_login"))


def test_delegate_reads_along_without_the_associations(cast: Cast, enter: Any) -> None:
    Association.objects.create(municipality=cast.municipality, name="Les Vitrines")
    made = invite_delegate(
        cast.alderman.mandates.get(), by=cast.alderman, email="ada@example.org", first_name="Ada", last_name="A", scope="read", until=None
    )
    accept_delegation(made, by=made.delegate)
    text = text_of(enter(made.delegate), cast.municipality)
    assert cast.alderman.full_name in text
    assert "Les Vitrines" not in text
    assert "associations-title" not in text
    assert "Les Vitrines" in text_of(enter(cast.alderman), cast.municipality)


def test_editor_of_mailings_sees_no_requests_and_no_empty_frame_for_them(cast: Cast, enter: Any) -> None:
    RequestFactory(municipality=cast.municipality, in_progress=True, asked_by=cast.alderman, title="Pour l'équipe seule")
    text = text_of(enter(cast.editor), cast.municipality)
    assert "Pour l&#x27;équipe seule" not in text
    assert "requests-title" not in text


def test_staff_are_led_into_the_administration_and_officials_are_not(cast: Cast, enter: Any) -> None:
    assert reverse("admin:municipalities_municipality_change", args=[cast.municipality.pk]) in text_of(enter(cast.spoc), cast.municipality)
    assert "/admin/" not in text_of(enter(cast.alderman), cast.municipality)


# --- What stands on it --------------------------------------------------------------------------


@pytest.fixture
def ixelles(db: None) -> Municipality:
    load_reference()
    return Municipality.objects.get(code="IXL")


def test_place_is_drawn_among_the_nineteen_with_its_streets_by_neighbourhood(ixelles: Municipality, enter: Any) -> None:
    Neighbourhood.objects.create(municipality=ixelles, name_fr="Sans rue", name_nl="Zonder straat")
    Street.objects.create(municipality=ixelles, name_fr="Rue isolée", name_nl="Eenzame straat")
    page = page_of(enter(UserFactory(alderman=ixelles, interface_language="fr")), ixelles)
    text = page.content.decode()
    svg = text[text.index('class="region-map"') : text.index("</svg>", text.index('class="region-map"'))]
    assert svg.count("<path") == 19
    assert svg.count('class="is-own"') == 1
    assert "1050" in text
    assert ixelles.website_fr in text
    quarters = {str(quarter): [street.name_fr for street in streets] for quarter, streets in page.context["portrait"].quarters}
    assert quarters["Bailli-Châtelain"] == ["Place du Châtelain", "Rue du Bailli"]
    assert (quarters["Sans rue"], quarters["None"]) == ([], ["Rue isolée"])
    assert sum(map(len, quarters.values())) == ixelles.streets.filter(kind="shopping").count()


def test_association_shows_its_state_its_history_and_contacts_who_agreed(cast: Cast, enter: Any) -> None:
    association = Association.objects.create(municipality=cast.municipality, name="Les Vitrines", website="https://vitrines.example.org")
    for state, days in (("idea", 90), ("founding", 60), ("active", 30), ("dormant", -5)):
        AssociationStage.objects.create(association=association, state=state, since=days_from_today(-days))
    AssociationContact.objects.create(association=association, name="Rosa Oui", phone="+32 2 000 00 07", has_consented=True)
    AssociationContact.objects.create(association=association, name="Nico Non", has_consented=False)
    page = page_of(enter(cast.alderman), cast.municipality)
    (shown,) = page.context["portrait"].associations
    assert (shown.now.state, [stage.state for stage in shown.earlier]) == ("active", ["founding", "idea"])
    assert [contact.name for contact in shown.contacts] == ["Rosa Oui"]
    assert "tel:+3220000007" in page.content.decode()
    (shown,) = page_of(enter(cast.spoc), cast.municipality).context["portrait"].associations
    assert [contact.name for contact in shown.contacts] == ["Nico Non", "Rosa Oui"]


def test_those_in_office_are_named_by_rank_and_those_of_other_days_are_not(cast: Cast, enter: Any) -> None:
    MandateFactory(municipality=cast.municipality, role="mayor", user__last_name="Zwaan")
    MandateFactory(municipality=cast.municipality, future=True, user__last_name="Demain")
    page = page_of(enter(cast.alderman), cast.municipality)
    mandates = page.context["portrait"].mandates
    assert [mandate.role for mandate in mandates] == ["mayor", "alderman", "officer"]
    assert mandates[1].portfolio_labels == [str(Portfolio.TRADE.label)]
    text = page.content.decode()
    assert "Zwaan" in text
    assert "Demain" not in text
    assert cast.former.full_name not in text


def test_spoc_and_deputy_are_asked_once_for_page_and_foot(cast: Cast, enter: Any) -> None:
    deputy = SpocAssignmentFactory(municipality=cast.municipality, deputy=True).officer
    text = text_of(enter(cast.alderman), cast.municipality)
    for officer in (cast.spoc, deputy):
        assert text.count(f"mailto:{officer.email}") == 2


# --- What was sent ------------------------------------------------------------------------------


def sent_to(municipality: Municipality, reader: User) -> Sent | None:
    columns = sent_columns(municipality.pk, reader, timezone.now())
    return sent_of(Municipality.objects.annotate(**columns).get(pk=municipality.pk))


@pytest.fixture
def sendings(cast: Cast) -> Run:
    """A sending of yesterday with a mail in every state, and an older one that reached nobody of the municipality."""
    yesterday = timezone.now() - dt.timedelta(days=1)
    RunFactory(done=True, planned_at=yesterday - dt.timedelta(days=7), mailing__subject_fr="Semaine vide", mailing__subject_nl="Lege week")
    run = RunFactory(done=True, planned_at=yesterday)
    for state in ("sent", "sent", "failed", "in_doubt", "skipped"):
        person = UserFactory(officer=cast.municipality)
        DeliveryFactory(mailing=True, run=run, recipient=person, planned_at=yesterday, **{state: True})
    DeliveryFactory(mailing=True, run=run, recipient=cast.other_alderman, planned_at=yesterday, sent=True)
    return run


def test_each_mailing_is_counted_among_the_officials_of_its_day(cast: Cast, sendings: Run) -> None:
    MandateFactory(municipality=cast.municipality, user=cast.other_alderman, period=since(0))  # in office here since today only
    sent = sent_to(cast.municipality, cast.alderman)
    assert sent
    newest, older = sent.mailings
    assert newest.run == sendings
    reach = newest.reach
    assert (reach.reached, reach.bounced, reach.in_doubt, reach.skipped, reach.on_the_way) == (2, 1, 1, 1, 0)
    assert older.reach.is_nothing


def test_page_tells_numbers_and_never_whose_they_are(cast: Cast, enter: Any, sendings: Run) -> None:
    text = text_of(enter(cast.alderman), cast.municipality)
    part = text[text.index('id="sent-title"') : text.index("</section>", text.index('id="sent-title"'))]
    for words in ("2 reached", "1 bounced", "1 in doubt", "1 skipped", "nobody in office was written to"):
        assert words in part
    for delivery in sendings.deliveries.select_related("recipient"):
        assert delivery.email not in text
        assert delivery.recipient.full_name not in part
    assert "550" not in part
    assert reverse("mailing", args=[sendings.mailing.key]) in part
    assert reverse("admin:mailings_run_municipality", args=[sendings.pk, cast.municipality.code]) in text_of(
        enter(cast.spoc), cast.municipality
    )


def test_notices_about_the_municipality_are_added_up_and_no_others(cast: Cast) -> None:
    def notice(person: Any, **fields: Any) -> None:
        about = RequestFactory(municipality=cast.municipality, submitted=True, asked_by=cast.alderman)
        event = EventFactory(**{"subject": about, "municipality": cast.municipality} | fields)
        DeliveryFactory(notice_mail=True, notice=NoticeFactory(event=event), recipient=person, sent=True)

    notice(cast.alderman)
    notice(cast.alderman, municipality=None, data={"municipalities": [cast.municipality.pk]})
    notice(cast.alderman, municipality=None, data={})  # about the person alone
    notice(cast.alderman, municipality=cast.other_municipality)
    notice(cast.spoc)
    sent = sent_to(cast.municipality, cast.alderman)
    assert sent
    assert sent.notices.reached == 2


def test_staff_without_the_right_see_nothing_of_what_was_sent(cast: Cast, sendings: Run) -> None:
    assert sent_to(cast.municipality, UserFactory(is_staff=True)) is None


@pytest.mark.parametrize(("scope", "sees"), [("read", True), ("requests", True), ("own", False)])
def test_a_delegate_for_requests_of_their_own_sees_nothing_of_what_was_sent(cast: Cast, sendings: Run, scope: str, sees: bool) -> None:
    made = invite_delegate(
        cast.alderman.mandates.get(), by=cast.alderman, email="ada@example.org", first_name="Ada", last_name="A", scope=scope, until=None
    )
    accept_delegation(made, by=made.delegate)
    assert (sent_to(cast.municipality, made.delegate) is not None) is sees


@pytest.mark.parametrize("who", ["other_alderman", "former", "cabinet"])
def test_nobody_else_is_told_a_number(cast: Cast, sendings: Run, who: str) -> None:
    assert sent_to(cast.municipality, cast.person(who)) is None


# --- What it costs ------------------------------------------------------------------------------


def enlarge(cast: Cast) -> None:
    """Twelve more of everything the page shows."""
    place = cast.municipality
    agreement = AgreementFactory(municipality=place, expired=True, period=since(900, until=-600))
    for number in range(1, 13):
        quarter = Neighbourhood.objects.create(municipality=place, name_fr=f"Quartier {number}", name_nl=f"Wijk {number}")
        Street.objects.create(municipality=place, neighbourhood=quarter, name_fr=f"Rue {number}", name_nl=f"Straat {number}")
        association = Association.objects.create(municipality=place, name=f"Association {number}")
        AssociationStage.objects.create(association=association, state="idea", since=days_from_today(-number))
        AssociationContact.objects.create(association=association, name=f"Contact {number}", has_consented=True)
        RequestFactory(municipality=place, in_progress=True, asked_by=UserFactory(alderman=place))
        run = RunFactory(done=True)
        DeliveryFactory(mailing=True, run=run, recipient=cast.colleague, sent=True)
        AgreementAmendment.objects.create(
            agreement=agreement,
            number=number,
            signed_on=agreement.signed_on,
            effective_from=agreement.starts_on,
            changes_fr="Un point.",
            changes_nl="Een punt.",
        )
    Mandate.objects.filter(municipality=place).update(portfolios=["trade", "economy"])


@pytest.mark.parametrize(("who", "most"), [("alderman", 8), ("spoc", 13)])  # of staff: what they see of people is recorded
def test_page_costs_the_same_small_and_large(
    cast: Cast, enter: Any, who: str, most: int, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    AgreementAmendment.objects.create(
        agreement=cast.municipality.agreements.get(),
        number=1,
        signed_on=days_from_today(-9),
        effective_from=days_from_today(-9),
        changes_fr="Un point.",
        changes_nl="Een punt.",
    )
    client = enter(cast.person(who))
    page_of(client, cast.municipality)
    with django_assert_max_num_queries(most) as few:
        page_of(client, cast.municipality)
    enlarge(cast)
    with django_assert_max_num_queries(most) as many:
        page_of(client, cast.municipality)
    assert len(few) == len(many)
