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
from partnerships.models import PlanLine, PlanMeasure, PlanVersion, WorksSite
from partnerships.pdf import PdfNotAvailable, can_make_pdf, pdf_of
from partnerships.sites.doors import Door, load_site
from partnerships.sites.pages import compensation_of

SHOWN = (PlanMeasure.State.AGREED, PlanMeasure.State.RUNNING, PlanMeasure.State.DONE)


def sheet(door: Door, request: HttpRequest, key: uuid.UUID, language: str) -> HttpResponse:
    """The sheet as a page that prints well; it is the whole content of the PDF."""
    site = _load(request, key, language)
    context = {"words": sheet_words(site, language, timezone.localdate()), "language": language, "makes_pdf": can_make_pdf()}
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
    lines = PlanLine.objects.filter(version__site=site, version__state=PlanVersion.State.AGREED, measure__state__in=SHOWN)
    with reading_in(language):
        context: dict[str, Any] = {
            "site": site,
            "service_request": site.request,
            "language": language,
            "on": on,
            "compensation": compensation_of(site, on),
            "lines": list(lines.select_related("measure").order_by("due_on", "position", "pk")),
            "agency": getattr(settings, f"AGENCY_NAME_{language.upper()}"),
        }
        return render_to_string("partnerships/works/_sheet.html", context)


def _load(request: HttpRequest, key: uuid.UUID, language: str) -> WorksSite:
    if language not in CONTENT_LANGUAGES:
        raise Http404
    return load_site(request, key)


def _title(language: str) -> str:
    return _("Sheet for the traders, in French") if language == "fr" else _("Sheet for the traders, in Dutch")
