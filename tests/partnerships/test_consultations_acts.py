"""A consultation moves by its table alone; its circle is frozen when invited; calendars follow by UID and sequence."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from municipalities.models import Mandate, Portfolio
from partnerships.consultation_table import STEPS, Step, StepNotAllowed, can_step
from partnerships.models import Consultation, ConsultationAction, Event
from partnerships.services.consultation_clock import remind_of_consultations
from partnerships.services.consultations import (
    NobodyToInvite,
    TooEarly,
    TooLate,
    cancel_consultation,
    circle_of,
    hold_consultation,
    invite_circle,
    renew_circle,
    save_consultation,
)
from partnerships.services.minutes import (
    ActionNotYours,
    add_action,
    finish_action,
    publish_minutes,
    remind_of_actions,
    write_minutes,
)
from tests.factories import ConsultationActionFactory, ConsultationFactory, InvitationFactory, MandateFactory, UserFactory, since
from tests.partnerships.conftest import Cast

State = Consultation.State
ROWS = {
    State.DRAFT: "",
    State.INVITED: "announced",
    State.HELD: "held",
    State.PUBLISHED: "published",
    State.CANCELLED: "cancelled",
}


def _in(state: str) -> Consultation:
    return ConsultationFactory(**({ROWS[state]: True} if ROWS[state] else {}))


def _take(step: Step, consultation: Consultation, by: Any) -> Any:
    if step in {Step.EDIT, Step.CHANGE}:
        consultation.title_fr = "Un autre titre"
        return save_consultation(consultation, by=by)
    if step == Step.INVITE:
        return invite_circle(consultation, by=by)
    if step == Step.CANCEL:
        return cancel_consultation(consultation, by=by, reason_fr="Grève", reason_nl="Staking")
    if step == Step.HOLD:
        now = timezone.now()
        Consultation.objects.filter(pk=consultation.pk).update(starts_at=now - dt.timedelta(hours=1), ends_at=now)
        return hold_consultation(consultation, by=by, attended=[])
    Consultation.objects.filter(pk=consultation.pk).update(minutes_fr="Texte", minutes_nl="Tekst")
    return publish_minutes(consultation, by=by)


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("step", list(Step))
def test_every_pair_of_state_and_step_follows_the_table(cast: Cast, step: Step, state: str) -> None:
    consultation, move = _in(state), STEPS[step]
    twins = {Step.EDIT, Step.CHANGE} if step in {Step.EDIT, Step.CHANGE} else {step}  # one service for both
    sources = frozenset().union(*(STEPS[one].sources for one in twins))
    corrected = {State.HELD} if step == Step.HOLD else set()  # who was there may be corrected
    assert can_step(cast.editor, step, consultation) == (state in move.sources)
    if state in sources | corrected:
        _take(step, consultation, cast.editor)
        assert Consultation.objects.get(pk=consultation.pk).state == (move.target or state)
    else:
        with pytest.raises(StepNotAllowed):
            _take(step, consultation, cast.editor)
        assert Consultation.objects.get(pk=consultation.pk).state == state


@pytest.mark.parametrize("who", ["alderman", "spoc", "cabinet", "former"])
@pytest.mark.parametrize("step", list(Step))
def test_only_who_keeps_consultations_moves_them(cast: Cast, who: str, step: Step) -> None:
    consultation = _in(next(iter(STEPS[step].sources)))
    with pytest.raises(StepNotAllowed):
        _take(step, consultation, cast.person(who))


def test_the_circle_is_who_is_in_office_now_and_then(cast: Cast) -> None:
    leaving = MandateFactory(municipality=cast.municipality, period=since(100, until=5)).user
    planner = MandateFactory(municipality=cast.other_municipality, portfolios=[Portfolio.PLANNING]).user
    consultation = ConsultationFactory(portfolios=[Portfolio.TRADE])
    people = {mandate.user for mandate in circle_of(consultation, timezone.localdate())}
    assert people == {cast.alderman, cast.other_alderman}
    assert not people & {leaving, planner, cast.former, cast.colleague}
    consultation.municipalities.set([cast.municipality])
    assert {mandate.user for mandate in circle_of(consultation, timezone.localdate())} == {cast.alderman}


def test_an_invitation_is_frozen_and_told_once(cast: Cast) -> None:
    consultation = invite_circle(ConsultationFactory(), by=cast.editor)
    assert set(consultation.invitations.values_list("person", flat=True)) == {cast.alderman.pk, cast.other_alderman.pk}
    event = Event.objects.get(verb=Event.Verb.CONSULTATION_INVITED)
    assert set(event.data["people"]) == {cast.alderman.pk, cast.other_alderman.pk}
    UserFactory(alderman=cast.municipality)
    assert consultation.invitations.count() == 2
    with pytest.raises(StepNotAllowed):
        invite_circle(consultation, by=cast.editor)


def test_nobody_is_invited_to_what_is_over_or_for_an_empty_circle(cast: Cast) -> None:
    with pytest.raises(NobodyToInvite):
        invite_circle(ConsultationFactory(roles=[Mandate.Role.SECRETARY]), by=cast.editor)
    with pytest.raises(TooLate):
        invite_circle(ConsultationFactory(starts_at=timezone.now() - dt.timedelta(hours=1)), by=cast.editor)
    assert not Event.objects.filter(verb=Event.Verb.CONSULTATION_INVITED).exists()


@pytest.mark.parametrize(
    ("changed", "is_told"),
    [("link", True), ("place", True), ("agenda_nl", True), ("starts_at", True), ("seats", False), ("roles", False)],
)
def test_what_calendars_show_raises_the_sequence_and_is_told_to_who_has_not_said_no(cast: Cast, changed: str, is_told: bool) -> None:
    consultation = ConsultationFactory(announced=True)
    InvitationFactory(consultation=consultation, person=cast.alderman, municipality=cast.municipality)
    InvitationFactory(
        consultation=consultation,
        person=cast.other_alderman,
        municipality=cast.other_municipality,
        answer="no",
        answered_at=timezone.now(),
    )
    uid = consultation.uid
    values = {
        "link": "https://meet.example.org/autre",
        "place": "Rue X 1",
        "agenda_nl": "Iets anders",
        "starts_at": consultation.starts_at + dt.timedelta(hours=1),
        "seats": 5,
        "roles": ["mayor"],
    }
    setattr(consultation, changed, values[changed])
    saved = save_consultation(consultation, by=cast.editor)
    assert (saved.uid, saved.sequence) == (uid, 1 if is_told else 0)
    told = [event.data["people"] for event in Event.objects.filter(verb=Event.Verb.CONSULTATION_CHANGED)]
    assert told == ([[cast.alderman.pk]] if is_told else [])


def test_the_circle_brought_up_to_date_invites_the_new_and_takes_off_the_gone(cast: Cast) -> None:
    consultation = invite_circle(ConsultationFactory(seats=1), by=cast.editor)
    gone = consultation.invitations.get(person=cast.alderman)
    consultation.invitations.filter(pk=gone.pk).update(answer="yes", answered_at=timezone.now())
    consultation.invitations.filter(person=cast.other_alderman).update(answer="yes", answered_at=timezone.now(), waiting=1)
    Mandate.objects.filter(user=cast.alderman).update(period=since(100, until=0))
    successor = UserFactory(alderman=cast.municipality)
    assert renew_circle(consultation, by=cast.editor) == (1, 1)
    consultation.refresh_from_db()
    assert consultation.sequence == 1
    assert consultation.invitations.standing().filter(person=successor).exists()
    assert not consultation.invitations.standing().filter(person=cast.alderman).exists()
    assert consultation.invitations.get(person=cast.other_alderman).waiting is None  # the place that became free
    assert renew_circle(consultation, by=cast.editor) == (0, 0)


def test_what_has_not_begun_was_not_held(cast: Cast) -> None:
    with pytest.raises(TooEarly):
        hold_consultation(ConsultationFactory(announced=True), by=cast.editor, attended=[])


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("consultation_ends_after_it_begins", {"ends_at": timezone.now() - dt.timedelta(days=99)}),
        ("consultation_has_a_link_or_place", {"link": "", "place": ""}),
        ("consultation_announced_has_time", {"state": "invited"}),
        ("consultation_cancelled_has_time", {"state": "cancelled", "invited_at": timezone.now()}),
        ("consultation_minutes_in_both_languages", {"state": "published", "invited_at": timezone.now(), "minutes_fr": "Oui"}),
    ],
)
def test_the_database_holds_the_rules_too(db: None, name: str, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ConsultationFactory(**values)


# --- Reminders ----------------------------------------------------------------------------------


def _announced(starts_at: dt.datetime, told: dt.datetime) -> Consultation:
    consultation = ConsultationFactory(announced=True, starts_at=starts_at, invited_at=told, changed_at=told)
    InvitationFactory(consultation=consultation)
    return consultation


def test_each_distance_is_called_to_mind_once_and_anew_when_it_moves(db: None) -> None:
    now = timezone.now()
    consultation = _announced(now + dt.timedelta(days=7), now - dt.timedelta(days=20))
    assert [remind_of_consultations(now), remind_of_consultations(now)] == [1, 0]
    assert remind_of_consultations(now + dt.timedelta(days=6)) == 1
    Consultation.objects.filter(pk=consultation.pk).update(
        starts_at=now + dt.timedelta(days=14), ends_at=now + dt.timedelta(days=14, hours=1)
    )
    assert remind_of_consultations(now + dt.timedelta(days=7)) == 1
    assert Event.objects.filter(verb=Event.Verb.CONSULTATION_REMINDED).count() == 3


def test_nothing_is_called_to_mind_right_after_the_invitation(db: None) -> None:
    now = timezone.now()
    _announced(now + dt.timedelta(days=4), now)
    assert remind_of_consultations(now) == 0
    assert remind_of_consultations(now + dt.timedelta(days=3)) == 1


def test_days_are_counted_in_brussels_across_the_change_of_the_clock(db: None) -> None:
    """On 25 October 2026 the night is an hour longer: a day before a meeting at 00:30 is still one day, not two."""
    starts_at = dt.datetime(2026, 10, 25, 23, 30, tzinfo=dt.UTC)  # the 26th, 00:30 in Brussels
    _announced(starts_at, dt.datetime(2026, 9, 1, tzinfo=dt.UTC))
    assert remind_of_consultations(dt.datetime(2026, 10, 18, 21, 30, tzinfo=dt.UTC)) == 0  # still the 18th: eight days
    assert remind_of_consultations(dt.datetime(2026, 10, 18, 22, 30, tzinfo=dt.UTC)) == 1  # the 19th in Brussels
    assert remind_of_consultations(dt.datetime(2026, 10, 24, 21, 30, tzinfo=dt.UTC)) == 0
    assert remind_of_consultations(dt.datetime(2026, 10, 24, 22, 30, tzinfo=dt.UTC)) == 1


# --- Minutes and actions ------------------------------------------------------------------------


def _action(cast: Cast) -> ConsultationAction:
    fields = {"holder": "municipality", "municipality": cast.municipality, "what_fr": "Faire", "what_nl": "Doen"}
    return ConsultationAction(**fields, due_on=timezone.localdate() + dt.timedelta(days=30))


def test_minutes_are_published_in_both_languages_with_their_actions(cast: Cast) -> None:
    consultation = ConsultationFactory(held=True)
    add_action(consultation, _action(cast), by=cast.editor)
    write_minutes(consultation, by=cast.editor, minutes_fr="Texte", minutes_nl="", for_all=True)
    with pytest.raises(ValidationError):
        publish_minutes(consultation, by=cast.editor)
    write_minutes(consultation, by=cast.editor, minutes_fr="Texte", minutes_nl="Tekst", for_all=True)
    assert publish_minutes(consultation, by=cast.editor).state == State.PUBLISHED
    assert Event.objects.filter(verb__in=[Event.Verb.MINUTES_PUBLISHED, Event.Verb.ACTION_AGREED]).count() == 2


def test_an_action_is_ticked_by_its_municipality_or_the_agency_and_by_nobody_else(cast: Cast) -> None:
    action = ConsultationActionFactory(municipality=cast.municipality)
    for stranger in (cast.other_alderman, cast.former, cast.cabinet, cast.spoc):
        with pytest.raises(ActionNotYours):
            finish_action(action, by=stranger)
    done = finish_action(action, by=cast.alderman)
    assert (done.done_on, done.done_by) == (timezone.localdate(), cast.alderman)
    assert finish_action(action, by=cast.editor).done_by == cast.alderman
    assert Event.objects.filter(verb=Event.Verb.ACTION_DONE).count() == 1


def test_an_action_that_falls_due_is_called_to_mind_once_a_day_it_is_due(db: None) -> None:
    now = timezone.now()
    action = ConsultationActionFactory(due_on=timezone.localdate() + dt.timedelta(days=7))
    ConsultationActionFactory(due_on=timezone.localdate() + dt.timedelta(days=8))
    assert [remind_of_actions(now), remind_of_actions(now)] == [1, 0]
    ConsultationAction.objects.filter(pk=action.pk).update(due_on=timezone.localdate() + dt.timedelta(days=3))
    assert remind_of_actions(now) == 1


def test_an_action_has_one_holder(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="consultation_action_has_one_holder"), transaction.atomic():
        ConsultationActionFactory(holder="agency", municipality=cast.municipality)
