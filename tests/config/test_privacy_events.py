"""Events are kept for ever and never changed, so what is written into them never holds a name."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

from config.privacy.scrubbing import SHORTEST_NUMBER
from config.seed.seeding import seed
from municipalities.models import User
from partnerships.models import Event

ROOMS = ("config", "mailings", "municipalities", "partnerships")
SOURCES = [path for room in ROOMS for path in sorted((settings.BASE_DIR / room).rglob("*.py")) if "migrations" not in path.parts]
WRITERS = {"record_event", "_move", "move_mailing"}
NAMING = re.compile(r"email|phone|full_name|first_name|last_name|\bbody\b|get_full_name")


def _written(path: Path) -> list[str]:
    """The source of every `data=` given to what writes events."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    named = [call for call in calls if getattr(call.func, "id", getattr(call.func, "attr", "")) in WRITERS]
    return [ast.unparse(keyword.value) for call in named for keyword in call.keywords if keyword.arg == "data"]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_no_event_is_written_with_a_name(path: Path) -> None:
    assert not [written for written in _written(path) if NAMING.search(written)]


def test_the_reading_of_the_sources_finds_what_is_written() -> None:
    assert sum(len(_written(path)) for path in SOURCES) > 8


@pytest.mark.django_db
def test_no_event_of_the_demonstration_names_anybody() -> None:
    """Every story of the portal is told there: no address, name or telephone of anybody stands in what it wrote."""
    seed()
    written = "\n".join(str(data) for data in Event.objects.exclude(data={}).values_list("data", flat=True))
    people = list(User.objects.values_list("first_name", "last_name", "email", "phone"))
    assert written
    for first, last, email, phone in people:
        assert email not in written
        assert f"{first} {last}" not in written
        assert len(phone) < SHORTEST_NUMBER or phone not in written
