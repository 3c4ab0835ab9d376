"""What is noted along the way: meetings, figures, and the evaluation at the end."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from partnerships.forms.plans import EvaluationForm, FigureForm, MeetingForm
from partnerships.models import WorksSite
from partnerships.services.evaluations import FigureThere, evaluate_site, measures_to_mark, note_figure, note_meeting
from partnerships.services.works import AFTERWARDS, WRITABLE, WorksNotAllowed, side_of
from partnerships.sites.doors import Door, load_site, person
from partnerships.sites.pages import refused


def meeting(door: Door, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    site = load_site(request, key)
    if side_of(person(request), site.request, states=WRITABLE) is None:
        return refused(door, request, site)
    form = MeetingForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _form(door, request, site, form, _("Note a meeting"))
    try:
        note_meeting(site, by=person(request), **form.cleaned_data)
    except WorksNotAllowed:
        return refused(door, request, site)
    messages.success(request, _("The meeting is noted."))
    return door.go("site", key, anchor="meetings")


def figure(door: Door, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The value of an indicator on a day; a second value for that day is refused beside the day."""
    site = load_site(request, key)
    if side_of(person(request), site.request, states=AFTERWARDS) is None:
        return refused(door, request, site)
    form = FigureForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _form(door, request, site, form, _("Note a figure"))
    try:
        note_figure(site, by=person(request), **form.cleaned_data)
    except FigureThere:
        form.add_error("measured_on", _("This indicator already has a value on this day."))
        return _form(door, request, site, form, _("Note a figure"))
    except WorksNotAllowed:
        return refused(door, request, site)
    messages.success(request, _("The figure is noted."))
    return door.go("site", key, anchor="figures")


def evaluate(door: Door, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """What one's own side says at the end; what the other says stands on the page of the site."""
    site = load_site(request, key)
    side = side_of(person(request), site.request, states=AFTERWARDS)
    if side is None:
        return refused(door, request, site)
    standing = site.evaluations.filter(side=side).first()
    form = EvaluationForm(measures_to_mark(site), request.POST if request.method == "POST" else None, instance=standing)
    if request.method != "POST" or not form.is_valid():
        return door.show(request, "evaluation_form", site, _("Evaluate the support"), {"form": form})
    words = {name: form.cleaned_data[name] for name in ("lessons", "is_best_practice")}
    try:
        evaluate_site(site, by=person(request), marks=form.marks, **words)
    except WorksNotAllowed:
        return refused(door, request, site)
    messages.success(request, _("Your evaluation is noted. Thank you."))
    return door.go("site", key, anchor="evaluation")


def _form(door: Door, request: HttpRequest, site: WorksSite, form: Any, title: str) -> HttpResponse:
    return door.show(request, "note_form", site, title, {"form": form})
