"""A hand-over: periods at once, work and words on the day, once; and everything as it was when it is called off."""

import datetime as dt
import threading
import uuid
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from municipalities.models import Municipality, User
from partnerships.models import Event, ServiceRequest, SpocAssignment, SpocHandover
from partnerships.services import spocs
from partnerships.services.requests import submit_request
from tests.factories import MunicipalityFactory, RequestFactory, SpocAssignmentFactory, UserFactory, days_from_today

pytestmark = pytest.mark.django_db
Verb = Event.Verb
OPEN = ["submitted", "acknowledged", "in_progress", "waiting", "completed"]
ENDED = ["closed", "declined", "withdrawn"]


class Team:
    """Two municipalities with one SPOC and one deputy; the one who comes; the lead."""

    def __init__(self) -> None:
        self.place: Municipality = MunicipalityFactory()
        self.second: Municipality = MunicipalityFactory()
        self.elsewhere: Municipality = MunicipalityFactory()
        self.old: User = UserFactory(spoc=True)
        self.deputy: User = UserFactory(spoc=True)
        self.new: User = UserFactory(spoc=True)
        self.lead: User = UserFactory(lead=True)
        for place in (self.place, self.second, self.elsewhere):
            SpocAssignmentFactory(municipality=place, officer=self.old)
            SpocAssignmentFactory(municipality=place, officer=self.deputy, deputy=True)

    def hand_over(self, *places: Municipality, **changes: Any) -> SpocHandover:
        given = {"by": self.lead, "to": self.new, "deputy": None, "starts_on": days_from_today(0), "note": "Le dossier Flagey presse."}
        return spocs.hand_over(places or (self.place,), **given | {"token": uuid.uuid4()} | changes)


@pytest.fixture
def team() -> Team:
    return Team()


def _held(place: Municipality) -> list[tuple[str, int, dt.date | None, dt.date | None]]:
    rows = SpocAssignment.objects.filter(municipality=place).order_by("period", "role")
    return [(row.role, row.officer_id, row.starts_on, row.ends_on) for row in rows]


def _verbs(handover: SpocHandover) -> list[str]:
    return [event.verb for event in Event.objects.about(handover)]


def test_the_old_ends_the_day_before_and_no_day_is_without_spoc(team: Team) -> None:
    first = days_from_today(10)
    team.hand_over(team.place, starts_on=first)
    primary = [row for row in _held(team.place) if row[0] == "primary"]
    assert [(row[1], row[3]) for row in primary] == [(team.old.pk, first - dt.timedelta(days=1)), (team.new.pk, None)]
    assert SpocAssignment.objects.gaps(team.place, days_from_today(-100), days_from_today(400)) == []
    assert [row[1] for row in _held(team.elsewhere)] == [team.deputy.pk, team.old.pk]


def test_at_once_only_open_work_of_the_old_spoc_in_that_municipality_moves(team: Team) -> None:
    moving = [RequestFactory(**{state: True}, audit=False, municipality=team.place, assignee=team.old) for state in OPEN]
    staying = [RequestFactory(**{state: True}, audit=False, municipality=team.place, assignee=team.old) for state in ENDED]
    staying += [RequestFactory(in_progress=True, audit=False, municipality=team.elsewhere, assignee=team.old)]
    others = RequestFactory(in_progress=True, audit=False, municipality=team.place, assignee=team.deputy)
    handover = team.hand_over()
    assert {one.assignee_id for one in ServiceRequest.objects.filter(pk__in=[r.pk for r in moving])} == {team.new.pk}
    assert {one.assignee_id for one in ServiceRequest.objects.filter(pk__in=[r.pk for r in staying])} == {team.old.pk}
    others.refresh_from_db()
    assert others.assignee == team.deputy
    assert handover.legs.get().moved == len(OPEN)
    told = Event.objects.filter(verb=Verb.REQUEST_ASSIGNED)
    assert {event.object_id for event in told} == {request.pk for request in moving}
    assert all(event.data["assignee"] == team.new.pk and event.data["handover"] == handover.pk for event in told)
    assert _verbs(handover) == [Verb.SPOC_HANDOVER_PLANNED, Verb.SPOC_HANDED_OVER, Verb.SPOC_INTRODUCED]


def test_history_is_kept(team: Team) -> None:
    handover = team.hand_over(team.place, team.second)
    assert (handover.note, handover.by, handover.state) == ("Le dossier Flagey presse.", team.lead, SpocHandover.State.IN_EFFECT)
    assert [leg.ended.officer for leg in handover.legs.order_by("pk") if leg.ended] == [team.old, team.old]
    old = SpocAssignment.objects.get(municipality=team.place, officer=team.old)
    assert old.history.count() == 2
    assert {event.municipality for event in Event.objects.filter(verb=Verb.SPOC_HANDED_OVER)} == {team.place, team.second}


