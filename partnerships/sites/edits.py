"""Changing a site after its request was submitted, with the parts of the request's own form."""

import uuid
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from partnerships.forms.works_parts import EVERY_PART
from partnerships.forms.works_rows import SiteRows
from partnerships.models import WorksSite
from partnerships.services.works import StaleSite, WorksNotAllowed, change_site, side_of
from partnerships.sites.doors import Door, load_site, person
from partnerships.sites.pages import refused


class SiteForm:
    """All parts of a site on one page, with the revision that was read."""

    def __init__(self, site: WorksSite, data: Any = None) -> None:
        self.site = site
        self.parts: list[Any] = [part(site.request, data) for part in EVERY_PART]
        self.revision = _number(data.get("revision")) if data is not None else site.revision

    def is_valid(self) -> bool:
        return all([part.is_valid() for part in self.parts])  # noqa: C419 - every part tells its errors

    def grow(self, name: str) -> None:
        for part in self.parts:
            if isinstance(part, SiteRows) and part.name == name:
                part.grow()

    @property
    def errors(self) -> list[tuple[Any, Any]]:
        return [pair for part in self.parts for pair in part.errors_with_fields]

    def differences(self, saved: WorksSite) -> list[tuple[str, str, str]]:
        """Where what stands saved is not what was typed: label, theirs, mine."""
        theirs = {fact.name: fact for part in SiteForm(saved).parts for fact in part.shown()}
        mine = [fact for part in self.parts for fact in part.shown() if fact.name in theirs]
        return [(fact.label, theirs[fact.name].value, fact.value) for fact in mine if theirs[fact.name].value != fact.value]


def edit(door: Door, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The whole form; a button that adds or removes a row saves first, so nothing typed is lost without a script."""
    site = load_site(request, key)
    if side_of(person(request), site.request) is None:
        return refused(door, request, site)
    if request.method != "POST":
        form = SiteForm(site)
        form.grow(request.GET.get("more", ""))
        return _show(door, request, site, form)
    return _save(door, request, site, SiteForm(site, request.POST))


def _save(door: Door, request: HttpRequest, site: WorksSite, form: SiteForm) -> HttpResponse:
    if not form.is_valid():
        form.grow(request.POST.get("more", ""))
        return _show(door, request, site, form)
    try:
        change_site(site, by=person(request), revision=form.revision, parts=form.parts)
    except StaleSite as stale:
        differences = form.differences(WorksSite.objects.with_all().get(pk=site.pk))
        form.revision = stale.site.revision
        return _show(door, request, site, form, differences=differences, status=409)
    except WorksNotAllowed:
        return refused(door, request, site)
    messages.success(request, _("The works are saved. The days for compensation follow from the phases."))
    changed = request.POST.get("more") or request.POST.get("drop", "").rpartition("-")[0]
    if changed:
        more = "?" + urlencode({"more": changed}) if "more" in request.POST else ""
        return redirect(f"{door.url('edit', site.request.key)}{more}#id_{quote(changed)}")
    return door.go("site", site.request.key)


def _show(
    door: Door, request: HttpRequest, site: WorksSite, form: SiteForm, *, differences: list[Any] | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "differences": differences}
    return door.show(request, "edit_form", site, _("Change the works and their phases"), context, status=status)


def _number(text: Any) -> int:
    return int(text) if str(text).isascii() and str(text).isdigit() and len(str(text)) < 9 else 0
