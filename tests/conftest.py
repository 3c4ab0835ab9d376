"""What holds for every test: a template that names a variable it was not given fails."""

import inspect
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.template import engines
from django.template.base import Node


class UndefinedVariable(str):
    """Django writes nothing for an unknown variable; here a template of this project raises, others stay as they are."""

    __slots__ = ()

    def __contains__(self, part: object) -> bool:
        return part == "%s"

    def __mod__(self, name: object) -> str:
        origin = _template_being_rendered()
        if origin and Path(origin).is_relative_to(settings.BASE_DIR / "templates"):
            raise AssertionError(f"{origin} names {name!s}, which it was not given")
        return ""


def _template_being_rendered() -> str:
    frame = inspect.currentframe()
    while frame:
        node = frame.f_locals.get("self")
        if isinstance(node, Node) and getattr(node, "origin", None):
            return str(node.origin.name)
        frame = frame.f_back
    return ""


@pytest.fixture(scope="session", autouse=True)
def _undefined_variables_fail() -> None:
    engines["django"].engine.string_if_invalid = UndefinedVariable("%s")


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Rate limits and sessions of one test are not those of the next."""
    cache.clear()