def test_in_the_future_work_moves_and_officials_are_told_on_the_day_once(team: Team) -> None:
    with time_machine.travel("2026-03-02T09:00:00+01:00", tick=False):
        request = RequestFactory(in_progress=True, audit=False, municipality=team.place, assignee=team.old)
        handover = team.hand_over(starts_on=dt.date(2026, 3, 9))
        spocs.begin_due_handovers(timezone.now())
        request.refresh_from_db()
        assert (request.assignee, _verbs(handover)) == (team.old, [Verb.SPOC_HANDOVER_PLANNED])
    with time_machine.travel("2026-03-08T23:59:00+01:00", tick=False):
        assert spocs.begin_due_handovers(timezone.now()) == 0
    with time_machine.travel("2026-03-09T00:01:00+01:00", tick=False):
        assert spocs.begin_due_handovers(timezone.now()) == 1
        request.refresh_from_db()
        assert (request.assignee, _verbs(handover)[1:]) == (team.new, [Verb.SPOC_HANDED_OVER])
    with time_machine.travel("2026-03-09T07:00:00+01:00", tick=False):
        for _tick in range(3):
            assert spocs.begin_due_handovers(timezone.now()) == 0
    assert _verbs(handover)[1:] == [Verb.SPOC_HANDED_OVER, Verb.SPOC_INTRODUCED]


def test_days_of_downtime_only_delay_it(team: Team) -> None:
    handover = team.hand_over(starts_on=days_from_today(2))
    with time_machine.travel(timezone.now() + dt.timedelta(days=6), tick=False):
        spocs.begin_due_handovers(timezone.localtime().replace(hour=12))
    assert _verbs(handover)[1:] == [Verb.SPOC_HANDED_OVER, Verb.SPOC_INTRODUCED]


def test_the_deputy_who_becomes_spoc_is_deputy_no_longer(team: Team) -> None:
    team.hand_over(to=team.deputy, deputy=team.new)
    today = list(SpocAssignment.objects.for_municipalities([team.place.pk], days_from_today(0)))
    assert [(row.role, row.officer) for row in today] == [("primary", team.deputy), ("deputy", team.new)]


def test_without_a_new_deputy_the_deputy_stays_unless_promoted(team: Team) -> None:
    legs = spocs.plan_handover([team.place], to=team.new, deputy=None, starts_on=days_from_today(1))
    assert not legs[0].lacks_deputy
    legs = spocs.plan_handover([team.place], to=team.deputy, deputy=None, starts_on=days_from_today(1))
    assert legs[0].lacks_deputy


def test_an_assignment_entered_for_later_is_respected(team: Team) -> None:
    later, after = UserFactory(spoc=True), days_from_today(30)
    SpocAssignment.objects.filter(municipality=team.place, role="primary").update(period=DateRange(days_from_today(-9), after))
    SpocAssignmentFactory(municipality=team.place, officer=later, period=DateRange(after, None))
    team.hand_over()
    assert [row[1] for row in _held(team.place) if row[0] == "primary"] == [team.old.pk, team.new.pk, later.pk]


def test_a_gap_is_closed_by_the_lead(team: Team) -> None:
    empty = MunicipalityFactory()
    team.hand_over(empty)
    assert SpocAssignment.objects.gaps(empty, days_from_today(0), days_from_today(30)) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"note": "  "}, "note"),
        ({"starts_on": -1}, "starts_on"),
        ({"to": "editor"}, "to"),
        ({"to": "old"}, "to"),
        ({"deputy": "new"}, "deputy"),
    ],
    ids=["no note", "in the past", "somebody who handles nothing", "the same SPOC", "deputy is SPOC"],
)
def test_what_cannot_be_is_refused_and_nothing_changes(team: Team, changes: dict[str, Any], field: str) -> None:
    people = {"editor": UserFactory(editor=True), "old": team.old, "new": team.new}
    given = {name: people.get(value, value) if isinstance(value, str) else days_from_today(value) for name, value in changes.items()}
    before = _held(team.place)
    with pytest.raises(ValidationError) as refusal:
        team.hand_over(**given)
    assert field in refusal.value.message_dict
    assert (_held(team.place), SpocHandover.objects.count(), Event.objects.count()) == (before, 0, 0)


def test_one_municipality_that_cannot_be_handed_over_stops_all(team: Team) -> None:
    deputies = SpocAssignment.objects.filter(municipality=team.second, role=SpocAssignment.Role.DEPUTY)
    deputies.update(officer=team.new, period=DateRange(days_from_today(40), None))
    before = _held(team.place)
    with pytest.raises(ValidationError) as refusal:
        team.hand_over(team.place, team.second)
    assert list(refusal.value.message_dict) == ["starts_on"]
    assert (_held(team.place), SpocHandover.objects.count()) == (before, 0)


