"""Rules of the house that hold for the whole project, whatever is added to it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import models
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.utils.functional import Promise

from config.messages import faults
from config.roles import ROLES

ROOMS = ("config", "mailings", "municipalities", "partnerships")
OWN_MODELS = [model for model in apps.get_models() if model._meta.app_label in ROOMS and not model.__name__.startswith("Historical")]
TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.*"))
SOURCES = [path for room in ROOMS for path in sorted((settings.BASE_DIR / room).rglob("*.py"))]
LONGEST_MODULE = 400
LONGEST_SETTINGS = 600  # one file, so that a setting is found where it is looked for
LONGEST_TEMPLATE = 120


def test_rooms_and_layers_import_downwards_only() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"], cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_every_visible_word_is_translated_into_french_and_dutch() -> None:
    assert faults() == []


def test_words_are_marked_by_names_the_collector_knows() -> None:
    """Under another name than its own or `_`, a word never reaches the catalogues and stays English."""
    hidden = re.compile(r"\bn?p?gettext(?:_lazy)? as (?!_\b)\w+")
    assert [str(path) for path in SOURCES if hidden.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("model", OWN_MODELS, ids=lambda model: model.__name__)
def test_models_are_named_for_people(model: type[models.Model]) -> None:
    for name in (model._meta.verbose_name, model._meta.verbose_name_plural):
        assert isinstance(name, Promise) or model not in admin.site._registry
    named = [field for field in model._meta.fields if field.name == "state"]
    assert all(field.choices for field in named)


@pytest.mark.parametrize("model", OWN_MODELS, ids=lambda model: model.__name__)
def test_constraints_have_speaking_names(model: type[models.Model]) -> None:
    for constraint in model._meta.constraints:
        assert "_" in constraint.name
        assert not re.search(r"[0-9a-f]{8}$", constraint.name)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR / "templates")))
def test_templates_compile_and_are_short(path: Path) -> None:
    try:
        get_template(str(path.relative_to(settings.BASE_DIR / "templates")))
    except TemplateDoesNotExist as error:
        raise AssertionError(str(error)) from error
    assert len(path.read_text().splitlines()) <= LONGEST_TEMPLATE


@pytest.mark.parametrize("path", [p for p in TEMPLATES if "email" not in p.parts], ids=lambda path: path.name)
def test_pages_hold_no_inline_style_or_script(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"<[^>]+\sstyle=", text)
    assert "<style" not in text
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", text)
    assert not re.search(r"<[^>]+\son[a-z]+=", text)


INCLUDE = re.compile(r'{% include "([^"]+)"([^%]*) %}')


def _holds_a_form(name: str) -> bool:
    """Whether a template, or one it includes, posts a form."""
    text = (settings.BASE_DIR / "templates" / name).read_text()
    return "{% csrf_token %}" in text or any(_holds_a_form(inner) for inner, _words in INCLUDE.findall(text))


@pytest.mark.parametrize("path", [p for p in TEMPLATES if "email" not in p.parts], ids=lambda path: path.name)
def test_a_partial_with_a_form_is_given_its_token(path: Path) -> None:
    """`only` takes the token away as well; without it every press of the button is refused."""
    bare = [name for name, words in INCLUDE.findall(path.read_text()) if words.endswith(" only") and "csrf_token=" not in words]
    assert [name for name in bare if _holds_a_form(name)] == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_modules_are_short(path: Path) -> None:
    if "migrations" not in path.parts:
        longest = LONGEST_SETTINGS if path == settings.BASE_DIR / "config" / "settings.py" else LONGEST_MODULE
        assert len(path.read_text().splitlines()) <= longest


def test_no_module_of_vague_name() -> None:
    vague = {"utils", "helpers", "common", "core", "misc"}
    assert not [path for path in SOURCES if path.stem in vague or vague & set(path.parent.parts)]


def test_no_signals_of_our_own() -> None:
    assert not [path for path in SOURCES if "@receiver" in path.read_text()]


def test_smtp_is_spoken_by_the_delivery_engine_alone() -> None:
    speaks = re.compile(r"\b(send_mail\(|send_mass_mail|EmailMessage\(|\.send\(fail_silently|get_connection|smtplib)")
    allowed = ("mailings/delivery", "mailings/smtp.py", "mailings/pipeline.py", "mailings/rendering")
    found = [str(path.relative_to(settings.BASE_DIR)) for path in SOURCES if speaks.search(path.read_text())]
    assert [path for path in found if not path.startswith(allowed)] in ([], ["mailings/accounts.py"])


@pytest.mark.django_db
def test_every_role_holds_only_permissions_that_exist() -> None:
    known = {f"{p.content_type.app_label}.{p.codename}" for p in Permission.objects.select_related("content_type")}
    assert {label for labels in ROLES.values() for label in labels} <= known


def test_every_setting_of_the_environment_is_explained() -> None:
    wanted = set(re.findall(r'env\.\w+\("([A-Z_]+)"', (settings.BASE_DIR / "config" / "settings.py").read_text()))
    explained = set(re.findall(r"^([A-Z_]+)=", (settings.BASE_DIR / ".env.example").read_text(), flags=re.MULTILINE))
    assert wanted <= explained


def test_no_machine_or_index_is_named() -> None:
    """What is committed runs anywhere: no path of a machine, no host of a package index."""
    listed = subprocess.run(["git", "ls-files"], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True).stdout.split()
    traces = re.compile(r"/work/|/root/|pypi\.org|files\.pythonhosted")
    text_files = [settings.BASE_DIR / name for name in listed if not name.endswith((".png", ".ico", ".xlsx", ".pdf"))]
    assert not [path for path in text_files if path.exists() and path.name != Path(__file__).name and traces.search(path.read_text())]
