"""The register: every field of every table, with its purpose, its retention and what an erasure does with it.

A model or field without an entry fails a test, which prints what to add. History tables say what their models say.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from config.privacy.purposes import Entry, Erase, Link, Purpose, Retention, Use
from config.privacy.register.framework import FRAMEWORK, HISTORY_FIELDS
from config.privacy.register.mailings import MAILINGS
from config.privacy.register.municipalities import MUNICIPALITIES
from config.privacy.register.partnerships import PARTNERSHIPS
from config.privacy.register.request_forms import REQUEST_FORMS
from config.privacy.register.works import WORKS
from municipalities.models import User

SHORT_FACTS = frozenset(
    {"content_hash", "sha256", "after_digest", "enterprise_number", "object_id", "state", "verb", "data", "counts"}
)  # text columns no hand writes in
REGISTER: dict[str, Entry] = MUNICIPALITIES | PARTNERSHIPS | REQUEST_FORMS | WORKS | MAILINGS | FRAMEWORK

__all__ = ["REGISTER", "entry_of", "history_base", "missing_words", "registered_models", "stored_fields", "tables"]


def tables() -> list[type[models.Model]]:
    """Every model with a table of its own, in the order of its name."""
    found = [model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy and model._meta.managed]
    return sorted(found, key=lambda model: model._meta.label)


def stored_fields(model: type[models.Model]) -> list[models.Field]:
    """The fields that hold data, and the many-to-many ones, whose table holds it."""
    return [*model._meta.concrete_fields, *model._meta.local_many_to_many]


def history_base(model: type[models.Model]) -> type[models.Model] | None:
    """The model whose history this one keeps."""
    instance_type = getattr(model, "instance_type", None)
    return instance_type if hasattr(model, "history_id") and instance_type is not model else None


def entry_of(model: type[models.Model]) -> Entry | None:
    """The entry of a model; that of a history table follows from its model's."""
    base = history_base(model)
    if base is None:
        return REGISTER.get(model._meta.label)
    entry = REGISTER.get(base._meta.label)
    return _entry_of_history(model, entry) if entry else None


def _entry_of_history(model: type[models.Model], entry: Entry) -> Entry:
    """The same fields and links, less those the history leaves out; who changed a row acted on it."""
    names = {field.name for field in stored_fields(model)}
    fields = {name: use for name, use in entry.fields.items() if name in names}
    links = {lookup: link for lookup, link in entry.links.items() if lookup in names}
    return Entry(fields=fields | HISTORY_FIELDS, links=links | {"history_user": Link.ACTED}, is_removed=entry.is_removed)


def registered_models() -> Iterator[tuple[type[models.Model], Entry]]:
    for model in tables():
        entry = entry_of(model)
        if entry is not None:
            yield model, entry


# --- What is missing, in words that say what to do ----------------------------------------------


def missing_words() -> list[str]:
    """What the register does not say: a line per model, with the entry to add."""
    return [words for model in tables() for words in _missing_of(model)]


def _missing_of(model: type[models.Model]) -> Iterator[str]:
    base = history_base(model)
    entry = entry_of(model)
    if entry is None:
        if base is None:
            yield _proposal(model)
        return
    label = (base or model)._meta.label
    stored = {field.name: field for field in stored_fields(model)}
    for name in sorted(stored.keys() - entry.fields.keys()):
        addition = f'uses("{name}", Use(Purpose.…, Retention.…, Erase.…))'
        yield f"{label}: field {name!r} has no purpose and retention: add {addition} {_place(label)}"
    for name in sorted(entry.fields.keys() - stored.keys()):
        yield f"{label}: field {name!r} is gone: take it out {_place(label)}"
    roots = {lookup.split("__")[0] for lookup in entry.links}
    for name in sorted(_people_in(model) - roots):
        yield f'{label}: {name!r} names a person: add "{name}": Link.ABOUT (or WROTE, ACTED) to its links {_place(label)}'
    for name, field in sorted(stored.items()) if base is None else ():
        if is_free_text(field) and not _says_what_becomes_of_text(entry, name):
            yield f"{label}: {name!r} is free text and may hold a name: give it Erase.SCRUB (or CLEAR, WIPE, CONTACT) {_place(label)}"


def _proposal(model: type[models.Model]) -> str:
    names = " ".join(field.name for field in stored_fields(model))
    links = ", ".join(f'"{name}": Link.ABOUT' for name in sorted(_people_in(model)))
    entry = f'"{model._meta.label}": Entry(links={{{links}}}, fields=uses("{names}", Use(Purpose.…, Retention.…, Erase.…)))'
    return f"{model._meta.label} is not in the register: add, with a fitting Use per group of fields, {entry} {_place(model._meta.label)}"


def _place(label: str) -> str:
    app = label.split(".")[0]
    name = app if app in {"municipalities", "partnerships", "mailings"} else "framework"
    return f"in config/privacy/register/{name}.py (the words are explained in config/privacy/purposes.py)"


def _people_in(model: type[models.Model]) -> set[str]:
    """The columns of a model that name a person."""
    related = [field for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey)]
    return {field.name for field in related if issubclass(field.related_model, User)}


def is_free_text(field: models.Field) -> bool:
    """Somebody may type anything here: text without choices, other than slugs, links and fingerprints."""
    if isinstance(field, models.SlugField | models.URLField | models.FileField):
        return False
    return isinstance(field, models.TextField | models.JSONField) or (
        isinstance(field, models.CharField) and not field.choices and field.editable
    )


def _says_what_becomes_of_text(entry: Entry, name: str) -> bool:
    use = entry.fields.get(name)
    if use is None or use.erase != Erase.KEEP or use.is_secret or entry.is_removed:
        return True
    return name in SHORT_FACTS or use.purpose in (Purpose.PUBLICATION, Purpose.OPERATION) or _is_reference(use, name)


def _is_reference(use: Use, name: str) -> bool:
    return use.retention == Retention.EVER and name.endswith(("reference", "code"))
