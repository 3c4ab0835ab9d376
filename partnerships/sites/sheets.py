"""The sheet for the traders of the street: works, phases, access, measures, compensation; in French or in Dutch, no name of a person."""

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from municipalities.languages import CONTENT_LANGUAGES, reading_in
from partnerships.forms.sheets import SheetForm
from partnerships.models import WorksSite
from partnerships.pdf import PdfNotAvailable, can_make_pdf, pdf_of
from partnerships.services.sheets import Said, measures_on_sheet, other_language, texts_of_phase, translate_sheet, untranslated
from partnerships.services.works import WorksNotAllowed, side_of
from partnerships.sites.doors import Door, load_site, person
from partnerships.sites.pages import compensation_of, refused


def sheet(door: Door, request: HttpRequest, key: uuid.UUID, language: str) -> HttpResponse:
    """The sheet as a page that prints well; it is the whole content of the PDF."""
    site = _load(request, key, language)
    context = {
        "words": sheet_words(site, language, timezone.localdate()),
        "language": language,
        "makes_pdf": can_make_pdf(),
        "untranslated": len(untranslated(site)) if language != site.request.language else 0,
        "may_write": side_of(person(request), site.request) is not None,
    }
    return door.show(request, "sheet_page", site, _title(language), context)


def sheet_pdf(door: Door, request: HttpRequest, key: uuid.UUID, language: str) -> HttpResponse:
    """The same as a file; where no PDF can be made, say so and lead to the page, which prints as well."""
    site = _load(request, key, language)
    words = sheet_words(site, language, timezone.localdate())
    context = {"words": words, "language": language, "site": site}
    try:
        content = pdf_of(render_to_string("partnerships/works/sheet_document.html", context))
    except PdfNotAvailable:
        messages.info(request, _("This portal cannot make PDF files at the moment. The page below prints as well: use your browser."))
        return door.go("sheet", key, language)
    response = HttpResponse(content, content_type="application/pdf")
    name = f"{site.request.reference}-{language}.pdf"
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def sheet_words(site: WorksSite, language: str, on: dt.date) -> str:
    """The sheet in that language, whoever reads it: what was typed in the other language is marked as such."""
    said = Said(site, language)
    with reading_in(language):
        context: dict[str, Any] = {
            "site": site,
            "service_request": site.request,
            "language": language,
            "on": on,
            "compensation": compensation_of(site, on),
            "name": said(str(site)),
            "contact": said(site.traders_contact),
            "phases": [(phase, *map(said, texts_of_phase(phase))) for phase in site.phases.all()],
            "measures": [(line, said(line.what)) for line in measures_on_sheet(site).select_related("measure")],
            "agency": getattr(settings, f"AGENCY_NAME_{language.upper()}"),
        }
        return render_to_string("partnerships/works/_sheet.html", context)


def _load(request: HttpRequest, key: uuid.UUID, language: str) -> WorksSite:
    if language not in CONTENT_LANGUAGES:
        raise Http404
    return load_site(request, key)


def _title(language: str) -> str:
    return _("Sheet for the traders, in French") if language == "fr" else _("Sheet for the traders, in Dutch")


# --- The other language -------------------------------------------------------------------------


def translate(door: Door, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Every text of the sheet that somebody typed, with its words in the other language."""
    site = load_site(request, key)
    if side_of(person(request), site.request) is None:
        return refused(door, request, site)
    form = SheetForm(site, request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "other": other_language(site)}
        return door.show(request, "sheet_form", site, _("The sheet in the other language"), context)
    try:
        translate_sheet(site, by=person(request), words=form.words)
    except WorksNotAllowed:
        return refused(door, request, site)
    messages.success(request, _("The words are saved. The sheet now has them."))
    return door.go("sheet", key, other_language(site))
