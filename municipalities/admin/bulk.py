"""Acts on several rows of a list at once: chosen, shown once more with what the act asks, then done, all or row by row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin as _ModelPage
else:
    _ModelPage = object

MOST_ROWS = 200  # what a person can read before they confirm


class NothingAsked(forms.Form):
    """An act that needs no word of explanation."""


@dataclass(frozen=True)
class BulkAct:
    """One act: its name, its label, the right it takes, what it asks, and the service that does it.

    `do(rows, by=…, **answers)` returns how many rows changed, or raises ValidationError and has changed none. Where each row is
    an act of its own it returns an outcome per row (`row`, and `refused`: why not), which a page then lists.
    `initial(rows)` gives what the form knows of the rows when it is first shown.
    """

    name: str
    label: Any
    explanation: Any
    permission: str
    do: Callable[..., int | list[Any]]
    form: type[forms.Form] = NothingAsked
    initial: Callable[[list[Any]], dict[str, Any]] = lambda _rows: {}


class BulkActs(_ModelPage):
    """A list with acts on several rows; checkboxes stand there only for whoever may do one of them."""

    bulk_acts: Sequence[BulkAct] = ()

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        acts = [act for act in self.bulk_acts if request.user.has_perm(act.permission)]
        return {act.name: (partial(_confirmed, act), act.name, act.label) for act in acts}


def _confirmed(act: BulkAct, model_admin: Any, request: HttpRequest, chosen: models.QuerySet) -> HttpResponse | None:
    """The page that asks, and after it the act; back on the list when it is done."""
    rows = list(_chosen(model_admin, request, chosen)[: MOST_ROWS + 1])
    if len(rows) > MOST_ROWS:
        messages.error(request, _("Choose at most %(number)d rows at once.") % {"number": MOST_ROWS})
        return None
    form = act.form(request.POST) if "confirmed" in request.POST else act.form(initial=act.initial(rows))
    if form.is_valid():
        try:
            changed = act.do(rows, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            if isinstance(changed, list):
                return _page(act, model_admin, request, "admin/bulk_outcomes.html", {"outcomes": changed, "done": _done(changed)})
            words = ngettext("%(label)s: %(number)d row changed.", "%(label)s: %(number)d rows changed.", changed)
            messages.success(request, words % {"label": act.label, "number": changed})
            return None
    return _page(act, model_admin, request, "admin/bulk.html", {"rows": rows, "form": form, "act": act})


def _done(outcomes: list[Any]) -> int:
    return sum(not outcome.refused for outcome in outcomes)


def _chosen(model_admin: Any, request: HttpRequest, chosen: models.QuerySet) -> models.QuerySet:
    """Once confirmed, the rows that were shown, also those that have left the list since: the act says of each what came of it."""
    if "confirmed" not in request.POST:
        return chosen
    keys = [key for key in request.POST.getlist("_selected_action") if key.isdecimal()]
    return model_admin.get_queryset(request).filter(pk__in=keys)


def _page(act: BulkAct, model_admin: Any, request: HttpRequest, template: str, given: dict[str, Any]) -> HttpResponse:
    frame = {
        **model_admin.admin_site.each_context(request),
        "title": act.label,
        "explanation": act.explanation,
        "opts": model_admin.opts,
        "module_name": capfirst(model_admin.opts.verbose_name_plural),
    }
    return TemplateResponse(request, template, frame | given)
