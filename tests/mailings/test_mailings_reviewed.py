"""The cabinet's side in full: the hour is approved too, remarks, what was shown is kept, stand-ins, the rule for urgent ones."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st

from mailings import services
from mailings.models import Approval, Delivery, Mailing, MailingComment, StandIn
from municipalities.models import Mandate, Portfolio, User
from partnerships.models import Event
from partnerships.news import Section
from tests.config.test_every_url_needs_login import ADDRESSES, CLOSED, PUBLIC
from tests.factories import MailingFactory, MunicipalityFactory, UserFactory
from tests.mailings.test_review_access import enter

pytestmark = pytest.mark.django_db
State = Mailing.State
HOUR = dt.timedelta(hours=1)


def _stand_in(**person: Any) -> User:
    today = timezone.localdate()
    named = StandIn.objects.create(
        person=UserFactory(**person or {"spoc": True}), named_by=UserFactory(cabinet=True), first_day=today, last_day=today
    )
    return named.person


# --- Any edit voids -----------------------------------------------------------------------------

WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=30)
TEXTS = ("subject_fr", "subject_nl", "intro_fr", "intro_nl", "closing_fr", "closing_nl")
OF_ITEMS = ("title_fr", "title_nl", "body_fr", "body_nl")
HOURS = st.integers(1, 500).map(lambda hours: timezone.now().replace(second=0, microsecond=0) + hours * HOUR)
ROLES = st.lists(st.sampled_from(Mandate.Role.values), min_size=1, unique=True)
EDITS = st.one_of(
    st.tuples(st.sampled_from(TEXTS), WORDS),
    st.tuples(st.just("audience_roles"), ROLES),
    st.tuples(st.just("audience_portfolios"), st.lists(st.sampled_from(Portfolio.values), unique=True)),
    st.tuples(st.just("scheduled_for"), HOURS),
    st.tuples(st.sampled_from([f"item:{name}" for name in OF_ITEMS]), WORDS),
    st.tuples(st.just("item:section"), st.sampled_from(Section.values)),
    st.tuples(st.just("item:position"), st.integers(0, 5)),
)


def _apply(mailing: Mailing, by: User, name: str, value: Any) -> Mailing:
    where, _colon, field = name.rpartition(":")
    if not where:
        return services.edit_mailing(mailing, by=by, revision=mailing.revision, fields={name: value})
    rows = [{"id": item.pk} | {one: getattr(item, one) for one in services.ITEM_FIELDS} for item in mailing.items.all()]
    rows[0][field] = value
    return services.edit_mailing(mailing, by=by, revision=mailing.revision, fields={}, items=rows)


@given(edit=EDITS, is_scheduled=st.booleans())
@trials(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_edit_of_words_audience_or_hour_voids_the_approval(edit: tuple[str, Any], is_scheduled: bool) -> None:
    editor, cabinet = UserFactory(editor=True), UserFactory(cabinet=True)
    hour = timezone.now().replace(second=0, microsecond=0) + 600 * HOUR
    mailing = MailingFactory(scheduled_for=hour)
    services.ask_approval(mailing, by=editor)
    mailing.refresh_from_db()
    mailing = services.approve_mailing(mailing, by=cabinet, shown_hash=mailing.shown_hash())
    if is_scheduled:
        mailing = services.schedule_mailing(mailing, by=editor, at=hour)
    before = (mailing.content(), mailing.scheduled_for)
    mailing = Mailing.objects.get(pk=_apply(mailing, editor, *edit).pk)
    is_same = (mailing.content(), mailing.scheduled_for) == before
    assert (mailing.state in {State.APPROVED, State.SCHEDULED}) == is_same
    assert (mailing.approval_in_force() is not None) == is_same
    assert Event.objects.about(mailing).filter(verb=Event.Verb.MAILING_APPROVAL_VOIDED).exists() != is_same


def test_another_hour_than_the_one_approved_makes_it_a_draft_again_with_that_hour() -> None:
    editor, hour = UserFactory(editor=True), timezone.now() + HOUR
    mailing = MailingFactory(in_review=True, scheduled_for=hour)
    mailing = services.approve_mailing(mailing, by=UserFactory(cabinet=True), shown_hash=mailing.shown_hash())
    mailing = services.schedule_mailing(mailing, by=editor, at=hour + HOUR)
    assert (mailing.state, mailing.scheduled_for, mailing.approval_in_force()) == (State.DRAFT, hour + HOUR, None)


def test_where_no_hour_was_shown_the_editors_set_it_once() -> None:
    editor, hour = UserFactory(editor=True), timezone.now() + HOUR
    mailing = services.schedule_mailing(MailingFactory(approved=True), by=editor, at=hour)
    assert (mailing.state, mailing.scheduled_for) == (State.SCHEDULED, hour)
    assert services.schedule_mailing(mailing, by=editor, at=hour + HOUR).state == State.DRAFT


def test_hour_moved_behind_the_services_sends_nothing() -> None:
    hour = timezone.now() + HOUR
    mailing = MailingFactory(in_review=True, scheduled_for=hour)
    mailing = services.approve_mailing(mailing, by=UserFactory(cabinet=True), shown_hash=mailing.shown_hash())
    Mailing.objects.filter(pk=mailing.pk).update(state=State.SCHEDULED, scheduled_for=hour + HOUR)
    [started] = services.start_due_mailings(hour + HOUR)
    assert started.held_reason == Mailing.HeldReason.NOT_APPROVED


# --- At the hour --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "reason"), [("draft", "not_approved"), ("in_review", "not_approved"), ("approved", "not_scheduled")], ids=lambda one: one
)
def test_what_is_not_released_at_its_hour_is_held_and_editors_and_lead_are_warned(state: str, reason: str) -> None:
    editor, lead, spoc = UserFactory(editor=True), UserFactory(lead=True), UserFactory(spoc=True)
    UserFactory(mayor=MunicipalityFactory())
    hour = timezone.now() + HOUR
    mailing = MailingFactory(**{state: True}, scheduled_for=hour)
    assert services.start_due_mailings(hour - HOUR / 2) == []
    for _beat in range(2):
        services.start_due_mailings(hour)
    mailing.refresh_from_db()
    assert (mailing.state, mailing.held_reason) == (State.HELD, reason)
    assert not Delivery.objects.filter(kind=Delivery.Kind.MAILING).exists()
    assert Event.objects.about(mailing).filter(verb=Event.Verb.MAILING_HELD).count() == 1
    services.decide_notices(timezone.now())
    told = set(Delivery.objects.filter(kind=Delivery.Kind.NOTICE).values_list("recipient", flat=True))
    assert {editor.pk, lead.pk} <= told
    assert spoc.pk not in told


# --- What was shown is kept ---------------------------------------------------------------------


def test_words_that_were_approved_are_kept_and_shown_whatever_is_changed_since(client: Client) -> None:
    cabinet, editor = UserFactory(cabinet=True), UserFactory(editor=True)
    mailing = MailingFactory(in_review=True, intro_nl="Zoals goedgekeurd.")
    mailing = services.approve_mailing(mailing, by=cabinet, shown_hash=mailing.shown_hash())
    services.edit_mailing(mailing, by=editor, revision=mailing.revision, fields={"intro_nl": "Later veranderd."})
    verdict = mailing.approvals.get()
    page = enter(client, cabinet).get(reverse("review_verdict", args=[mailing.key, verdict.pk])).content.decode()
    assert "Zoals goedgekeurd." in page
    assert "Later veranderd." not in page
    stranger = enter(Client(), UserFactory(alderman=MunicipalityFactory()))
    assert stranger.get(reverse("review_verdict", args=[mailing.key, verdict.pk])).status_code == 404


# --- Remarks ------------------------------------------------------------------------------------


def test_reviewer_remarks_on_a_block_and_the_editor_settles_it(client: Client) -> None:
    cabinet, editor = UserFactory(cabinet=True), UserFactory(editor=True)
    mailing = MailingFactory(in_review=True)
    shown, item = mailing.shown_hash(), mailing.items.first()
    form = {"about": f"item:{item.pk}", "text": "Le montant est-il exact ?"}
    assert enter(client, cabinet).post(reverse("review_comment", args=[mailing.key]), form).status_code == 302
    comment = mailing.comments.get()
    assert (comment.item, comment.by, comment.about) == (item, cabinet, f"{item.title_fr} / {item.title_nl}")
    mailing.refresh_from_db()
    assert mailing.shown_hash() == shown, "a remark is not content"
    desk = enter(Client(), editor)
    page = reverse("admin:mailings_mailing_change", args=[mailing.pk])
    assert "Le montant est-il exact ?" in desk.get(page).content.decode()
    desk.post(reverse("admin:mailings_mailing_settle_remark", args=[mailing.pk]), {"remark": comment.pk})
    comment.refresh_from_db()
    assert comment.resolved_by == editor
    services.edit_mailing(mailing, by=editor, revision=mailing.revision, fields={}, items=[])
    comment.refresh_from_db()
    assert (comment.item, comment.about) == (None, f"{item.title_fr} / {item.title_nl}"), "it stays with the title it was written under"


def test_remark_without_words_or_on_a_block_that_is_gone_keeps_what_was_typed(client: Client) -> None:
    mailing, other = MailingFactory(in_review=True), MailingFactory(in_review=True)
    address = reverse("review_comment", args=[mailing.key])
    enter(client, UserFactory(cabinet=True))
    assert client.post(address, {"about": "whole", "text": ""}).status_code == 422
    answer = client.post(address, {"about": f"item:{other.items.first().pk}", "text": "Mon mot."})
    assert answer.status_code == 422
    assert "Mon mot." in answer.content.decode()
    assert not MailingComment.objects.exists()


@pytest.mark.parametrize("who", ["spoc", "alderman", "former"])
def test_nobody_else_remarks(client: Client, who: str) -> None:
    mailing = MailingFactory(in_review=True)
    person = UserFactory(**{who: True if who == "spoc" else MunicipalityFactory()})
    enter(client, person).post(reverse("review_comment", args=[mailing.key]), {"about": "whole", "text": "Non."})
    with pytest.raises(services.MailingActionNotAllowed):
        services.comment_mailing(mailing, by=person, text="Non.")
    assert not MailingComment.objects.exists()


def test_database_keeps_remarks_and_stand_ins_whole() -> None:
    mailing, person = MailingFactory(), UserFactory(cabinet=True)
    for name, wrong in {
        "comment_says_something": {"text": ""},
        "comment_settled_by_somebody": {"text": "Non.", "resolved_at": timezone.now()},
        "comment_on_item_only_of_items": {"text": "Non.", "item": mailing.items.first()},
    }.items():
        with transaction.atomic(), pytest.raises(IntegrityError, match=name):
            MailingComment.objects.create(mailing=mailing, by=person, **wrong)
    today = timezone.localdate()
    with transaction.atomic(), pytest.raises(IntegrityError, match="stand_in_ends_after_start"):
        StandIn.objects.create(person=person, named_by=person, first_day=today, last_day=today - dt.timedelta(days=1))
    with transaction.atomic(), pytest.raises(IntegrityError, match="stand_in_ended_by_somebody"):
        StandIn.objects.create(person=person, named_by=person, first_day=today, last_day=today, ended_at=timezone.now())


# --- Stand-ins ----------------------------------------------------------------------------------


@pytest.mark.parametrize("namer", ["cabinet", "lead"])
def test_stand_in_is_named_told_approves_and_is_ended(client: Client, namer: str) -> None:
    by, person, mailing = UserFactory(**{namer: True}), UserFactory(spoc=True), MailingFactory(in_review=True)
    today = timezone.localdate()
    days = {"person": person.pk, "first_day": today.isoformat(), "last_day": (today + dt.timedelta(days=7)).isoformat()}
    assert enter(client, by).post(reverse("review_stand_in_name"), days).status_code == 302
    services.decide_notices(timezone.now())
    assert Delivery.objects.get(recipient=person).notice.event.verb == Event.Verb.STAND_IN_NAMED
    desk = enter(Client(), person)
    assert desk.get(reverse("review", args=[mailing.key])).status_code == 200
    desk.post(reverse("review_approve", args=[mailing.key]), {"shown_hash": mailing.shown_hash()})
    verdict = mailing.approvals.get()
    assert (verdict.by, verdict.is_stand_in) == (person, True)
    client.post(reverse("review_stand_in_end", args=[StandIn.objects.get().pk]))
    assert desk.get(reverse("review", args=[mailing.key])).status_code == 404
    assert Event.objects.filter(verb=Event.Verb.STAND_IN_ENDED).get().actor == by
    mailing.refresh_from_db()
    assert mailing.approval_in_force() == verdict, "what was approved stays approved"


def test_who_does_not_name_stand_ins(client: Client) -> None:
    today = timezone.localdate()
    for person in (UserFactory(editor=True), _stand_in(), UserFactory(alderman=MunicipalityFactory())):
        assert enter(Client(), person).get(reverse("review_stand_in")).status_code == 404
        with pytest.raises(services.MailingActionNotAllowed):
            services.name_stand_in(UserFactory(spoc=True), by=person, first_day=today, last_day=today)


@pytest.mark.parametrize(("first", "last"), [(-3, -1), (0, 90), (5, 2)], ids=["over", "too-long", "backwards"])
def test_days_that_make_no_sense_are_refused_beside_the_field(client: Client, first: int, last: int) -> None:
    today, person = timezone.localdate(), UserFactory(spoc=True)
    days = {"person": person.pk, "first_day": today + dt.timedelta(days=first), "last_day": today + dt.timedelta(days=last)}
    answer = enter(client, UserFactory(cabinet=True)).post(reverse("review_stand_in_name"), days)
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert not StandIn.objects.exists()


def test_stand_in_outside_the_days_gives_no_verdict() -> None:
    person, mailing = _stand_in(), MailingFactory(in_review=True)
    with time_machine.travel(timezone.now() + dt.timedelta(days=2)), pytest.raises(services.MailingActionNotAllowed):
        services.approve_mailing(mailing, by=person, shown_hash=mailing.shown_hash())


# --- The rule for urgent mailings ---------------------------------------------------------------


def _urgent() -> Mailing:
    return services.ask_approval(MailingFactory(urgent=True), by=UserFactory(editor=True))


def test_two_of_the_team_approve_an_urgent_mailing_that_the_cabinet_leaves_unanswered() -> None:
    lead, editor, cabinet = UserFactory(lead=True), UserFactory(editor=True), UserFactory(cabinet=True)
    mailing = _urgent()
    with pytest.raises(services.MailingActionNotAllowed):
        services.consent_urgent(mailing, by=lead, shown_hash=mailing.shown_hash())
    with time_machine.travel(timezone.now() + 2 * HOUR):
        mailing = services.consent_urgent(mailing, by=lead, shown_hash=mailing.shown_hash())
        assert (mailing.state, mailing.approval_in_force()) == (State.IN_REVIEW, None)
        with pytest.raises(services.MailingActionNotAllowed):
            services.consent_urgent(mailing, by=lead, shown_hash=mailing.shown_hash())
        mailing = services.consent_urgent(mailing, by=editor, shown_hash=mailing.shown_hash())
        services.decide_notices(timezone.now())
    assert mailing.state == State.APPROVED
    last = mailing.approval_in_force()
    assert last
    assert (last.by, last.is_of_team, last.is_stand_in) == (editor, True, False)
    told = Event.objects.about(mailing).filter(verb=Event.Verb.MAILING_URGENT_APPROVED).last()
    assert told.data["with"] == lead.pk
    assert Delivery.objects.filter(recipient=cabinet, notice__event=told).exists()


def test_rule_takes_the_lead_never_one_alone_never_a_weekly_one_and_never_other_words() -> None:
    lead, one, two = UserFactory(lead=True), UserFactory(editor=True), UserFactory(editor=True)
    weekly, mailing = services.ask_approval(MailingFactory(), by=one), _urgent()
    with time_machine.travel(timezone.now() + 3 * HOUR):
        with pytest.raises(services.MailingActionNotAllowed):
            services.consent_urgent(weekly, by=lead, shown_hash=weekly.shown_hash())
        services.consent_urgent(mailing, by=one, shown_hash=mailing.shown_hash())
        with pytest.raises(services.MailingActionNotAllowed):
            services.consent_urgent(mailing, by=two, shown_hash=mailing.shown_hash())
        mailing = services.edit_mailing(mailing, by=one, revision=mailing.revision, fields={"intro_fr": "Autre."})
        assert services.consent_urgent(mailing, by=lead, shown_hash=mailing.shown_hash()).state == State.IN_REVIEW
        with pytest.raises(services.StaleContent):
            services.consent_urgent(mailing, by=one, shown_hash="0" * 64)
    assert mailing.approvals.filter(verdict=Approval.Verdict.CONSENTED).count() == 2


def test_rule_stands_on_the_page_and_its_button_comes_when_the_time_is_up(client: Client) -> None:
    mailing = _urgent()
    desk = enter(client, UserFactory(lead=True, interface_language="en"))
    page, button = reverse("admin:mailings_mailing_change", args=[mailing.pk]), b"Approve as one of two"
    before = desk.get(page).content
    assert b"Rule for urgent mailings" in before
    assert button not in before
    Event.objects.about(mailing)
    with time_machine.travel(timezone.now() + 2 * HOUR, tick=False):
        desk = enter(Client(), UserFactory(lead=True, interface_language="en"))
        assert button in desk.get(page).content
        desk.post(reverse("admin:mailings_mailing_consent", args=[mailing.pk]), {"shown_hash": mailing.shown_hash()})
    assert mailing.approvals.get().verdict == Approval.Verdict.CONSENTED


# --- The cabinet sees nothing else --------------------------------------------------------------

OWN = (
    "/review/",
    "/questions/figures/",
    "/accounts/",
    "/m/token/",
    "/health/",
    "/language/",
    "/privacy/",
    "/preferences/",
    "/demo/",
    "/static/",
)


@pytest.mark.parametrize("address", [one for one in ADDRESSES if one not in CLOSED | PUBLIC and not one.startswith(OWN)])
def test_cabinet_reviewer_sees_nothing_else_of_the_portal(client: Client, address: str) -> None:
    MailingFactory(sent=True)
    answer = enter(client, UserFactory(cabinet=True)).get(address)
    if address == "/":
        assert answer["Location"] == reverse("reviews")
    else:
        assert answer.status_code == 404, address
