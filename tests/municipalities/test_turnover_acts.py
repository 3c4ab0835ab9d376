"""Importing and undoing: all or nothing, one at a time, exactly back, and never over somebody's later work."""

import datetime as dt
import threading
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from municipalities.models import Mandate, Municipality, User
from municipalities.services import load_reference
from municipalities.turnover.models import Turnover, TurnoverChange
from municipalities.turnover.plans import Kind
from municipalities.turnover.undoing import UndoRefused, reasons_against_undoing
from municipalities.turnover.uploads import discard_turnover, forget_person, plan_of, purge_turnovers
from partnerships.models import Event
from partnerships.services.turnovers import (
    PlanNotReady,
    StalePlan,
    TurnoverNotAllowed,
    TurnoverSettled,
    apply_turnover,
    undo_turnover,
)
from tests.factories import MandateFactory, RequestFactory, UserFactory
from tests.municipalities.turnover_files import college, csv_of, row, state, uploaded

DAY = dt.date(2026, 12, 1)
NOW = dt.datetime(2026, 11, 25, 9, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _late_november() -> Any:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def ixelles(db: None) -> Municipality:
    load_reference()
    return Municipality.objects.get(code="IXL")


@pytest.fixture
def old_college(ixelles: Municipality) -> dict[str, User]:
    return {
        "mayor": UserFactory(mayor=ixelles, first_name="Anneleen", last_name="Vanderhoeve", email="mayor@example.org"),
        "alderman": UserFactory(
            alderman=ixelles, first_name="Benoît", last_name="Valdebois", email="alderman@example.org", job_title_fr="Échevin du Commerce"
        ),
        "officer": UserFactory(officer=ixelles, first_name="Inès", last_name="Ferrantino", email="officer@example.org"),
    }


def _mandate(person: User, **wanted: Any) -> Mandate:
    return Mandate.objects.get(user=person, **wanted)


def test_alderman_becomes_mayor_and_the_past_still_says_alderman(old_college: dict[str, User]) -> None:
    turnover = uploaded([row("Ixelles", "Bourgmestre", "Valdebois", "Benoît", email="alderman@example.org"), *college()[1:]])
    apply_turnover(turnover, by=None)
    alderman, mayor = old_college["alderman"], old_college["mayor"]
    assert _mandate(mayor).ends_on == DAY - dt.timedelta(days=1)
    assert _mandate(alderman, role="alderman").ends_on == DAY - dt.timedelta(days=1)
    assert _mandate(alderman, role="mayor").period == DateRange(DAY, None)
    assert _mandate(old_college["officer"]).ends_on is None
    assert User.objects.get(pk=alderman.pk).job_title_fr == ""
    assert not User.objects.get(pk=mayor.pk).has_access(DAY)
    assert User.objects.get(pk=mayor.pk).has_access(DAY - dt.timedelta(days=1))


def test_who_stays_with_the_same_portfolios_keeps_the_mandate_untouched(old_college: dict[str, User]) -> None:
    before = Mandate.objects.filter(user=old_college["alderman"]).values().get()
    same = row("Ixelles", "Échevin", "Valdebois", "Benoît", email="alderman@example.org", portfolios="Commerce")
    apply_turnover(uploaded([college()[0], same]), by=None)
    assert Mandate.objects.filter(user=old_college["alderman"]).values().get() == before
    assert User.objects.get(pk=old_college["alderman"].pk).job_title_fr == "Échevin du Commerce"


def test_who_stays_past_a_known_end_gets_a_new_mandate(old_college: dict[str, User]) -> None:
    Mandate.objects.filter(user=old_college["alderman"]).update(period=DateRange(dt.date(2024, 12, 1), DAY))
    same = row("Ixelles", "Échevin", "Valdebois", "Benoît", email="alderman@example.org", portfolios="Commerce")
    plan = plan_of(uploaded([college()[0], same]))
    (move,) = [move for move in plan.moves if move.person == old_college["alderman"]]
    assert (move.kind, move.makes_mandate, move.ends) == (Kind.STAYS, True, [])


def test_roles_outside_the_college_are_entered_and_never_ended(old_college: dict[str, User]) -> None:
    rows = [row("Ixelles", "Secretary", "Nieuw", "Kaat"), row("Ixelles", "officer", "Ferrantino", "Inès", email="officer@example.org")]
    plan = plan_of(uploaded(rows))
    assert [(move.name, move.kind) for move in plan.moves] == [("Kaat Nieuw", Kind.COMES), ("Inès Ferrantino", Kind.STAYS)]


def test_municipalities_not_in_the_file_stay_as_they_are(old_college: dict[str, User]) -> None:
    elsewhere = UserFactory(mayor=Municipality.objects.get(code="UCC"))
    apply_turnover(uploaded(college()), by=None)
    assert _mandate(elsewhere).ends_on is None


def test_every_change_is_told_by_history_and_events_with_who(old_college: dict[str, User]) -> None:
    lead = UserFactory(lead=True)
    turnover = apply_turnover(uploaded(college(), by=lead), by=lead)
    lines = Mandate.history.filter(history_change_reason=f"import {turnover.pk}")
    assert set(lines.values_list("history_user", flat=True)) == {lead.pk}
    assert lines.count() == 5  # two ended, three entered
    (event,) = Event.objects.about(turnover)
    assert (event.verb, event.actor, event.municipality.code) == (Event.Verb.TURNOVER_APPLIED, lead, "IXL")
    assert event.data["comes"] == 3
    assert "example.org" not in str(event.data)


def test_rows_of_the_file_are_gone_once_imported(old_college: dict[str, User]) -> None:
    turnover = apply_turnover(uploaded(college()), by=None)
    turnover.refresh_from_db()
    assert turnover.content == {}
    assert "Montclair" not in str(turnover.summary)


@pytest.mark.parametrize("role", ["spoc", "editor"])
def test_only_lead_and_administrator_import(old_college: dict[str, User], role: str) -> None:
    turnover = uploaded(college())
    with pytest.raises(TurnoverNotAllowed):
        apply_turnover(turnover, by=UserFactory(**{role: True}))


def test_plan_that_changed_after_it_was_shown_is_not_carried_out(old_college: dict[str, User]) -> None:
    turnover = uploaded(college())
    shown = plan_of(turnover).fingerprint
    Mandate.objects.filter(user=old_college["mayor"]).update(period=DateRange(dt.date(2024, 1, 1), dt.date(2026, 12, 10)))
    MandateFactory(municipality=Municipality.objects.get(code="IXL"), role="alderman")
    before = state()
    with pytest.raises(StalePlan):
        apply_turnover(turnover, by=None, shown=shown)
    assert state() == before


def test_newer_college_is_not_written_over(old_college: dict[str, User]) -> None:
    apply_turnover(uploaded(college()), by=None)
    with pytest.raises(PlanNotReady) as refused:
        apply_turnover(uploaded([row("Ixelles", "Bourgmestre", "Ander", "Kaat")]), by=None)
    assert len(refused.value.plan.faults) == 3


def test_a_file_is_imported_once(old_college: dict[str, User]) -> None:
    turnover = uploaded(college())
    apply_turnover(turnover, by=None)
    with pytest.raises(TurnoverSettled):
        apply_turnover(turnover, by=None)


# --- Undoing ------------------------------------------------------------------------------------


def test_undo_restores_everything_exactly(old_college: dict[str, User]) -> None:
    before = state()
    rows = [
        row("Ixelles", "Bourgmestre", "Valdeboys", "Benoît", email="new@example.org", person="alderman@example.org"),
        *college()[1:],
        *college("Uccle")[:1],
    ]
    rows[-1][2:5] = ["Boven", "Kaat", "kaat@example.org"]
    lead = UserFactory(lead=True)
    before["people"].append(User.objects.filter(pk=lead.pk).values().get())
    turnover = apply_turnover(uploaded(rows), by=lead)
    assert state() != before
    undo_turnover(turnover, by=lead)
    assert state() == before
    turnover.refresh_from_db()
    assert turnover.undone_by == lead
    assert not turnover.changes.exists()
    with pytest.raises(UndoRefused):
        undo_turnover(turnover, by=lead)


def _change_name(turnover: Turnover) -> None:
    person = User.objects.get(email="adele.montclair@example.org")
    person.last_name = "Autrement"
    person.save()


def _end_mandate(turnover: Turnover) -> None:
    mandate = Mandate.objects.get(user__email="adele.montclair@example.org")
    mandate.period = DateRange(DAY, dt.date(2027, 6, 1))
    mandate.save()


def _log_in(turnover: Turnover) -> None:
    User.objects.filter(email="adele.montclair@example.org").update(last_login=timezone.now())


def _ask(turnover: Turnover) -> None:
    person = User.objects.get(email="adele.montclair@example.org")
    RequestFactory(municipality=Municipality.objects.get(code="IXL"), asked_by=person, submitted=True)


def _another_mandate(turnover: Turnover) -> None:
    person = User.objects.get(email="adele.montclair@example.org")
    MandateFactory(user=person, municipality=Municipality.objects.get(code="UCC"), role="officer")


def _correct_end(turnover: Turnover) -> None:
    mandate = Mandate.objects.get(user__email="mayor@example.org")
    mandate.period = DateRange(mandate.period.lower, dt.date(2026, 11, 15))
    mandate.save()


def _import_again(turnover: Turnover) -> None:
    apply_turnover(uploaded([row("Uccle", "Bourgmestre", "Boven", "Kaat")]), by=None)


def _wait(turnover: Turnover) -> None:
    Turnover.objects.filter(pk=turnover.pk).update(applied_at=timezone.now() - dt.timedelta(days=61))


def _purge(turnover: Turnover) -> None:
    purge_turnovers(timezone.now() + dt.timedelta(days=61))


def _forget(turnover: Turnover) -> None:
    forget_person(User.objects.get(email="adele.montclair@example.org").pk)


LATER = [_change_name, _end_mandate, _log_in, _ask, _another_mandate, _correct_end, _import_again, _wait, _purge, _forget]


@pytest.mark.parametrize("later", LATER, ids=lambda later: later.__name__.strip("_"))
def test_undo_is_refused_with_reasons_when_later_work_would_be_lost(old_college: dict[str, User], later: Any) -> None:
    turnover = apply_turnover(uploaded(college()), by=None)
    later(turnover)
    turnover.refresh_from_db()
    before = state()
    with pytest.raises(UndoRefused) as refused:
        undo_turnover(turnover, by=None)
    assert refused.value.reasons == reasons_against_undoing(turnover)
    assert all(refused.value.reasons)
    assert state() == before


def test_undo_is_refused_when_what_was_before_has_no_room_any_more(old_college: dict[str, User]) -> None:
    """Somebody took the address the import freed."""
    rows = [row("Ixelles", "Bourgmestre", "Vanderhoeve", "Anneleen", email="new@example.org", person="mayor@example.org"), *college()[1:]]
    turnover = apply_turnover(uploaded(rows), by=None)
    UserFactory(email="mayor@example.org")
    before = state()
    with pytest.raises(UndoRefused):
        undo_turnover(turnover, by=None)
    assert state() == before


# --- Kept no longer than needed -----------------------------------------------------------------


def test_files_nobody_imported_go_after_a_day_and_old_undoing_after_sixty(old_college: dict[str, User]) -> None:
    turnover = apply_turnover(uploaded(college()), by=None)
    uploaded(college())
    assert purge_turnovers(timezone.now()) == {"files": 0, "changes": 0}
    assert purge_turnovers(timezone.now() + dt.timedelta(hours=25))["files"] == 1
    assert turnover.changes.count() == 3 + 2 + 3
    assert purge_turnovers(timezone.now() + dt.timedelta(days=61))["changes"] == 8
    assert Turnover.objects.get() == turnover


def test_discarding_never_touches_an_import(old_college: dict[str, User]) -> None:
    turnover = apply_turnover(uploaded(college()), by=None)
    discard_turnover(turnover)
    assert Turnover.objects.filter(pk=turnover.pk).exists()


# --- The command --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "arguments", "code"),
    [
        (None, [], 2),
        (college(), ["--from", "soon"], 2),
        (college(), ["--by", "nobody@example.org"], 2),
        ([["only", "two"]], [], 4),
        ([row("Ixelles", "Bourgmestre", "Valdebois", "Benoît")], [], 5),
        (college(), ["--undo"], 6),
        (college(), ["--by", "spoc@example.org"], 7),
    ],
)
def test_command_says_why_not_by_its_exit_code(
    old_college: dict[str, User], tmp_path: Path, rows: Any, arguments: list[str], code: int
) -> None:
    UserFactory(spoc=True, email="spoc@example.org")
    path = tmp_path / "college.csv"
    if rows is not None:
        path.write_bytes(csv_of(rows))
    before = state()
    with pytest.raises(CommandError) as refused:
        call_command("import_mandates", str(path), *arguments)
    assert refused.value.returncode == code
    assert state() == before
    assert not Turnover.objects.exists()


