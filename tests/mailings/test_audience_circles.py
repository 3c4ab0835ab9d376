"""A mailing beyond officials: team, institutions, associations, extra addresses; each once, asked again at the last moment."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import override

from mailings import services
from mailings.audience import still_wanted
from mailings.circles import counted_of
from mailings.delivery import deliver_batch, deliver_queue
from mailings.models import AddressChoice, Addressee, Delivery, Mailing, Run
from mailings.rendering import build_messages, delivery_token
from mailings.services import MailingActionNotAllowed, add_address, remove_address
from municipalities.associations import Association, AssociationContact, AssociationStage
from municipalities.models import Municipality, User
from partnerships.models import Event
from tests.factories import MailingFactory, MunicipalityFactory, UserFactory, days_from_today
from tests.mailings.sink import Sink

pytestmark = pytest.mark.django_db
Skip, State = Delivery.Skip, Delivery.State


@pytest.fixture
def editor() -> User:
    return UserFactory(editor=True)


def place(mail_address: str = "") -> Municipality:
    municipality = MunicipalityFactory()
    Municipality.objects.filter(pk=municipality.pk).update(mail_address=mail_address)
    municipality.refresh_from_db()
    return municipality


def contact(municipality: Municipality, email: str, *, state: str = "active", consent: bool = True) -> AssociationContact:
    association = Association.objects.create(municipality=municipality, name=f"Les vitrines de {email or 'nulle part'}")
    AssociationStage.objects.create(association=association, state=state, since=days_from_today(-10))
    return AssociationContact.objects.create(association=association, name="Ada Test", email=email, has_consented=consent)


def plan(**audience: object) -> Run:
    return services.plan_run(MailingFactory(approved=True, **audience), by=None)


def emails(run: Run) -> list[str]:
    return sorted(run.deliveries.values_list("email", flat=True))


# --- Who is chosen ------------------------------------------------------------------------------


def test_only_the_municipalities_chosen_receive_it_in_every_circle() -> None:
    here, there = place("info@here.example.org"), place("info@there.example.org")
    mayor = UserFactory(mayor=here)
    UserFactory(mayor=there)
    contact(here, "here@example.org")
    contact(there, "there@example.org")
    run = plan(audience_municipalities=[here.pk], audience_circles=["institution", "association"])
    assert emails(run) == sorted([mayor.email, "info@here.example.org", "here@example.org"])


def test_the_team_receives_it_only_where_chosen() -> None:
    mayor, colleague = UserFactory(mayor=place()), UserFactory(spoc=True)
    UserFactory(spoc=True, is_active=False)
    assert emails(plan()) == [mayor.email]
    run = plan(audience_circles=["staff"])
    assert set(emails(run)) >= {mayor.email, colleague.email}
    mail = Delivery.objects.get(run=run, recipient=colleague)
    assert still_wanted([mail], timezone.localdate()) == {mail.pk: None}
    Mailing.objects.filter(pk=run.mailing_id).update(audience_circles=[])
    assert still_wanted([mail], timezone.localdate()) == {mail.pk: Skip.NO_LONGER_CONCERNED}


def test_an_institution_is_written_to_in_both_languages_and_a_contact_in_both_until_they_choose() -> None:
    here = place("commune@example.org")
    contact(here, "traders@example.org")
    contact(here, "chose@example.org")
    services.choose_language_of_address("Chose@example.org", "nl")
    run = plan(audience_circles=["institution", "association"])
    assert dict(run.deliveries.values_list("email", "language")) == {
        "commune@example.org": "both",
        "traders@example.org": "both",
        "chose@example.org": "nl",
    }


@pytest.mark.parametrize(
    ("state", "consent", "email"), [("dormant", True, "a@example.org"), ("active", False, "a@example.org"), ("active", True, "")]
)
def test_contacts_of_dormant_associations_or_without_consent_or_address_receive_nothing(state: str, consent: bool, email: str) -> None:
    contact(place(), email, state=state, consent=consent)
    assert emails(plan(audience_circles=["association"])) == []


def test_who_is_reached_as_official_and_as_contact_gets_it_once_as_official() -> None:
    here = place("same@example.org")
    mayor = UserFactory(mayor=here, email="same@example.org")
    contact(here, "SAME@example.org")
    run = plan(audience_circles=["institution", "association"])
    assert list(run.deliveries.values_list("recipient", "addressee")) == [(mayor.pk, None)]


def test_an_address_named_twice_is_one_mail(editor: User) -> None:
    here = place("shared@example.org")
    contact(here, "shared@example.org")
    mailing = MailingFactory(audience_circles=["institution", "association"])
    add_address(mailing, by=editor, email="Shared@example.org", name="", language="fr", reason="Demandé par la commune")
    assert [one.email for one in counted_of(mailing, timezone.localdate()).addressees] == ["shared@example.org"]


def test_who_is_left_out_says_why_and_leads_to_the_form_that_repairs_it() -> None:
    here = place()
    without, silent = contact(here, ""), contact(here, "silent@example.org", consent=False)
    gone = contact(here, "gone@example.org")
    services.unsubscribe_address("gone@example.org")
    official = UserFactory(mayor=here)
    services.unsubscribe(official)
    mailing = MailingFactory(audience_circles=["institution", "association"], audience_municipalities=[here.pk])
    found = counted_of(mailing, timezone.localdate())
    with override("en"):
        told = {(str(entry.why), entry.url) for entry in found.left_out}
    page = "admin:municipalities_association_change"
    assert told == {
        ("Unsubscribed", reverse("admin:municipalities_official_change", args=[official.pk])),
        ("no address", reverse("admin:municipalities_municipality_change", args=[here.pk]) + "#id_mail_address"),
        ("no address", reverse(page, args=[without.association_id])),
        ("has not agreed to be listed", reverse(page, args=[silent.association_id])),
        ("unsubscribed", reverse(page, args=[gone.association_id])),
    }
    assert found.total == 0


def test_counting_costs_the_same_whatever_the_size() -> None:
    mailing = MailingFactory(audience_circles=["institution", "association", "staff"])
    taken = []
    for number in (1, 12):
        for one in range(number):
            here = place(f"commune{number}-{one}@example.org")
            contact(here, f"traders{number}-{one}@example.org")
            contact(here, "", consent=False)
        with CaptureQueriesContext(connection) as queries:
            counted_of(mailing, timezone.localdate())
        taken.append(len(queries))
    assert taken[0] == taken[1] <= 9


# --- Extra addresses ----------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["approved", "scheduled", "held"])
def test_an_extra_address_voids_the_approval_and_so_does_taking_it_off(editor: User, state: str) -> None:
    mailing = MailingFactory(**{state: True}, **({"held_reason": "too_late"} if state == "held" else {}))
    address = add_address(mailing, by=editor, email="expert@example.org", name="Expert", language="fr", reason="Membre de la taskforce")
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.DRAFT
    assert mailing.approval_in_force() is None
    verbs = list(Event.objects.about(mailing).values_list("verb", flat=True))
    assert verbs == [Event.Verb.MAILING_APPROVAL_VOIDED, Event.Verb.MAILING_EDITED]
    remove_address(mailing, address.pk, by=editor)
    remove_address(mailing, address.pk, by=editor)  # a second time changes nothing
    assert Event.objects.about(mailing).count() == 3


@pytest.mark.parametrize(
    ("given", "field"),
    [({"reason": " "}, "reason"), ({"email": "nowhere"}, "email"), ({"email": "THERE@example.org"}, "__all__")],
)
def test_an_extra_address_needs_a_reason_an_address_and_is_there_once(editor: User, given: dict[str, str], field: str) -> None:
    mailing = MailingFactory()
    words = {"email": "new@example.org", "name": "", "language": "both", "reason": "Taskforce"}
    add_address(mailing, by=editor, **words | {"email": "there@example.org"})
    with pytest.raises(ValidationError) as refused:
        add_address(mailing, by=editor, **words | given)
    assert field in refused.value.message_dict
    assert mailing.addressees.count() == 1


def test_the_database_refuses_an_extra_address_without_reason_and_a_mail_of_two_readers_or_none(editor: User) -> None:
    mailing = MailingFactory(approved=True)
    bare = {"mailing": mailing, "email": "a@example.org", "name": "A", "circle": "extra"}
    with pytest.raises(IntegrityError, match="addressee_extra_has_reason"), transaction.atomic():
        Addressee.objects.create(**bare)
    kept = Addressee.objects.create(**bare, reason="Taskforce", added_by=editor)
    with pytest.raises(IntegrityError, match="addressee_once_per_mailing_and_address"), transaction.atomic():
        Addressee.objects.create(**bare | {"email": "A@example.org"}, reason="Taskforce", added_by=editor)
    UserFactory(mayor=place())
    run = services.plan_run(MailingFactory(approved=True), by=None)
    mail = run.deliveries.get()
    for readers in ({"addressee": kept}, {"recipient": None}):
        with pytest.raises(IntegrityError, match="delivery_to_one_reader"), transaction.atomic():
            Delivery.objects.filter(pk=mail.pk).update(**readers)


@pytest.mark.parametrize("who", ["alderman", "lead", "spoc", "cabinet"])
def test_who_may_not_edit_adds_no_address(who: str) -> None:
    person = UserFactory(**{who: place() if who == "alderman" else True})
    with pytest.raises(MailingActionNotAllowed):
        add_address(MailingFactory(), by=person, email="a@example.org", name="", language="fr", reason="Parce que")


def test_an_approval_given_before_these_choices_existed_still_holds() -> None:
    """The fingerprint of a mailing that uses none of them is what it was."""
    audience = MailingFactory().content()["audience"]
    assert set(audience) == {"roles", "portfolios"}


@pytest.mark.parametrize("change", [{"audience_municipalities": [1]}, {"audience_circles": ["staff"]}])
def test_every_part_of_the_rule_is_under_the_approval(editor: User, change: dict[str, object]) -> None:
    mailing = MailingFactory(approved=True)
    services.edit_mailing(mailing, by=editor, revision=mailing.revision, fields=change)
    mailing.refresh_from_db()
    assert mailing.approval_in_force() is None


# --- The last moment, and the mail --------------------------------------------------------------


def test_addresses_are_asked_again_at_the_last_moment() -> None:
    here = place("commune@example.org")
    changed, withdrawn, deleted, stays = (contact(here, f"{name}@example.org") for name in ("changed", "withdrawn", "deleted", "stays"))
    run = plan(audience_circles=["institution", "association"])
    AssociationContact.objects.filter(pk=changed.pk).update(email="other@example.org")
    AssociationContact.objects.filter(pk=withdrawn.pk).update(has_consented=False)
    deleted.delete()
    Municipality.objects.filter(pk=here.pk).update(mail_address="autre@example.org")
    rows = list(run.deliveries.all())
    reasons = {row.email: still_wanted(rows, timezone.localdate())[row.pk] for row in rows}
    assert reasons == {
        "commune@example.org": Skip.ADDRESS_CHANGED,
        "changed@example.org": Skip.ADDRESS_CHANGED,
        "withdrawn@example.org": Skip.ADDRESS_CHANGED,
        "deleted@example.org": Skip.ADDRESS_CHANGED,
        stays.email: None,
    }
    services.unsubscribe_address("Stays@example.org")
    assert still_wanted(rows, timezone.localdate())[run.deliveries.get(email=stays.email).pk] == Skip.UNSUBSCRIBED


@pytest.mark.parametrize("journal", [True, False], ids=["in sets", "one by one"])
def test_the_mail_arrives_by_both_ways_of_sending_without_anybodys_personal_part(sink: Sink, settings, tmp_path, journal: bool) -> None:
    if journal:
        settings.MAIL_JOURNAL = str(tmp_path / "journal")
    contact(place("commune@example.org"), "traders@example.org")
    run = plan(audience_circles=["institution", "association"])
    deliver_queue(seconds=20)
    deliver_batch()
    assert sorted(received.message["To"] for received in sink.received) == ["commune@example.org", "traders@example.org"]
    assert set(run.deliveries.values_list("state", flat=True)) == {State.SENT}
    for received in sink.received:
        mail = run.deliveries.get(email=received.message["To"])
        assert received.message["Message-ID"] == mail.message_id
        assert f"/m/{delivery_token(mail.key)}/language/fr/" in received.message.get_body(("html",)).get_content()


def test_links_of_such_a_mail_work_without_an_account(client: Client) -> None:
    contact(place("commune@example.org"), "traders@example.org")
    run = plan(audience_circles=["institution", "association"])
    of_contact, of_place = (delivery_token(run.deliveries.get(email=email).key) for email in ("traders@example.org", "commune@example.org"))
    for token in (of_contact, of_place):
        assert client.get(reverse("unsubscribe", args=[token])).status_code == 200
        assert client.get(reverse("web_version", args=[token])).status_code == 200
    assert not AddressChoice.objects.exists()
    client.post(reverse("choose_language", args=[of_contact, "nl"]))
    refused = client.post(reverse("choose_language", args=[of_place, "nl"]))
    assert refused.context["is_institution"]
    client.post(reverse("unsubscribe", args=[of_contact]))
    assert list(AddressChoice.objects.values_list("email", "language")) == [("traders@example.org", "nl")]
    assert AddressChoice.objects.get().unsubscribed_at


def test_messages_are_built_in_the_same_number_of_queries_for_addresses() -> None:
    here = place("commune@example.org")
    for number in range(6):
        contact(here, f"traders{number}@example.org")
    rows = list(plan(audience_circles=["institution", "association"]).deliveries.all())
    taken = []
    for some in (rows[:1], rows):
        with CaptureQueriesContext(connection) as queries:
            build_messages(some)
        taken.append(len(queries))
    assert taken[0] == taken[1]


def test_archive_shows_a_mailing_to_some_municipalities_to_those_alone(client: Client) -> None:
    here, there = place(), place()
    mailing = MailingFactory(sent=True, audience_municipalities=[here.pk])
    for official, status in ((UserFactory(alderman=here), 200), (UserFactory(alderman=there), 404)):
        client.force_login(official)
        assert client.get(reverse("mailing", args=[mailing.key])).status_code == status
        assert (mailing.subject_fr in client.get(reverse("mailings"), {"q": mailing.subject_fr}).content.decode()) or status == 404
        assert client.get(reverse("mailings")).content.decode().count(str(mailing.key)) == (status == 200)


def test_the_cabinet_reads_the_whole_audience_it_approves(client: Client, editor: User) -> None:
    here = place("commune@example.org")
    mailing = MailingFactory(audience_circles=["institution"], audience_municipalities=[here.pk])
    add_address(mailing, by=editor, email="expert@example.org", name="Expert", language="fr", reason="Membre de la taskforce")
    services.ask_approval(mailing, by=editor)
    client.force_login(UserFactory(cabinet=True))
    answer = client.get(reverse("review", args=[mailing.key]))
    page = answer.content.decode()
    assert answer.context["recipient_count"] == 2
    for words in (str(here), "expert@example.org", "Membre de la taskforce", str(Mailing.Circle.INSTITUTION.label)):
        assert escape(words) in page
