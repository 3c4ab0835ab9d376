"""The addresses of these pages below any door; each act has its own."""

from collections.abc import Callable
from functools import partial, update_wrapper
from typing import Any

from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.sites import edits, notes, pages, plans, sheets
from partnerships.sites.doors import Door

READ = require_safe
WRITE = require_http_methods(["GET", "HEAD", "POST"])
ROUTES: dict[str, tuple[str, Callable[..., Any], Any]] = {
    "site": ("", pages.site_page, READ),
    "open": ("open/", pages.site_open, WRITE),
    "edit": ("edit/", edits.edit, WRITE),
    "timeline": ("timeline.svg", pages.site_timeline, READ),
    "translate": ("sheet/translate/", sheets.translate, WRITE),
    "sheet": ("sheet/<str:language>/", sheets.sheet, READ),
    "sheet_pdf": ("sheet/<str:language>.pdf", sheets.sheet_pdf, READ),
    "version": ("plan/<int:number>/", plans.version_page, READ),
    "begin": ("plan/begin/", plans.begin, WRITE),
    "propose": ("plan/<int:number>/propose/", plans.propose, WRITE),
    "agree": ("plan/<int:number>/agree/", plans.agree, WRITE),
    "add": ("plan/add/", plans.add, WRITE),
    "line": ("plan/lines/<int:pk>/", plans.line, WRITE),
    "take_out": ("plan/lines/<int:pk>/take-out/", plans.take_out, WRITE),
    "measure": ("measures/<uuid:measure>/", plans.measure_page, READ),
    "move": ("measures/<uuid:measure>/move/", plans.move, WRITE),
    "evidence": ("measures/<uuid:measure>/evidence/", plans.evidence, WRITE),
    "meeting": ("meetings/new/", notes.meeting, WRITE),
    "figure": ("figures/new/", notes.figure, WRITE),
    "evaluate": ("evaluation/", notes.evaluate, WRITE),
}


def works_urls(door: Door, below: str, guard: Callable[[Any], Any] = lambda view: view) -> list[URLPattern]:
    """The pages of all sites through this door, below `below/<key>/…`; `guard` is what the door puts in front of each."""
    return [
        path(f"{below}<uuid:key>/works/{route}", guard(methods(_through(door, view))), name=f"works_{name}")
        for name, (route, view, methods) in ROUTES.items()
    ]


def _through(door: Door, view: Callable[..., Any]) -> Callable[..., Any]:
    return update_wrapper(partial(view, door), view)