def test_command_takes_the_first_day_for_the_whole_file(old_college: dict[str, User], tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "college.csv"
    path.write_bytes(csv_of([[*line[:6], "", ""] for line in college()]))
    call_command("import_mandates", str(path), "--from", "2026-12-07")
    assert Turnover.objects.get().from_date == dt.date(2026, 12, 7)
    assert "Goes: Anneleen Vanderhoeve" in capsys.readouterr().out


# --- At once ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_never_interleave() -> None:
    """Two colleges for one municipality, confirmed in the same moment: one stands, the other is refused whole."""
    load_reference()
    one = uploaded(college())
    other = uploaded([row("Ixelles", "Bourgmestre", "Ander", "Kaat"), row("Ixelles", "Échevin", "Derde", "Lander")])
    shown = {turnover.pk: plan_of(turnover).fingerprint for turnover in (one, other)}
    start, outcomes = threading.Barrier(2), []

    def confirm(turnover: Turnover) -> None:
        try:
            start.wait()
            apply_turnover(turnover, by=None, shown=shown[turnover.pk])
            outcomes.append("imported")
        except (StalePlan, PlanNotReady):
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=confirm, args=(turnover,)) for turnover in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["imported", "refused"]
    standing = Turnover.objects.standing().get()
    assert Mandate.objects.count() == {one.pk: 3, other.pk: 2}[standing.pk]
    assert TurnoverChange.objects.exclude(turnover=standing).count() == 0