def test_what_changed_since_it_was_shown_is_not_confirmed(team: Team) -> None:
    seen = spocs.fingerprint(spocs.plan_handover([team.place], to=team.new, deputy=None, starts_on=days_from_today(0)))
    RequestFactory(in_progress=True, audit=False, municipality=team.place, assignee=team.old)
    with pytest.raises(spocs.StalePlan):
        team.hand_over(seen=seen)
    assert not SpocHandover.objects.exists()


def test_a_second_click_makes_no_second_hand_over(team: Team) -> None:
    token = uuid.uuid4()
    assert team.hand_over(token=token) == team.hand_over(token=token)
    assert Event.objects.filter(verb=Verb.SPOC_INTRODUCED).count() == 1


# --- Cancelling ---------------------------------------------------------------------------------


def test_cancelled_in_time_everything_is_as_it_was(team: Team) -> None:
    before = _held(team.place) + _held(team.second)
    handover = team.hand_over(team.place, team.second, to=team.deputy, deputy=team.new, starts_on=days_from_today(3))
    spocs.cancel_handover(handover, by=team.lead)
    assert _held(team.place) + _held(team.second) == before
    handover.refresh_from_db()
    assert (handover.state, _verbs(handover)[-1]) == (SpocHandover.State.CANCELLED, Verb.SPOC_HANDOVER_CANCELLED)
    with time_machine.travel(timezone.now() + dt.timedelta(days=5), tick=False):
        assert spocs.begin_due_handovers(timezone.now()) == 0
    assert Verb.SPOC_INTRODUCED not in _verbs(handover)


def test_in_effect_it_cannot_be_cancelled(team: Team) -> None:
    handover = team.hand_over()
    with pytest.raises(spocs.NotCancelable):
        spocs.cancel_handover(handover, by=team.lead)


def test_what_was_changed_by_hand_since_is_not_overwritten(team: Team) -> None:
    handover = team.hand_over(starts_on=days_from_today(5))
    begun = SpocAssignment.objects.get(municipality=team.place, officer=team.new)
    begun.period = DateRange(days_from_today(7), None)
    begun.save()
    with pytest.raises(spocs.NotCancelable):
        spocs.cancel_handover(handover, by=team.lead)
    begun.refresh_from_db()
    assert begun.starts_on == days_from_today(7)


def test_one_on_which_a_later_hand_over_builds_is_not_cancelled(team: Team) -> None:
    first = team.hand_over(starts_on=days_from_today(5))
    team.hand_over(to=team.old, starts_on=days_from_today(9))
    with pytest.raises(spocs.NotCancelable):
        spocs.cancel_handover(first, by=team.lead)
    assert SpocAssignment.objects.gaps(team.place, days_from_today(0), days_from_today(60)) == []


# --- Who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "may_own", "may_any"),
    [
        ("spoc", True, False),
        ("lead", True, True),
        ("administrator", True, True),
        ("editor", False, False),
        ("alderman", False, False),
        ("former", False, False),
    ],
)
def test_a_spoc_hands_over_their_own_and_the_lead_any(team: Team, role: str, may_own: bool, may_any: bool) -> None:
    person = UserFactory(**{role: True if role not in {"alderman", "former"} else team.place})
    own = MunicipalityFactory()
    SpocAssignmentFactory(municipality=own, officer=person)
    for place, may in ((own, may_own), (team.place, may_any)):
        if may:
            assert team.hand_over(place, by=person).by == person
        else:
            with pytest.raises(spocs.HandoverNotAllowed):
                team.hand_over(place, by=person)


def test_a_colleague_does_not_cancel_what_is_not_theirs(team: Team) -> None:
    handover = team.hand_over(starts_on=days_from_today(3))
    with pytest.raises(spocs.HandoverNotAllowed):
        spocs.cancel_handover(handover, by=team.new)


# --- At the same moment -------------------------------------------------------------------------


def _together(*acts: Any) -> list[str]:
    results: list[str] = []
    barrier = threading.Barrier(len(acts))

    def run(act: Any) -> None:
        try:
            barrier.wait(timeout=20)
            act()
            results.append("done")
        except (ValidationError, DatabaseError) as refusal:
            results.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(results)


@pytest.mark.django_db(transaction=True)
def test_two_hand_overs_of_one_municipality_at_once_wait_for_each_other() -> None:
    team, other = Team(), UserFactory(spoc=True)
    results = _together(lambda: team.hand_over(), lambda: team.hand_over(to=other))
    assert results == ["ValidationError", "done"]
    today = SpocAssignment.objects.in_force(days_from_today(0)).filter(municipality=team.place).primary()
    assert today.count() == SpocHandover.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_request_submitted_meanwhile_lands_with_the_new_spoc() -> None:
    team = Team()
    drafts = [RequestFactory(draft=True, municipality=team.place) for _number in range(4)]
    acts = [lambda draft=draft: submit_request(draft, by=draft.asked_by) for draft in drafts]
    assert _together(*acts, lambda: team.hand_over()) == ["done"] * 5
    assert {one.assignee_id for one in ServiceRequest.objects.filter(municipality=team.place)} == {team.new.pk}
