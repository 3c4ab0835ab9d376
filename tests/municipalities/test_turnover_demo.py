"""The proof of the import: ten planted faults refuse everything, the corrected file turns all over, and undo restores it."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from config.seed.colleges import college_files, colleges, ten_faults
from config.seed.seeding import seed
from municipalities.models import Mandate, Municipality, User
from municipalities.turnover.models import Turnover
from municipalities.turnover.uploads import plan_of, upload_turnover
from partnerships.models import Event
from partnerships.services.turnovers import apply_turnover, undo_turnover
from tests.factories import UserFactory
from tests.municipalities.turnover_files import state

pytestmark = pytest.mark.django_db
DATA = Path(settings.BASE_DIR) / "config" / "seed" / "data"
GOOD, FAULTY = DATA / "colleges.xlsx", DATA / "colleges-ten-faults.xlsx"


def _rows(data: bytes) -> list[tuple[object, ...]]:
    return [tuple(cells) for cells in load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True)]


@pytest.mark.parametrize("path", [GOOD, FAULTY], ids=lambda path: path.name)
def test_files_in_the_repository_are_those_the_code_makes(path: Path) -> None:
    assert _rows(path.read_bytes()) == _rows(college_files()[path.name])


def test_demo_holds_nineteen_colleges_and_a_hundred_invented_people() -> None:
    rows = colleges()
    assert len({row[0] for row in rows}) == 19
    assert len({row[4] for row in rows}) >= 100
    assert all(str(row[4]).endswith("@example.org") for row in rows)


def test_ten_faults_are_named_and_nothing_changes() -> None:
    seed()
    before = state()
    turnover = upload_turnover(FAULTY.read_bytes(), name=FAULTY.name, by=None)
    named = [(fault.row, fault.column) for fault in plan_of(turnover).faults]
    assert sorted(named, key=str) == sorted(((row, column) for row, column, _value in ten_faults()), key=str)
    with pytest.raises(CommandError) as refused:
        call_command("import_mandates", str(FAULTY), "--language", "en")
    lines = [line for line in str(refused.value).splitlines() if line.startswith("  row ")]
    assert len(lines) == 10
    assert sum(line.startswith("  row 47,") for line in lines) == 2
    assert state() == before
    assert not Event.objects.filter(verb=Event.Verb.TURNOVER_APPLIED).exists()


def test_corrected_file_turns_over_everything_and_undo_restores_it() -> None:
    seed()
    lead = UserFactory(lead=True)
    before = state()
    turnover = upload_turnover(GOOD.read_bytes(), name=GOOD.name, by=lead)
    plan = plan_of(turnover)
    assert plan.is_ready
    assert {str(college.first_day) for college in plan.colleges} == {"2026-12-01"}
    apply_turnover(turnover, by=lead, shown=plan.fingerprint)

    day = plan.colleges[0].first_day
    college = Mandate.objects.in_force(day).filter(role__in=Mandate.POLITICAL)
    assert college.filter(role=Mandate.Role.MAYOR).values("municipality").distinct().count() == 19
    wanted = {(str(row[4]), _name_of(row[0])) for row in colleges()}
    assert {(mandate.user.email, mandate.municipality.pk) for mandate in college.select_related("user", "municipality")} == wanted
    assert Event.objects.filter(verb=Event.Verb.TURNOVER_APPLIED, actor=lead).count() == 19
    assert (
        User.history.filter(history_user=lead, history_change_reason=f"import {turnover.pk}", history_type="+").count()
        == plan.counts["comes"]
    )

    undo_turnover(turnover, by=lead)
    assert state() == before
    assert Event.objects.filter(verb=Event.Verb.TURNOVER_UNDONE, actor=lead).count() == 19


def _name_of(words: object) -> int:
    """The municipality a row of the demo names, in French or in Dutch."""
    return next(m.pk for m in Municipality.objects.order_by("pk") if words in {m.name_fr, m.name_nl})


def test_command_imports_and_undoes() -> None:
    seed()
    before = state()
    call_command("import_mandates", str(GOOD), "--dry-run")
    assert state() == before
    assert not Turnover.objects.exists()
    call_command("import_mandates", str(GOOD), "--by", "lead@example.org")
    assert state() != before
    call_command("import_mandates", "--undo", "--by", "lead@example.org")
    assert state() == before


def test_second_import_of_the_same_file_finds_everybody_in_place() -> None:
    seed()
    call_command("import_mandates", str(GOOD))
    after = state()
    call_command("import_mandates", str(GOOD))
    assert state() == after
    assert Turnover.objects.order_by("-pk").first().summary[0]["comes"] == 0


def test_importing_costs_a_fixed_number_of_queries(django_assert_max_num_queries: Any) -> None:
    seed()
    turnover = upload_turnover(GOOD.read_bytes(), name=GOOD.name, by=None)
    with django_assert_max_num_queries(6):
        plan_of(turnover)
    with django_assert_max_num_queries(60):  # of which 19 events
        apply_turnover(turnover, by=None)
